/**
 * A gate is one condition for making a call now: a breaker, a rate, a number of permits. Gates are passed in order, and
 * each one that was passed is left again, with what became of the call. A gate may fail with its store; whoever calls it
 * decides what that means.
 */
import type { Asking, CallReport, Refusal } from '../ports/protection.ts';

export type Entered = { readonly ok: true; readonly leave?: (report: CallReport) => Promise<void> } | Refusal;

export type Gate = (asking: Asking) => Promise<Entered>;

export const PASSED: Entered = { ok: true };

export function refusal(why: string, againAt: number): Refusal {
  return { ok: false, why, againAt };
}
