/**
 * What mutants are held against: every scenario that the integration itself has been through, with what became of it and
 * which states it entered. The singles of its rehearsal, the interleavings that take more than two faults, pairs from
 * everywhere, and what seeds draw; all of them clean, or the sweep does not begin.
 */
import { assert } from '../../lib/model/assert.ts';
import { explore } from '../../lib/rehearse/explore.ts';
import type { Job, PlayedJob, Player } from '../../lib/rehearse/played.ts';
import type { PlanStep } from '../../lib/model/plan.ts';
import type { SubjectOptions } from '../../lib/rehearse/scenario.ts';
import { playerOf } from '../../test/support/rehearsing.ts';

/** What became of a scenario, and by how much of what: all of it is in the report of a rehearsal. */
export interface Tale {
  readonly end: string;
  readonly way: string;
  readonly ms: number;
}

export interface Scenario {
  /** Its faults, or its seed. */
  readonly name: string;
  readonly job: Job;
  readonly tale: Tale;
  /** As lib/rehearse/coverage.ts names it. */
  readonly covered: ReadonlySet<string>;
}

export interface Amounts {
  readonly pairs: number;
  readonly seeds: number;
}

export function taleOf({ end, phase, error, requests, transitions, ms }: PlayedJob): Tale {
  const why = error === undefined ? '' : `, ${error}`;
  return { end: `${end} (${phase}${why})`, way: `${requests} requests, ${transitions} transitions`, ms };
}

export async function scenariosOf(options: SubjectOptions, { pairs, seeds }: Amounts): Promise<readonly Scenario[]> {
  const told = new Told(options);
  const { scenarios } = await exploredBy(told, options, 0);
  const singles = [...told.all];
  for (const faults of namedOf(options)) await told.play({ faults });
  const named = told.all.slice(singles.length);
  if (pairs > 0) await exploredBy(told, options, scenarios.explored + pairs);
  for (const faults of lettersOf(told.all)) await told.play({ faults });
  const rest = told.all.slice(singles.length + named.length);
  for (let seed = 1; seed <= seeds; seed += 1) await told.play({ seed });
  return [...singles, ...named, ...rest, ...told.all.slice(singles.length + named.length + rest.length)];
}

/** Each scenario once, however often it is asked for. */
class Told {
  readonly all: Scenario[] = [];
  private readonly known = new Map<string, PlayedJob>();
  private readonly player: Player;

  constructor(options: SubjectOptions) {
    this.player = playerOf(options);
  }

  async play(job: Job): Promise<PlayedJob> {
    const name = 'seed' in job ? `seed ${job.seed}` : job.faults.join(' + ') || 'no fault';
    const before = this.known.get(name);
    if (before) return before;
    // Played to its end, wherever another one may have been before: what it covers is told of all of it.
    const [played] = await this.player([job]);
    assert(played, 'a scenario that is asked for is played');
    const [violation] = played.violations;
    assert(!violation, `the integration itself keeps its promises by ${name}: ${violation?.what}`);
    this.known.set(name, played);
    this.all.push({ name, job, tale: taleOf(played), covered: new Set(played.covered) });
    return played;
  }
}

async function exploredBy(told: Told, { workflow }: SubjectOptions, most: number): ReturnType<typeof explore> {
  const player: Player = async (jobs) => {
    const played = [];
    for (const job of jobs) played.push(await told.play(job));
    return played;
  };
  return await explore({ workflow, player, seed: 1, searched: 0, most, notes: [] });
}

/** Interleavings that take more than two faults: of an old epoch, of two who settle, and of a function that is away. */
function namedOf({ workflow }: SubjectOptions): readonly (readonly string[])[] {
  const steps = Object.keys(workflow.plan.steps).flatMap((path) => [`call ${path}`, `each ${path}`, `gather ${path}`]);
  const away = [...steps, 'lock', 'invite', 'await', 'close'];
  // Of several states that ask the same of a function it is away for the next ones, too.
  const later = ['invite', 'await'].flatMap((name) => [2, 3].map((from) => unreached(name, from)));
  return [...epochsOf({ workflow }), ...away.map((name) => unreached(name)), ...later, ...unsettledOf({ workflow })];
}

/** A run that has to be undone while who raises the fence, settles it or undoes is away: by its own machine, and by the undo machine. */
function unsettledOf({ workflow: { plan } }: Pick<SubjectOptions, 'workflow'>): readonly (readonly string[])[] {
  const steps = Object.values(plan.steps);
  const refused = ({ operation }: PlanStep): string => {
    const { system, operationId } = plan.operations[operation] ?? {};
    return `refused at ${system}.${operationId} #1`;
  };
  const effects = steps.filter(({ effect }) => effect !== 'safe');
  return [
    ...steps.map((step) => [refused(step), ...unreached('raise')]),
    ...effects
      .slice(1)
      .flatMap((step, index) =>
        [refused(step), `abort before call ${step.path} #1`].flatMap((end) =>
          ['settle', `undo ${effects[index]?.path}`].map((who) => [end, ...unreached(who)]),
        ),
      ),
  ];
}

/** As often as a machine tries, and once more. */
const MOST_TRIES = 9;

function unreached(name: string, from = 1): readonly string[] {
  return Array.from({ length: MOST_TRIES }, (_, index) => `not-invoked ${name} #${from + index}`);
}

function epochsOf({ workflow }: Pick<SubjectOptions, 'workflow'>): readonly (readonly string[])[] {
  const effects = Object.values(workflow.plan.steps).filter(({ effect }) => effect !== 'safe');
  return effects.flatMap(({ path }, index) => {
    const before = effects[index - 1]?.path;
    return [
      [`paused call ${path} before intend #1`, `cancel before call ${path} #1`, 'retried at the end #1'],
      ...(before === undefined ? [] : [[`abort before call ${path} #1`, `twice undo ${before} #1`]]),
    ];
  });
}

const OF_THE_QUEUE = ['not-invoked letter #1', 'answer-lost letter #1', 'always-refused at dead-letters #1'];

/** A run that needs an operator while the queue of the letters is away, by either machine. */
function lettersOf(all: readonly Scenario[]): readonly (readonly string[])[] {
  return ['run', 'undo'].flatMap((machine) => {
    const found = all.find(
      ({ job, covered }) =>
        covered.has(`state ${machine}/Dead letter`) && 'faults' in job && !job.faults.some(isOfTheLetter),
    );
    return found && 'faults' in found.job
      ? OF_THE_QUEUE.map((fault) => ['faults' in found.job ? found.job.faults : [], fault].flat())
      : [];
  });
}

/** One fault of it is enough. */
function isOfTheLetter(fault: string): boolean {
  return fault.includes('letter');
}
