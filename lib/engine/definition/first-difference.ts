/** Two JSON values compared: the first place, in the order of keys, at which they differ, and both values there. */
import type { Json, JsonObject } from '../../model/json.ts';

export interface Comparison {
  /** Whether two values that are not both objects or both arrays count as equal; strictly equal unless said. */
  readonly isSame?: (actual: Json | undefined, expected: Json | undefined) => boolean;
}

export function firstDifference(actual: Json, expected: Json, comparison: Comparison = {}): string | undefined {
  return differenceAt('', actual, expected, comparison);
}

function differenceAt(
  place: string,
  actual: Json | undefined,
  expected: Json | undefined,
  comparison: Comparison,
): string | undefined {
  if (comparison.isSame?.(actual, expected) ?? actual === expected) return undefined;
  if (!isNested(actual) || !isNested(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return `${place || '/'}: got ${JSON.stringify(actual)}, recorded ${JSON.stringify(expected)}`;
  }
  const left = new Map<string, Json>(Object.entries(actual));
  const right = new Map<string, Json>(Object.entries(expected));
  for (const key of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const difference = differenceAt(`${place}/${key}`, left.get(key), right.get(key), comparison);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isNested(value: Json | undefined): value is JsonObject | readonly Json[] {
  return typeof value === 'object' && value !== null;
}
