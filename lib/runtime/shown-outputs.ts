/**
 * A run's outputs for those who look at it. Large ones are fetched, so nobody notices where they lie. A sensitive one shows
 * as a mark with a digest: equal marks of one run are equal values, and nobody without the blob store can try values out
 * against it. Who asked for the value itself gets it, and stands in the audit trail.
 */
import type { JsonObject } from '../model/json.ts';
import { ELSEWHERE, type Elsewhere, elsewhereOf, type Kept, type Reference } from '../model/kept.ts';
import { keptBehind, resolveOutputs } from './keep.ts';
import type { OperatorPorts } from './operator/action.ts';
import type { Blobs } from './ports/blobs.ts';
import type { RunHeader } from './ports/journal.ts';

/** Without a look into the blob store: what lies there shows as a mark. */
export function outlinedOutputs(kept: Kept): JsonObject {
  const { parts = {}, whole } = elsewhereOf(kept) ?? {};
  if (whole) return { [ELSEWHERE]: markOf(whole) };
  const { [ELSEWHERE]: _elsewhere, ...inPlace } = kept;
  const marks = Object.entries(parts).map(([name, reference]) => [name, markOf(reference)] as const);
  // Without the reserved member all values are in place.
  return { ...(inPlace as JsonObject), ...Object.fromEntries(marks) };
}

function markOf({ blob, bytes, sensitive }: Reference): JsonObject {
  return sensitive ? { sensitive, digest: blob } : { bytes: bytes ?? 0, digest: blob };
}

export async function shownOutputs(kept: Kept, run: string, blobs: Blobs): Promise<JsonObject> {
  const elsewhere = elsewhereOf(kept);
  if (!elsewhere) return outlinedOutputs(kept);
  const { parts = {}, whole } = elsewhere;
  if (whole) return await shownOutputs(await keptBehind(whole, run, blobs), run, blobs);
  const isMarked = ([, { sensitive }]: readonly [string, Reference]): boolean => sensitive === true;
  const entries = Object.entries(parts);
  const open: Elsewhere = { parts: Object.fromEntries(entries.filter((entry) => !isMarked(entry))) };
  const marked: Elsewhere = { parts: Object.fromEntries(entries.filter(isMarked)) };
  const shown = await resolveOutputs({ ...kept, [ELSEWHERE]: open }, run, blobs);
  return { ...shown, ...outlinedOutputs({ [ELSEWHERE]: marked }) };
}

export async function revealedOutputs(
  { runId, outputs }: Pick<RunHeader, 'runId' | 'outputs'>,
  actor: string,
  { journal, blobs, clock, random }: Pick<OperatorPorts, 'journal' | 'blobs' | 'clock' | 'random'>,
): Promise<JsonObject | undefined> {
  if (!outputs) return undefined;
  await journal.audit(runId, { at: clock.now(), nonce: random.uuid(), actor, action: 'revealed' });
  return await resolveOutputs(outputs, runId, blobs);
}
