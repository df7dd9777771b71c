/** What people see of a run with a long list, and how they answer: counts beside names, and one word for all its items. */
import { describe, expect, it } from 'vitest';
import type { PlanBatches } from '../../../lib/model/plan.ts';
import type { Attention, RunView, StepView } from '../../../lib/model/run.ts';
import type { SettleAnswer } from '../../../lib/model/task.ts';
import { renderNext } from '../../../lib/cli/render-next.ts';
import { renderView } from '../../../lib/cli/render-run.ts';
import { inkFor } from '../../../lib/cli/terminal.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { namedSteps } from '../../../lib/runtime/listed-steps.ts';
import { resolve } from '../../../lib/runtime/operator/resolve.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import type { Looking } from '../../../lib/runtime/ports/looking.ts';
import { trailOf } from '../../../lib/runtime/trail.ts';
import { reconcile } from '../../../lib/runtime/upkeep/reconcile.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { gathered, listPlan, runningList, shipped, shipping } from '../../support/list-fixture.ts';
import { operating } from '../../support/operator-ports.ts';
import { probeOf, undoOf } from '../../support/plan-fixture.ts';
import { undone, viewOf } from '../../support/saga-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

const BATCHES: PlanBatches = { over: 40, size: 100, group: 10, atOnce: 1, forMs: 60_000 };
const BY = { run: RUN, actor: 'ann', note: 'looked' } as const;
const INK = inkFor(false);

type Ship = NonNullable<Parameters<typeof listPlan>[1]>;

async function runningWith(length: number, more: Ship = {}): Promise<CallHarness> {
  const lines = Array.from({ length }, (_, index) => ({ sku: `s${index}` }));
  const plan = listPlan({ batches: BATCHES, key: parseValue('$item.sku'), tolerate: 'all' }, more);
  const harness = await runningList(plan, lines);
  for (const { sku } of lines) harness.http.on(`/v1/ship/parcel-${sku}`, answered(204));
  return harness;
}

function refusing(...skus: readonly string[]): Scripted {
  return (request, limits) => {
    const { sku } = JSON.parse(new TextDecoder().decode(request.body)) as { sku: string };
    if (skus.includes(sku)) return answered(422);
    return typeof shipping === 'function' ? shipping(request, limits) : shipping;
  };
}

function stepAt({ steps }: RunView, path: string): StepView | undefined {
  return steps.find((step) => step.path === path);
}

async function cancelled(harness: CallHarness): Promise<void> {
  await harness.journal.fence(RUN, 1, { error: 'Interlock.Cancelled', message: 'somebody asked' });
}

describe('the view of a run with a long list', () => {
  it('names two hundred items, first those that something is wrong with, and counts all at the step of the list', async () => {
    const harness = await runningWith(300);
    harness.http.on('/v1/ship', refusing('s250', 's299'));
    await shipped(harness);
    const early = await viewOf(harness);
    expect(stepAt(early, 'ship')).toMatchObject({
      status: 'running',
      endedAt: null,
      items: { total: 300, named: 200, applied: 298, refused: 2 },
    });
    expect(early.steps).toHaveLength(201);
    expect(early.steps[0]?.path).toBe('ship');
    expect(stepAt(early, 'ship[s250]')?.status).toBe('refused');
    expect(stepAt(early, 'ship[s299]')?.status).toBe('refused');
    expect(stepAt(early, 'ship[s197]')?.status).toBe('applied');
    expect(stepAt(early, 'ship[s198]')).toBeUndefined();
    await gathered(harness);
    const late = await viewOf(harness);
    expect(stepAt(late, 'ship')).toMatchObject({ status: 'applied', items: { total: 300, named: 200 } });
    expect(late.steps.filter(({ path }) => path === 'ship')).toHaveLength(1);
  });

  it('names all of two hundred, and counts none', async () => {
    const harness = await runningWith(200);
    await shipped(harness);
    const { steps } = await viewOf(harness);
    expect(steps).toHaveLength(200);
    expect(steps.some(({ items }) => items)).toBe(false);
  });

  it('says of a list that was undone what its items came to', async () => {
    const harness = await runningWith(300);
    harness.http.on('/v1/ship', refusing('s7'));
    await shipped(harness);
    await cancelled(harness);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    const view = await viewOf(harness);
    expect(stepAt(view, 'ship')).toMatchObject({ status: 'refused', items: { total: 300, undone: 299, refused: 1 } });
    expect(renderView(view, INK)).toContain('300 items: 299 undone, 1 refused; 200 of them are named');
  });

  it('keeps the lists of two visits apart', () => {
    const step = { stepId: 'ship', status: 'applied', attempts: 1, startedAt: 'a', endedAt: 'b' } as const;
    const items = (visit: number, length: number): readonly StepView[] =>
      Array.from({ length }, (_, index) => ({ ...step, path: `ship[${index}]`, visit }));
    const named = namedSteps([...items(1, 150), ...items(2, 201)], false);
    expect(named).toHaveLength(150 + 1 + 200);
    expect(named[150]).toMatchObject({ path: 'ship', visit: 2, items: { total: 201, named: 200, applied: 201 } });
  });
});

describe('the audit trail of a run with a long list', () => {
  it('tells of two hundred items, first of those with which anything was wrong, and counts the others once', async () => {
    const harness = await runningWith(300);
    harness.http.on('/v1/ship', refusing('s299'));
    await shipped(harness);
    await cancelled(harness);
    await harness.settled();
    const record = await harness.journal.record(RUN);
    const trail = record ? trailOf(record, await harness.journal.audits(RUN)) : [];
    expect(new Set(trail.flatMap(({ step }) => step ?? [])).size).toBe(201);
    expect(trail.filter(({ step }) => step === 'ship[s299]')).not.toEqual([]);
    expect(trail.filter(({ step }) => step === 'ship')).toMatchObject([
      { what: 'outcome', visit: 1, result: '100 more items, which are not told one by one' },
    ]);
    expect(trail.map(({ at }) => at)).toEqual(trail.map(({ at }) => at).toSorted());
  });
});

/** Of a run that needs attention for all of its items. */
async function parked(length: number, more: Ship = {}): Promise<[CallHarness, Attention]> {
  const harness = await runningWith(length, more);
  for (let index = 0; index < length; index += 1) harness.http.on(`/v1/ship/parcel-s${index}`, answered(409));
  await shipped(harness);
  await cancelled(harness);
  const answer: SettleAnswer = await harness.settled();
  if (answer.do !== 'park') throw new Error(`the run is not parked: ${JSON.stringify(answer)}`);
  return [harness, answer.letter as unknown as Attention];
}

describe('what is left of a long list', () => {
  it('is told within a letter and within a view, and all of it has one command', async () => {
    const [harness, letter] = await parked(1_500);
    expect(Buffer.byteLength(JSON.stringify(letter))).toBeLessThan(140 * 1_024);
    expect(letter.stands.length + (letter.more ?? 0)).toBe(1_500);
    const { attention } = await viewOf(harness);
    expect(Buffer.byteLength(JSON.stringify(attention))).toBeLessThan(1_100_000);
    expect(attention?.stands.length).toBeGreaterThan(letter.stands.length);
    expect((attention?.stands.length ?? 0) + (attention?.more ?? 0)).toBe(1_500);
    expect(letter.commands).toContain(`interlock resolve ${RUN} ship undone --note "..."`);
    expect(letter.commands).not.toContain(`interlock resolve ${RUN} ship applied --note "..."`);
  });

  it('is told in a terminal by its first items, how many more there are, and the command for all', async () => {
    const [harness] = await parked(60);
    const text = renderNext(await viewOf(harness), { ink: INK, data: undefined });
    expect(text).toContain('and 55 more items of ship');
    expect(text).toContain(`interlock resolve ${RUN} ship ignore --note "..."`);
    expect(text.split('\n').length).toBeLessThan(40);
  });

  it('of up to five items has a command for each only', async () => {
    const [, letter] = await parked(5);
    expect(letter.stands).toHaveLength(5);
    expect(letter.commands.some((command) => command.includes('resolve'))).toBe(false);
  });
});

describe('resolve of a step with a list', () => {
  it('is said of all its open items, ten at a time, in one entry that tells how many', async () => {
    const [harness] = await parked(60);
    const { ports } = operating(harness);
    expect(await resolve({ ...BY, step: 'ship', as: 'undone' }, ports)).toEqual({
      kind: 'resolved',
      step: 'ship',
      visit: 1,
      items: 60,
    });
    const audits = await harness.journal.audits(RUN);
    expect(audits.filter(({ action }) => action === 'resolved')).toMatchObject([
      { step: 'ship', visit: 1, detail: { as: 'undone', items: 60 } },
    ]);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
  });

  it('is said again by whoever finds it broken off: of those that are left, or of none', async () => {
    const [harness] = await parked(8);
    const { ports } = operating(harness);
    await resolve({ ...BY, step: 'ship[s3]', as: 'ignore' }, ports);
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    expect(await resolve({ ...BY, step: 'ship', as: 'ignore' }, ports)).toMatchObject({ items: 7 });
    expect(await harness.settled()).toMatchObject({ do: 'end' });
    expect(await resolve({ ...BY, step: 'ship', as: 'ignore' }, ports)).toMatchObject({ kind: 'refused' });
  });

  it('is refused for `applied` where none is in doubt, and for `undone` before what is in doubt can no longer land', async () => {
    const [harness] = await parked(6);
    const refused = await resolve({ ...BY, step: 'ship', as: 'applied' }, operating(harness).ports);
    expect(refused).toMatchObject({ code: 'conflict', why: 'No item of ship is in doubt: what is open was applied' });
    const doubtful = await inDoubt(6);
    const { ports } = operating(doubtful);
    expect(await resolve({ ...BY, step: 'ship', as: 'undone' }, ports)).toMatchObject({ code: 'not-now' });
    expect((await doubtful.journal.record(RUN))?.verdicts.every(({ by }) => by === 'settle')).toBe(true);
    expect(await resolve({ ...BY, step: 'ship', as: 'applied' }, ports)).toMatchObject({ items: 6 });
    expect(await doubtful.settled()).toMatchObject({ do: 'park' });
  });

  it('goes on with the others where somebody else has settled one', async () => {
    const harness = await inDoubt(6);
    harness.clock.pass(600_000);
    const { ports } = operating(harness);
    const decide = harness.journal.decide.bind(harness.journal);
    let first = true;
    harness.journal.decide = async (run, verdict, owner) => {
      const mine = first;
      first = false;
      if (mine) await decide(run, { ...verdict, verdict: 'applied' }, owner);
      return await decide(run, verdict, owner);
    };
    expect(await resolve({ ...BY, step: 'ship', as: 'undone' }, ports)).toMatchObject({ kind: 'resolved', items: 6 });
    const verdicts = (await harness.journal.record(RUN))?.verdicts ?? [];
    expect(verdicts.map(({ verdict }) => verdict).sort()).toEqual([...Array<string>(5).fill('absent'), 'applied']);
  });

  it('names lists and not their items where it refuses, and a retry twenty items', async () => {
    const [harness] = await parked(60);
    const { ports } = operating(harness);
    const unknown = await resolve({ ...BY, step: 'bill', as: 'undone' }, ports);
    expect(unknown).toMatchObject({ code: 'step-unknown', why: expect.stringMatching(/it has: ship$/) });
    expect(await retry(BY, ports)).toMatchObject({ code: 'not-open', why: expect.stringMatching(/ and 40 more$/) });
    expect(undone(harness)).not.toEqual([]);
  });
});

describe('reconcile', () => {
  it('looks for two hundred effects of one run, and leaves the others to the next time', async () => {
    const [harness] = await parked(210, { probe: probeOf('ship') });
    const looked: string[] = [];
    const looking: Looking = {
      look: (_system, { step }) => {
        looked.push(step);
        return Promise.resolve({ found: 'applied', why: 'it is there' });
      },
    };
    const asked = { repair: false, actor: 'ann', runs: 1, run: RUN, withinMs: 1_000 };
    expect(await reconcile(asked, { ...operating(harness).ports, looking })).toEqual([]);
    expect(looked).toHaveLength(200);
    expect(looked[0]).toBe('ship[s0]');
  });
});

/** A group of items whose invocation was lost, and nobody knows what became of them. */
async function inDoubt(length: number): Promise<CallHarness> {
  const harness = await runningWith(60, { effect: 'unsafe', undo: undoOf('ship') });
  const shard = { step: 'ship', visit: 1, batch: 0 };
  const at = harness.clock.now();
  await harness.journal.openShard(RUN, shard, { epoch: 1, at });
  const items = Array.from({ length }, (_, index) => ({ key: { step: `ship[s${index}]`, visit: 1, gen: 0 } }));
  const intent = { shard, epoch: 1, group: 0, at, leaseUntil: at + 1_000, nonce: 'n', items };
  await harness.journal.intendGroup(RUN, intent);
  await cancelled(harness);
  await harness.settled();
  return harness;
}
