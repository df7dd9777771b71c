/**
 * Virtual time in which all that is due at one instant (time-outs, waits, answers of tasks) happens in an order drawn
 * from a seed: the order in which a real host happens to poll them.
 */
import type { RandomSource } from '../../lib/engine/random-source.ts';
import type { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import type { Clock, Timer } from '../../lib/model/time.ts';

export class ShuffledClock implements Clock {
  readonly #inner: VirtualClock;
  readonly #source: RandomSource;
  #due: (() => void)[] = [];
  /** How often more than one thing was due at once: without it a test of the order shows nothing. */
  coincidences = 0;

  constructor(inner: VirtualClock, source: RandomSource) {
    this.#inner = inner;
    this.#source = source;
  }

  now(): number {
    return this.#inner.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    let live = true;
    const ring = (): void => {
      if (live) callback();
    };
    const timer = this.#inner.after(delayMs, () => this.#collect(ring));
    return {
      cancel: () => {
        live = false;
        timer.cancel();
      },
    };
  }

  /** What was asked for during an instant comes after all that was due in it. */
  #collect(ring: () => void): void {
    if (this.#due.length === 0) this.#inner.after(0, () => this.#ring());
    this.#due.push(ring);
  }

  #ring(): void {
    const due = this.#due.map((ring) => ({ ring, at: this.#source.next() }));
    this.#due = [];
    if (due.length > 1) this.coincidences += 1;
    for (const { ring } of due.toSorted((left, right) => left.at - right.at)) ring();
  }
}
