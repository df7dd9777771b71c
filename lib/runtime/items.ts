/**
 * The items of a step that is done for each of a list, with the names by which journal and idempotency keys know them.
 * They are read wherever one is needed, from the same values that the list was made from, and never travel: a history
 * holds numbers only. A name is an item's place in the list, or what its key gives: then a corrected list may have another
 * order, and an item is still the same one.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { Json } from '../model/json.ts';
import type { PlanForEach, PlanStep } from '../model/plan.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { stringify } from '../expressions/stringify.ts';
import { digestOfValue } from './digest.ts';
import type { Evaluation } from './evaluation.ts';

export interface Item {
  readonly name: string;
  readonly value: Json;
}

export type Items =
  | { readonly ok: true; readonly items: readonly Item[] }
  | { readonly ok: false; readonly why: string };

export interface Listing {
  readonly step: Pick<PlanStep, 'path' | 'scope'>;
  readonly forEach: PlanForEach;
  readonly evaluation: Evaluation;
  /** What digests of the run are keyed with. */
  readonly digestKey: string;
}

export function itemsOf(listing: Listing): Items {
  const { step, forEach, evaluation } = listing;
  const found = evaluate(forEach.items, evaluation.scope(step.scope));
  if (!found.found) return fails(`the list of ${step.path} is missing: ${found.why}`);
  const why = whyNotListed(step, found.value);
  if (why !== undefined) return fails(why);
  // What is no list has just been refused.
  const values: readonly Json[] = Array.isArray(found.value) ? found.value : [];
  return named(listing, values);
}

/** Why a step cannot be done for each of what was found, whatever it holds. */
export function whyNotListed({ path }: Pick<PlanStep, 'path'>, found: Json): string | undefined {
  if (!Array.isArray(found)) return `what ${path} is to be done for is no list`;
  const { items: most } = DEFAULTS.forEach;
  if (found.length <= most) return undefined;
  return `the list of ${path} has ${found.length} items, and one step is done for ${most} at most`;
}

function named({ step, forEach, evaluation, digestKey }: Listing, values: readonly Json[]): Items {
  const { key, hidden } = forEach;
  if (key === undefined) return { ok: true, items: values.map((value, index) => ({ name: String(index), value })) };
  const firsts = new Map<string, number>();
  const items: Item[] = [];
  for (const [index, value] of values.entries()) {
    const found = evaluate(key, evaluation.withItem(value).scope(step.scope));
    const text = found.found && isNaming(found.value) ? stringify(found.value) : undefined;
    if (text === undefined) return fails(`the key of item ${index} of ${step.path} is no text and no number`);
    if (text === '') return fails(`the key of item ${index} of ${step.path} is empty`);
    const name = hidden ? digestOfValue(digestKey, text).slice(0, DIGITS) : nameFrom(text);
    const first = firsts.get(name);
    if (first !== undefined) return fails(`items ${first} and ${index} of ${step.path} have the same key`);
    firsts.set(name, index);
    items.push({ name, value });
  }
  return { ok: true, items };
}

function isNaming(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

const DIGITS = 16;
const PLAIN = /^[\p{L}\p{N}_-]{1,60}$/u;

/** A path holds no brackets and dots of ours; what cannot stand in it is told apart by a digest. */
function nameFrom(text: string): string {
  if (PLAIN.test(text)) return text;
  const plain = Array.from(text.replace(/[^\p{L}\p{N}_-]/gu, '_'))
    .slice(0, 40)
    .join('');
  return `${plain}_${digestOfValue('', text).slice(0, DIGITS)}`;
}

function fails(why: string): Items {
  return { ok: false, why };
}
