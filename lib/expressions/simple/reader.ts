/** What the productions of a simple condition share: a cursor that skips blanks, the bound on nesting, the way back in. */
import { Cursor } from '../cursor.ts';
import { type Problem, placed } from '../problem.ts';
import type { Work } from '../work.ts';
import type { Condition } from './condition.ts';

export const MAX_DEPTH: number = 64;

export class ConditionReader {
  readonly cursor: Cursor;
  readonly #takeCondition: (reader: ConditionReader) => Condition;
  #depth = 0;

  constructor(text: string, takeCondition: (reader: ConditionReader) => Condition, work?: Work) {
    this.cursor = new Cursor(text, work);
    this.#takeCondition = takeCondition;
  }

  blanks(): void {
    this.cursor.takeWhile((character) => /\s/.test(character));
  }

  /** An operator or bracket, and the blanks after it. */
  accept(token: string): boolean {
    if (!this.cursor.accept(token)) return false;
    this.blanks();
    return true;
  }

  /** A whole condition inside this one. */
  takeInner(): Condition {
    return this.nested(() => this.#takeCondition(this));
  }

  /** Guards every production that may contain itself. */
  nested(production: () => Condition): Condition {
    if (this.#depth >= MAX_DEPTH) {
      this.cursor.fail('too-deep', `a condition nests at most ${MAX_DEPTH} levels deep`);
      return nowhere;
    }
    this.#depth += 1;
    const made = production();
    this.#depth -= 1;
    return made;
  }
}

/** Stands in for what could not be read; the cursor has failed, so nobody will see it. */
export const nowhere: Condition = { kind: 'literal', value: null, span: { at: 0, length: 0 } };

/** A problem of an expression, placed in the condition around it. */
export function failInside(cursor: Cursor, found: Problem, offset: number): void {
  for (const { code, message, at, length, instead } of placed([found], [], offset)) {
    cursor.fail(code, message, { at, length }, instead);
  }
}
