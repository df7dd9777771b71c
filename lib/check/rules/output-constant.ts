/**
 * An output without any expression in it: a forgotten `$` makes text of an expression. Text that begins with `$` has a
 * rule that says more (text-like-expression).
 */
import { below } from '../../diagnostics/place.ts';
import { parseValue } from '../../expressions/values.ts';
import type { Rule } from '../rule.ts';

export const outputConstant: Rule = (links, report) => {
  for (const workflow of links.workflows.keys()) {
    for (const { outputs, at } of [workflow, ...workflow.steps]) {
      for (const [name, value] of outputs) {
        const isExpressionLike = typeof value === 'string' && /^\{?\$/.test(value);
        if (isExpressionLike || parseValue(value).kind !== 'literal') continue;
        report('ARZ115', below(at, 'outputs', name), { name, value });
      }
    }
  }
};
