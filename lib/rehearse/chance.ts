/**
 * The dice of a rehearsal. Each decision has a place (what is asked, and how often it was asked before) and is a function
 * of seed and place alone: leaving one fault out changes no other decision, so a counterexample can be made smaller fault
 * by fault. What fired is kept by its place, and named in the report.
 */
import type { Random } from '../model/time.ts';
import { RandomSource } from '../engine/random-source.ts';
import { mappedOf, type Remembering } from './remembering.ts';
import type { NetworkFault } from './weather.ts';

export interface Fired {
  /** As `without` takes it. */
  readonly place: string;
  readonly at: number;
  readonly detail?: string;
}

export interface ChanceOptions {
  readonly seed: number;
  /** Faults that do not happen this time, by place. */
  readonly without?: ReadonlySet<string>;
  readonly now: () => number;
}

/** What happens to one invocation at the gates that it passes. */
export interface Gates {
  /** The next one; `name` says where it stands. */
  struckAt(name: string): Struck | undefined;
}

export interface Struck {
  readonly isKilled: boolean;
  /** Sums up where it is paused more than once. */
  readonly pauseMs: number;
}

/** How many gates an invocation passes at most, roughly: a kill is drawn among them. */
const GATES = 14;
const LONGEST_PAUSE_MS = 180_000;

export class Chance {
  protected readonly happened: Map<string, Fired> = new Map();
  protected readonly options: ChanceOptions;
  private readonly asked = new Map<string, number>();

  constructor(options: ChanceOptions) {
    this.options = options;
  }

  get fired(): readonly Fired[] {
    return [...this.happened.values()];
  }

  /** What has been asked and what has happened within invocations so far. */
  books(): readonly Remembering[] {
    return [mappedOf(this.happened, isWithinInvocation), mappedOf(this.asked, isWithinInvocation)];
  }

  /** Does this fault happen here? `_of`: whose it is, where the fault's name does not say so. */
  fires(fault: string, share: number, _of?: string): boolean {
    if (share <= 0) return false;
    const place = this.placeOf(fault);
    if (this.draw(place) >= share || this.options.without?.has(place) === true) return false;
    return this.happens(place);
  }

  /** A fault that, once it is there, stays: of dice none does. */
  lasting(_operation: string): NetworkFault | undefined {
    return undefined;
  }

  /** Whether a request could meet it in a way of its own. */
  offers(_fault: NetworkFault, _request: { readonly isSafe: boolean; readonly hasOdd: boolean }): boolean {
    return true;
  }

  /** Is a run that has ended badly tried again at once? */
  retries(): boolean {
    return false;
  }

  /** At a moment of the run, as the beginning of a task: what comes from outside has times of its own here. */
  moment(_name: string): void {}

  /** While a request of an invocation is under way. */
  midway(_name: string): void {}

  /** Drawn at once: whether, and at which gate, an invocation is killed or paused. */
  gates(name: string, { killed, paused }: { readonly killed: number; readonly paused: number }): Gates {
    const gate = (): number => this.between(`gate of ${name}`, 1, GATES);
    const death = this.fires(`killed ${name}`, killed) ? gate() : 0;
    const pause = this.fires(`paused ${name}`, paused) ? gate() : 0;
    const pauseMs = pause === 0 ? 0 : this.between(`pause of ${name}`, 100, LONGEST_PAUSE_MS);
    let passed = 0;
    return {
      struckAt: () => {
        passed += 1;
        if (passed !== death && passed !== pause) return undefined;
        return { isKilled: passed === death, pauseMs: passed === pause ? pauseMs : 0 };
      },
    };
  }

  protected happens(place: string): true {
    this.happened.set(place, { place, at: this.options.now() });
    return true;
  }

  /** Uniform in [0, 1); decides no fault. */
  number(what: string): number {
    return this.draw(this.placeOf(what));
  }

  between(what: string, least: number, most: number): number {
    return least + Math.floor(this.number(what) * (most - least + 1));
  }

  pick<T>(what: string, from: readonly [T, ...T[]]): T {
    return from[this.between(what, 0, from.length - 1)] ?? from[0];
  }

  /** Randomness for one user, who may draw as much as it likes. */
  source(what: string): Random {
    return new RandomSource(hashOf(`${this.options.seed} ${this.placeOf(what)}`));
  }

  protected draw(place: string): number {
    return new RandomSource(hashOf(`${this.options.seed} ${place}`)).next();
  }

  protected placeOf(what: string): string {
    const times = (this.asked.get(what) ?? 0) + 1;
    this.asked.set(what, times);
    return `${what} #${times}`;
  }
}

/** Asked by the engine's side of the rehearsal, which plays everything: by the words that a place begins with. */
const AROUND =
  /^(?:not-started|not-invoked|begin of|twice|twice-late|second(?! message)|answer-lost|event|event-(?:lost|late|twice)|engine|(?:cancel|abort|crash|second-compensator|restart) before|retried at)(?: |$)/;

export function isWithinInvocation(place: string): boolean {
  return !AROUND.test(place) && !/(?:^| )dead-letters(?: |$)/.test(place);
}

/** 48 bits of a text, well mixed: neighbouring seeds share nothing. Two FNV-1a passes with a final avalanche. */
export function hashOf(text: string): number {
  let [low, high] = [0x811c9dc5, 0x9747b28c];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  return mixed(low) * 2 ** 16 + (mixed(high ^ low) >>> 16);
}

function mixed(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
