/** What a system is to the server that hosts it: routes over a state of its own, a guard, and a ledger of its effects. */
import type { Guard } from './auth.ts';
import type { Ledger } from './ledger.ts';
import type { Route } from './router.ts';

export type SystemName = 'inventory' | 'payments' | 'fraud' | 'shipping';

export interface System {
  readonly name: string;
  readonly guard: Guard;
  readonly routes: readonly Route[];
  readonly ledger: Ledger;
  /** The system's own records, for people and checks to look at. */
  snapshot(): Readonly<Record<string, unknown>>;
  /** Back to the state in which it started. */
  reset(): void;
}
