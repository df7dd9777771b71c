/** A step on an AsyncAPI channel or operation MUST say by `action` whether it sends or receives (Arazzo 1.1, Step Object). */
import { type Rule, stepsAndBesideOf } from '../rule.ts';

export const channelActionMissing: Rule = (links, report) => {
  for (const { linked } of stepsAndBesideOf(links)) {
    const { step, target } = linked;
    const onChannel = target?.kind === 'channel' || step.target?.kind === 'channelPath';
    if (onChannel && step.action === undefined) report('ARZ058', step.at, { stepId: step.stepId });
  }
};
