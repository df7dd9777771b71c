/**
 * An action after one that is always taken. Of a step's own list or its workflow's only: that a step's action hides the
 * workflow's defaults is what it is for.
 */
import type { FailureAction, SuccessAction } from '../../model/arazzo.ts';
import type { LinkedAction } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { isUnconditional } from '../flow.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const actionUnreachable: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    for (const actions of [linked.successActions, linked.failureActions]) {
      for (const origin of ['step', 'workflow'] as const) {
        reportHidden(
          actions.filter((action) => action.origin === origin),
          report,
        );
      }
    }
  }
};

function reportHidden(actions: readonly LinkedAction<SuccessAction | FailureAction>[], report: Report): void {
  const index = actions.findIndex(isUnconditional);
  const always = actions[index];
  if (always === undefined) return;
  for (const { action, at } of actions.slice(index + 1)) {
    report('ARZ086', at, { name: action.name, by: always.at, byName: always.action.name });
  }
}
