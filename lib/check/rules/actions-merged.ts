/** Both the step and its workflow have actions: the standard leaves open what that means, so we say what it means here. */
import { below, keyAt } from '../../diagnostics/place.ts';
import type { FailureAction, Reusable, SuccessAction } from '../../model/arazzo.ts';
import type { LinkedAction } from '../../model/links.ts';
import { type Rule, type StepOf, stepsOf } from '../rule.ts';

export const actionsMerged: Rule = (links, report) => {
  for (const { owner, linked } of stepsOf(links)) {
    for (const list of listsOf({ owner, linked })) {
      const named = (origin: string) =>
        list.actions.filter((one) => one.origin === origin).map(({ action }) => action.name);
      const [own, inherited] = [named('step'), named('workflow')];
      if (own.length === 0 || list.defaults.length === 0) continue;
      const { stepId, at } = linked.step;
      report('ARZ087', keyAt(below(at, list.field)), { stepId, own, inherited });
    }
  }
};

interface ActionList {
  readonly field: 'onSuccess' | 'onFailure';
  readonly actions: readonly LinkedAction<SuccessAction | FailureAction>[];
  readonly defaults: readonly (SuccessAction | FailureAction | Reusable)[];
}

function listsOf({ owner: { workflow }, linked }: StepOf): ActionList[] {
  return [
    { field: 'onSuccess', actions: linked.successActions, defaults: workflow.successActions },
    { field: 'onFailure', actions: linked.failureActions, defaults: workflow.failureActions },
  ];
}
