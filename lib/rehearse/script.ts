/**
 * A scenario by name instead of by dice: exactly the faults that it lists happen, each at its place, and everywhere else
 * nothing does. On its way it writes down every place at which a further fault could happen after the last of its own:
 * these are its children in the tree that explore.ts walks. Latencies are a function of the place, so that parallel
 * branches have an order, and the same one each time.
 */
import { Chance, type Gates, isWithinInvocation, type Struck } from './chance.ts';
import { mappedOf, type Remembering } from './remembering.ts';
import { NETWORK_FAULTS, type NetworkFault } from './weather.ts';

/** A place where one more fault could have happened. */
export interface Point {
  readonly place: string;
  /** The place and the state of run and world there: where two are equal, what follows is. */
  readonly name: string;
  readonly sofar: Sofar;
}

/** What it took until then. */
export interface Sofar {
  readonly ms: number;
  readonly requests: number;
  readonly transitions: number;
}

export interface ScriptOptions {
  readonly faults: readonly string[];
  readonly now: () => number;
  /** Longer than every lease and grace: who is paused for so long comes back as a stranger. */
  readonly pauseMs: number;
  /** Beyond the run's deadline. */
  readonly oversleepMs: number;
  /** Whatever a further fault could find different, but for the time. */
  readonly state: () => string;
  readonly sofar: () => Sofar;
  /** A further fault could happen at a place. */
  readonly reached: (place: string) => void;
  /** Names of points from which the end is known: a run that gets there needs to go no further. */
  readonly known?: { has(name: string): boolean };
  /** What comes from outside at a moment of the run. */
  readonly disturb: (kind: Disturbance) => void;
  /** The run's execution may begin again. */
  readonly restarts: boolean;
}

export const DISTURBANCES = ['cancel', 'abort', 'crash', 'second-compensator', 'restart'] as const;

const MIDWAY = ['cancel', 'abort'] as const;

export type Disturbance = (typeof DISTURBANCES)[number];

/** Faults that stay once they are there: a system that is down, or that fails for good. */
export const LASTING: readonly NetworkFault[] = ['not-sent', 'error-before', 'lost-after', 'refused'];

/** What a request without an effect can meet; of the others it would be the same. */
export const OF_SAFE: ReadonlySet<string> = new Set<NetworkFault>([
  'slow',
  'not-sent',
  'turned-away',
  'throttled',
  'error-before',
  'lost-before',
  'reset',
  'malformed',
  'refused',
  'odd',
]);

/** Between two writes nothing changes that anybody could see: a death there is a death at the next write. */
const WRITES: ReadonlySet<string> = new Set(
  ['start', 'intend', 'apply', 'fail', 'fence', 'close', 'compensate', 'decide', 'finish']
    .concat(['intendUndo', 'recordUndo', 'overrule', 'resume', 'reopen'])
    .concat(['openShard', 'intendGroup', 'recordGroup', 'closeShard'])
    .flatMap((name) => [`before ${name}`, `after ${name}`]),
);
const OVERSLEPT: ReadonlySet<string> = new Set(
  ['intend', 'intendGroup'].flatMap((name) => [`before ${name}`, `after ${name}`]),
);

export class Script extends Chance {
  /** Where something else could have happened, in order. */
  readonly points: Point[] = [];
  /** The point from which everything is known, and what it took until then. */
  joined: { readonly name: string; readonly sofar: Sofar } | undefined;
  private readonly script: ScriptOptions;
  private readonly wanted: ReadonlySet<string>;
  private readonly times = new Map<string, number>();
  private readonly lastingAt = new Map<string, NetworkFault>();
  private second = 0;

  constructor(script: ScriptOptions) {
    super({ seed: 0, now: script.now });
    this.script = script;
    this.wanted = new Set(script.faults);
  }

  override books(): readonly Remembering[] {
    return [...super.books(), mappedOf(this.times, isWithinInvocation), mappedOf(this.lastingAt, isWithinInvocation)];
  }

  override fires(fault: string, share: number, of?: string): boolean {
    if (share <= 0) return false;
    if (fault.startsWith('store-')) return this.stores(fault, of ?? '');
    if (!fault.startsWith('twice ')) return this.isAsked(fault);
    this.second = 0;
    if (this.isAsked(fault)) return true;
    this.second = 30_000;
    return this.isAsked(fault.replace('twice ', 'twice-late '));
  }

  override lasting(operation: string): NetworkFault | undefined {
    const known = this.lastingAt.get(operation);
    if (known !== undefined) return known;
    if (this.times.has(operation)) return undefined;
    this.times.set(operation, 1);
    for (const fault of LASTING) {
      if (!this.isAsked(`always-${fault} at ${operation}`)) continue;
      this.lastingAt.set(operation, fault);
      return fault;
    }
    return undefined;
  }

  override offers(
    fault: NetworkFault,
    { isSafe, hasOdd }: { readonly isSafe: boolean; readonly hasOdd: boolean },
  ): boolean {
    return (!isSafe || OF_SAFE.has(fault)) && (fault !== 'odd' || hasOdd);
  }

  override moment(name: string): void {
    const settles = name === 'settle' || name.startsWith('undo ') || name.startsWith('probe ');
    for (const kind of DISTURBANCES) {
      if (kind === 'second-compensator' && !settles) continue;
      if (kind === 'restart' && !this.script.restarts) continue;
      if (this.isAsked(`${kind} before ${name}`)) this.script.disturb(kind);
    }
  }

  /** Who is fenced or ended now has an effect in the air: what is done comes to an end, and nothing follows. */
  override midway(name: string): void {
    if (!name.startsWith('call ')) return;
    for (const kind of MIDWAY) if (this.isAsked(`${kind} during ${name}`)) this.script.disturb(kind);
  }

  override gates(name: string): Gates {
    return { struckAt: (place) => (WRITES.has(place) ? this.struck(`${name} ${place}`, place) : undefined) };
  }

  override retries(): boolean {
    return this.isAsked('retried at the end');
  }

  override number(what: string): number {
    return this.share(what);
  }

  /** What lands late lands as late as is promised. */
  override between(what: string, least: number, most: number): number {
    if (what === 'late effect') return most;
    return least + Math.floor(this.share(what) * (most - least + 1));
  }

  override pick<T>(what: string, from: readonly [T, ...T[]]): T {
    if (!what.startsWith('second ')) return from[0];
    return from.find((one) => one === this.second) ?? from[0];
  }

  private stores(fault: string, of: string): boolean {
    const method = fault.split(' ')[1] ?? '';
    return WRITES.has(`before ${method}`) && this.isAsked(fault.replace(' ', ` ${of} at `));
  }

  private struck(where: string, gate: string): Struck | undefined {
    if (this.isAsked(`killed ${where}`)) return { isKilled: true, pauseMs: 0 };
    if (this.isAsked(`paused ${where}`)) return { isKilled: false, pauseMs: this.script.pauseMs };
    if (!OVERSLEPT.has(gate) || !this.isAsked(`overslept ${where}`)) return undefined;
    return { isKilled: false, pauseMs: this.script.oversleepMs };
  }

  private isAsked(fault: string): boolean {
    if (this.joined !== undefined) return false;
    const isOver = this.happened.size === this.wanted.size;
    const place = this.placeOf(fault);
    if (isOver) this.reached(place);
    return !isOver && this.wanted.has(place) && this.happens(place);
  }

  private reached(place: string): void {
    const name = `${this.script.state()} ${[...this.lastingAt].join()} ${plainPlace(place)}`;
    const sofar = this.script.sofar();
    this.script.reached(place);
    if (this.script.known?.has(name) === true) this.joined = { name, sofar };
    else this.points.push({ place, name, sofar });
  }

  /** In [0, 1), of what is asked and how often it was. */
  private share(what: string): number {
    const time = (this.times.get(what) ?? 0) + 1;
    this.times.set(what, time);
    let hash = 0x811c9dc5 ^ time;
    for (let index = 0; index < what.length; index += 1) hash = Math.imul(hash ^ what.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
  }
}

export const NETWORK: ReadonlySet<string> = new Set<string>([
  ...NETWORK_FAULTS,
  ...LASTING.map((fault) => `always-${fault}`),
]);

const MOST_ATTEMPTS_TOLD_APART = 3;

/** How often something was tried before is part of the state for a request, and is not for a handler. */
function plainPlace(place: string): string {
  const [, what = place, number = '1'] = /^(.*) #(\d+)$/.exec(place) ?? [];
  const isRequest = / at \S+\.\S+$/.test(what);
  return isRequest ? `${what} #${Math.min(Number(number), MOST_ATTEMPTS_TOLD_APART)}` : what;
}
