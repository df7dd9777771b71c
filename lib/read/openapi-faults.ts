/**
 * Collects what is wrong in an OpenAPI document, once per place, and only while operations are read that matter. A fault is
 * worded only when it is kept: wording may look through all names of the document for one that is alike.
 */
import type { Code } from '../diagnostics/registry.ts';
import { type Facts, report } from '../diagnostics/report.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { ReferenceProblem } from '../model/reading.ts';
import type { DocumentSet } from './document-set.ts';
import type { SchemaFaults } from './schema-reader.ts';

/** Of one code; those beyond are mostly one fault of whatever wrote the document. */
const mostFaults = 100;

export class OpenApiFaults implements SchemaFaults {
  readonly diagnostics: Diagnostic[] = [];
  /** While true nothing is collected. */
  muted = false;
  readonly #documentSet: DocumentSet;
  readonly #told = new Set<string>();
  readonly #counts = new Map<Code, number>();

  constructor(documentSet: DocumentSet) {
    this.#documentSet = documentSet;
  }

  note<C extends Code>(code: C, at: Place, ...facts: Facts<C>): void {
    const count = this.#counts.get(code) ?? 0;
    const key = `${code} ${at.document}#${at.pointer}`;
    if (this.muted || count >= mostFaults || this.#told.has(key)) return;
    this.#told.add(key);
    this.#counts.set(code, count + 1);
    this.diagnostics.push(report(code, at, ...facts));
  }

  unresolvable(at: Place, reference: string, problem: ReferenceProblem): void {
    this.mattering(problem);
    this.note('OAS002', at, { reference, problem });
  }

  /** What a reference leads to is told of where it is broken. */
  protected mattering(problem: ReferenceProblem): void {
    if (problem.kind === 'broken' && !this.muted) this.#documentSet.matters(problem.uri);
  }

  unfit(at: Place, keyword: string, value: Json, wanted: string): void {
    this.note('OAS005', at, { keyword, value, wanted });
  }

  circle(at: Place, name: string): void {
    this.note('OAS004', at, { name });
  }

  member(at: Place, value: Json, wanted: string): void {
    this.note('OAS008', at, { value, wanted });
  }
}
