/**
 * Where a workflow can go from each step when its steps run in array order: on to the next one, or where actions lead.
 * What criteria decide is not known here, so every action that may be taken is an edge; the first one without criteria
 * hides those after it. A retry comes back to its step, through the repair step if it names one.
 */
import type { FailureAction, Step, SuccessAction } from '../model/arazzo.ts';
import type { LinkedAction, LinkedStep, LinkedWorkflow } from '../model/links.ts';

/** The steps that may come right after a step. */
export type Flow = ReadonlyMap<Step, ReadonlySet<Step>>;

type AnyAction = LinkedAction<SuccessAction> | LinkedAction<FailureAction>;

export function flowOf({ steps }: LinkedWorkflow): Flow {
  const flow = new Map(steps.map(({ step }) => [step, new Set<Step>()] as const));
  for (const linked of steps) {
    const next = steps[linked.index + 1]?.step;
    if (next !== undefined && alwaysLeaves(linked) === undefined) flow.get(linked.step)?.add(next);
    for (const action of [...possible(linked.successActions), ...possible(linked.failureActions)]) {
      addAction(flow, linked.step, action);
    }
  }
  return flow;
}

/** Everything that can be reached from `from` by one edge or more. */
export function reachableFrom(flow: Flow, from: Step): ReadonlySet<Step> {
  const reached = new Set<Step>();
  const waiting = [...(flow.get(from) ?? [])];
  for (const step of waiting) {
    if (reached.has(step)) continue;
    reached.add(step);
    waiting.push(...(flow.get(step) ?? []));
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

function addAction(flow: Map<Step, Set<Step>>, from: Step, { action, target }: AnyAction): void {
  const to = target?.kind === 'step' ? target.step : undefined;
  if (action.type === 'retry') {
    flow.get(from)?.add(to ?? from);
    if (to !== undefined) flow.get(to)?.add(from);
  } else if (to !== undefined) {
    flow.get(from)?.add(to);
  }
}

/** Whether an action leads to a step that could not be found: then where the workflow goes is not known. */
export function isAstray({ steps }: LinkedWorkflow): boolean {
  return steps
    .flatMap(({ successActions, failureActions }) => [...successActions, ...failureActions])
    .some(({ action, target }) => action.type !== 'end' && action.stepId !== undefined && target?.kind !== 'step');
}
