/**
 * Where a workflow can go from each step when its steps run in array order: on to the next one, or where actions lead.
 * What criteria decide is not known here, so every action that may be taken is an edge; the first one without criteria
 * hides those after it. A retry comes back to its step, through the repair step if it names one.
 */
import type { FailureAction, SuccessAction } from '../model/arazzo.ts';
import type { LinkedAction, LinkedStep, LinkedWorkflow } from '../model/links.ts';

/** By the number of a step: the numbers of those that may come right after it. */
export type Flow = readonly ReadonlySet<number>[];

type AnyAction = LinkedAction<SuccessAction> | LinkedAction<FailureAction>;

export function flowOf({ steps }: LinkedWorkflow): Flow {
  const numbers = new Map(steps.map(({ step, index }) => [step, index] as const));
  const flow = steps.map(() => new Set<number>());
  for (const linked of steps) {
    const { index, successActions, failureActions } = linked;
    if (index + 1 < steps.length && alwaysLeaves(linked) === undefined) flow[index]?.add(index + 1);
    for (const { action, target } of [...possible(successActions), ...possible(failureActions)]) {
      const to = target?.kind === 'step' ? numbers.get(target.step) : undefined;
      if (to !== undefined) flow[index]?.add(to);
      if (action.type === 'retry') flow[to ?? index]?.add(index);
    }
  }
  return flow;
}

/** Whether each step can be reached from the one of this number, by one edge or more. */
export function reachableFrom(flow: Flow, from: number): readonly boolean[] {
  const reached: boolean[] = flow.map(() => false);
  const waiting = [...(flow[from] ?? [])];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (reached[index]) continue;
    reached[index] = true;
    waiting.push(...(flow[index] ?? []));
  }
  return reached;
}

/** The action because of which a step never goes on to the one after it. */
export function alwaysLeaves({ successActions }: LinkedStep): LinkedAction<SuccessAction> | undefined {
  return successActions.find(isUnconditional);
}

/** An action that is always taken when its turn comes; a retry ends, and the list goes on after it. */
export function isUnconditional({ action }: AnyAction): boolean {
  return action.criteria.length === 0 && action.type !== 'retry';
}

function possible(actions: readonly AnyAction[]): readonly AnyAction[] {
  const last = actions.findIndex(isUnconditional);
  return last < 0 ? actions : actions.slice(0, last + 1);
}

/** Whether an action leads to a step that could not be found: then where the workflow goes is not known. */
export function isAstray({ steps }: LinkedWorkflow): boolean {
  return steps
    .flatMap(({ successActions, failureActions }) => [...successActions, ...failureActions])
    .some(({ action, target }) => action.type !== 'end' && action.stepId !== undefined && target?.kind !== 'step');
}
