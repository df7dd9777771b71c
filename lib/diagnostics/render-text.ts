/**
 * Diagnostics for people: headline, place, code frame, what the rule is, what to change, and a last line that counts.
 * A pure function of its arguments: no terminal is asked for its width or colours, the caller says them. Everything
 * quoted from a document passes cells.ts, so it cannot play tricks on the terminal.
 */
import type { Diagnostic, Note, Place, Severity } from '../model/diagnostic.ts';
import { displayWidth, printable } from './cells.ts';
import { codeFrame } from './frame.ts';
import { type Documents, sorted } from './order.ts';
import { type Paint, paintFor } from './paint.ts';
import { Lines, offsetsOf } from './position.ts';
import { entryOf, pageOf } from './registry.ts';
import { counted, listed } from './words.ts';

export interface TextOptions {
  readonly colour?: boolean;
  /** Columns of the terminal; prose is wrapped and long lines of code are cut to it. Default 100. */
  readonly width?: number;
  /** How a document is called, by its uri; default the uri itself. */
  readonly fileName?: (uri: string) => string;
  /** Where the page about a code is for this reader, by its path in the package; default that path. */
  readonly pageName?: (page: string) => string;
  /** How many are shown at most, errors before warnings; the last line counts all. Default 100. */
  readonly limit?: number;
}

const leastWidth = 40;

export function renderText(
  diagnostics: readonly Diagnostic[],
  documents: Documents,
  options: TextOptions = {},
): string {
  const all = sorted(diagnostics, documents);
  if (all.length === 0) return '';
  const shown = mostSevere(all, options.limit ?? 100);
  const page = new Page(documents, hiddenSources(all, documents), options);
  const blocks = shown.map((diagnostic, index) => {
    const isFirstOfCode = shown.findIndex(({ code }) => code === diagnostic.code) === index;
    return page.diagnostic(diagnostic, isFirstOfCode);
  });
  if (shown.length < all.length) blocks.push(`${all.length - shown.length} more not shown; --json lists all.`);
  return `${[...blocks, summary(all)].join('\n\n')}\n`;
}

/** `2 errors and 1 warning in 2 files`. */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const severities: readonly Severity[] = ['error', 'warning', 'info'];
  const counts = severities
    .map((severity) => ({
      severity,
      count: diagnostics.filter((diagnostic) => diagnostic.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => (severity === 'info' ? counted(count, 'remark') : counted(count, severity)));
  const files = new Set(diagnostics.flatMap(({ place }) => (place ? [place.document] : []))).size;
  return listed(counts) + (files === 0 ? '' : ` in ${counted(files, 'file')}`);
}

/** The first `limit` in order of severity, still in order of place. */
function mostSevere(diagnostics: readonly Diagnostic[], limit: number): readonly Diagnostic[] {
  if (diagnostics.length <= limit) return diagnostics;
  const ranks: { readonly [severity in Severity]: number } = { error: 0, warning: 1, info: 2 };
  const chosen = new Set(diagnostics.toSorted((a, b) => ranks[a.severity] - ranks[b.severity]).slice(0, limit));
  return diagnostics.filter((diagnostic) => chosen.has(diagnostic));
}

/** Documents of which no line is shown: one of the diagnostics says that they hold secrets, or they say so themselves. */
function hiddenSources(diagnostics: readonly Diagnostic[], documents: Documents): ReadonlySet<string> {
  const hiding = diagnostics.filter(({ code }) => entryOf(code)?.hidesSource);
  const silent = [...documents.values()].filter(({ hidesText }) => hidesText === true);
  return new Set([...hiding.flatMap(({ place }) => (place ? [place.document] : [])), ...silent.map(({ uri }) => uri)]);
}

/** What is the same for all diagnostics of one rendering. */
class Page {
  readonly #documents: Documents;
  readonly #hidden: ReadonlySet<string>;
  readonly #lines = new Map<string, Lines>();
  readonly #paint: Paint;
  readonly #width: number;
  readonly #fileName: (uri: string) => string;
  readonly #pageName: (page: string) => string;

  constructor(documents: Documents, hidden: ReadonlySet<string>, options: TextOptions) {
    this.#documents = documents;
    this.#hidden = hidden;
    this.#paint = paintFor(options.colour ?? false);
    this.#width = Math.max(leastWidth, options.width ?? 100);
    this.#fileName = options.fileName ?? ((uri) => uri);
    this.#pageName = options.pageName ?? ((page) => page);
  }

  diagnostic({ severity, code, headline, place, notes, fix }: Diagnostic, withPage: boolean): string {
    const paint = this.#paint;
    const label = `${severity} ${code}: `;
    const [first = '', ...rest] = wrap(label + printable(headline), this.#width);
    const tag = paint.severity(severity, first.slice(0, label.length));
    const frame = place ? this.#frame(place, { before: 2, after: 1 }) : [];
    const prose = [
      ...notes.flatMap((note) => this.#note(note)),
      ...(fix === undefined ? [] : this.#prose(`Fix: ${fix}`)),
      ...(withPage ? [paint.dim(`  See ${this.#pageOf(code)}`)] : []),
    ];
    return [
      tag + paint.strong(first.slice(label.length)),
      ...rest.map((line) => paint.strong(line)),
      ...(place ? [`  at ${this.#address(place)}`] : []),
      ...(frame.length > 0 ? ['', ...frame, ''] : []),
      ...prose,
    ].join('\n');
  }

  #pageOf(code: string): string {
    const page = pageOf(code);
    return page === undefined ? code : this.#pageName(page);
  }

  #note({ text, place }: Note): string[] {
    if (!place) return this.#prose(text);
    return [...this.#prose(`${text} (${this.#address(place)})`), ...this.#frame(place, { before: 0, after: 0 })];
  }

  #prose(text: string): string[] {
    return wrap(printable(text), this.#width - 2).map((line) => `  ${line}`);
  }

  #address(place: Place): string {
    const file = printable(this.#fileName(place.document));
    const document = this.#documents.get(place.document);
    if (!document) return file;
    const { line, column } = this.#linesOf(place.document, document.text).positionAt(offsetsOf(place, document)[0]);
    return `${file}:${line}:${column}`;
  }

  #frame(place: Place, around: { before: number; after: number }): string[] {
    const document = this.#documents.get(place.document);
    if (!document || document.text === '' || this.#hidden.has(place.document)) return [];
    const lines = this.#linesOf(place.document, document.text);
    const options = { ...around, width: this.#width - 4, paint: this.#paint };
    return codeFrame(document.text, lines, offsetsOf(place, document), options).map((line) => `    ${line}`);
  }

  #linesOf(uri: string, text: string): Lines {
    const lines = this.#lines.get(uri) ?? new Lines(text);
    this.#lines.set(uri, lines);
    return lines;
  }
}

/** Words on lines of at most `width` columns; a longer word stands alone and is not broken. */
function wrap(text: string, width: number): string[] {
  const output: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      output.push(line);
      line = word;
    } else line = longer;
  }
  return [...output, line];
}
