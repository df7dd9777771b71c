/**
 * A counterexample with as few faults as it takes: each fault that fired is left out in turn, and stays out where the same
 * promise is broken without it. Decisions do not depend on each other (chance.ts), so what is left shows the cause.
 */
import type { Fired } from './chance.ts';
import type { Violation } from './invariants/violation.ts';

export interface Tried {
  readonly violations: readonly Violation[];
  readonly evidence: { readonly fired: readonly Fired[] };
}

export async function smaller<T extends Tried>(
  found: T,
  again: (without: ReadonlySet<string>) => Promise<T>,
): Promise<T> {
  const wanted = new Set(found.violations.map(kindOf));
  const without = new Set<string>();
  let smallest = found;
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const { place } of smallest.evidence.fired) {
      const tried = await again(new Set([...without, place]));
      if (!tried.violations.some((one) => wanted.has(kindOf(one)))) continue;
      without.add(place);
      smallest = tried;
      isDone = false;
      break;
    }
  }
  return smallest;
}

/** The same promise broken in the same way, whatever step or number it names. */
function kindOf({ invariant, what }: Violation): string {
  return `${invariant} ${what.split('\n')[0]?.replace(/[\w/-]*\d[\w/-]*/g, '#') ?? ''}`;
}
