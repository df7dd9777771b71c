/** What asks until something is done only reads; a step that is over only then is no item, no fallback's and no repair. */
import { below, keyAt } from '../../diagnostics/place.ts';
import { isSafeMethod } from '../../model/methods.ts';
import type { LinkedStep } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { titleOf } from '../linking.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const pollUnfit: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    if (linked.poll) reportStep(linked, report);
    for (const { action, at, target } of linked.failureActions) {
      const repair = action.type === 'retry' && target?.kind === 'step' ? target.step : undefined;
      if (!repair?.poll) continue;
      const why = `retry "${action.name}" of step "${linked.step.stepId}" repairs by it`;
      report('XIL052', at, { stepId: repair.stepId, why, fix: 'Repair by a workflow that holds the step.' });
    }
  }
};

function reportStep({ step, poll, fallback }: LinkedStep, report: Report): void {
  const { stepId } = step;
  const target = poll?.target;
  if (poll && target?.kind === 'operation' && !isSafeMethod(target.operation.method)) {
    const why = `it asks by ${titleOf(target.operation)}, which changes something`;
    report('XIL052', poll.step.at, { stepId, why, fix: 'Name the operation that tells how far it is.' });
  }
  if (fallback) {
    const at = keyAt(below(step.at, 'x-interlock', 'fallback'));
    const why = 'a `fallback`: what stands in for it was never begun';
    report('XIL052', at, { stepId, why, fix: 'Go on at another step by an `onFailure` action.' });
  }
  if (step.forEach) {
    const at = keyAt(below(step.at, 'x-interlock', 'forEach'));
    const why = 'a `forEach`: the items of a list are not asked after one by one yet';
    report('XIL052', at, {
      stepId,
      why,
      fix: 'Ask in a step of its own whether all are done, or run a workflow for each.',
    });
  }
}
