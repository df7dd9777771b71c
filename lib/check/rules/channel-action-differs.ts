/**
 * An AsyncAPI document describes one application. Steps may be that application or the other side of it; both at once is
 * mostly a slip, which would send what should be waited for.
 */
import { below } from '../../diagnostics/place.ts';
import type { ApiDocument } from '../../model/openapi.ts';
import { type CallOf, callsOf, type Rule } from '../rule.ts';

export const channelActionDiffers: Rule = (links, report) => {
  const first = new Map<ApiDocument, CallOf>();
  for (const call of callsOf(links)) {
    const { target, linked } = call;
    const { described } = target;
    if (described === undefined) continue;
    const other = first.get(target.document) ?? call;
    first.set(target.document, other);
    if (isOpposite(call) === isOpposite(other)) continue;
    const { stepId, at } = linked.step;
    const action = target.operation.message?.action ?? '';
    const { step } = other.linked;
    report('ASY030', below(at, 'action'), {
      stepId,
      action,
      described,
      other: step.stepId,
      otherAt: below(step.at, 'action'),
    });
  }
};

function isOpposite({ target }: CallOf): boolean {
  return target.described !== target.operation.message?.action;
}
