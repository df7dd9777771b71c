/** One mistake, one fault: what is missing only because its key is misspelt is said at that key. */
import type { ShapeFault } from '../diagnostics/shape-fault.ts';
import { meantKey } from '../diagnostics/words.ts';

export function withoutEchoes(faults: readonly ShapeFault[]): ShapeFault[] {
  const unknown = faults.filter((fault) => fault.kind === 'unknown-key');
  return faults.flatMap<ShapeFault>((fault) => {
    if (fault.kind !== 'missing-keys') return [fault];
    const beside = unknown.filter(({ place }) => parentOf(place.pointer) === fault.place.pointer);
    // What a `$ref` stands for is in another file: nobody knows what it lacks.
    if (beside.some(({ key }) => key === '$ref')) return [];
    const meant = new Set(beside.map(({ key, known }) => meantKey(key, known)));
    const keys = fault.keys.filter(({ key }) => !meant.has(key));
    return keys.length > 0 ? [{ ...fault, keys }] : [];
  });
}

function parentOf(pointer: string): string {
  return pointer.slice(0, pointer.lastIndexOf('/'));
}
