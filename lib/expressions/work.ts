/**
 * Counts the steps that parsing or evaluating takes, so that a bound can be stated, enforced and tested without a
 * clock. Parsers are linear and merely count; evaluators, whose work depends on data, stop at the limit: `OutOfWork`
 * is thrown to the nearest boundary of this room, which turns it into a reason, and never leaves the room.
 */
export class OutOfWork extends Error {
  constructor(limit: number) {
    super(`it takes more than ${limit} steps`);
    this.name = 'OutOfWork';
  }
}

export class Work {
  readonly limit: number;
  #spent = 0;

  constructor(limit: number = Number.POSITIVE_INFINITY) {
    this.limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  spend(steps: number = 1): void {
    this.#spent += steps;
    if (this.#spent > this.limit) throw new OutOfWork(this.limit);
  }
}
