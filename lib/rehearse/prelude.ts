/**
 * The prelude that scenarios share: what one does before its last fault, the scenario without that fault does as well.
 * That one is played once and written down in stretches, each from an invocation that begins while nothing runs to the next
 * moment at which nothing does. Who goes on from there plays its engine alone, gets the recorded results at their times, and
 * at a stretch's end the books of the world as they were then.
 *
 * A stretch is played again in full, from the books that were right at its beginning, where anything else happened in it
 * (somebody from outside wrote, a waiting state was woken, something landed or woke up that had been on its way), and where
 * it left something on its way: a paused invocation, a late effect, a message.
 */
import type { TaskResult } from '../engine/ports.ts';
import { assert } from '../model/assert.ts';
import type { Clock } from '../model/time.ts';
import type { Remembering } from './remembering.ts';

/** An invocation that begins: its result when its time has come, or whom to tell what becomes of it. */
export type Begun = { readonly recalled: Promise<TaskResult> } | Watch;

export interface Watch {
  /** Its caller has got this. */
  readonly over: (result: TaskResult) => void;
  /** It is paused for long, and it goes on. */
  readonly sleeps: () => void;
  readonly wakes: () => void;
  /** Nothing of it runs any more. */
  readonly dies: () => void;
}

export interface Prelude {
  begin(): Begun;
  /** Something else than an invocation touches the world, or an invocation touches something else than the world. */
  touched(): void;
  /** The same, for as long as it takes. */
  beside<T>(work: Promise<T>): Promise<T>;
  /** Something sets out by itself, and will touch the world; the answer is called when it has. */
  sendsOff(): () => void;
}

const NOBODY: Watch = {
  over: () => undefined,
  sleeps: () => undefined,
  wakes: () => undefined,
  dies: () => undefined,
};

/** Of one that nobody goes on from, and that goes on from nothing. */
export const NO_PRELUDE: Prelude = {
  begin: () => NOBODY,
  touched: () => undefined,
  beside: (work) => work,
  sendsOff: () => () => undefined,
};

interface Told {
  readonly afterMs: number;
  readonly result: TaskResult;
  /** The how-manieth of its stretch to be over. */
  readonly rank: number;
}

interface Stretch {
  /** The number of its first invocation, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly invocations: readonly Told[];
  /** From its beginning to its end. */
  readonly ms: number;
  /** Absent: it has to be played. */
  readonly memory?: unknown;
}

interface Open {
  readonly first: number;
  readonly startedAt: number;
  readonly invocations: (Told | undefined)[];
  over: number;
  /** What set out in it and is on its way. */
  away: number;
  isTouched: boolean;
}

export interface RecordingOptions {
  readonly now: () => number;
  readonly world: Remembering;
}

export class Recording implements Prelude {
  readonly stretches: Stretch[] = [];
  private readonly options: RecordingOptions;
  /** How many stretches were over when something could happen at a place for the first time. */
  private readonly before = new Map<string, number>();
  private open: Open | undefined;
  private begun = 0;
  private others = 0;
  private readonly awake = new Set<Watch>();

  constructor(options: RecordingOptions) {
    this.options = options;
  }

  /** Of a place that was never reached: none. */
  stretchesBefore(place: string): number {
    return this.before.get(place) ?? 0;
  }

  reached(place: string): void {
    if (!this.before.has(place)) this.before.set(place, this.stretches.length);
  }

  begin(): Begun {
    const open = (this.open ??= this.opened());
    const at = open.invocations.push(undefined) - 1;
    this.begun += 1;
    return this.watch((told) => {
      open.invocations[at] = { ...told, rank: open.over };
      open.over += 1;
    });
  }

  touched(): void {
    if (this.open) this.open.isTouched = true;
  }

  async beside<T>(work: Promise<T>): Promise<T> {
    this.others += 1;
    this.touched();
    try {
      return await work;
    } finally {
      this.others -= 1;
      this.settle();
    }
  }

  sendsOff(): () => void {
    const { open } = this;
    if (open) open.away += 1;
    return () => {
      if (open && open === this.open) open.away -= 1;
      else this.touched();
    };
  }

  private watch(told: (told: Omit<Told, 'rank'>) => void): Watch {
    const startedAt = this.options.now();
    const left = { answer: 1, life: 1 };
    const gone = (what: keyof typeof left): void => {
      left[what] = 0;
      if (left.answer + left.life === 0) this.awake.delete(watch);
      this.settle();
    };
    const watch: Watch = {
      over: (result) => {
        told({ afterMs: this.options.now() - startedAt, result });
        gone('answer');
      },
      dies: () => gone('life'),
      sleeps: () => {
        this.touched();
        this.awake.delete(watch);
        this.settle();
      },
      wakes: () => {
        this.touched();
        this.awake.add(watch);
      },
    };
    this.awake.add(watch);
    return watch;
  }

  private settle(): void {
    const { open, options } = this;
    if (!open || this.others > 0 || this.awake.size > 0) return;
    this.open = undefined;
    const { first, startedAt, invocations: all } = open;
    const invocations = all.filter((one) => one !== undefined);
    const stretch = { first, count: all.length, invocations, ms: options.now() - startedAt };
    // Whatever it leaves behind must be there for whoever goes on.
    const isSkippable = !open.isTouched && open.away === 0;
    this.stretches.push(isSkippable ? { ...stretch, memory: options.world.memory() } : stretch);
  }

  private opened(): Open {
    const isTouched = this.others > 0 || this.awake.size > 0;
    return { first: this.begun, startedAt: this.options.now(), invocations: [], over: 0, away: 0, isTouched };
  }
}

export interface RecalledOptions {
  readonly clock: Clock;
  readonly world: Remembering;
  /** These and no others may be skipped. */
  readonly stretches: readonly Stretch[];
}

export class Recalled implements Prelude {
  private readonly options: RecalledOptions;
  private begun = 0;
  private at = 0;
  private current: Delivery | undefined;

  constructor(options: RecalledOptions) {
    this.options = options;
  }

  begin(): Begun {
    const number = this.begun;
    this.begun += 1;
    const { stretches, clock, world } = this.options;
    const isIn = (stretch: Stretch): boolean => number < stretch.first + stretch.count;
    for (let stretch = stretches[this.at]; stretch && !isIn(stretch); stretch = stretches[this.at]) this.at += 1;
    const stretch = stretches[this.at];
    if (stretch?.memory === undefined) return NOBODY;
    if (number === stretch.first) this.current = new Delivery(stretch, clock, world);
    assert(this.current, 'a stretch begins with its first invocation');
    return { recalled: this.current.result(number - stretch.first) };
  }

  touched(): void {}

  beside<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  sendsOff(): () => void {
    return () => undefined;
  }
}

/** The results of one stretch, in the order in which they came, and the world at its end. */
class Delivery {
  private readonly stretch: Stretch;
  private readonly clock: Clock;
  private readonly world: Remembering;
  private readonly due = new Map<number, () => void>();
  private readonly endsAt: number;
  private told = 0;

  constructor(stretch: Stretch, clock: Clock, world: Remembering) {
    [this.stretch, this.clock, this.world] = [stretch, clock, world];
    this.endsAt = clock.now() + stretch.ms;
  }

  result(index: number): Promise<TaskResult> {
    const told = this.stretch.invocations[index];
    assert(told, 'the prelude knows as many invocations as it has counted');
    const { afterMs, rank, result } = told;
    return new Promise((resolve) => {
      const due = (): void => {
        this.due.set(rank, () => resolve(result));
        this.deliver();
      };
      if (afterMs > 0) this.clock.after(afterMs, due);
      else due();
    });
  }

  private deliver(): void {
    for (let next = this.due.get(this.told); next; next = this.due.get(this.told)) {
      this.told += 1;
      if (this.told === this.stretch.invocations.length) this.end();
      next();
    }
  }

  /** What lands after the last answer still belongs to it. */
  private end(): void {
    const left = this.endsAt - this.clock.now();
    if (left <= 0) this.world.recall(this.stretch.memory);
    else this.clock.after(left, () => this.world.recall(this.stretch.memory));
  }
}
