/**
 * Circles among things that wait for each other. A depth-first walk finds one for each wait that leads back into its
 * own trail; two with the same members are one. Iterative, since a chain of waits is as long as the user's document,
 * and bounded: the first circles of a knot are enough to untie it.
 */
import type { Wait } from '../diagnostics/codes/arz-flow.ts';

/** A wait with the things themselves beside their names. */
export interface WaitOf<T> extends Wait {
  readonly waiter: T;
  readonly awaited: T;
}

type Circle<T> = readonly WaitOf<T>[];

const mostCircles = 20;

export function circles<T>(things: Iterable<T>, waits: readonly WaitOf<T>[]): readonly Circle<T>[] {
  const walk = new Walk(waits);
  for (const thing of things) walk.from(thing);
  return walk.found.filter(
    (circle, index) => !walk.found.slice(0, index).some((earlier) => haveSameMembers(earlier, circle)),
  );
}

/** A thing on the trail, the wait that led to it, and its waits that are still to be followed. */
interface Stop<T> {
  readonly thing: T;
  readonly by?: WaitOf<T>;
  readonly open: WaitOf<T>[];
}

class Walk<T> {
  readonly found: Circle<T>[] = [];
  readonly #waits: ReadonlyMap<T, readonly WaitOf<T>[]>;
  readonly #seen = new Set<T>();
  readonly #trail: Stop<T>[] = [];
  /** Where on the trail a thing stands. */
  readonly #depths = new Map<T, number>();

  constructor(waits: readonly WaitOf<T>[]) {
    this.#waits = Map.groupBy(waits, ({ waiter }) => waiter);
  }

  from(start: T): void {
    if (!this.#seen.has(start)) this.#enter(start);
    for (let top = this.#trail.at(-1); top !== undefined; top = this.#trail.at(-1)) {
      const wait = top.open.pop();
      if (wait === undefined) this.#leave();
      else this.#follow(wait);
    }
  }

  #follow(wait: WaitOf<T>): void {
    const depth = this.#depths.get(wait.awaited);
    if (depth !== undefined) this.#close(depth, wait);
    else if (!this.#seen.has(wait.awaited)) this.#enter(wait.awaited, wait);
  }

  #close(depth: number, wait: WaitOf<T>): void {
    if (this.found.length >= mostCircles) return;
    this.found.push([...this.#trail.slice(depth + 1).flatMap(({ by }) => by ?? []), wait]);
  }

  #enter(thing: T, by?: WaitOf<T>): void {
    this.#seen.add(thing);
    this.#depths.set(thing, this.#trail.length);
    this.#trail.push({ thing, open: (this.#waits.get(thing) ?? []).toReversed(), ...(by && { by }) });
  }

  #leave(): void {
    const stop = this.#trail.pop();
    if (stop !== undefined) this.#depths.delete(stop.thing);
  }
}

function haveSameMembers<T>(one: Circle<T>, other: Circle<T>): boolean {
  const members = new Set(one.map(({ waiter }) => waiter));
  return one.length === other.length && other.every(({ waiter }) => members.has(waiter));
}
