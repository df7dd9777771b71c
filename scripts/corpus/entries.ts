/** A folder in the corpus format: `manifest.json` and `docs/`. Which documents there are, and where their sources lie. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Entry {
  readonly id: string;
  readonly schemaValid: boolean;
  readonly sources: readonly { readonly url: string; readonly resolved: string | null }[];
}

export interface Corpus {
  readonly folder: string;
  readonly entries: readonly Entry[];
}

export function readCorpus(folder: string): Corpus {
  return { folder, entries: JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as readonly Entry[] };
}

/** A source of a source is found by its URL, whichever entry of the manifest says where it is. */
export function overridesFor({ entries }: Corpus, { sources }: Entry): ReadonlyMap<string, string> {
  const known = entries.flatMap((entry) => entry.sources.filter(({ url }) => URL.canParse(url)));
  return new Map([...known, ...sources].flatMap(({ url, resolved }) => (resolved === null ? [] : [[url, resolved]])));
}

/** Valid by the official schema, and every source is in the folder, those of its sources, too. */
export function isEligible(corpus: Corpus, entry: Entry): boolean {
  const byId = new Map(corpus.entries.map((one) => [one.id, one]));
  // A set grows while it is walked: sources may name each other.
  const reached = new Set([entry]);
  for (const { sources } of reached)
    for (const { resolved } of sources) {
      if (resolved === null) return false;
      const inner = byId.get(resolved);
      if (inner) reached.add(inner);
    }
  return entry.schemaValid;
}
