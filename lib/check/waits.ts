/**
 * Circles among things that wait for each other. A depth-first walk finds one for each wait that leads back into its
 * own trail; two with the same members are one. Iterative, since a chain of waits is as long as the user's document.
 */
import type { Wait } from '../diagnostics/codes/arz-flow.ts';

/** A wait with the things themselves beside their names. */
export interface WaitOf<T> extends Wait {
  readonly waiter: T;
  readonly awaited: T;
}

/** A thing on the walk's trail, the wait that led to it, and its waits that are still to be followed. */
interface Stop<T> {
  readonly thing: T;
  readonly by?: WaitOf<T>;
  readonly open: WaitOf<T>[];
}

export function circles<T>(things: Iterable<T>, waits: readonly WaitOf<T>[]): readonly (readonly WaitOf<T>[])[] {
  const from = Map.groupBy(waits, ({ waiter }) => waiter);
  const seen = new Set<T>();
  const found: (readonly WaitOf<T>[])[] = [];
  for (const thing of things) if (!seen.has(thing)) found.push(...walk(thing, from, seen));
  return withoutTwins(found);
}

function walk<T>(start: T, from: ReadonlyMap<T, readonly WaitOf<T>[]>, seen: Set<T>): (readonly WaitOf<T>[])[] {
  const found: (readonly WaitOf<T>[])[] = [];
  const trail: Stop<T>[] = [{ thing: start, open: [...(from.get(start) ?? [])] }];
  seen.add(start);
  for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
    const wait = top.open.shift();
    if (wait === undefined) {
      trail.pop();
      continue;
    }
    const thing = wait.awaited;
    const back = trail.findIndex((stop) => stop.thing === thing);
    if (back >= 0) found.push([...trail.slice(back + 1).flatMap(({ by }) => by ?? []), wait]);
    if (seen.has(thing)) continue;
    seen.add(thing);
    trail.push({ thing, by: wait, open: [...(from.get(thing) ?? [])] });
  }
  return found;
}

function withoutTwins<T>(found: readonly (readonly WaitOf<T>[])[]): readonly (readonly WaitOf<T>[])[] {
  return found.filter((circle, index) => !found.slice(0, index).some((earlier) => haveSameMembers(earlier, circle)));
}

function haveSameMembers<T>(one: readonly WaitOf<T>[], other: readonly WaitOf<T>[]): boolean {
  const members = new Set(one.map(({ waiter }) => waiter));
  return one.length === other.length && other.every(({ waiter }) => members.has(waiter));
}
