/**
 * Reads the YAML that nearly all documents are written in, some fifteen times faster than the library: block mappings
 * and sequences, plain and quoted texts on one line, `|` and `>`, flow collections on one line, comments. It is sure or
 * silent: at anything else (anchors, tags, tabs, escapes out of the ordinary, several documents, every error) it gives
 * up, and lib/read/yaml-text.ts reads the text from the start. So it decides nothing about YAML but speed, and a test
 * holds it to the library, value by value and place by place.
 */
import type { Json } from '../model/json.ts';
import type { TextResult } from './json-text.ts';
import type { Limits } from './limits.ts';
import { blockScalar } from './plain-yaml-block.ts';
import { FlowReader } from './plain-yaml-flow.ts';
import { GivenUp, plainValue, quotedText, withoutBlanks } from './plain-yaml-scalars.ts';
import { Stopped, TreeBuilder } from './tree-builder.ts';

/** Undefined where it gave up. */
export function treeFromPlainYaml(uri: string, text: string, limits: Limits): TextResult | undefined {
  // A lone carriage return is no line end to YAML, but to everybody else.
  if (/\r(?!\n)/.test(text)) return undefined;
  const builder = new TreeBuilder(uri, limits);
  try {
    const tree = new PlainYamlReader(text, builder).document();
    return { tree, faults: builder.faults };
  } catch (error) {
    if (error instanceof GivenUp) return undefined;
    if (error instanceof Stopped) return { faults: [...builder.faults, error.fault] };
    throw error;
  }
}

const plainStart = /[\w$/.~^(+=\\]/;
const keyEnd = /:(?: |\r?\n|$)/y;
const quotedKey = /(?:"[^"\\\n]*"|'[^'\n]*')(?=:(?: |\r?\n|$))/y;
const longestKey = 1000;

class PlainYamlReader {
  readonly #text: string;
  readonly #builder: TreeBuilder;
  readonly #hasTabs: boolean;
  readonly #flow: FlowReader;
  /** The line that is being read: where what is left of it begins and ends, its column, and where the next one begins. */
  #start = 0;
  #end = 0;
  #column = -1;
  #following = 0;
  /** Where the value that was read last stands. */
  #valueStart = 0;
  #valueEnd = 0;

  constructor(text: string, builder: TreeBuilder) {
    this.#text = text;
    this.#builder = builder;
    this.#hasTabs = text.includes('\t');
    this.#flow = new FlowReader(text, builder);
  }

  document(): NonNullable<TextResult['tree']> {
    this.#following = documentStart(this.#text);
    this.#nextLine();
    if (!this.#isDash() && !this.#isKey()) throw new GivenUp();
    const root = this.#node(-1, 0);
    if (this.#column >= 0) throw new GivenUp();
    return { root, span: [this.#valueStart, this.#valueEnd], parts: this.#builder.parts };
  }

  /** To the next line that is neither empty nor a comment; behind the last one the column is -1. */
  #nextLine(): void {
    const text = this.#text;
    for (let line = this.#following; line < text.length; ) {
      let start = line;
      while (text.charCodeAt(start) === 0x20) start += 1;
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      this.#builder.spend(1 + end - line);
      const first = text[start];
      if (start < end && first !== '#' && first !== '\r') {
        this.#following = end + 1;
        this.#column = start - line;
        this.#start = start;
        this.#end = this.#trimmedEnd(start, end);
        if (start === line && (first === '.' || first === '-')) this.#giveUpAtMark();
        return;
      }
      line = end + 1;
    }
    this.#column = -1;
    this.#following = text.length;
  }

  /** `---` and `...` begin and end documents. */
  #giveUpAtMark(): void {
    if (/^(?:---|\.\.\.)(?: |$)/.test(this.#text.slice(this.#start, this.#end))) throw new GivenUp();
  }

  #trimmedEnd(start: number, lineEnd: number): number {
    let end = lineEnd;
    if (this.#text.charCodeAt(end - 1) === 0x0d) end -= 1;
    while (this.#text.charCodeAt(end - 1) === 0x20) end -= 1;
    if (this.#hasTabs && this.#text.slice(start, end).includes('\t')) throw new GivenUp();
    return end;
  }

  /** What begins at `#start`, inside a collection of the column `parent`. */
  #node(parent: number, depth: number): Json {
    if (this.#column <= parent) throw new GivenUp();
    if (this.#isDash()) return this.#sequence(depth);
    return this.#isKey() ? this.#mapping(depth) : this.#scalar(this.#start, parent, depth);
  }

  #isDash(): boolean {
    if (this.#text.charCodeAt(this.#start) !== 0x2d) return false;
    return this.#start + 1 >= this.#end || this.#text.charCodeAt(this.#start + 1) === 0x20;
  }

  #isKey(): boolean {
    return this.#plainKeyEnd() > 0 || this.#quotedKeyEnd() > 0;
  }

  #quotedKeyEnd(): number {
    quotedKey.lastIndex = this.#start;
    return quotedKey.test(this.#text) ? quotedKey.lastIndex : 0;
  }

  /** Where the colon of a plain key stands; 0 where the line begins with none. */
  #plainKeyEnd(): number {
    if (!plainStart.test(this.#text.charAt(this.#start))) return 0;
    this.#builder.spend(this.#end - this.#start);
    for (let at = this.#start + 1; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x23) return 0;
      if (code !== 0x3a) continue;
      keyEnd.lastIndex = at;
      if (keyEnd.test(this.#text)) return at;
    }
    return 0;
  }

  #sequence(depth: number): Json {
    const column = this.#column;
    const start = this.#start;
    this.#builder.count(1, start);
    this.#builder.enter(depth, start);
    const items: Json[] = [];
    const offsets: number[] = [];
    while (this.#column === column && this.#isDash()) {
      items.push(this.#item(column, depth));
      offsets.push(this.#valueStart, this.#valueEnd);
    }
    if (this.#column > column) throw new GivenUp();
    this.#valueStart = start;
    return this.#builder.list(items, offsets);
  }

  #item(column: number, depth: number): Json {
    const dash = this.#start;
    const content = this.#afterBlanks(dash + 1);
    if (content === undefined) return this.#nested(dash + 1, column, depth);
    this.#start = content;
    this.#column = column + content - dash;
    return this.#node(column, depth + 1);
  }

  #mapping(depth: number): Json {
    const column = this.#column;
    const start = this.#start;
    this.#builder.count(1, start);
    this.#builder.enter(depth, start);
    const record = this.#builder.record();
    while (this.#column === column && !this.#isDash()) {
      const keyStart = this.#start;
      const quotedEnd = this.#quotedKeyEnd();
      const end = quotedEnd || this.#plainKeyEnd();
      const key = withoutBlanks(this.#text.slice(keyStart, end));
      if (end <= keyStart || key === '<<' || key.length > longestKey) throw new GivenUp();
      const value = this.#member(end + 1, column, depth);
      const name = quotedEnd ? key.slice(1, -1) : key;
      record.add(name, [keyStart, keyStart + key.length], value, [this.#valueStart, this.#valueEnd]);
    }
    if (this.#column > column) throw new GivenUp();
    this.#valueStart = start;
    return record.close();
  }

  /** What stands behind a colon. */
  #member(behind: number, column: number, depth: number): Json {
    const content = this.#afterBlanks(behind);
    if (content !== undefined) return this.#scalar(content, column, depth + 1);
    return this.#nested(behind, column, depth);
  }

  /** Where the line goes on, if with anything but a comment. */
  #afterBlanks(from: number): number | undefined {
    let offset = from;
    while (offset < this.#end && this.#text.charCodeAt(offset) === 0x20) offset += 1;
    const isComment = offset > from && this.#text[offset] === '#';
    return offset >= this.#end || isComment ? undefined : offset;
  }

  /** On the lines below; a list may stand in its key's own column. */
  #nested(behind: number, column: number, depth: number): Json {
    const isKey = this.#text[behind - 1] === ':';
    this.#nextLine();
    if (this.#column > column) return this.#node(column, depth + 1);
    if (isKey && this.#column === column && this.#isDash()) return this.#sequence(depth + 1);
    this.#builder.count(1, behind);
    this.#valueStart = behind;
    this.#valueEnd = behind;
    return null;
  }

  /** Anything that begins within a line and is no block collection; afterwards the next line is the current one. */
  #scalar(from: number, parent: number, depth: number): Json {
    this.#valueStart = from;
    switch (this.#text[from]) {
      case '"':
      case "'":
        return this.#quoted(from);
      case '|':
      case '>':
        return this.#block(from, parent);
      case '[':
      case '{':
        return this.#collection(from, depth);
      default:
        return this.#plain(from, parent);
    }
  }

  #quoted(from: number): Json {
    this.#builder.count(1, from);
    const { value, end } = quotedText(this.#text, from, this.#end);
    this.#builder.spend(end - from);
    return this.#closed(value, from, end);
  }

  #collection(from: number, depth: number): Json {
    const { value, end } = this.#flow.read(from, this.#end, depth);
    this.#builder.spend(end - from);
    return this.#closed(value, from, end);
  }

  /** A value with an end of its own: nothing but a comment may follow. */
  #closed(value: Json, start: number, end: number): Json {
    if (this.#afterBlanks(end) !== undefined) throw new GivenUp();
    this.#nextLine();
    this.#valueStart = start;
    this.#valueEnd = end;
    return value;
  }

  #block(from: number, parent: number): Json {
    this.#builder.count(1, from);
    const header = this.#text.slice(from, this.#end);
    const { value, end, following } = blockScalar(this.#text, header, this.#following, parent);
    this.#builder.spend(Math.max(0, following - this.#following));
    this.#following = following;
    this.#nextLine();
    this.#valueEnd = end;
    return value;
  }

  #plain(from: number, parent: number): Json {
    this.#builder.count(1, from);
    let source = this.#text.slice(from, this.#end);
    const comment = source.indexOf(' #');
    if (comment >= 0) source = withoutBlanks(source.slice(0, comment));
    let end = from + source.length;
    const value = plainValue(source, this.#builder, from);
    let lineEnd = this.#following - 1;
    this.#nextLine();
    if (comment >= 0 || this.#column <= parent) {
      this.#valueEnd = end;
      return value;
    }
    let text = source;
    while (this.#column > parent) {
      text += this.#fold(lineEnd) + this.#continuation();
      end = this.#end;
      lineEnd = this.#following - 1;
      this.#nextLine();
    }
    this.#valueEnd = end;
    return text;
  }

  /** A text goes on here: what is between the end of its last line and this one is a blank, or the empty lines. */
  #fold(lineEnd: number): string {
    const between = this.#text.slice(lineEnd + 1, this.#start);
    if (between.includes('#')) throw new GivenUp();
    const emptyLines = between.split('\n').length - 1;
    return emptyLines === 0 ? ' ' : '\n'.repeat(emptyLines);
  }

  #continuation(): string {
    const line = this.#text.slice(this.#start, this.#end);
    if (/^(?:#|[-?:](?: |$))|: |:$| #/.test(line)) throw new GivenUp();
    return line;
  }
}

/** Behind a line `---` with nothing but comments before it; 0 where there is none. */
function documentStart(text: string): number {
  const idle = /(?: *#.*| *)\r?\n/y;
  const mark = /--- *\r?\n/y;
  let line = 0;
  while (idle.test(text)) line = idle.lastIndex;
  mark.lastIndex = line;
  return mark.test(text) ? mark.lastIndex : 0;
}
