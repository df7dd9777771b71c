/**
 * What cannot be said of a step that is done for each item of a list: where to go when an item fails (the others are under
 * way), and what an action on success would read of an exchange (there were many). Callers of its workflow are no better
 * off: theirs are not asked either. A list that is written out is counted here, others when they are read.
 */
import { below, keyAt } from '../../diagnostics/place.ts';
import { DEFAULTS } from '../../model/defaults.ts';
import type { Workflow } from '../../model/arazzo.ts';
import type { LinkedStep, Links } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { type Rule, stepsOf, subworkflowsOf } from '../rule.ts';
import { mentionsIn, sitesOfCriteria } from '../sites.ts';

const TOLERATE = 'Remove the action, or say by `tolerate` how many items may fail.';

export const forEachUnfit: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    if (linked.step.forEach) reportStep(linked, report);
    for (const { action, at, target } of linked.failureActions) {
      const repair = action.type === 'retry' && target?.kind === 'step' ? target.step : undefined;
      if (!repair?.forEach) continue;
      const why = `retry "${action.name}" of step "${linked.step.stepId}" repairs by it`;
      report('XIL051', at, { stepId: repair.stepId, why, fix: 'Repair by a workflow that holds the step.' });
    }
    reportCaller(links, linked, report);
  }
};

function reportStep({ step, successActions, failureActions }: LinkedStep, report: Report): void {
  const { stepId, forEach } = step;
  for (const { action, at } of failureActions) {
    if (action.type === 'end') continue;
    report('XIL051', at, { stepId, why: `cannot be left by action "${action.name}" when one fails`, fix: TOLERATE });
  }
  for (const { action } of successActions) {
    for (const { expression, text, at } of mentionsIn(sitesOfCriteria('action', action.criteria))) {
      if (!EXCHANGE.has(expression.source)) continue;
      const fix = `Read a list that the step gives: \`$steps.${stepId}.outputs.<name>\`.`;
      report('XIL051', at, { stepId, why: `"${text}" of action "${action.name}" would be that of no item`, fix });
    }
  }
  const { items: most } = DEFAULTS.forEach;
  const items = forEach?.items;
  if (!forEach || !Array.isArray(items) || items.length <= most) return;
  const why = `${items.length} items are more than ${most}`;
  report('XIL051', keyAt(below(forEach.at, 'items')), {
    stepId,
    why,
    fix: 'Split the list over several steps or runs.',
  });
}

const EXCHANGE: ReadonlySet<string> = new Set(['url', 'method', 'statusCode', 'request', 'response', 'message']);

function reportCaller(links: Links, linked: LinkedStep, report: Report): void {
  if (linked.target?.kind !== 'workflow') return;
  const leading = linked.failureActions.find(({ action }) => action.type !== 'end');
  const [inside] = leading ? listsWithin(links, linked.target.workflow, new Set()) : [];
  if (!leading || inside === undefined) return;
  const why = `action "${leading.action.name}" of step "${linked.step.stepId}" cannot be taken when one fails`;
  report('XIL051', leading.at, { stepId: inside, why, fix: TOLERATE });
}

function listsWithin(links: Links, workflow: Workflow, seen: Set<Workflow>): readonly string[] {
  if (seen.has(workflow)) return [];
  seen.add(workflow);
  const own = workflow.steps.filter(({ forEach }) => forEach).map(({ stepId }) => stepId);
  const called = subworkflowsOf(links).filter(({ owner }) => owner.workflow === workflow);
  return [...own, ...called.flatMap(({ target }) => listsWithin(links, target.workflow, seen))];
}
