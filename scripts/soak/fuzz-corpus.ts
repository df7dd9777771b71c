/** Public documents with bytes changed, added and taken away: whatever is left of them is compiled or diagnosed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDescription, failing } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { decodedText } from '../../lib/read/decoded-text.ts';
import type { FileSource } from '../../lib/read/file-source.ts';
import { dice } from '../../test/support/fuzzing.ts';
import { overridesFor, readCorpus } from '../corpus/entries.ts';

export interface Mutated {
  readonly documents: number;
  readonly refused: number;
  readonly compiled: number;
  readonly faults: readonly string[];
}

const EVERY = 250;

export async function mutatedCorpus(folder: string, each: number, say: (line: string) => void): Promise<Mutated> {
  const corpus = readCorpus(folder);
  const faults: string[] = [];
  const counts = { documents: 0, refused: 0, compiled: 0 };
  for (const entry of corpus.entries) {
    const bytes = readFileSync(join(folder, 'docs', entry.id));
    for (let seed = 1; seed <= each; seed += 1) {
      counts.documents += 1;
      try {
        const files = withText(folderFiles({ root: join(folder, 'docs') }), entry.id, mutated(bytes, seed));
        const read = { overrides: overridesFor(corpus, entry) };
        const { diagnostics } = await compileDescription({ entry: entry.id, files, read });
        counts[failing(diagnostics) ? 'refused' : 'compiled'] += 1;
      } catch (error) {
        faults.push(
          `${entry.id} seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
      if (counts.documents % EVERY === 0) say(`${counts.documents} mutated documents`);
    }
  }
  return { ...counts, faults };
}

function withText(files: FileSource, id: string, bytes: Uint8Array): FileSource {
  return {
    read: async (uri) => {
      if (uri !== id) return await files.read(uri);
      return decodedText(bytes);
    },
  };
}

/** A few places of it: other bytes, bytes gone, bytes twice. */
function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const roll = dice(seed);
  let text = Uint8Array.from(bytes);
  const edits = 1 + Math.floor(roll() * 8);
  for (let edit = 0; edit < edits; edit += 1) {
    const at = Math.floor(roll() * text.length);
    const until = Math.min(text.length, at + Math.floor(roll() * 20));
    const kind = Math.floor(roll() * 3);
    if (kind === 0) text[at] = Math.floor(roll() * 256);
    else if (kind === 1) text = joined(text.slice(0, at), text.slice(until));
    else text = joined(text.slice(0, until), text.slice(at));
  }
  return text;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
