/**
 * What came of all that was built on an effect, as far as its fate depends on it (precedence.ts says what was built on
 * what): the first of them that is open, and whether any is to be waited for. The items of one list are thousands, and each
 * of the next list may be built on every one of them. So effects are taken by classes: what began after an effect's end is
 * the rest of a class in the order of time, and of each such rest it is remembered what came of it. No pair of items is
 * ever looked at.
 */
import type { EffectOf } from './effects.ts';
import { classOf, endOf, orderOf } from './precedence.ts';

export interface Followed {
  /** The place of the first that nobody can do anything more about. */
  readonly open: number | undefined;
  /** Something is to be done for one of them yet, or to be waited for. */
  readonly waiting: boolean;
}

/** By the place of an effect: what came of it by itself; undefined while that is not known. */
export type Came = (place: number) => { readonly open: boolean; readonly waiting: boolean } | undefined;

export interface Followers {
  /** One that was built on it and of which nothing is known yet; with it known, this is asked once more. */
  readonly unknown: (place: number) => number | undefined;
  /** What came of all of them, once of each something is known. */
  readonly followed: (place: number) => Followed;
}

/** Effects of one class in the order of time, with what came of each rest of it, as far as that is known. */
interface Class {
  readonly places: readonly number[];
  readonly times: readonly number[];
  /** From there on something is known of all. */
  known: number;
  readonly rests: Followed[];
  after: readonly After[] | undefined;
}

/** A class of which effects may be built on those of another one. */
interface After {
  readonly later: Class;
  /** Never at the very time at which the other one began. */
  readonly notAtOnce: boolean;
}

const NOTHING: Followed = { open: undefined, waiting: false };

export function followersAmong(effects: readonly EffectOf[], came: Came): Followers {
  const classes = classesOf(effects);
  const all = [...new Set(classes)];
  const ends = effects.map(endOf);
  const partsOf = (place: number): readonly Part[] => {
    const own = classes[place];
    if (!own) return [];
    own.after ??= afterOf(own, all, effects);
    return own.after.flatMap((after) =>
      partsOfClass(after, { end: ends[place] ?? 0, at: effects[place]?.intent.at ?? 0 }),
    );
  };
  return {
    unknown: (place) => firstOf(partsOf(place), (part) => unknownIn(part, came)),
    followed: (place) =>
      partsOf(place)
        .map((part) => followedIn(part, came))
        .reduce(together, NOTHING),
  };
}

/** By place. */
function classesOf(effects: readonly EffectOf[]): readonly Class[] {
  const byName = Map.groupBy(effects.keys(), (place) => classOf(effects[place] as EffectOf));
  const classes: Class[] = [];
  for (const members of byName.values()) {
    const at = (place: number): number => effects[place]?.intent.at ?? 0;
    const places = members.toSorted((one, other) => at(one) - at(other));
    const rests = [...Array.from(places, () => NOTHING), NOTHING];
    const made: Class = { places, times: places.map(at), known: places.length, rests, after: undefined };
    for (const place of places) classes[place] = made;
  }
  return classes;
}

function afterOf(own: Class, all: readonly Class[], effects: readonly EffectOf[]): readonly After[] {
  const earlier = effects[own.places[0] ?? 0];
  return all.flatMap((later): readonly After[] => {
    const one = effects[later.places[0] ?? 0];
    if (later === own || !one || !earlier) return [];
    const order = orderOf(one, earlier);
    if (order === 'never') return [];
    return [{ later, notAtOnce: order === 'by-time' && one.key.visit <= earlier.key.visit }];
  });
}

/** Some effects of a class, that is of those from `from`: all of them, or those before `to`. */
interface Part {
  readonly of: Class;
  readonly from: number;
  readonly to?: number;
}

function partsOfClass(
  { later, notAtOnce }: After,
  { end, at }: { readonly end: number; readonly at: number },
): readonly Part[] {
  const from = firstFrom(later.times, end);
  if (!notAtOnce || end > at) return from < later.places.length ? [{ of: later, from }] : [];
  // It ended when it began, or was begun once more after it had ended.
  const to = firstFrom(later.times, at);
  const rest = firstFrom(later.times, at + 1);
  return [
    ...(from < to ? [{ of: later, from, to }] : []),
    ...(rest < later.places.length ? [{ of: later, from: rest }] : []),
  ];
}

/** The place of the first that is not before `time`. */
function firstFrom(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function unknownIn({ of, from, to }: Part, came: Came): number | undefined {
  if (to !== undefined) return of.places.slice(from, to).find((place) => came(place) === undefined);
  while (of.known > from) {
    const place = of.places[of.known - 1] ?? 0;
    const one = came(place);
    if (one === undefined) return place;
    of.known -= 1;
    of.rests[of.known] = together(of.rests[of.known + 1] ?? NOTHING, alone(place, one));
  }
  return undefined;
}

function followedIn({ of, from, to }: Part, came: Came): Followed {
  if (to === undefined) return of.rests[from] ?? NOTHING;
  return of.places
    .slice(from, to)
    .map((place) => alone(place, came(place)))
    .reduce(together, NOTHING);
}

function alone(place: number, came: ReturnType<Came>): Followed {
  return came ? { open: came.open ? place : undefined, waiting: came.waiting } : NOTHING;
}

function together(one: Followed, other: Followed): Followed {
  const open = [one.open, other.open].filter((place) => place !== undefined);
  return { open: open.length === 0 ? undefined : Math.min(...open), waiting: one.waiting || other.waiting };
}

function firstOf<T, V>(all: readonly T[], of: (one: T) => V | undefined): V | undefined {
  for (const one of all) {
    const found = of(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
