/** Brings the description's raw JSON values and criteria into the plan's form, so that nothing downstream parses text. */
import type { Criterion as WrittenCriterion } from '../model/arazzo.ts';
import { assert } from '../model/assert.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { LinkedParameter } from '../model/links.ts';
import type { Criterion, Value } from '../model/value.ts';
import { comparedPaths } from '../expressions/compared-paths.ts';
import { parseCriterion, parseValue } from '../expressions/values.ts';

export function planCriteria(written: readonly WrittenCriterion[]): readonly Criterion[] {
  return written.map((one) => {
    const json: JsonObject = {
      condition: one.condition,
      ...(one.context !== undefined && { context: one.context }),
      ...(one.type !== undefined && { type: one.type }),
    };
    const parsed = parseCriterion(json);
    assert(parsed.ok, 'the check has refused a criterion that cannot be read');
    const compared = comparedPaths(parsed.criterion);
    return compared === undefined ? parsed.criterion : { type: 'simple', condition: compared };
  });
}

/** Names of the user's document become own members of a null-prototype object: `__proto__` is a name like any other. */
export function planValues(entries: Iterable<readonly [string, Json]>): { readonly [name: string]: Value } {
  const values: { [name: string]: Value } = Object.create(null);
  for (const [name, json] of entries) values[name] = parseValue(json);
  return values;
}

export function planInputs(parameters: readonly LinkedParameter[]): { readonly [name: string]: Value } {
  return planValues(parameters.map(({ parameter }) => [parameter.name, parameter.value] as const));
}
