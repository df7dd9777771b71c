/** Assertions for our own invariants. A broken one is our bug: it is printed with its stack and exits with 70. */
export class Bug extends Error {
  constructor(invariant: string) {
    super(`Broken invariant: ${invariant}`);
    this.name = 'Bug';
  }
}

export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Bug(invariant);
}

/** Ends a switch over a union: it does not compile while a member is missing. */
export function unreachable(value: never, what: string): never {
  throw new Bug(`unknown ${what}: ${JSON.stringify(value)}`);
}
