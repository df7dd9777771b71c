/**
 * Values of a run as machines and the journal hold them: small ones as they are, large and sensitive ones by reference to
 * a blob. References stand under one reserved member, beside the values and never inside one: what a system answers is
 * always inside a value, so no answer can pass for a reference. A value of the reserved name itself travels by reference.
 * The types keep the two forms apart: `Kept` is no JsonObject, so nobody reads it without resolving it.
 */
import { type Json, isObject } from './json.ts';

/** The reserved member. */
export const ELSEWHERE = '@';

export interface Reference {
  /** A digest of the value, keyed per run; for a sensitive one with a key that only who reads the blobs has. */
  readonly blob: string;
  /** Of its JSON text; not told of a sensitive value. */
  readonly bytes?: number;
  readonly sensitive?: true;
}

export interface Elsewhere {
  /** By the name of the value. */
  readonly parts?: { readonly [name: string]: Reference };
  /** Everything, in this very form. */
  readonly whole?: Reference;
}

export type Kept = { readonly [name: string]: Json | Elsewhere };

/** An input may be any JSON. */
export type KeptInput = Json | Kept;

/** What is elsewhere; undefined where all values are in place. */
export function elsewhereOf(kept: KeptInput): Elsewhere | undefined {
  if (!isObject(kept) || !Object.hasOwn(kept, ELSEWHERE)) return undefined;
  // Only lib/runtime/keep.ts writes this member.
  return (kept as Kept)[ELSEWHERE] as Elsewhere;
}

/** The values that are in place. */
export function inPlace(kept: Kept): { readonly [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(kept).flatMap(([name, value]) => (name === ELSEWHERE ? [] : [[name, value as Json] as const])),
  );
}
