/** `retryAfter` and `retryLimit` are only for `type: retry` (Arazzo 1.1, Failure Action Object). Read as written. */
import { below, keyAt } from '../../diagnostics/place.ts';
import { isObject } from '../../model/json.ts';
import { rawAt } from '../linking.ts';
import type { Rule } from '../rule.ts';
import { writtenActions } from '../written.ts';

export const retryFieldMisplaced: Rule = (links, report) => {
  for (const { description, action } of writtenActions(links)) {
    const { name, type, at } = action;
    const raw = rawAt(description, at);
    if (type === 'retry' || !isObject(raw)) continue;
    for (const field of ['retryAfter', 'retryLimit']) {
      if (Object.hasOwn(raw, field)) report('ARZ084', keyAt(below(at, field)), { name, type, field });
    }
  }
};
