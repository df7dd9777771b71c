/** A clock that stands still until somebody waits: each timer moves it to its time, so a test of hours takes no time. */
import type { Clock, Random, Timer } from '../../lib/model/time.ts';

export class SteppingClock implements Clock {
  private time: number;

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(delayMs: number, callback: () => void): Timer {
    let cancelled = false;
    queueMicrotask(() => {
      if (cancelled) return;
      this.time += Math.max(0, delayMs);
      callback();
    });
    return { cancel: () => void (cancelled = true) };
  }

  pass(ms: number): void {
    this.time += ms;
  }
}

/** Always the same number; UUIDs count up. */
export function fixedRandom(value = 0.5): Random {
  let made = 0;
  return {
    next: () => value,
    uuid: () => {
      made += 1;
      return `00000000-0000-4000-8000-${made.toString().padStart(12, '0')}`;
    },
  };
}
