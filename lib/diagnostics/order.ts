/** In which order diagnostics are shown, and which of them are: the same for text, JSON and every machine. */
import type { Diagnostic, PositionedDocument } from '../model/diagnostic.ts';
import { offsetsOf } from './position.ts';

export type Documents = ReadonlyMap<string, PositionedDocument>;

/** By document, then place, then code, then words; what has no place comes first. Exact repetitions are dropped. */
export function sorted(diagnostics: readonly Diagnostic[], documents: Documents): Diagnostic[] {
  const keyed = diagnostics.map((diagnostic) => ({ diagnostic, key: keyOf(diagnostic, documents) }));
  keyed.sort((a, b) => compare(a.key, b.key));
  return keyed
    .filter(({ key }, index) => index === 0 || compare(keyed[index - 1]?.key ?? [], key) !== 0)
    .map(({ diagnostic }) => diagnostic);
}

/** Without the warnings and infos whose codes are named; an error is never silenced. */
export function silenced(diagnostics: readonly Diagnostic[], codes: ReadonlySet<string>): Diagnostic[] {
  return diagnostics.filter(({ severity, code }) => severity === 'error' || !codes.has(code));
}

type Key = readonly (string | number)[];

const known = new WeakMap<Documents, WeakMap<Diagnostic, Key>>();

/** What is sorted in one phase is sorted again with what later ones find: its place in the text is looked up once. */
function keyOf(diagnostic: Diagnostic, documents: Documents): Key {
  const keys = known.get(documents) ?? new WeakMap<Diagnostic, Key>();
  known.set(documents, keys);
  const key = keys.get(diagnostic) ?? keyIn(diagnostic, documents);
  keys.set(diagnostic, key);
  return key;
}

function keyIn({ place, code, headline }: Diagnostic, documents: Documents): Key {
  const document = place && documents.get(place.document);
  const [start, end] = document && place ? offsetsOf(place, document) : [-1, -1];
  return [place?.document ?? '', start, code, headline, end];
}

function compare(a: Key, b: Key): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
