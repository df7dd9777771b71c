/**
 * The shared state of rate and concurrency limits, by key. A bucket of tokens is kept as one number, the time at which it
 * would be full again, so that taking a token is one conditional write; permits are leased, so that one whose holder died
 * comes back. Methods reject when the store fails, and never take longer than about a second.
 */

/** A token every `intervalMs`, at most `burst` of them at once. */
export interface Pace {
  readonly intervalMs: number;
  readonly burst: number;
}

export interface Rates {
  /**
   * A token, perhaps one of the near future: the call may be made at `at`, not earlier. Refused, and nothing taken, where
   * that would be after `latest`; `at` then is when it would have been.
   */
  take(
    key: string,
    asked: { readonly at: number; readonly latest: number; readonly pace: Pace },
  ): Promise<{ readonly granted: boolean; readonly at: number }>;

  /** No token before `until`, and no burst after it: the system has said that it has enough. */
  hold(key: string, held: { readonly until: number; readonly pace: Pace }): Promise<void>;
}

export interface Permits {
  /** Granted while fewer than `limit` holders have a lease at `at`; asking again under one's own name is harmless. */
  acquire(
    key: string,
    asked: { readonly holder: string; readonly at: number; readonly until: number; readonly limit: number },
  ): Promise<{ readonly granted: true } | { readonly granted: false; readonly freeAt: number }>;

  /** Given back; whoever holds none gives nothing back. */
  release(key: string, holder: string): Promise<void>;
}
