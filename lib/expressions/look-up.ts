/** Text of an expression to its value in a scope; a text that is no expression is missing, with the fault as reason. */
import { type Found, missing } from './found.ts';
import { parseExpression } from './parse.ts';
import { resolve } from './resolve.ts';
import type { Scope } from './scope.ts';

export function lookUp(text: string, scope: Scope): Found {
  const parsed = parseExpression(text);
  return parsed.ok ? resolve(parsed.expression, scope) : missing(parsed.problem.message);
}
