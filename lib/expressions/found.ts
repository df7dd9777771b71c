/**
 * The outcome of looking something up: a value, or why there is none. Missing is not `null`: whoever asks decides
 * whether a missing value becomes null (a payload) or stops the step (a path parameter, an undo).
 */
import type { Json } from '../model/json.ts';

export type Found = { readonly found: true; readonly value: Json } | { readonly found: false; readonly why: string };

export function found(value: Json): Found {
  return { found: true, value };
}

export function missing(why: string): Found {
  return { found: false, why };
}
