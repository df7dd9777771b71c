/**
 * Reads strict JSON (RFC 8259) with positions. The YAML parser reads JSON too, but forty times slower and without
 * noticing what JSON forbids; large OpenAPI documents are mostly JSON. Knows nothing of what the document is.
 */
import { type Facts, report } from '../diagnostics/report.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { Limits } from './limits.ts';
import type { Tree } from './tree.ts';
import { Stopped, TreeBuilder } from './tree-builder.ts';

type Expected = Facts<'DOC011'>[0]['expected'];

export interface TextResult {
  /** Absent after an error of syntax or past a limit. */
  readonly tree?: Tree;
  readonly faults: readonly Diagnostic[];
}

export function treeFromJson(uri: string, text: string, limits: Limits): TextResult {
  const builder = new TreeBuilder(uri, limits);
  try {
    const reader = new JsonReader(text, builder);
    return { tree: reader.document(), faults: builder.faults };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return { faults: [...builder.faults, error.fault] };
  }
}

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class JsonReader {
  readonly #text: string;
  readonly #builder: TreeBuilder;
  #offset = 0;

  constructor(text: string, builder: TreeBuilder) {
    this.#text = text;
    this.#builder = builder;
  }

  document(): Tree {
    this.#skipBlanks();
    const start = this.#offset;
    const root = this.#value(0);
    const end = this.#offset;
    this.#skipBlanks();
    if (this.#offset < this.#text.length) this.#fail('end');
    return { root, span: [start, end], parts: this.#builder.parts };
  }

  #value(depth: number): Json {
    this.#builder.count(1, this.#offset);
    switch (this.#text[this.#offset]) {
      case '{':
        return this.#record(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #record(depth: number): Json {
    this.#builder.enter(depth, this.#offset);
    const record = this.#builder.record();
    this.#offset += 1;
    this.#skipBlanks();
    if (this.#take('}')) return record.close();
    for (;;) {
      if (this.#text[this.#offset] !== '"') this.#fail('name');
      const keyStart = this.#offset;
      const key = this.#string();
      const keyEnd = this.#offset;
      this.#skipBlanks();
      if (!this.#take(':')) this.#fail('colon');
      this.#skipBlanks();
      const start = this.#offset;
      const value = this.#value(depth + 1);
      record.add(key, [keyStart, keyEnd], value, [start, this.#offset]);
      this.#skipBlanks();
      if (this.#take('}')) return record.close();
      if (!this.#take(',')) this.#fail('comma-or-brace');
      this.#skipBlanks();
    }
  }

  #list(depth: number): Json {
    this.#builder.enter(depth, this.#offset);
    const items: Json[] = [];
    const offsets: number[] = [];
    this.#offset += 1;
    this.#skipBlanks();
    if (this.#take(']')) return this.#builder.list(items, offsets);
    for (;;) {
      const start = this.#offset;
      items.push(this.#value(depth + 1));
      offsets.push(start, this.#offset);
      this.#skipBlanks();
      if (this.#take(']')) return this.#builder.list(items, offsets);
      if (!this.#take(',')) this.#fail('comma-or-bracket');
      this.#skipBlanks();
      if (this.#text[this.#offset] === ']') this.#fail('item');
    }
  }

  #string(): string {
    const start = this.#offset;
    const plain = /[^"\\\u0000-\u001f]*/y;
    let escaped = false;
    for (this.#offset += 1; ; this.#offset += 2) {
      plain.lastIndex = this.#offset;
      plain.test(this.#text);
      this.#offset = plain.lastIndex;
      const stop = this.#text[this.#offset];
      if (stop === '"') break;
      if (stop !== '\\') this.#fail(stop === undefined ? 'closing-quote' : 'text-character');
      escaped = true;
    }
    this.#offset += 1;
    this.#builder.spend(this.#offset - start);
    const source = this.#text.slice(start, this.#offset);
    return escaped ? this.#unescaped(source, start) : source.slice(1, -1);
  }

  #unescaped(source: string, start: number): string {
    const wrong = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|(?<wrong>.?))/gs;
    for (const match of source.matchAll(wrong)) {
      if (match.groups?.['wrong'] === undefined) continue;
      this.#offset = start + match.index;
      this.#fail('escape');
    }
    return JSON.parse(source) as string;
  }

  #scalar(): Json {
    const word = /[-+.\w]*/y;
    word.lastIndex = this.#offset;
    const source = word.exec(this.#text)?.[0] ?? '';
    this.#builder.spend(1 + source.length);
    const known = words.get(source);
    if (known === undefined && !/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(source)) this.#fail('value');
    const start = this.#offset;
    this.#offset += source.length;
    return known === undefined ? this.#builder.number(Number(source), source, start) : known;
  }

  #take(character: string): boolean {
    if (this.#text[this.#offset] !== character) return false;
    this.#offset += 1;
    return true;
  }

  #skipBlanks(): void {
    for (;;) {
      this.#builder.spend(1);
      const code = this.#text.charCodeAt(this.#offset);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#offset += 1;
    }
  }

  #fail(expected: Expected): never {
    const found = /^(?:[-+.\w]{1,40}|.)?/su.exec(this.#text.slice(this.#offset, this.#offset + 40))?.[0] ?? '';
    throw new Stopped(report('DOC011', this.#builder.place(this.#offset), { expected, found }));
  }
}
