/**
 * What a system really did: each effect when it is applied and when it is undone. `standing` is the truth that a check
 * of somebody else's bookkeeping reads, so nothing here knows what callers believe. The entries are the newest 10,000;
 * what stands is never forgotten.
 */
import type { Clock } from '../../../lib/model/time.ts';
import type { Call } from './router.ts';

const entryLimit = 10_000;

export interface Effect {
  readonly kind: string;
  readonly id: string;
  /** The order for which it was done, by which a check assigns it to a run. */
  readonly order: string;
}

export interface LedgerEntry extends Effect {
  readonly change: 'applied' | 'undone';
  readonly operation: string;
  readonly idempotencyKey: string | null;
  readonly at: string;
}

export interface Ledger {
  applied(call: Call, effect: Effect): void;
  undone(call: Call, effect: Effect): void;
  standing(): readonly Effect[];
  entries(): readonly LedgerEntry[];
  clear(): void;
}

export function createLedger(clock: Clock): Ledger {
  const standing = new Map<string, Effect>();
  const entries: LedgerEntry[] = [];
  const note = (change: LedgerEntry['change'], call: Call, effect: Effect): void => {
    const at = new Date(clock.now()).toISOString();
    entries.push({ ...effect, change, operation: call.operation, idempotencyKey: call.idempotencyKey ?? null, at });
    if (entries.length > entryLimit) entries.shift();
  };
  return {
    applied: (call, effect) => {
      standing.set(effect.id, effect);
      note('applied', call, effect);
    },
    undone: (call, effect) => {
      standing.delete(effect.id);
      note('undone', call, effect);
    },
    standing: () => [...standing.values()],
    entries: () => entries,
    clear: () => {
      standing.clear();
      entries.length = 0;
    },
  };
}
