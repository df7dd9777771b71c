/** The real clock and the real randomness, for hosts that live in real time. */
import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '../model/time.ts';

/** Node's timers take at most this; a longer wait is taken in parts. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const realClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const due = Date.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      timer = setTimeout(ring, Math.min(Math.max(0, due - Date.now()), LONGEST_TIMER_MS));
    };
    // Node's timers round: one may ring a millisecond before the clock says so.
    const ring = (): void => (Date.now() < due ? arm() : callback());
    arm();
    return { cancel: () => clearTimeout(timer) };
  },
};

export const realRandom: Random = { next: () => Math.random(), uuid: () => randomUUID() };
