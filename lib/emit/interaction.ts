/**
 * Before a step that waits, for a person or for a message: a Task that opens its slot and says how long it may take, and one that waits with
 * a token. Whether it was woken or its time was up, the step's own handler looks what was said.
 */
import { ErrorName } from '../model/asl.ts';
import type { PlanStep } from '../model/plan.ts';
import { catchAll } from './failing.ts';
import { jsonata } from './jsonata.ts';
import { fencedBy, readCount, refs, type Region } from './region.ts';
import { AWAIT_RETRIERS, LOCK_RETRIERS } from './retriers.ts';
import { ANSWER, EXECUTION_ID, INVOKE, invokeCore } from './tasks.ts';
import type { Place, Writing } from './writing.ts';

/** The name of the step's own Task, behind them. */
export function writeInvitation(writing: Writing, region: Region, step: PlanStep, place: Place): string {
  const { names } = writing;
  const invites = names.node(step.path);
  const waits = names.awaits(step.path);
  const calls = names.answered(step.path);
  const at = step.repeats ? { at: readCount(region, step.path) } : {};
  const more = { ...(place.first && { exec: EXECUTION_ID }), ...(place.afterJoin && fencedBy(region)) };
  region.states[invites] = {
    Type: 'Task',
    ...invokeCore('invite', { step: step.path, ...at, ...refs(region, step.reads), ...more }),
    Output: jsonata(ANSWER),
    Retry: LOCK_RETRIERS,
    Catch: catchAll(region, names, { state: invites, step: step.path }),
    Next: waits,
  };
  region.states[waits] = {
    Type: 'Task',
    ...invokeCore('await', { step: step.path, ...at, token: jsonata('$states.context.Task.Token') }),
    Resource: `${INVOKE}.waitForTaskToken`,
    TimeoutSeconds: jsonata('$states.input.seconds'),
    Output: {},
    Retry: AWAIT_RETRIERS,
    Catch: [
      { ErrorEquals: [ErrorName.Timeout], Output: {}, Next: calls },
      ...catchAll(region, names, { state: waits, step: step.path }),
    ],
    Next: calls,
  };
  return calls;
}
