/**
 * What calls beside the flow read of a run, each thing once for each record that was read: its input, outputs that lie
 * elsewhere, and a list with the names of its items. A bundle undoes hundreds of items of one list from one record. What
 * could not be read is forgotten, so that the next one tries again.
 */
import type { Json, JsonObject } from '../model/json.ts';
import { elsewhereOf, type Kept } from '../model/kept.ts';
import { oncePer } from '../model/once-per.ts';
import { resolveOutputs } from './keep.ts';
import { type CallPorts, inputOf } from './passage.ts';
import type { RunRecord } from './ports/journal.ts';

export interface Remembered {
  readonly inputs: Map<string, Promise<Json | undefined>>;
  readonly resolved: Map<Kept, Promise<JsonObject>>;
  /** The values of a list's items by name; none where the list cannot be read. */
  readonly lists: Map<string, ReadonlyMap<string, Json>>;
}

export const rememberedOf: (record: RunRecord) => Remembered = oncePer(
  (_record: RunRecord): Remembered => ({ inputs: new Map(), resolved: new Map(), lists: new Map() }),
);

export async function inputOfRecord(record: RunRecord, digest: string, ports: CallPorts): Promise<Json | undefined> {
  const { inputs } = rememberedOf(record);
  return await once(inputs, digest, () => inputOf(record.header.runId, ports, digest));
}

export async function refsOfRecord(
  record: RunRecord,
  refs: { readonly [path: string]: Kept | null },
  { blobs }: CallPorts,
): Promise<{ readonly [path: string]: JsonObject | null }> {
  const { resolved } = rememberedOf(record);
  const valuesOf = async (kept: Kept): Promise<JsonObject> =>
    await once(resolved, kept, () => resolveOutputs(kept, record.header.runId, blobs));
  const entries = Object.entries(refs).map(async ([path, kept]) => {
    // What is in place already is taken as it is: the two forms are one then.
    const values = kept && (elsewhereOf(kept) ? await valuesOf(kept) : (kept as JsonObject));
    return [path, values] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function once<K, V>(known: Map<K, Promise<V>>, key: K, read: () => Promise<V>): Promise<V> {
  const found = known.get(key) ?? read();
  known.set(key, found);
  try {
    return await found;
  } catch (failure) {
    if (known.get(key) === found) known.delete(key);
    throw failure;
  }
}
