/**
 * What was found out of a schema, by the very object: schemas refer to each other and to themselves, so each is looked at
 * once. A schema that is asked for while it is being looked at answers what holds for every schema, and so does one that
 * comes after too many others.
 */
import { isObject, type JsonObject } from '../../model/json.ts';
import type { Typed } from './typed.ts';

/** Of the schemas of one document: what a web of them leads to beyond is not looked at. */
const MAX_LOOKED_AT = 50_000;

interface Known<T> {
  readonly answers: WeakMap<JsonObject, Map<string, T>>;
  left: number;
}

export class SchemaMemory<T> {
  readonly #known = new WeakMap<JsonObject, Known<T>>();
  readonly #meanwhile: T;

  constructor(meanwhile: T) {
    this.#meanwhile = meanwhile;
  }

  /** `about` tells questions about one schema apart. */
  of({ schema, definitions }: Typed, about: string, find: () => T): T {
    if (!isObject(schema)) return find();
    const ofDocument = this.#known.get(definitions) ?? {
      answers: new WeakMap<JsonObject, Map<string, T>>(),
      left: MAX_LOOKED_AT,
    };
    this.#known.set(definitions, ofDocument);
    const answers = ofDocument.answers.get(schema) ?? new Map<string, T>();
    ofDocument.answers.set(schema, answers);
    const known = answers.get(about);
    if (known !== undefined) return known;
    if (ofDocument.left <= 0) return this.#meanwhile;
    ofDocument.left -= 1;
    answers.set(about, this.#meanwhile);
    const found = find();
    answers.set(about, found);
    return found;
  }
}
