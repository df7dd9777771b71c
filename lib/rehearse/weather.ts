/**
 * What can go wrong in a rehearsal, and how likely each is where it could. A mild weather has few kinds of fault, so that
 * runs get far; a rough one has all of them. The kinds are the fault model of the product: what is not here is not tried.
 */
import type { Chance } from './chance.ts';

/** Of one request, at each attempt. */
export const NETWORK_FAULTS = [
  /** Near the end of its time. */
  'slow',
  'not-sent',
  /** Before it reached the system itself: 401 or 403 of somebody in between, who knows no key. */
  'turned-away',
  'throttled',
  'error-before',
  'error-after',
  /** An error now, the effect later. */
  'error-late',
  'lost-before',
  'lost-after',
  /** It lands after the caller gave up, within the grace. */
  'late',
  'reset',
  'malformed',
  'refused',
  'odd',
] as const;

/** Of one message that a run waits for. */
export const MESSAGE_FAULTS = [
  /** It is there before its step is. */
  'message-early',
  'message-lost',
  /** After the time of who waits for it. */
  'message-late',
  'message-twice',
] as const;

/** Of one person who is asked. */
export const PEOPLE_FAULTS = [
  /** Says no. */
  'person-refuses',
  /** Never answers. */
  'person-silent',
  /** Gives what the form requires, and nothing else. */
  'person-brief',
] as const;

/** Of one invocation of a handler. */
export const HANDLER_FAULTS = [
  'killed',
  'paused',
  'twice',
  'answer-lost',
  'not-invoked',
  'store-before',
  'store-after',
] as const;

/** Once in a run, at some time. */
export const RUN_FAULTS = [
  'cancel',
  'abort',
  'crash',
  'second-compensator',
  /** The record is written, and its execution not started. */
  'not-started',
  'event-lost',
  'event-late',
  'event-twice',
] as const;

/** Of an express execution, which is at least once. */
export const EXPRESS_FAULTS = [
  /** It begins again from its start, beside the one before. */
  'restart',
] as const;

export type NetworkFault = (typeof NETWORK_FAULTS)[number];
export type HandlerFault = (typeof HANDLER_FAULTS)[number];
export type RunFault = (typeof RUN_FAULTS)[number];
export type MessageFault = (typeof MESSAGE_FAULTS)[number];
export type PeopleFault = (typeof PEOPLE_FAULTS)[number];
export type ExpressFault = (typeof EXPRESS_FAULTS)[number];
export type Fault = NetworkFault | HandlerFault | RunFault;

export const FAULTS: readonly Fault[] = [...NETWORK_FAULTS, ...HANDLER_FAULTS, ...RUN_FAULTS];

/** Of messages, people and restarts nothing is drawn by kind: a run without them has the weather that its seed had before there were any. */
export type Weather = { readonly [F in Fault | MessageFault | PeopleFault | ExpressFault]: number };

/** Only these faults, each with its share. */
export function weatherWith(shares: Partial<Weather>): Weather {
  // Every fault has its share.
  return Object.fromEntries(
    [...FAULTS, ...MESSAGE_FAULTS, ...PEOPLE_FAULTS, ...EXPRESS_FAULTS].map((fault) => [fault, shares[fault] ?? 0]),
  ) as Weather;
}

/** Of a fault that is frequent in a run, and of one among many. */
const SHARES = [0.1, 0.25, 0.5] as const;
const AMONG_MANY = 0.05;

/**
 * Some runs meet few kinds of fault, each of them often, so that pairs and rows of one kind come together; others meet
 * all the faults of a part of the world, or of all of it, each seldom.
 */
export function weatherOf(chance: Chance): Weather {
  const shares: { [F in Fault]?: number } = {};
  for (const fault of chance.pick('climate', CLIMATES)) shares[fault] = shareOf(fault, AMONG_MANY);
  const kinds = chance.pick('kinds of fault', [0, 1, 2, 3, 4, 6]);
  for (let kind = 0; kind < kinds; kind += 1) {
    const fault = FAULTS[chance.between('kind of fault', 0, FAULTS.length - 1)];
    if (fault !== undefined) shares[fault] = shareOf(fault, chance.pick('share', [...SHARES]));
  }
  const messages = Object.fromEntries(
    [...MESSAGE_FAULTS, ...PEOPLE_FAULTS].map((fault) => [fault, chance.pick(`share of ${fault}`, [0, 0, 0.25])]),
  );
  return weatherWith({ ...shares, ...messages, restart: chance.pick('share of restart', [0, 0, 1]) });
}

const NONE: readonly Fault[] = [];
const CLIMATES: readonly [readonly Fault[], ...(readonly Fault[])[]] = [
  NONE,
  NONE,
  NETWORK_FAULTS,
  HANDLER_FAULTS,
  [...NETWORK_FAULTS, ...HANDLER_FAULTS],
];

const ONCE: ReadonlySet<string> = new Set<string>(RUN_FAULTS);

function shareOf(fault: Fault, share: number): number {
  return ONCE.has(fault) ? 1 : share;
}
