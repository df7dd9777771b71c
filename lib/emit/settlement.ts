/**
 * The failing path (run-contract sections 6 and 10): Settle decides, waves of undo and probe run, and what cannot be
 * finished goes to the dead letters before the execution fails under the run's status. The same in every machine but for
 * the systems that a wave may call and how long it may take; an express one hands its run over instead (hand-over.ts).
 */
import { ErrorName, type MapState, type State, type Template } from '../model/asl.ts';
import { calledSystems } from '../model/dependencies.ts';
import { DEAD_LETTERS, placeholder } from '../model/placeholders.ts';
import type { Plan } from '../model/plan.ts';
import { jsonata, orElse } from './jsonata.ts';
import { PERSISTENT_RETRIERS, undoRetriers } from './retriers.ts';
import { ANSWER, EXECUTION_ID, invokeCore, invokeSystem, payload } from './tasks.ts';

export const SETTLE = 'Settle';
export const SETTLED = 'Settled?';
const GRACE = 'Grace';
const UNDO_WAVE = 'Undo wave';
const UNDO = 'Undo';
const UNDO_UNKNOWN = 'Undo unknown';
const DEAD_LETTER = 'Dead letter';
export const ENDED = 'Ended';
const RUN_ID = '$states.context.Execution.Input.run';
const EVERYTHING: readonly string[] = [ErrorName.All];

/** All names of these states, the nested ones included: no step's state has one of them. */
export const SETTLEMENT_NAMES: readonly string[] = [
  SETTLE,
  SETTLED,
  GRACE,
  UNDO_WAVE,
  DEAD_LETTER,
  ENDED,
  UNDO,
  UNDO_UNKNOWN,
];

/** What the failing states have left behind; absent where the run fell through a Choice. */
export const WHY: Template = orElse('$why', 'null');

export function settlementStates(plan: Plan, why: Template = WHY): { readonly [name: string]: State } {
  return {
    [SETTLE]: settle(why),
    [SETTLED]: settled(),
    [GRACE]: grace(),
    [UNDO_WAVE]: undoWave(plan),
    [DEAD_LETTER]: deadLetter(),
    [ENDED]: ended(),
  };
}

/** Its owner is the execution: of two that settle one run, the journal lets one compensate. */
function settle(why: Template): State {
  const letter = { run: jsonata(RUN_ID), error: jsonata('$states.errorOutput.Error') };
  return {
    Type: 'Task',
    ...invokeCore('settle', { why, owner: EXECUTION_ID }),
    Assign: { s: jsonata(ANSWER) },
    Output: {},
    Retry: PERSISTENT_RETRIERS,
    Catch: [{ ErrorEquals: EVERYTHING, Assign: { s: { do: 'park', status: 'unsettled', letter } }, Next: DEAD_LETTER }],
    Next: SETTLED,
  };
}

function settled(): State {
  const when = (answer: string, next: string): { Condition: string; Next: string } => ({
    Condition: jsonata(`$s.do = '${answer}'`),
    Next: next,
  });
  return {
    Type: 'Choice',
    Choices: [when('undo', UNDO_WAVE), when('wait', GRACE), when('park', DEAD_LETTER)],
    Default: ENDED,
  };
}

function grace(): State {
  return { Type: 'Wait', Seconds: jsonata('$s.seconds'), Next: SETTLE };
}

/** An undo that ended in nobody knows what is not an end of the wave: Settle reads the journal and decides again. */
function undoWave(plan: Plan): MapState {
  return {
    Type: 'Map',
    Items: jsonata('$s.wave'),
    MaxConcurrency: 10,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: UNDO,
      States: { [UNDO]: undo(plan), [UNDO_UNKNOWN]: { Type: 'Succeed' } },
    },
    Output: {},
    Next: SETTLE,
  };
}

/** What a round takes in a plan that has none: a run may have to undo what it did under an earlier plan. */
const LEAST_LEASE_MS = 60_000;
/** The function's own time out lies beyond every lease; the state waits a little longer still. */
const TASK_MARGIN_SECONDS = 5;

function undo(plan: Plan): State {
  const all = Object.values(plan.calls);
  const leaseMs = Math.max(LEAST_LEASE_MS, ...all.map((call) => call.leaseMs));
  const graceMs = Math.max(0, ...all.map((call) => call.graceMs));
  const sent = payload('undo', { owner: EXECUTION_ID, entry: jsonata('$states.input') });
  return {
    Type: 'Task',
    ...invokeSystem(calledSystems(plan), '$states.input.system', sent),
    TimeoutSeconds: Math.ceil((leaseMs + beginningMs(plan)) / 1000) + TASK_MARGIN_SECONDS,
    Output: {},
    Retry: undoRetriers(leaseMs, graceMs),
    Catch: [{ ErrorEquals: EVERYTHING, Output: {}, Next: UNDO_UNKNOWN }],
    End: true,
  };
}

/** How long an undo or a probe may begin further ones, where an entry of a wave may be a bundle of a list's items. */
function beginningMs({ steps }: Plan): number {
  return Math.max(0, ...Object.values(steps).map(({ forEach }) => forEach?.batches.forMs ?? 0));
}

function deadLetter(): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Arguments: { QueueUrl: placeholder(DEAD_LETTERS), MessageBody: jsonata('$s.letter') },
    Output: {},
    Retry: PERSISTENT_RETRIERS,
    Catch: [{ ErrorEquals: EVERYTHING, Next: ENDED }],
    Next: ENDED,
  };
}

export function ended(): State {
  return {
    Type: 'Fail',
    Error: jsonata("'Interlock.' & $s.status"),
    Cause: jsonata(`'run ' & ${RUN_ID}`),
  };
}
