/** Flow collections that begin and end on one line, with plain parts; see lib/read/plain-yaml.ts. */
import type { Json } from '../model/json.ts';
import { GivenUp, plainValue, quotedText, withoutBlanks } from './plain-yaml-scalars.ts';
import type { TreeBuilder } from './tree-builder.ts';

const plainPart = /(?:[\w$/.~^(+=\\]|-(?=[\w.]))[^,[\]{}:#\n]*/y;

export class FlowReader {
  readonly #text: string;
  readonly #builder: TreeBuilder;
  #offset = 0;
  #limit = 0;

  constructor(text: string, builder: TreeBuilder) {
    this.#text = text;
    this.#builder = builder;
  }

  read(from: number, limit: number, depth: number): { readonly value: Json; readonly end: number } {
    this.#offset = from;
    this.#limit = limit;
    const value = this.#value(depth);
    return { value, end: this.#offset };
  }

  #value(depth: number): Json {
    const start = this.#offset;
    this.#builder.count(1, start);
    switch (this.#text[start]) {
      case '[':
        this.#builder.enter(depth, start);
        return this.#list(depth);
      case '{':
        this.#builder.enter(depth, start);
        return this.#record(depth);
      default:
        return this.#scalar();
    }
  }

  #list(depth: number): Json {
    const items: Json[] = [];
    const offsets: number[] = [];
    this.#offset += 1;
    while (!this.#closes(']')) {
      const start = this.#offset;
      items.push(this.#value(depth + 1));
      offsets.push(start, this.#offset);
      this.#separate(']');
    }
    return this.#builder.list(items, offsets);
  }

  #record(depth: number): Json {
    const record = this.#builder.record();
    this.#offset += 1;
    while (!this.#closes('}')) {
      const keyStart = this.#offset;
      const key = this.#key();
      const keyEnd = this.#offset;
      this.#skipBlanks();
      if (this.#text[this.#offset] !== ':' || this.#text[this.#offset + 1] !== ' ') throw new GivenUp();
      this.#offset += 1;
      this.#skipBlanks();
      const start = this.#offset;
      const value = this.#value(depth + 1);
      record.add(key, [keyStart, keyEnd], value, [start, this.#offset]);
      this.#separate('}');
    }
    return record.close();
  }

  #key(): string {
    const first = this.#text[this.#offset];
    const key = first === '"' || first === "'" ? this.#quoted() : this.#plain();
    if (key === '<<') throw new GivenUp();
    return key;
  }

  #scalar(): Json {
    const start = this.#offset;
    const first = this.#text[start];
    return first === '"' || first === "'" ? this.#quoted() : plainValue(this.#plain(), this.#builder, start);
  }

  #quoted(): string {
    const { value, end } = quotedText(this.#text, this.#offset, this.#limit);
    this.#offset = end;
    return value;
  }

  #plain(): string {
    plainPart.lastIndex = this.#offset;
    const source = withoutBlanks(plainPart.exec(this.#text)?.[0] ?? '');
    if (source === '' || this.#offset + source.length > this.#limit) throw new GivenUp();
    this.#offset += source.length;
    return source;
  }

  /** Behind a part stand a comma and the next one, or the end; a comma before the end is none of the plain things. */
  #separate(close: string): void {
    this.#skipBlanks();
    const character = this.#text[this.#offset];
    if (this.#offset >= this.#limit || (character !== ',' && character !== close)) throw new GivenUp();
    if (character === close) return;
    this.#offset += 1;
    this.#skipBlanks();
    if (this.#text[this.#offset] === close) throw new GivenUp();
  }

  #closes(close: string): boolean {
    this.#skipBlanks();
    if (this.#offset >= this.#limit) throw new GivenUp();
    if (this.#text[this.#offset] !== close) return false;
    this.#offset += 1;
    return true;
  }

  #skipBlanks(): void {
    while (this.#text.charCodeAt(this.#offset) === 0x20) this.#offset += 1;
  }
}
