/** A broken promise, in a sentence that names the step. `invariant` is its number in the design. */
export interface Violation {
  readonly invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  readonly what: string;
}

export function violations(invariant: Violation['invariant'], what: readonly string[]): readonly Violation[] {
  return what.map((one) => ({ invariant, what: one }));
}
