/** A step that waits for a message: what tells it from others, and how long. Its `timeout` is the whole wait. */
import { assert } from '../model/assert.ts';
import type { PlanReceive } from '../model/plan.ts';
import { parseValue } from '../expressions/values.ts';
import type { StepDraft } from './draft.ts';

export function planReceive({ linked, target }: StepDraft): PlanReceive | undefined {
  if (target.operation.message?.action !== 'receive') return undefined;
  const { correlationId, timeout, forEach, poll } = linked.step;
  assert(!forEach && !poll, 'what waits for a message is passed once, and asks nobody');
  return {
    ...(correlationId !== undefined && { correlation: parseValue(correlationId) }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
  };
}
