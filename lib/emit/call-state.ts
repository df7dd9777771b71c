/** The Task of a step: whom it calls, what it sends along, and what it keeps of the answer. */
import type { TaskState, Template } from '../model/asl.ts';
import { assert } from '../model/assert.ts';
import { callPlaceholder } from '../model/placeholders.ts';
import type { PlanBatches, PlanStep } from '../model/plan.ts';
import { redoMs } from '../model/redo.ts';
import { catchAll } from './failing.ts';
import { jsonata } from './jsonata.ts';
import { readCount, refs, type Region } from './region.ts';
import { batchRetriers, callRetriers } from './retriers.ts';
import { ANSWER, invoke, payload } from './tasks.ts';
import type { Writing } from './writing.ts';

/** The function's own time out lies beyond every lease; the state waits a little longer still. */
const TASK_MARGIN_SECONDS = 5;

export interface CallState {
  readonly region: Region;
  readonly step: PlanStep;
  /** The state's name. */
  readonly state: string;
  /** What it sends besides what every call of the step sends. */
  readonly more: { readonly [key: string]: Template };
  /** It may be asked for a batch of a list. */
  readonly batches?: PlanBatches;
}

export function callState({ plan, names }: Writing, { region, step, state, more, batches }: CallState): TaskState {
  const operation = plan.operations[step.operation];
  assert(operation, 'a step calls an operation of the plan');
  const at = step.repeats ? { at: readCount(region, step.path) } : {};
  return {
    Type: 'Task',
    Comment: `${step.origin.document}#${step.origin.pointer}`,
    ...invoke(
      callPlaceholder(operation.system),
      payload('call', { step: step.path, ...at, ...more, ...refs(region, step.reads) }),
    ),
    TimeoutSeconds: Math.ceil((redoMs(step, plan) + step.leaseMs + (batches?.forMs ?? 0)) / 1000) + TASK_MARGIN_SECONDS,
    Retry: batches ? batchRetriers(step.leaseMs, step.graceMs, batches) : callRetriers(step.leaseMs, step.graceMs),
    Catch: catchAll(region, names, { state, step: step.path }),
  };
}

export function answerAssign(region: Region, step: PlanStep): { readonly Assign: { readonly [name: string]: string } } {
  const outputs = region.variables.get(step.path);
  const count = region.counts.get(step.path);
  assert(outputs !== undefined && region.own.has(step.path), 'a step is declared in the region that passes it');
  assert(step.repeats === (count !== undefined), 'a step that repeats is counted in the region that passes it');
  return {
    Assign: {
      [outputs]: jsonata(`${ANSWER}.out`),
      ...(count !== undefined && { [count]: jsonata(`${ANSWER}.at`) }),
    },
  };
}
