/** The timers of one execution, by id. */
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
      this.#clock.after(at - this.#clock.now(), () => this.#ring(id)),
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

  #ring(id: TimerId): void {
    this.#running.delete(id);
    this.#fire(id);
  }
}
