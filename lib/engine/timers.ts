/**
 * The timers of one execution, by id. One that rings before its time by the clock (which somebody may have set back, or
 * which is coarser than the timer) is set again: the core takes an early ring for one of an earlier wait and drops it.
 */
import type { Clock, Timer } from '../model/time.ts';
import type { TimerId } from './event.ts';

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
    this.#running.set(
      id,
      this.#clock.after(at - this.#clock.now(), () => this.#ring(id, at)),
    );
  }

  cancel(id: TimerId): void {
    this.#running.get(id)?.cancel();
    this.#running.delete(id);
  }

  cancelAll(): void {
    for (const timer of this.#running.values()) timer.cancel();
    this.#running.clear();
  }

  #ring(id: TimerId, at: number): void {
    if (this.#clock.now() < at) return this.set(id, at);
    this.#running.delete(id);
    this.#fire(id);
  }
}
