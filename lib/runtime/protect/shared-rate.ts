/**
 * One rate limit as a process sees it. A token costs one conditional write, so the limit is exact however many processes
 * call; what is known to be too early is refused or waited for without asking. A system that answers 429 empties the
 * bucket for everybody, for as long as it asked.
 */
import type { RateLimitPolicy } from '../../model/plan.ts';
import type { Clock } from '../../model/time.ts';
import type { Rates } from '../ports/limits.ts';
import type { Asking, CallReport } from '../ports/protection.ts';
import { delay } from '../retry.ts';
import { type Entered, type Gate, refusal } from './gate.ts';
import { paceOf } from './rate.ts';

export interface RatePorts {
  readonly rates: Rates;
  readonly clock: Clock;
}

/** A system may ask for more than that; then it is asked again, and says so again. */
const LONGEST_HOLD_MS = 15 * 60_000;

export class SharedRate {
  private readonly key: string;
  private readonly ports: RatePorts;
  /** No token is left for a time before: tokens are given out in the order of their times. */
  private nextAt = 0;

  constructor(key: string, ports: RatePorts) {
    this.key = key;
    this.ports = ports;
  }

  memory(): number {
    return this.nextAt;
  }

  recall(nextAt: number): void {
    this.nextAt = nextAt;
  }

  gate(policy: RateLimitPolicy): Gate {
    return async (asking) => {
      const { clock, rates } = this.ports;
      if (this.nextAt > asking.latest) return refused(asking, this.nextAt);
      const asked = { at: clock.now(), latest: asking.latest, pace: paceOf(policy) };
      const { granted, at } = await rates.take(this.key, asked);
      this.nextAt = Math.max(this.nextAt, at);
      if (!granted) return refused(asking, at);
      if (at > clock.now()) await delay(clock, at - clock.now());
      return { ok: true, leave: (report) => this.hold(policy, report) };
    };
  }

  private async hold(policy: RateLimitPolicy, report: CallReport): Promise<void> {
    if (report.kind === 'unused' || report.throttledUntil === undefined) return;
    const now = this.ports.clock.now();
    const pace = paceOf(policy);
    const until = Math.min(Math.max(report.throttledUntil, now + pace.intervalMs), now + LONGEST_HOLD_MS);
    await this.ports.rates.hold(this.key, { until, pace });
    this.nextAt = Math.max(this.nextAt, until);
  }
}

function refused({ name }: Asking, againAt: number): Entered {
  return refusal(`the rate limit of ${name} has no call left before ${new Date(againAt).toISOString()}`, againAt);
}
