/** A step on an AsyncAPI channel or operation MUST say by `action` whether it sends or receives (Arazzo 1.1, Step Object). */
import { type Rule, stepsAndBesideOf } from '../rule.ts';
import { sourceOfAnotherKind } from '../link-channels.ts';
import { hasAction } from '../step-fields.ts';

export const channelActionMissing: Rule = (links, report) => {
  for (const { owner, linked } of stepsAndBesideOf(links)) {
    const { step, target } = linked;
    const isChannel = step.target?.kind === 'channelPath' && !sourceOfAnotherKind(owner.description);
    const onChannel = target?.kind === 'channel' || isChannel;
    // One that is no word for an action is there, and its fault has been said.
    if (onChannel && !hasAction(owner.description, step)) report('ARZ058', step.at, { stepId: step.stepId });
  }
};
