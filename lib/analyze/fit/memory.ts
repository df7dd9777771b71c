/**
 * What was found out of a schema, by the very object: schemas refer to each other and to themselves, so each is looked at
 * once. A schema that is asked for while it is being looked at answers what holds for every schema.
 */
import { isObject, type JsonObject } from '../../model/json.ts';
import type { Typed } from './typed.ts';

export class SchemaMemory<T> {
  readonly #known = new WeakMap<JsonObject, WeakMap<JsonObject, Map<string, T>>>();
  readonly #meanwhile: T;

  constructor(meanwhile: T) {
    this.#meanwhile = meanwhile;
  }

  /** `about` tells questions about one schema apart. */
  of({ schema, definitions }: Typed, about: string, find: () => T): T {
    if (!isObject(schema)) return find();
    const bySchema = this.#known.get(definitions) ?? new WeakMap<JsonObject, Map<string, T>>();
    this.#known.set(definitions, bySchema);
    const answers = bySchema.get(schema) ?? new Map<string, T>();
    bySchema.set(schema, answers);
    const known = answers.get(about);
    if (known !== undefined) return known;
    answers.set(about, this.#meanwhile);
    const found = find();
    answers.set(about, found);
    return found;
  }
}
