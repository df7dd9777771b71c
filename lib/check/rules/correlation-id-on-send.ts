/** `correlationId` is only for `action: receive` (Arazzo 1.1, Step Object). */
import { below, keyAt } from '../../diagnostics/place.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const correlationIdOnSend: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { stepId, action, correlationId, at } = linked.step;
    if (action === 'send' && correlationId !== undefined)
      report('ARZ060', keyAt(below(at, 'correlationId')), { stepId });
  }
};
