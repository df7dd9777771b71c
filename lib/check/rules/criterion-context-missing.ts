/**
 * If `type` is given, `context` MUST be (Arazzo 1.1, Criterion Object). For `simple` it would have no meaning, and
 * documents leave it out, so it is not asked for.
 */
import { isObject, type Json } from '../../model/json.ts';
import type { Rule } from '../rule.ts';
import { writtenCriteria } from '../written.ts';

export const criterionContextMissing: Rule = (links, report) => {
  for (const { criterion } of writtenCriteria(links)) {
    const { type, context, condition, at } = criterion;
    if (type === undefined || type === 'simple' || context !== undefined) continue;
    report('ARZ104', at, { type: languageOf(type), condition });
  }
};

function languageOf(type: Json): string {
  const named = isObject(type) ? type.type : type;
  return typeof named === 'string' ? named : 'expression type';
}
