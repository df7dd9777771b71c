/**
 * The shared state of circuit breakers: one per key (a system's identity, or one of its servers), seen by every run and
 * integration of a deployment. The store only keeps and compares; when to open, try and close is decided by
 * lib/runtime/protect/breaker.ts, the same over both adapters. `round` is the condition of every write that could
 * contradict another one. Methods reject when the store fails, and never take longer than about a second: protection is
 * best effort, a call does not wait for it.
 */
export type BreakerPhase = 'closed' | 'open' | 'half-open';

export interface Counts {
  readonly calls: number;
  readonly failed: number;
  readonly slow: number;
}

/** A part of the sliding window: the calls that ended from `index * widthMs` on, for `widthMs`. */
export interface Bucket extends Counts {
  readonly widthMs: number;
  readonly index: number;
}

export interface BreakerState {
  /** One more with every change of phase. Counts and trials belong to the round that they were begun in. */
  readonly round: number;
  readonly phase: BreakerPhase;
  /** Open: nothing is sent before. Half-open: after it, trials that did not end are given up. Closed: 0. */
  readonly until: number;
  /** Half-open: trial calls given out in this round. */
  readonly trials: number;
  /** Half-open: those that have ended. */
  readonly results: Counts;
  /** Closed: the calls of this round. */
  readonly buckets: readonly Bucket[];
}

export type BreakerChange = Pick<BreakerState, 'phase' | 'until' | 'trials'>;

export interface Breakers {
  /** What was never written is closed, in round 0. */
  read(key: string): Promise<BreakerState>;

  /** Adds to the buckets of that round; counts of a round that is over change nothing. Answers with the state after it. */
  count(
    key: string,
    counted: { readonly round: number; readonly at: number; readonly buckets: readonly Bucket[] },
  ): Promise<BreakerState>;

  /** The next round, conditional on nobody having begun it; without results and buckets. */
  change(
    key: string,
    round: number,
    change: BreakerChange,
  ): Promise<{ readonly changed: boolean; readonly state: BreakerState }>;

  /** One more trial: conditional on the round being half-open and fewer than `limit` trials having been given out. */
  trial(
    key: string,
    asked: { readonly round: number; readonly limit: number; readonly until: number },
  ): Promise<{ readonly granted: boolean; readonly state: BreakerState }>;

  /** How a trial ended; `unused`: it was not made, and another one may be. Of a round that is over nothing is kept. */
  trialEnded(key: string, round: number, result: Counts | 'unused'): Promise<BreakerState>;
}
