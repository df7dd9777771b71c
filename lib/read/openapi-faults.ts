/** Collects what is wrong in an OpenAPI document, once per place, and only while operations are read that matter. */
import { report } from '../diagnostics/report.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { ReferenceProblem } from '../model/reading.ts';
import type { Library } from './library.ts';
import type { SchemaFaults } from './schema-reader.ts';

export class OpenApiFaults implements SchemaFaults {
  readonly diagnostics: Diagnostic[] = [];
  /** While true nothing is collected. */
  muted = false;
  readonly #library: Library;
  readonly #told = new Set<string>();

  constructor(library: Library) {
    this.#library = library;
  }

  add(diagnostic: Diagnostic): void {
    const key = `${diagnostic.code} ${diagnostic.place?.document}#${diagnostic.place?.pointer}`;
    if (this.muted || this.#told.has(key)) return;
    this.#told.add(key);
    this.diagnostics.push(diagnostic);
  }

  unresolvable(at: Place, reference: string, problem: ReferenceProblem): void {
    if (problem.kind === 'broken' && !this.muted) this.#library.matters(problem.uri);
    this.add(report('OAS002', at, { reference, problem }));
  }

  unfit(at: Place, keyword: string, value: Json, wanted: string): void {
    this.add(report('OAS005', at, { keyword, value, wanted }));
  }

  circle(at: Place, name: string): void {
    this.add(report('OAS004', at, { name }));
  }

  member(at: Place, value: Json, wanted: string): void {
    this.add(report('OAS008', at, { value, wanted }));
  }
}
