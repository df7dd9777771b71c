/**
 * The failing path of an express machine. Undoing may take a day and such an execution ends after five minutes, may begin
 * again and has nobody who is told of its end: so it settles only what can be settled at once, and hands everything else
 * over to the workflow's undo machine, which is a standard one. That machine's execution has one name for a run and its
 * epoch: handed over twice, the run is settled once. What even this cannot reach is the sweeper's.
 */
import { ErrorName, type State, type Template } from '../model/asl.ts';
import { placeholder, UNDO_MACHINE } from '../model/placeholders.ts';
import { jsonata } from './jsonata.ts';
import { BRIEF_RETRIERS, HAND_OVER_RETRIERS } from './retriers.ts';
import { ENDED, ended, SETTLE, SETTLED, WHY } from './settlement.ts';
import { ANSWER, EXECUTION_ID, invokeCore } from './tasks.ts';

const INPUT = '$states.context.Execution.Input';
const EVERYTHING: readonly string[] = [ErrorName.All];

export const HAND_OVER = 'Hand over';

export function handOverStates(): { readonly [name: string]: State } {
  return {
    [SETTLE]: settleBriefly(WHY),
    [SETTLED]: {
      Type: 'Choice',
      Choices: [{ Condition: jsonata("$s.do = 'hand-over'"), Next: HAND_OVER }],
      Default: ENDED,
    },
    [HAND_OVER]: handOver(),
    [ENDED]: ended(),
  };
}

/** Where nobody answers, the undo machine asks again, and it has time to. */
function settleBriefly(why: Template): State {
  return {
    Type: 'Task',
    ...invokeCore('settle', { why, owner: EXECUTION_ID, brief: true }),
    Assign: { s: jsonata(ANSWER) },
    Output: {},
    Retry: BRIEF_RETRIERS,
    Catch: [{ ErrorEquals: EVERYTHING, Output: {}, Next: HAND_OVER }],
    Next: SETTLED,
  };
}

/** As `undoExecutionName` has it (lib/runtime/run.ts), with the number that is kept for this. */
function handOver(): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:sfn:startExecution',
    Arguments: {
      StateMachineArn: placeholder(UNDO_MACHINE),
      Name: jsonata(`${INPUT}.run & '-' & ${INPUT}.epoch & '-undo-0'`),
      Input: jsonata(`$string(${INPUT})`),
    },
    Assign: { s: { status: 'handed-over' } },
    Output: {},
    Retry: HAND_OVER_RETRIERS,
    Catch: [{ ErrorEquals: EVERYTHING, Assign: { s: { status: 'unsettled' } }, Output: {}, Next: ENDED }],
    Next: ENDED,
  };
}
