/**
 * One concurrency limit as a process sees it. A permit is leased for the time that its call may take, so that one whose
 * process died comes back by itself. Who finds none free waits, in this process at most one question every POLL_MS: a
 * permit that is given back here wakes the next at once.
 */
import type { Clock, Random } from '../../model/time.ts';
import type { Permits } from '../ports/limits.ts';
import type { Asking } from '../ports/protection.ts';
import { type Entered, type Gate, refusal } from './gate.ts';

export interface PermitPorts {
  readonly permits: Permits;
  readonly clock: Clock;
  readonly random: Random;
}

/** How often a full store is asked again. */
const POLL_MS = 250;
/** Between the end of a call's timeout and the end of its permit's lease. */
const LEASE_MARGIN_MS = 5_000;

/** What a process knows of a limit while nobody of it waits. */
export interface PermitMemory {
  readonly fullUntil: number;
  readonly wasFull: boolean;
}

export class SharedPermits {
  private readonly key: string;
  private readonly ports: PermitPorts;
  private readonly sleeping = new Set<() => void>();
  /** Nothing is free before, as far as is known. */
  private fullUntil = 0;
  private wasFull = false;
  private probing: Promise<boolean> | undefined;

  constructor(key: string, ports: PermitPorts) {
    this.key = key;
    this.ports = ports;
  }

  memory(): PermitMemory {
    return { fullUntil: this.fullUntil, wasFull: this.wasFull };
  }

  recall({ fullUntil, wasFull }: PermitMemory): void {
    this.fullUntil = fullUntil;
    this.wasFull = wasFull;
  }

  gate(limit: number): Gate {
    return async (asking) => {
      const { clock, random } = this.ports;
      const holder = random.uuid();
      for (;;) {
        if (await this.tryFor(holder, limit, asking)) return { ok: true, leave: () => this.giveBack(holder) };
        const now = clock.now();
        if (now >= asking.latest) return refused(asking, limit, Math.max(this.fullUntil, now + POLL_MS));
        await this.sleep(Math.max(1, Math.min(asking.latest, this.fullUntil) - now));
      }
    };
  }

  /** Who comes while the store is known to be full asks nothing; after that one asks, and the others hear of it. */
  private async tryFor(holder: string, limit: number, asking: Asking): Promise<boolean> {
    while (this.probing) await this.probing.catch(() => false);
    if (this.ports.clock.now() < this.fullUntil) return false;
    if (!this.wasFull) return await this.ask(holder, limit, asking);
    this.probing = this.ask(holder, limit, asking).finally(() => (this.probing = undefined));
    return await this.probing;
  }

  private async ask(holder: string, limit: number, { latest, timeoutMs }: Asking): Promise<boolean> {
    const at = this.ports.clock.now();
    const until = Math.max(at, latest) + timeoutMs + LEASE_MARGIN_MS;
    const answer = await this.ports.permits.acquire(this.key, { holder, at, until, limit });
    if (!answer.granted) this.fullUntil = at + Math.min(POLL_MS, Math.max(1, answer.freeAt - at));
    this.wasFull = !answer.granted;
    return answer.granted;
  }

  private async giveBack(holder: string): Promise<void> {
    await this.ports.permits.release(this.key, holder);
    this.fullUntil = 0;
    const [next] = this.sleeping;
    next?.();
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.sleeping.delete(wake);
        timer.cancel();
        resolve();
      };
      const timer = this.ports.clock.after(ms, wake);
      this.sleeping.add(wake);
    });
  }
}

function refused({ name }: Asking, limit: number, againAt: number): Entered {
  return refusal(`${name} is called ${limit} times at once already, as often as is allowed`, againAt);
}
