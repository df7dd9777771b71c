/**
 * Values into the form that machines and the journal hold (lib/model/kept.ts), and back. What is sensitive goes to the blob
 * store by itself, so does what is larger than the threshold; what then is left, references included, is moved as a whole
 * where it exceeds what its plan can carry in place. Whoever has nothing to move makes no write and waits for nothing.
 * Callers write the outcome after this: its blobs are durable by then.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { Failure } from '../model/failure.ts';
import { type Json, type JsonObject, isObject } from '../model/json.ts';
import {
  ELSEWHERE,
  type Elsewhere,
  elsewhereOf,
  inPlace,
  type Kept,
  type KeptInput,
  type Reference,
} from '../model/kept.ts';
import type { Plan } from '../model/plan.ts';
import { secretKeyOf } from './digest-key.ts';
import { digestOfBytes } from './digest.ts';
import { inlineBytesOf } from './inline-budget.ts';
import type { Blobs } from './ports/blobs.ts';

/** Names of values; `*` stands for all of them. */
export type Marked = readonly string[];

export const ALL = '*';

export interface Keeping {
  readonly run: string;
  readonly sensitive: Marked;
  /** A value above it travels by itself. */
  readonly valueBytes: number;
  /** All that is in place, references included. */
  readonly inlineBytes: number;
}

/** An input is never in a machine, and a journal's item has room for it. */
const INPUT_INLINE_BYTES = 64 * 1_024;

export async function keep(values: JsonObject, keeping: Keeping, blobs: Blobs): Promise<Kept> {
  const isMarked = markedBy(keeping.sensitive);
  const all = Object.entries(values);
  const moving = all.filter(
    ([name, value]) => isMarked(name) || name === ELSEWHERE || exceeds(value, keeping.valueBytes),
  );
  if (moving.length === 0 && !exceeds(values, keeping.inlineBytes)) return values;
  const parts = await Promise.all(
    moving.map(async ([name, value]) => [name, await put(value, keeping.run, isMarked(name), blobs)] as const),
  );
  const moved = new Set(parts.map(([name]) => name));
  const elsewhere: Elsewhere = { parts: Object.fromEntries(parts) };
  const left = Object.fromEntries(all.filter(([name]) => !moved.has(name)));
  const kept: Kept = parts.length === 0 ? left : { ...left, [ELSEWHERE]: elsewhere };
  return exceeds(kept, keeping.inlineBytes) ? await keepWhole(kept, keeping.run, blobs) : kept;
}

/** Of a step, of a call beside the flow, or of a workflow. */
export async function keepOutputs(
  values: JsonObject,
  { plan, run, sensitive }: { readonly plan: Plan; readonly run: string; readonly sensitive: Marked },
  blobs: Blobs,
): Promise<Kept> {
  const limits = { valueBytes: DEFAULTS.blobThresholdBytes, inlineBytes: inlineBytesOf(plan) };
  return await keep(values, { run, sensitive, ...limits }, blobs);
}

export async function keepInput(
  input: Json,
  { run, sensitive }: Pick<Keeping, 'run' | 'sensitive'>,
  blobs: Blobs,
): Promise<KeptInput> {
  const limits = { valueBytes: INPUT_INLINE_BYTES, inlineBytes: INPUT_INLINE_BYTES };
  if (isObject(input)) return await keep(input, { run, sensitive, ...limits }, blobs);
  const isMarked = sensitive.length > 0;
  if (!isMarked && !exceeds(input, INPUT_INLINE_BYTES)) return input;
  return { [ELSEWHERE]: { whole: await put(input, run, isMarked, blobs) } };
}

/** What is left holds no sensitive value: those are references by now. */
async function keepWhole(kept: Kept, run: string, blobs: Blobs): Promise<Kept> {
  return { [ELSEWHERE]: { whole: await put(kept, run, false, blobs) } };
}

async function put(value: KeptInput, run: string, sensitive: boolean, blobs: Blobs): Promise<Reference> {
  const body = JSON.stringify(value);
  const blob = await idOf(body, run, sensitive, blobs);
  await blobs.put(run, blob, body);
  return sensitive ? { blob, sensitive } : { blob, bytes: Buffer.byteLength(body) };
}

async function idOf(body: string, run: string, sensitive: boolean, blobs: Blobs): Promise<string> {
  return digestOfBytes(sensitive ? await secretKeyOf(run, blobs) : run, [body]);
}

/** The values again, whatever they were moved to. */
export async function resolveKept(kept: KeptInput, run: string, blobs: Blobs): Promise<Json> {
  const elsewhere = elsewhereOf(kept);
  // Without the reserved member the two forms are one.
  if (!elsewhere) return kept as Json;
  if (elsewhere.whole) return await resolveKept(await keptBehind(elsewhere.whole, run, blobs), run, blobs);
  const parts = Object.entries(elsewhere.parts ?? {});
  const values = await Promise.all(
    parts.map(async ([name, reference]) => [name, await bodyOf(reference, run, blobs)] as const),
  );
  return Object.fromEntries([...Object.entries(inPlace(kept as Kept)), ...values]);
}

/** What was moved as a whole, its own references still references. */
export async function keptBehind(whole: Reference, run: string, blobs: Blobs): Promise<Kept> {
  // `keepWhole` wrote this form. An input that is no object is in place as it is.
  return (await bodyOf(whole, run, blobs)) as Kept;
}

export async function resolveOutputs(kept: Kept, run: string, blobs: Blobs): Promise<JsonObject> {
  const values = await resolveKept(kept, run, blobs);
  return isObject(values) ? values : {};
}

/** What is in place already is taken as it is. */
export async function resolveRefs(
  refs: { readonly [path: string]: Kept | null },
  run: string,
  blobs: Blobs,
): Promise<{ readonly [path: string]: JsonObject | null }> {
  const entries = Object.entries(refs);
  if (!entries.some(([, kept]) => kept && elsewhereOf(kept)))
    return refs as { readonly [path: string]: JsonObject | null };
  const resolved = entries.map(
    async ([path, kept]) => [path, kept && (await resolveOutputs(kept, run, blobs))] as const,
  );
  return Object.fromEntries(await Promise.all(resolved));
}

async function bodyOf({ blob, sensitive }: Reference, run: string, blobs: Blobs): Promise<Json> {
  const body = await blobs.get(run, blob);
  if (body === undefined) {
    throw new Failure('blob-missing', `A value of the run ${run} is not in the blob store (${blob})`, {
      remedy: 'Look whether the blobs of this run were deleted, or whether the data folder was copied without them.',
    });
  }
  if ((await idOf(body, run, sensitive === true, blobs)) !== blob) {
    throw new Failure('blob-damaged', `A value of the run ${run} is not as it was written (blob ${blob})`, {
      remedy: 'Look after the disk or the bucket; the value cannot be used.',
    });
  }
  // Written by `put`, and its digest is right.
  return JSON.parse(body) as Json;
}

function markedBy(sensitive: Marked): (name: string) => boolean {
  if (sensitive.length === 0) return () => false;
  return sensitive.includes(ALL) ? () => true : (name) => sensitive.includes(name);
}

/** The name of the first value that nobody can keep. */
export function oversized(values: JsonObject): string | undefined {
  return Object.entries(values).find(([, value]) => exceeds(value, DEFAULTS.blobLimitBytes))?.[0];
}

/** Is its JSON text longer than that, in bytes? Told without writing it where its parts are plainly small. */
export function exceeds(value: KeptInput, bytes: number): boolean {
  if (mostBytes(value) <= bytes) return false;
  return Buffer.byteLength(JSON.stringify(value)) > bytes;
}

/** An upper bound, at once: a character takes six bytes at most (`\u0000`). Of what is nested nothing is known. */
function mostBytes(value: KeptInput | Elsewhere, nested = false): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 25;
  if (nested) return Number.POSITIVE_INFINITY;
  return Object.entries(value).reduce((sum, [name, one]) => sum + 6 * name.length + 4 + mostBytes(one, true), 2);
}
