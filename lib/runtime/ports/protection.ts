/**
 * What stands between an attempt and the system that it calls: breaker, rate and concurrency limits, shared by all runs of
 * a deployment. Asked immediately before a request is sent, told immediately after. It never throws: where its store
 * fails, calls go through, because a system that is down is the run's business and a store that is down is not.
 */
import type { BreakerPolicy, RateLimitPolicy } from '../../model/plan.ts';

/** What is called, by the names under which its state is shared. */
export interface Callee {
  /** The system's identity, else the origin of its server. */
  readonly system: string;
  /** Of the breaker: the system, or one of its several servers. */
  readonly server: string;
  /** It is chosen by its health, which is counted also where no breaker is declared. */
  readonly several: boolean;
  readonly breaker?: BreakerPolicy;
  readonly rateLimit?: RateLimitPolicy;
  readonly concurrency?: number;
  /** The step's own limit. */
  readonly step?: { readonly key: string; readonly concurrency: number };
}

export interface Asking {
  readonly callee: Callee;
  /** How the system is called in messages. */
  readonly name: string;
  /** The call has to begin by then. */
  readonly latest: number;
  readonly timeoutMs: number;
  readonly run: string;
  readonly step: string;
}

/** `unused`: nothing was sent after all. `failed`: the system gave no answer, or one that says that it is unwell. */
export type CallReport =
  | { readonly kind: 'unused' }
  | { readonly kind: 'answered' | 'failed'; readonly ms: number; readonly throttledUntil?: number };

export interface Refusal {
  readonly ok: false;
  readonly why: string;
  /** Asking sooner is of no use. */
  readonly againAt: number;
  /** It is the breaker that keeps the call back, and no limit. */
  readonly open?: true;
}

export type Admission = { readonly ok: true; done(report: CallReport): Promise<void> } | Refusal;

export interface Protection {
  /** May wait a little for a permit or a token, never beyond `latest`. */
  admit(asking: Asking): Promise<Admission>;

  /** How well each server has answered lately: 1 without a failure, 0 while its breaker is open. */
  health(servers: readonly string[], breaker: BreakerPolicy | undefined): Promise<readonly number[]>;
}
