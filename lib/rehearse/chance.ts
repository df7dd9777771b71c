/**
 * The dice of a rehearsal. Each decision has a place (what is asked, and how often it was asked before) and is a function
 * of seed and place alone: leaving one fault out changes no other decision, so a counterexample can be made smaller fault
 * by fault. What fired is kept by its place, and named in the report.
 */
import type { Random } from '../model/time.ts';
import { RandomSource } from '../engine/random-source.ts';

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

export class Chance {
  readonly fired: Fired[] = [];
  private readonly options: ChanceOptions;
  private readonly asked = new Map<string, number>();

  constructor(options: ChanceOptions) {
    this.options = options;
  }

  /** Does this fault happen here? */
  fires(fault: string, share: number): boolean {
    if (share <= 0) return false;
    const place = this.placeOf(fault);
    if (this.draw(place) >= share || this.options.without?.has(place) === true) return false;
    this.fired.push({ place, at: this.options.now() });
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

  private draw(place: string): number {
    return new RandomSource(hashOf(`${this.options.seed} ${place}`)).next();
  }

  private placeOf(what: string): string {
    const times = (this.asked.get(what) ?? 0) + 1;
    this.asked.set(what, times);
    return `${what} #${times}`;
  }
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
