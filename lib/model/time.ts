/**
 * The clock and randomness ports. Engine, runtime and rehearsal read the time and draw randomness only through these;
 * the real ones live in lib/embedded and lib/aws, the virtual ones jump from timer to timer.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, not before `delayMs` have passed (0 or less: as soon as possible, never synchronously). */
  after(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  /** Nothing happens any more; cancelling twice or after the call back is harmless. */
  cancel(): void;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A version 4 UUID. */
  uuid(): string;
}
