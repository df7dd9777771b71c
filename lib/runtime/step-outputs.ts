/** Declared outputs as values. What has no value stays out: whoever reads it finds it missing, which is not null. */
import type { JsonObject } from '../model/json.ts';
import type { Value } from '../model/value.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { Scope } from '../expressions/scope.ts';

export function outputsIn(
  declared: { readonly [name: string]: Value },
  scope: Scope,
  note: (message: string) => void,
): JsonObject {
  const entries = Object.entries(declared).flatMap(([name, value]) => {
    const evaluated = evaluate(value, scope);
    if (!evaluated.found) note(`the output \`${name}\` is missing: ${evaluated.why}`);
    return evaluated.found ? [[name, evaluated.value] as const] : [];
  });
  return Object.fromEntries(entries);
}
