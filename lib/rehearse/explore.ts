/**
 * The tree of scenarios: the good run, one fault at each place that it passes, a second fault at each place that is reached
 * after the first, then what the seed draws. A place that was reached in an equal state before is not gone through twice.
 * Everything is decided by what was played, in order, so the same seed gives the same report, on one thread or on many.
 */
import { Catalogue, KINDS, type PlaceOfFault } from './catalogue.ts';
import { Coverage } from './coverage.ts';
import type { Violation } from './invariants/violation.ts';
import {
  type End,
  ENDS,
  type Job,
  type KnownEnds,
  type Onward,
  onwardFrom,
  type PlayedJob,
  type Player,
} from './played.ts';
import type { RehearsedWorkflow } from './rehearsal.ts';
import type { Point } from './script.ts';

export interface ExploreOptions {
  readonly workflow: RehearsedWorkflow;
  readonly player: Player;
  readonly seed: number;
  /** Scenarios of the random search. */
  readonly searched: number;
  /** At most so many scenarios in all; what is left is counted. */
  readonly most: number;
  readonly notes: readonly string[];
  /** How far it has come, for people who wait. */
  readonly onProgress?: (explored: number, known: number) => void;
}

export interface FoundViolation extends Violation {
  /** What `--replay` takes. */
  readonly scenario: string;
  readonly faults: readonly string[];
  readonly timeline: readonly string[];
  /** How many more scenarios break the same promise in the same way. */
  readonly alike: number;
}

export interface Extreme {
  readonly scenario: string;
  readonly faults: readonly string[];
  readonly ms: number;
  readonly requests: number;
  readonly transitions: number;
}

export interface Cell {
  readonly end: End;
  readonly scenario: string;
  readonly faults: readonly string[];
}

export interface Exercised {
  readonly all: number;
  readonly never: readonly string[];
}

export interface RehearsalReport {
  readonly seed: number;
  readonly workflowId: string;
  readonly planHash: string;
  readonly scenarios: {
    readonly explored: number;
    readonly merged: number;
    readonly unreachable: number;
    readonly singles: number;
    readonly pairs: number;
    readonly searched: number;
    /** Beyond the limit, and not gone through. */
    readonly left: number;
  };
  readonly violations: readonly FoundViolation[];
  /** Kinds of violation that are not shown for want of room. */
  readonly more: number;
  readonly matrix: {
    readonly rows: readonly string[];
    readonly faults: readonly string[];
    readonly cells: { readonly [row: string]: { readonly [fault: string]: Cell } };
  };
  readonly slowest: Extreme;
  readonly costliest: Extreme;
  readonly coverage: { readonly states: Exercised; readonly catches: Exercised; readonly retries: Exercised };
  /** Faults of the catalogue at places that no run reached. */
  readonly unreached: readonly PlaceOfFault[];
  readonly notes: readonly string[];
  /** The player was told to stop: everything here is of what was played by then. */
  readonly brokenOff?: true;
}

const SHOWN = 10;
const AT_ONCE = 512;

export async function explore(options: ExploreOptions): Promise<RehearsalReport> {
  return await new Exploration(options).report();
}

interface Scenario {
  readonly id: string;
  readonly job: Job;
}

interface Kind {
  readonly first: FoundViolation;
  count: number;
}

class Exploration {
  private readonly options: ExploreOptions;
  private readonly catalogue: Catalogue;
  private readonly coverage: Coverage;
  private readonly seen = new Set<string>();
  private readonly reached = new Set<string>();
  private readonly covered = new Set<string>();
  private readonly cells = new Map<string, Cell & { readonly depth: number }>();
  private readonly kinds = new Map<string, Kind>();
  private readonly counts = { explored: 0, merged: 0, singles: 0, pairs: 0, searched: 0, left: 0 };
  private readonly known = new Map<string, Onward>();
  private slowest: Extreme | undefined;
  private costliest: Extreme | undefined;
  private isBrokenOff = false;

  constructor(options: ExploreOptions) {
    this.options = options;
    this.catalogue = new Catalogue(options.workflow.plan);
    this.coverage = new Coverage(options.workflow);
  }

  async report(): Promise<RehearsalReport> {
    const [good] = await this.played([{ id: 's', job: { faults: [] } }]);
    this.learn(good);
    const singles = this.children({ id: 's', job: { faults: [] } }, good?.points ?? []);
    const known = await this.played(singles);
    this.counts.singles = known.length;
    const pairs: Scenario[] = [];
    for (const [at, played] of known.entries()) {
      const scenario = singles[at];
      this.learn(played);
      // What is broken by one fault is no news with two.
      if (scenario && played.violations.length === 0) pairs.push(...this.children(scenario, played.points));
    }
    const chosen = spread(pairs, Math.max(0, this.options.most - this.counts.explored));
    this.counts.pairs = (await this.played(chosen, this.known)).length;
    this.counts.left = pairs.length - this.counts.pairs;
    await this.search();
    return await this.told();
  }

  /** What is known of a point stays as it was known first. */
  private learn(played: PlayedJob | undefined): void {
    for (const [name, onward] of played ? onwardFrom(played) : [])
      if (!this.known.has(name)) this.known.set(name, onward);
  }

  private async search(): Promise<void> {
    const { seed, searched } = this.options;
    for (let from = 0; from < searched && !this.isBrokenOff; from += AT_ONCE) {
      const seeds = Array.from({ length: Math.min(AT_ONCE, searched - from) }, (_, at) => seed * SEEDS + from + at);
      const played = await this.played(seeds.map((one) => ({ id: String(one), job: { seed: one } })));
      this.counts.searched += played.length;
    }
  }

  private children(parent: Scenario, points: readonly Point[]): readonly Scenario[] {
    const faults = 'faults' in parent.job ? parent.job.faults : [];
    return points.flatMap(({ place, name }, at) => {
      const { row, kind } = this.catalogue.of(place);
      this.reached.add(`${row} ${kind}`);
      if (this.seen.has(name)) {
        this.counts.merged += 1;
        return [];
      }
      this.seen.add(name);
      const id = parent.id === 's' ? `s${at}` : `${parent.id}.${at}`;
      return [{ id, job: { faults: [...faults, place] } }];
    });
  }

  private async played(scenarios: readonly Scenario[], known?: KnownEnds): Promise<readonly PlayedJob[]> {
    const all: PlayedJob[] = [];
    for (let from = 0; from < scenarios.length && !this.isBrokenOff; from += AT_ONCE) {
      const some = scenarios.slice(from, from + AT_ONCE);
      const played = await this.options.player(
        some.map(({ job }) => job),
        known,
      );
      for (const [at, one] of played.entries()) this.note(some[at]?.id ?? '', one);
      all.push(...played);
      // A player that was told to stop answers the first of them only.
      this.isBrokenOff = played.length < some.length;
      this.options.onProgress?.(this.counts.explored, this.counts.explored + scenarios.length - all.length);
    }
    return all;
  }

  private note(id: string, played: PlayedJob): void {
    this.counts.explored += 1;
    for (const one of played.covered) this.covered.add(one);
    const { ms, requests, transitions, fired } = played;
    const extreme: Extreme = { scenario: id, faults: fired, ms, requests, transitions };
    if (id.startsWith('s') && ms > (this.slowest?.ms ?? -1)) this.slowest = extreme;
    if (id.startsWith('s') && transitions > (this.costliest?.transitions ?? -1)) this.costliest = extreme;
    for (const violation of played.violations) this.noteViolation(id, violation, fired);
    if (id.startsWith('s') && fired.length > 0) this.noteCell(id, played);
  }

  private noteViolation(scenario: string, { invariant, what }: Violation, faults: readonly string[]): void {
    const kind = `${invariant} ${what.split('\n')[0]?.replace(/[\w/-]*\d[\w/-]*/g, '#')}`;
    const known = this.kinds.get(kind);
    if (known) known.count += 1;
    else this.kinds.set(kind, { first: { invariant, what, scenario, faults, timeline: [], alike: 0 }, count: 1 });
  }

  /** One fault says more of its place than two do; of two scenarios for one place the worse one counts. */
  private noteCell(scenario: string, { end, fired }: PlayedJob): void {
    const { row, kind } = this.catalogue.of(fired.at(-1) ?? '');
    const name = `${row}\n${kind}`;
    const known = this.cells.get(name);
    const depth = fired.length;
    const isWorse = known === undefined || ENDS.indexOf(end) > ENDS.indexOf(known.end);
    if (known && known.depth < depth && end !== 'violated') return;
    if (isWorse || known.depth > depth) this.cells.set(name, { end, scenario, faults: fired, depth });
  }

  private async told(): Promise<RehearsalReport> {
    const { workflow, seed, notes } = this.options;
    const kinds = [...this.kinds.values()];
    const unreached = this.catalogue.everything().filter(({ row, kind }) => !this.reached.has(`${row} ${kind}`));
    const nothing: Extreme = { scenario: 's', faults: [], ms: 0, requests: 0, transitions: 0 };
    return {
      seed,
      workflowId: workflow.plan.workflowId,
      planHash: workflow.planHash,
      scenarios: { ...this.counts, unreachable: unreached.length },
      violations: await this.shown(kinds.slice(0, SHOWN)),
      more: Math.max(0, kinds.length - SHOWN),
      matrix: this.matrix(),
      slowest: this.slowest ?? nothing,
      costliest: this.costliest ?? nothing,
      coverage: {
        states: this.exercised('state '),
        catches: this.exercised('catch '),
        retries: this.exercised('retry '),
      },
      unreached,
      notes,
      ...(this.isBrokenOff && { brokenOff: true }),
    };
  }

  private async shown(kinds: readonly Kind[]): Promise<readonly FoundViolation[]> {
    const jobs = kinds.map(({ first: { scenario, faults } }): Job => {
      const isScript = scenario.startsWith('s');
      return { ...(isScript ? { faults } : { seed: Number(scenario) }), wantsTimeline: true };
    });
    const played = await this.options.player(jobs);
    return kinds.map(({ first, count }, at) => {
      const { timeline = [], fired = [] } = played[at] ?? {};
      return { ...first, faults: fired, timeline, alike: count - 1 };
    });
  }

  private matrix(): RehearsalReport['matrix'] {
    const cells: { [row: string]: { [fault: string]: Cell } } = Object.create(null);
    const met = new Set<string>();
    for (const row of this.catalogue.rows) {
      for (const kind of KINDS) {
        const cell = this.cells.get(`${row}\n${kind}`);
        if (!cell) continue;
        met.add(row).add(kind);
        const { end, scenario, faults } = cell;
        (cells[row] ??= Object.create(null))[kind] = { end, scenario, faults };
      }
    }
    const rows = this.catalogue.rows.filter((row) => met.has(row));
    return { rows, faults: KINDS.filter((kind) => met.has(kind)), cells };
  }

  private exercised(prefix: string): Exercised {
    const all = this.coverage.all.filter((one) => one.startsWith(prefix));
    const never = all.filter((one) => !this.covered.has(one)).map((one) => one.slice(prefix.length));
    return { all: all.length, never };
  }
}

/** As many as there may be, from everywhere: a small budget sees a little of each first fault. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)]).filter(
    (one): one is T => one !== undefined,
  );
}

/** Seeds of a search are its own: another seed draws other ones. */
const SEEDS = 1_000_000;
/** `s`, `s17` and `s17.203`: the good run, one fault, two; a number is a seed of the search. */
export async function jobOf(id: string, player: Player): Promise<Job | undefined> {
  if (/^\d{1,15}$/.test(id)) return { seed: Number(id) };
  const named = /^s(?:(\d{1,6})(?:\.(\d{1,6}))?)?$/.exec(id);
  if (!named) return undefined;
  const [, first, second] = named;
  let faults: readonly string[] = [];
  for (const at of [first, second]) {
    if (at === undefined) break;
    const [played] = await player([{ faults }]);
    const point = played?.points[Number(at)];
    if (!point) return undefined;
    faults = [...faults, point.place];
  }
  return { faults };
}
