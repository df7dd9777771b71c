/** A memory for pure functions of a text: never more than `limit` entries, the oldest goes first, long texts are not kept. */
export class BoundedCache<T> {
  readonly #entries = new Map<string, T>();
  readonly #limit: number;

  constructor(limit: number = 1_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(text: string, make: (text: string) => T): T {
    const known = this.#entries.get(text);
    if (known !== undefined) return known;
    const made = make(text);
    if (text.length <= MAX_KEPT_LENGTH) this.#keep(text, made);
    return made;
  }

  #keep(text: string, made: T): void {
    if (this.#entries.size >= this.#limit) this.#dropOldest();
    this.#entries.set(text, made);
  }

  #dropOldest(): void {
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

const MAX_KEPT_LENGTH = 2_000;
