/**
 * The process that does what an operator asked for is killed after each of its commits in turn. Whatever the point: the
 * next process brings the run to rest by itself, the same action asked again comes to what it is for, it is in the audit
 * trail once, and the systems, not our journal, say that the effects are as the run's status promises.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperatorAct, OperatorAsked } from '../../lib/embedded/operate.ts';
import { assert } from '../../lib/model/assert.ts';
import type { RunStatus, RunView } from '../../lib/model/run.ts';
import { Life } from '../support/mortal-host.ts';
import { type Mood, shopWorkflow, ShopWorld } from '../support/shop-world.ts';

const STARTS = Date.UTC(2026, 0, 1);
const RUN = 'r-1';

/** What is committed after so much is a run's or an undo's own, and killed elsewhere. */
const OF_THE_ACTION = 14;

interface Scenario {
  readonly name: string;
  readonly before: Mood;
  readonly onFailure?: 'hold';
  readonly input?: { readonly deliverable: boolean };
  /** How the run is when the operator comes; absent: while its payment is under way. */
  readonly rests?: RunStatus;
  readonly after?: Mood;
  /** What somebody undoes by hand. */
  readonly removes?: string;
  readonly act: OperatorAct;
  readonly comesTo: RunStatus;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'cancel of a run that waits',
    before: { busy: true },
    rests: 'waiting',
    act: { verb: 'cancel' },
    comesTo: 'compensated',
  },
  {
    name: 'cancel of a run with a step under way',
    before: { paymentMs: 5_000 },
    input: { deliverable: true },
    act: { verb: 'cancel' },
    comesTo: 'compensated',
  },
  {
    name: 'resolve of an undo that failed',
    before: { noRefunds: true },
    rests: 'needs-attention',
    removes: 'payments',
    act: { verb: 'resolve', step: 'make-payments', as: 'undone' },
    comesTo: 'compensated',
  },
  {
    name: 'undo of what could not be undone',
    before: { noRefunds: true },
    rests: 'needs-attention',
    after: {},
    act: { verb: 'undo' },
    comesTo: 'compensated',
  },
  {
    name: 'undo of a run that holds',
    before: {},
    onFailure: 'hold',
    rests: 'needs-attention',
    act: { verb: 'undo' },
    comesTo: 'compensated',
  },
  {
    name: 'redrive of a dead letter',
    before: { noRefunds: true },
    rests: 'needs-attention',
    after: {},
    act: { verb: 'redrive', letter: 'the newest' },
    comesTo: 'compensated',
  },
  {
    name: 'retry with a corrected input',
    before: {},
    rests: 'compensated',
    act: { verb: 'retry', input: { deliverable: true } },
    comesTo: 'succeeded',
  },
  {
    name: 'retry, with a corrected input, of a run that holds',
    before: {},
    onFailure: 'hold',
    rests: 'needs-attention',
    act: { verb: 'retry', input: { deliverable: true } },
    comesTo: 'succeeded',
  },
];

let folder: string;
beforeEach(() => {
  // Processes die here, machines do not: memory will do where the system has a folder in it.
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'interlock-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the process of an operator is killed after each commit of', () => {
  it.each(SCENARIOS)(
    '$name',
    async (scenario) => {
      const prepared = await prepare(scenario);
      const undisturbed = openLife(prepared, 0);
      const before = undisturbed.database.counts.commits;
      expect(await undisturbed.operate(asked(prepared))).toMatchObject({
        kind: 'done',
        view: { status: scenario.comesTo },
      });
      const commits = undisturbed.database.counts.commits - before;
      undisturbed.close();
      expect(commits).toBeGreaterThan(5);
      for (let last = 1; last <= Math.min(commits, OF_THE_ACTION); last += 1) await killedAfter(last, prepared);
    },
    120_000,
  );
});

interface Prepared {
  readonly scenario: Scenario;
  readonly file: string;
  readonly world: ShopWorld;
  readonly at: number;
  readonly act: OperatorAct;
}

/** A run in the state in which the operator meets it, in a file that each case copies. */
async function prepare(scenario: Scenario): Promise<Prepared> {
  const file = join(folder, 'prepared.db');
  const world = new ShopWorld(scenario.before);
  const life = new Life({ file, world, at: STARTS, seed: 1 });
  await life.begin(await shopWorkflow(scenario.onFailure), scenario.input ?? { deliverable: false });
  if (scenario.rests === undefined || scenario.rests === 'waiting') await life.clock.advance(1_000);
  else await life.atRest();
  const view = await life.host.viewOf(RUN);
  expect(view.status).toBe(scenario.rests ?? 'running');
  const [letter] = life.host.letters.letters({ run: RUN, limit: 1 });
  const { act } = scenario;
  life.close();
  world.mood = scenario.after ?? scenario.before;
  if (scenario.removes !== undefined) world.remove(scenario.removes);
  const named = act.verb === 'redrive' ? { ...act, letter: letter?.id ?? '' } : act;
  return { scenario, file, world, at: life.clock.now() + 1, act: named };
}

/** A life over a copy of what was prepared. */
function openLife(
  { file, world, at }: Prepared,
  number: number,
): Life & { readonly file: string; readonly world: ShopWorld } {
  const copied = join(folder, `case-${number}.db`);
  copyFileSync(file, copied);
  const own = world.copy();
  return Object.assign(new Life({ file: copied, world: own, at, seed: 2 }), { file: copied, world: own });
}

function asked({ act }: Prepared): OperatorAsked {
  return { ...act, run: RUN, actor: 'ann', id: 'the-action', note: 'as agreed' };
}

async function killedAfter(commits: number, prepared: Prepared): Promise<void> {
  const { scenario } = prepared;
  const first = openLife(prepared, commits);
  first.database.dieAfter(commits);
  const answer = await first.operate(asked(prepared));
  first.close();
  const at = first.clock.now() + 1;
  const second = new Life({ file: first.file, world: first.world, at, seed: 3 });
  const context = `${scenario.name}, killed after commit ${commits} (${answer === 'died' ? 'died' : 'survived'})`;
  await second.until(second.host.recover());
  const rested = await second.atRest();
  assert(rested !== 'died', 'nobody kills the second life');
  expect([context, isAtRest(rested, scenario)]).toEqual([context, true]);
  expect([context, rested.status, first.world.stands()]).toEqual([
    context,
    rested.status,
    promised(rested, first.world),
  ]);
  const again = await second.operate(asked(prepared));
  assert(again !== 'died' && again.kind === 'done', `${context}: asked again it is done`);
  expect([context, again.view.status]).toEqual([context, scenario.comesTo]);
  expect([context, first.world.stands()]).toEqual([context, promised(again.view, first.world)]);
  const entries = (await second.host.audits(RUN)).filter(({ nonce }) => nonce === 'the-action');
  expect([context, entries.length, entries[0]?.actor, entries[0]?.note]).toEqual([context, 1, 'ann', 'as agreed']);
  const letters = second.host.letters.letters({ run: RUN, limit: 10 });
  expect([context, letters.filter(({ state }) => state !== 'settled')]).toEqual([context, []]);
  second.close();
}

/** Over; or as it was before, where the process died before the action was. */
function isAtRest({ status, endedAt }: RunView, { comesTo, rests }: Scenario): boolean {
  if (status === comesTo || (status === rests && endedAt !== null)) return true;
  // A cancel that was not begun leaves the run to itself: busy systems fail it in the end, well ones let it succeed.
  return rests === undefined || rests === 'waiting' ? endedAt !== null : false;
}

/** What the systems may say of a run of that status. */
function promised({ status }: RunView, world: ShopWorld): readonly string[] {
  switch (status) {
    case 'succeeded':
      return ['payments', 'reservations', 'shipments'];
    case 'compensated':
    case 'failed':
      return [];
    default:
      return world.stands();
  }
}
