/** What is asked of a person is asked once before a step: not of each item of a list, and not of a repair. */
import { below, keyAt } from '../../diagnostics/place.ts';
import { isObject, own } from '../../model/json.ts';
import type { LinkedStep } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const interactionUnfit: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    reportStep(linked, report);
    for (const { action, at, target } of linked.failureActions) {
      const repair = action.type === 'retry' && target?.kind === 'step' ? target.step : undefined;
      if (!repair || !Object.hasOwn(repair.policy, 'interaction')) continue;
      const why = `retry "${action.name}" of step "${linked.step.stepId}" repairs by it`;
      report('XIL053', at, { stepId: repair.stepId, why, fix: 'Repair by a workflow that holds the step.' });
    }
  }
};

function reportStep({ step }: LinkedStep, report: Report): void {
  const { stepId, policy, at } = step;
  const interaction = own(policy, 'interaction');
  if (!isObject(interaction)) return;
  const place = below(at, 'x-interlock', 'interaction');
  const type = own(interaction, 'type');
  if (type === 'redirect') {
    const why = 'a redirect of its browser is not supported yet';
    report('XIL053', keyAt(below(place, 'type')), { stepId, why, fix: 'Write `approval`, `form` or `acknowledge`.' });
  }
  if (type === 'form' && own(interaction, 'schema') === undefined) {
    const why = 'nothing says what its form asks for';
    report('XIL053', keyAt(place), { stepId, why, fix: 'Add a `schema`, or write `type: approval`.' });
  }
  if (step.forEach) {
    const why = 'is done for each item of a list';
    report('XIL053', keyAt(place), { stepId, why, fix: 'Ask once in a step before, or run a workflow for each item.' });
  }
}
