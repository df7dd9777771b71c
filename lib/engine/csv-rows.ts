/**
 * CSV (RFC 4180) one character after another, piece by piece, so that a long file is never held whole. It reads on
 * whatever is wrong with the quotes, as the service does, and says with the row what was: who wants to be strict can be.
 * Empty lines are no rows; a byte order mark at the beginning is no part of the first cell.
 */

export interface CsvRow {
  readonly cells: readonly string[];
  /** On which line it begins, from 1, and at which offset. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The first thing that is wrong with it. */
  readonly fault?: CsvFault;
}

export interface CsvFault {
  readonly kind: 'quote-not-closed' | 'text-after-quote' | 'quote-inside';
  readonly offset: number;
}

/** Where in a cell the reader is: before it, in a plain one, in a quoted one, behind its closing quote. */
type Inside = 'before' | 'plain' | 'quoted' | 'closed';

export class CsvReader {
  readonly #delimiter: string;
  #offset = 0;
  #line = 1;
  #row: { cells: string[]; line: number; start: number; fault?: CsvFault } = { cells: [], line: 1, start: 0 };
  #cell = '';
  #inside: Inside = 'before';
  #quoteAt = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** The rows that end in this piece. */
  *read(piece: string): Generator<CsvRow> {
    for (const character of piece) {
      const row = this.#take(character);
      this.#offset += character.length;
      if (character === '\n') this.#line += 1;
      if (row !== undefined) {
        yield row;
        this.#begin();
      } else if (character === '\n' && this.#inside === 'before' && this.#row.cells.length === 0) this.#begin();
    }
  }

  /** What is left when the text is over. */
  *end(): Generator<CsvRow> {
    if (this.#inside === 'quoted') this.#note('quote-not-closed', this.#quoteAt);
    if (!this.#isBlank()) yield this.#whole();
    this.#begin();
  }

  #take(character: string): CsvRow | undefined {
    if (this.#inside === 'quoted') this.#inQuotes(character);
    else if (character === '\n') return this.#isBlank() ? undefined : this.#whole();
    else if (character === this.#delimiter) this.#endCell();
    else if (character === '"') this.#quote();
    else if (character !== '\r' && !(character === '\uFEFF' && this.#offset === 0)) this.#plain(character);
    return undefined;
  }

  #inQuotes(character: string): void {
    if (character === '"') this.#inside = 'closed';
    else this.#cell += character;
  }

  #quote(): void {
    if (this.#inside === 'before') {
      this.#quoteAt = this.#offset;
      this.#inside = 'quoted';
      return;
    }
    this.#cell += '"';
    // Two quotes inside a quoted cell are one.
    if (this.#inside === 'closed') this.#inside = 'quoted';
    else this.#note('quote-inside', this.#offset);
  }

  #plain(character: string): void {
    if (this.#inside === 'closed') this.#note('text-after-quote', this.#offset);
    else this.#inside = 'plain';
    this.#cell += character;
  }

  #endCell(): void {
    this.#row.cells.push(this.#cell);
    this.#cell = '';
    this.#inside = 'before';
  }

  #isBlank(): boolean {
    return this.#inside === 'before' && this.#row.cells.length === 0;
  }

  #whole(): CsvRow {
    this.#endCell();
    return { ...this.#row, end: this.#offset };
  }

  #begin(): void {
    this.#row = { cells: [], line: this.#line, start: this.#offset };
  }

  #note(kind: CsvFault['kind'], offset: number): void {
    this.#row.fault ??= { kind, offset };
  }
}
