/** Without a `correlationId` a step takes any message of its channel (Arazzo 1.1, Step Object): right, and rarely meant. */
import { receivesOf, type Rule } from '../rule.ts';

export const correlationIdMissing: Rule = (links, report) => {
  for (const { linked } of receivesOf(links)) {
    const { stepId, correlationId, at } = linked.step;
    if (correlationId === undefined) report('ASY031', at, { stepId });
  }
};
