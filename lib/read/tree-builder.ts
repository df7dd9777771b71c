/**
 * Builds a tree while a text is read, and keeps the rules that hold in any notation: a key stands once in an object,
 * numbers are JSON numbers, depth and count are bounded. A limit or an error of syntax ends the reading through
 * `Stopped`, which never leaves lib/read's readers of text; every other fault is noted and reading goes on.
 */
import type { Code } from '../diagnostics/registry.ts';
import { type Facts, report } from '../diagnostics/report.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { Limits } from './limits.ts';
import { newRecord, type OpenRecord, type PartSpans, type Span } from './tree.ts';

/** What ends the reading of a text: nothing sensible can be read after it. */
export class Stopped extends Error {
  readonly fault: Diagnostic;

  constructor(fault: Diagnostic) {
    super(fault.headline);
    this.fault = fault;
  }
}

/** Faults of one code noted of one text: those beyond are mostly one fault of whatever wrote it. */
const mostFaults = 100;

export class TreeBuilder {
  readonly parts: WeakMap<object, PartSpans> = new WeakMap();
  readonly faults: Diagnostic[] = [];
  readonly #uri: string;
  readonly #limits: Limits;
  readonly #noted = new Map<Code, number>();
  #values = 0;

  constructor(uri: string, limits: Limits) {
    this.#uri = uri;
    this.#limits = limits;
  }

  /** Characters or parts that were looked at, for whoever counts. */
  spend(steps: number): void {
    this.#limits.work?.spend(steps);
  }

  get values(): number {
    return this.#values;
  }

  place(offset: number): Place {
    return { document: this.#uri, pointer: '', offset };
  }

  /** Notes a fault, worded only if there is room: some hold a text of the document, or look for one. */
  note<C extends Code>(code: C, offset: number, facts: () => Facts<C>): void {
    this.spend(1);
    const noted = this.#noted.get(code) ?? 0;
    this.#noted.set(code, noted + 1);
    if (noted < mostFaults) this.faults.push(report(code, this.place(offset), ...facts()));
  }

  /** Values that begin at `offset`. */
  count(values: number, offset: number): void {
    this.#values += values;
    this.spend(1);
    const limit = this.#limits.values;
    if (this.#values > limit) throw new Stopped(report('DOC017', this.place(offset), { limit }));
  }

  /** The library has read so many tokens up to `offset`. */
  countTokens(tokens: number, offset: number): void {
    this.spend(1);
    const limit = this.#limits.yamlTokens;
    if (tokens > limit) throw new Stopped(report('DOC024', this.place(offset), { limit }));
  }

  /** A container at `offset`, inside `depth` others. */
  enter(depth: number, offset: number): void {
    const limit = this.#limits.depth;
    if (depth >= limit) throw new Stopped(report('DOC016', this.place(offset), { limit }));
  }

  number(value: number, source: string, offset: number): Json {
    if (!Number.isFinite(value)) {
      this.note('DOC021', offset, () => [{ source }]);
      return source;
    }
    if (!Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source) && BigInt(source) !== BigInt(value)) {
      this.note('DOC022', offset, () => [{ source, read: String(BigInt(value)) }]);
    }
    return value;
  }

  /** Closes a list: its items with start and end of each. */
  list(items: readonly Json[], offsets: readonly number[]): Json {
    this.spend(items.length);
    this.parts.set(items, { offsets });
    return items;
  }

  record(): RecordBuilder {
    return new RecordBuilder(this);
  }
}

export class RecordBuilder {
  readonly #builder: TreeBuilder;
  readonly #record: OpenRecord = newRecord();
  readonly #keys: string[] = [];
  readonly #offsets: number[] = [];

  constructor(builder: TreeBuilder) {
    this.#builder = builder;
  }

  /** Of two members with one key the first is kept: what was read of it stays what it is. */
  add(key: string, keySpan: Span, value: Json, valueSpan: Span): void {
    this.#builder.spend(1);
    if (key in this.#record) {
      this.#builder.note('DOC014', keySpan[0], () => {
        return [{ key, first: this.#builder.place(this.#offsets[this.#keys.indexOf(key) * 4] ?? 0) }];
      });
      return;
    }
    this.#record[key] = value;
    this.#keys.push(key);
    this.#offsets.push(keySpan[0], keySpan[1], valueSpan[0], valueSpan[1]);
  }

  close(): Json {
    this.#builder.parts.set(this.#record, { keys: this.#keys, offsets: this.#offsets });
    return this.#record;
  }
}
