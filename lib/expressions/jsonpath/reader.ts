/** What the productions of JSONPath share: a cursor, the dialect, the bound on nesting, and the way back to segments. */
import type { JsonPathVersion } from '../../model/value.ts';
import { Cursor } from '../cursor.ts';
import type { Work } from '../work.ts';
import type { Segment } from './query.ts';

const MAX_DEPTH = 64;

type TakeSegment = (reader: QueryReader) => Segment;

export class QueryReader {
  readonly cursor: Cursor;
  readonly version: JsonPathVersion;
  readonly #takeSegment: TakeSegment;
  #depth = 0;

  constructor(text: string, version: JsonPathVersion, takeSegment: TakeSegment, work?: Work) {
    this.cursor = new Cursor(text, work);
    this.version = version;
    this.#takeSegment = takeSegment;
  }

  /** Segments as long as one follows; blanks before a segment belong to it, blanks before anything else do not. */
  takeSegments(): Segment[] {
    const segments: Segment[] = [];
    for (;;) {
      const blanks = this.countBlanks();
      const next = this.cursor.peek(blanks);
      if (next !== '.' && next !== '[') return segments;
      this.cursor.skip(blanks);
      segments.push(this.#takeSegment(this));
    }
  }

  blanks(): void {
    this.cursor.skip(this.countBlanks());
  }

  fail(message: string): void {
    this.cursor.fail('bad-jsonpath', message);
  }

  /** `$inputs.least` where `$` alone would be the root: an expression, whose place in a JSONPath is in braces. */
  refuseBareExpression(): void {
    const { cursor } = this;
    const [bare] = /^\$[A-Za-z]+[.#][A-Za-z0-9_.#/~-]*/.exec(cursor.text.slice(cursor.at, cursor.at + 256)) ?? [];
    if (bare === undefined) return;
    const message = `\`${bare}\` is no part of a JSONPath; an expression stands in braces there`;
    cursor.fail('bad-jsonpath', message, { at: cursor.at, length: bare.length }, `{${bare}}`);
  }

  /** Guards every production that may contain itself. */
  nested<T>(production: () => T, otherwise: T): T {
    if (this.#depth >= MAX_DEPTH) {
      this.cursor.fail('too-deep', `a JSONPath nests at most ${MAX_DEPTH} levels deep`);
      return otherwise;
    }
    this.#depth += 1;
    const made = production();
    this.#depth -= 1;
    return made;
  }

  private countBlanks(): number {
    let count = 0;
    while (/[ \t\n\r]/.test(this.cursor.peek(count))) count += 1;
    return count;
  }
}
