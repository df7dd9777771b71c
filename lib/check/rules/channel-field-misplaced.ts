/** `action` and `correlationId` belong to steps on channels (Arazzo 1.1, Step Object). */
import { below, keyAt } from '../../diagnostics/place.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const channelFieldMisplaced: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { step, target } = linked;
    if (target === undefined || target.kind === 'channel') continue;
    if (target.kind === 'operation' && target.operation.message) continue;
    for (const field of ['action', 'correlationId'] as const) {
      if (step[field] === undefined) continue;
      report('ARZ059', keyAt(below(step.at, field)), { stepId: step.stepId, field });
    }
  }
};
