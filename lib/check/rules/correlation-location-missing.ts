/** "The correlationId MUST agree with the one of the AsyncAPI document": where that has none, usual places are looked at. */
import { below, keyAt } from '../../diagnostics/place.ts';
import { receivesOf, type Rule } from '../rule.ts';

export const correlationLocationMissing: Rule = (links, report) => {
  for (const { linked, message } of receivesOf(links)) {
    const { stepId, correlationId, at } = linked.step;
    if (correlationId === undefined || message.correlations.length > 0) continue;
    report('ASY032', keyAt(below(at, 'correlationId')), { stepId, channel: message.channel });
  }
};
