/**
 * What a run has kept out of sight: values of its input and of outputs that the description calls sensitive, read back from
 * where they lie. Only whoever shows something of a run asks for them, in order to leave them out.
 */
import { ELSEWHERE, type Elsewhere, elsewhereOf, type KeptInput } from '../model/kept.ts';
import { keptBehind, resolveOutputs } from '../runtime/keep.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import type { RunRecord } from '../runtime/ports/journal.ts';
import { textsOf } from '../simulate/json-leaves.ts';

export async function hiddenValues(
  { header: { runId, failures }, applied, verdicts, undos }: RunRecord,
  input: KeptInput | undefined,
  blobs: Blobs,
): Promise<readonly string[]> {
  const outputs = [...applied, ...verdicts, ...undos].map((one) => one.outputs);
  const failed = failures.flatMap(({ given, handed }) => [given, handed]);
  const kept = [input, ...outputs, ...failed].filter((one) => one !== undefined);
  const texts = await Promise.all(kept.map((one) => hiddenIn(one, runId, blobs)));
  return [...new Set(texts.flat())];
}

async function hiddenIn(kept: KeptInput, run: string, blobs: Blobs): Promise<readonly string[]> {
  const { parts = {}, whole } = elsewhereOf(kept) ?? {};
  if (whole) return await hiddenIn(await keptBehind(whole, run, blobs), run, blobs);
  const sensitive = Object.entries(parts).filter(([, reference]) => reference.sensitive === true);
  if (sensitive.length === 0) return [];
  const marked: Elsewhere = { parts: Object.fromEntries(sensitive) };
  return textsOf(await resolveOutputs({ [ELSEWHERE]: marked }, run, blobs));
}
