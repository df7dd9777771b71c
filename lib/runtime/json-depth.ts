import type { Json } from '../model/json.ts';

/** Far deeper than any document means to be, and far less than recursion over it could bear. */
export const MAX_JSON_DEPTH = 500;

/** Without recursion: the depth is what is in question. */
export function isTooDeep(value: Json): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH) return true;
    level = level.flatMap((item): readonly Json[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return false;
}
