/**
 * The failing path, the same in every machine (run-contract sections 6 and 10): Settle decides, waves of undo run, and
 * what cannot be finished goes to the dead letters before the execution fails under the run's status.
 */
import { ErrorName, type State } from '../model/asl.ts';
import { DEAD_LETTERS, placeholder } from '../model/placeholders.ts';
import { jsonata, orElse } from './jsonata.ts';
import { PERSISTENT_RETRIERS, UNDO_RETRIERS } from './retriers.ts';
import { ANSWER, invokeCore } from './tasks.ts';

export const SETTLE = 'Settle';
const UNDO = 'Undo';
const UNDO_UNKNOWN = 'Undo unknown';
const RUN_ID = '$states.context.Execution.Input.run';
const EVERYTHING: readonly string[] = [ErrorName.All];

export function settlementStates(): { readonly [name: string]: State } {
  return {
    [SETTLE]: settle(),
    'Settled?': settled(),
    Grace: grace(),
    'Undo wave': undoWave(),
    'Dead letter': deadLetter(),
    Ended: ended(),
  };
}

/** All names of these states, the nested ones included: no step's state has one of them. */
export const SETTLEMENT_NAMES: readonly string[] = [...Object.keys(settlementStates()), UNDO, UNDO_UNKNOWN];

function settle(): State {
  const letter = { run: jsonata(RUN_ID), error: jsonata('$states.errorOutput.Error') };
  return {
    Type: 'Task',
    ...invokeCore('settle', { why: orElse('$why', 'null') }),
    Assign: { s: jsonata(ANSWER) },
    Output: {},
    Retry: PERSISTENT_RETRIERS,
    Catch: [
      { ErrorEquals: EVERYTHING, Assign: { s: { do: 'park', status: 'unsettled', letter } }, Next: 'Dead letter' },
    ],
    Next: 'Settled?',
  };
}

function settled(): State {
  const when = (answer: string, next: string): { Condition: string; Next: string } => ({
    Condition: jsonata(`$s.do = '${answer}'`),
    Next: next,
  });
  return {
    Type: 'Choice',
    Choices: [when('undo', 'Undo wave'), when('wait', 'Grace'), when('park', 'Dead letter')],
    Default: 'Ended',
  };
}

function grace(): State {
  return { Type: 'Wait', Seconds: jsonata('$s.seconds'), Next: SETTLE };
}

/** An undo that ended in nobody knows what is not an end of the wave: Settle reads the journal and decides again. */
function undoWave(): State {
  const undo: State = {
    Type: 'Task',
    ...invokeCore('undo', { entry: jsonata('$states.input') }),
    Output: {},
    Retry: UNDO_RETRIERS,
    Catch: [{ ErrorEquals: EVERYTHING, Output: {}, Next: UNDO_UNKNOWN }],
    End: true,
  };
  return {
    Type: 'Map',
    Items: jsonata('$s.wave'),
    MaxConcurrency: 10,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: UNDO,
      States: { [UNDO]: undo, [UNDO_UNKNOWN]: { Type: 'Succeed' } },
    },
    Output: {},
    Next: SETTLE,
  };
}

function deadLetter(): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Arguments: { QueueUrl: placeholder(DEAD_LETTERS), MessageBody: jsonata('$s.letter') },
    Output: {},
    Retry: PERSISTENT_RETRIERS,
    Catch: [{ ErrorEquals: EVERYTHING, Next: 'Ended' }],
    Next: 'Ended',
  };
}

function ended(): State {
  return {
    Type: 'Fail',
    Error: jsonata("'Interlock.' & $s.status"),
    Cause: jsonata(`'run ' & ${RUN_ID}`),
  };
}
