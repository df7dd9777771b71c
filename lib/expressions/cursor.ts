/**
 * A place in a text, and the first thing that went wrong there. All parsers of this room read through it. After a
 * failure the cursor stands at the end of the text, so every loop of a parser ends and no parser needs exceptions:
 * it goes on with empty strings, and its caller looks at `problem` once, at the end.
 */
import { type Problem, type ProblemCode, problem, type Span, warning } from './problem.ts';
import { Work } from './work.ts';

export class Cursor {
  readonly text: string;
  readonly work: Work;
  #at = 0;
  #problem: Problem | undefined;
  readonly #tolerated: Problem[] = [];

  constructor(text: string, work: Work = new Work()) {
    this.text = text;
    this.work = work;
  }

  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.text.length;
  }

  get problem(): Problem | undefined {
    return this.#problem;
  }

  get tolerated(): readonly Problem[] {
    return this.#tolerated;
  }

  /** The character `ahead` of the cursor, empty past the end. */
  peek(ahead: number = 0): string {
    this.work.spend();
    return this.text.charAt(this.#at + ahead);
  }

  startsWith(expected: string): boolean {
    this.work.spend();
    return this.text.startsWith(expected, this.#at);
  }

  /** Steps over `expected` if it stands here. */
  accept(expected: string): boolean {
    if (!this.startsWith(expected)) return false;
    this.skip(expected.length);
    return true;
  }

  skip(characters: number): void {
    this.work.spend(characters);
    this.#at = Math.min(this.text.length, this.#at + characters);
  }

  takeWhile(belongs: (character: string) => boolean): string {
    const start = this.#at;
    let end = start;
    while (end < this.text.length && belongs(this.text.charAt(end))) end += 1;
    this.skip(end - start);
    return this.text.slice(start, end);
  }

  takeRest(): string {
    const rest = this.text.slice(this.#at);
    this.skip(rest.length);
    return rest;
  }

  spanFrom(start: number): Span {
    return { at: start, length: Math.max(0, this.#at - start) };
  }

  /** From here to the end of the text. */
  restSpan(): Span {
    return { at: this.#at, length: this.text.length - this.#at };
  }

  /** Only the first failure counts: the later ones are its consequences. */
  fail(code: ProblemCode, message: string, span: Span = this.restSpan(), instead?: string): void {
    this.#problem ??= problem(code, message, span, instead);
    this.#at = this.text.length;
  }

  tolerate(code: ProblemCode, message: string, span: Span, instead?: string): void {
    this.#tolerated.push(warning(code, message, span, instead));
  }
}
