/** The timers of one execution, by id. Delays longer than a host's timer can count are waited in several parts. */
import type { Clock, Timer } from '../model/time.ts';
import type { TimerId } from './event.ts';

/** What a 32-bit timer can count: 24.8 days. */
const LONGEST_MS = 2 ** 31 - 1;

export class Timers {
  readonly #clock: Clock;
  readonly #fire: (id: TimerId) => void;
  readonly #running = new Map<TimerId, Timer>();

  constructor(clock: Clock, fire: (id: TimerId) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Replaces a timer of the same id. */
  set(id: TimerId, at: number): void {
    this.cancel(id);
    const delay = at - this.#clock.now();
    const again = delay > LONGEST_MS ? (): void => this.set(id, at) : (): void => this.#ring(id);
    this.#running.set(id, this.#clock.after(Math.min(delay, LONGEST_MS), again));
  }

  cancel(id: TimerId): void {
    this.#running.get(id)?.cancel();
    this.#running.delete(id);
  }

  cancelAll(): void {
    for (const id of [...this.#running.keys()]) this.cancel(id);
  }

  #ring(id: TimerId): void {
    this.#running.delete(id);
    this.#fire(id);
  }
}
