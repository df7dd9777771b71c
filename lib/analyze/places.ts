/**
 * Where in the documents something of a plan is written. A plan keeps the place of a step; a parameter of it is found there
 * by name, and what is not written at the step itself (a default of the workflow, a reusable) has the step's place.
 */
import { below } from '../diagnostics/place.ts';
import { atPointer, parsePointer } from '../expressions/pointer.ts';
import type { Place, PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';

export class Places {
  readonly #documents: ReadonlyMap<string, PositionedDocument>;

  constructor(documents: ReadonlyMap<string, PositionedDocument>) {
    this.#documents = documents;
  }

  /** `['parameters', 'query limit']`, or a way of plain members; as far as it leads. */
  of(origin: Place, way: readonly string[]): Place {
    const [first, named, ...rest] = way;
    if (first !== 'parameters' || named === undefined) return this.#plain(origin, way);
    const [where = '', ...words] = named.split(' ');
    const list = this.value(below(origin, 'parameters'));
    const index = Array.isArray(list)
      ? (list as readonly Json[]).findIndex((one) => isNamed(one, words.join(' '), where))
      : -1;
    return index < 0 ? origin : this.#plain(below(origin, 'parameters', index), ['value', ...rest]);
  }

  /** What stands at a place. */
  value(place: Place): Json | undefined {
    const root = this.#documents.get(place.document)?.root;
    const tokens = parsePointer(place.pointer);
    return root === undefined || !tokens ? undefined : atPointer(root, tokens);
  }

  #plain(origin: Place, way: readonly string[]): Place {
    let here = origin;
    for (const segment of way) {
      const next = below(here, segment);
      if (this.value(next) === undefined) return here;
      here = next;
    }
    return here;
  }
}

function isNamed(parameter: Json, name: string, where: string): boolean {
  if (!isObject(parameter) || own(parameter, 'name') !== name) return false;
  return where === '' || own(parameter, 'in') === where;
}
