/**
 * Time that does not pass: the clock stands still while anything can be done and then jumps to the next timer. A Wait of
 * a year costs nothing, and timers fire in one order only (by time, then by age), so a run repeats exactly. What "nothing
 * can be done" means is the host's to say: `idle` resolves when the callbacks that are under way have run.
 */
import type { Clock, Timer } from '../model/time.ts';

export interface VirtualClockOptions {
  /** Milliseconds since the epoch at which time begins. */
  readonly start: number;
  /** Resolves after everything runnable has run; a host passes a turn of its event loop. */
  readonly idle: () => Promise<void>;
}

interface Alarm {
  readonly at: number;
  readonly age: number;
  readonly callback: () => void;
  live: boolean;
}

export class VirtualClock implements Clock {
  readonly #idle: () => Promise<void>;
  readonly #alarms: Alarm[] = [];
  #now: number;
  #age = 0;
  #holds = 0;

  constructor({ start, idle }: VirtualClockOptions) {
    this.#now = start;
    this.#idle = idle;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): Timer {
    this.#age += 1;
    const alarm: Alarm = { at: this.#now + Math.max(0, delayMs), age: this.#age, callback, live: true };
    push(this.#alarms, alarm);
    return {
      cancel: () => {
        alarm.live = false;
      },
    };
  }

  /** Time stands still until the returned function is called: for work that takes real time, as a request does. */
  hold(): () => void {
    let held = true;
    this.#holds += 1;
    return () => {
      if (held) this.#holds -= 1;
      held = false;
    };
  }

  /** Lets time pass until the promise is settled. Rejects when nothing is left that could settle it. */
  async runUntil<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    for (;;) {
      await this.#idle();
      if (settled) return promise;
      if (this.#holds === 0 && !this.#jump())
        throw new Error('virtual time has no timer left and the work is not done');
    }
  }

  /** Lets everything runnable run, then jumps to the next timer. False when there is none. */
  async step(): Promise<boolean> {
    await this.#idle();
    return this.#holds > 0 || this.#jump();
  }

  /** Lets time pass by so much, firing what falls due on the way. */
  async advance(byMs: number): Promise<void> {
    const end = this.#now + byMs;
    await this.#idle();
    while ((this.#next()?.at ?? Number.POSITIVE_INFINITY) <= end) {
      this.#jump();
      await this.#idle();
    }
    this.#now = end;
  }

  #next(): Alarm | undefined {
    while (this.#alarms[0]?.live === false) pop(this.#alarms);
    return this.#alarms[0];
  }

  /** To the next timer, firing all that are due at that instant. False when there is none. */
  #jump(): boolean {
    const first = this.#next();
    if (first === undefined) return false;
    this.#now = Math.max(this.#now, first.at);
    for (let alarm = this.#next(); alarm !== undefined && alarm.at <= this.#now; alarm = this.#next()) {
      pop(this.#alarms);
      alarm.callback();
    }
    return true;
  }
}

function earlier(left: Alarm, right: Alarm): boolean {
  return left.at < right.at || (left.at === right.at && left.age < right.age);
}

/** A binary heap, the earliest first. */
function push(heap: Alarm[], alarm: Alarm): void {
  let index = heap.length;
  heap.push(alarm);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Alarm;
    if (!earlier(alarm, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = alarm;
}

function pop(heap: Alarm[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const child = smallerChild(heap, index);
    const below = heap[child];
    if (below === undefined || !earlier(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}

function smallerChild(heap: readonly Alarm[], index: number): number {
  const left = 2 * index + 1;
  const [one, other] = [heap[left], heap[left + 1]];
  return one !== undefined && other !== undefined && earlier(other, one) ? left + 1 : left;
}
