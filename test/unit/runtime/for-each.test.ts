/** A step that is done for each item of a list, through the real handlers: names, undo, tolerance, reopening. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { resolve } from '../../../lib/runtime/operator/resolve.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { skip } from '../../../lib/runtime/operator/skip.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import {
  gathered,
  listed,
  listPlan,
  runningList,
  shipped,
  shipping,
  shippingRequests,
} from '../../support/list-fixture.ts';
import { operating } from '../../support/operator-ports.ts';
import { stepOf } from '../../support/plan-fixture.ts';
import { lost, statuses, undone } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const BY = { run: RUN, actor: 'ann' } as const;

describe('a list', () => {
  it('is done item by item, each with an intent, a key and an outcome of its own, and gathered in its order', async () => {
    const harness = await runningList();
    await shipped(harness);
    const answer = await gathered(harness);
    expect(answer).toMatchObject({
      go: 'next',
      out: { id: ['parcel-a', 'parcel-b', 'parcel-c'], sku: ['a', 'b', 'c'] },
    });
    expect(await statuses(harness)).toEqual({
      ship: 'applied',
      'ship[0]': 'applied',
      'ship[1]': 'applied',
      'ship[2]': 'applied',
    });
    expect(new Set(shippingRequests(harness).map(({ key }) => key)).size).toBe(3);
    await harness.call('tell', { refs: { ship: answer.out } });
    expect(harness.http.body(-1)).toEqual({ parcels: ['parcel-a', 'parcel-b', 'parcel-c'] });
  });

  it('names items by their key, so that another order is the same list; what no path holds gets a digest', async () => {
    const plan = listPlan({ key: parseValue('$item.sku') });
    const harness = await runningList(plan, [{ sku: 'b' }, { sku: 'a[0].1' }]);
    await shipped(harness);
    await gathered(harness);
    expect(Object.keys(await statuses(harness))).toEqual([
      'ship',
      'ship[b]',
      expect.stringMatching(/^ship\[a_0__1_[0-9a-f]{16}\]$/),
    ]);
  });

  it('shows nothing of a key that is sensitive', async () => {
    const harness = await runningList(listPlan({ key: parseValue('$item.sku'), hidden: true }), [{ sku: 'secret-7' }]);
    await shipped(harness);
    const record = await harness.journal.record(RUN);
    expect(record?.header.intents.map(({ key }) => key.step)).toEqual([
      expect.stringMatching(/^ship\[[0-9a-f]{16}\]$/),
    ]);
    expect(JSON.stringify(record?.header)).not.toContain('secret-7');
  });

  it('may be empty: its outputs are lists of nothing', async () => {
    const harness = await runningList(listPlan(), []);
    expect(await listed(harness)).toEqual({ items: [], atOnce: 10 });
    expect((await gathered(harness)).out).toEqual({ id: [], sku: [] });
  });

  const UNFIT: readonly [string, Json, string][] = [
    ['a list', { sku: 'a' }, 'what ship is to be done for is no list'],
    [
      'short enough',
      Array.from({ length: 10_001 }, () => ({})),
      'the list of ship has 10001 items, and one step is done for 10000 at most',
    ],
  ];

  it.each<[string, Json, string]>([
    ['a list', { sku: 'a' }, 'must give ship a list'],
    [
      'short enough',
      Array.from({ length: 10_001 }, () => ({})),
      'must not give ship more than 10000 items, and gives it 10001',
    ],
  ])('of an input is refused before its run begins where it is not %s', async (_, lines, message) => {
    const problems = [{ pointer: '/lines', message }];
    const refused = JSON.stringify({ kind: 'invalid', problems });
    await expect(runningList(listPlan(), lines)).rejects.toThrow(`the run did not start: ${refused}`);
    const harness = await runningList();
    harness.http.on('/v1/ship', answered(400));
    await harness.failing('ship', { item: 0 });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
    expect(await retry({ ...BY, input: { lines } }, operating(harness).ports)).toMatchObject({ problems });
  });

  it.each(UNFIT)(
    'is refused before the first item where it is not %s, and an action may lead past it',
    async (_, lines, why) => {
      const plan = listPlan();
      const past = { name: 'past', type: 'end', criteria: [], closes: [], label: 'end' } as const;
      const steps = { ...plan.steps, tell: { ...stepOf({ path: 'tell' }), onSuccess: [past] } };
      const harness = await runningList({ ...plan, steps }, lines);
      await expect(listed(harness)).rejects.toThrow(why);
      const record = await harness.journal.record(RUN);
      expect(record?.header).toMatchObject({ phase: 'fenced', error: { error: 'Interlock.RunInvalid', message: why } });
      expect(harness.http.requests).toEqual([]);
    },
  );

  it.each([
    ['twice', [{ sku: 'a' }, { sku: 'a' }], 'items 0 and 1 of ship have the same key'],
    ['not at all', [{ sku: 'a' }, {}], 'the key of item 1 of ship is no text and no number'],
    ['as an empty text', [{ sku: 'a' }, { sku: '' }], 'the key of item 1 of ship is empty'],
    ['as an object', [{ sku: {} }], 'the key of item 0 of ship is no text and no number'],
  ])('is refused where a key is there %s', async (_, lines, why) => {
    const harness = await runningList(listPlan({ key: parseValue('$item.sku') }), lines);
    await expect(listed(harness)).rejects.toThrow(why);
  });

  it('is not begun when a branch before it has failed', async () => {
    const harness = await runningList();
    await expect(harness.core({ op: 'each', step: 'ship', fenced: true })).rejects.toThrow('has failed');
    await expect(harness.core({ op: 'gather', step: 'ship', fenced: true })).rejects.toThrow('has failed');
  });

  it('answers a second gathering from the journal', async () => {
    const harness = await runningList();
    await shipped(harness);
    const first = await gathered(harness);
    harness.journal.writes.length = 0;
    expect(await gathered(harness)).toEqual(first);
    expect(harness.journal.writes).toEqual([]);
  });
});

describe('an item that fails', () => {
  it('raises the fence: no further item begins, and what is done is undone in one wave, item by item', async () => {
    const harness = await runningList();
    await harness.call('ship', { item: 0 });
    harness.clock.pass(50);
    await harness.call('ship', { item: 2 });
    harness.http.on('/v1/ship', answered(422));
    expect(await harness.failing('ship', { item: 1 })).toMatchObject({ error: 'Interlock.Refused' });
    await expect(gathered(harness)).rejects.toThrow('nothing goes on in a run that is fenced');
    await harness.core({ op: 'settle', why: 'E' });
    const wave = await harness.core({ op: 'settle', why: 'E' });
    expect(wave).toMatchObject({ do: 'undo', wave: [{ step: 'ship[0]' }, { step: 'ship[2]' }] });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/ship/parcel-a', '/v1/ship/parcel-c']);
    expect(
      harness.http.requests.filter(({ method }) => method === 'DELETE').map(({ url }) => new URL(url).search),
    ).toEqual(['?sku=a', '?sku=c']);
    expect(await statuses(harness)).toEqual({ 'ship[0]': 'undone', 'ship[1]': 'refused', 'ship[2]': 'undone' });
    const record = await harness.journal.record(RUN);
    expect(record?.header.error).toMatchObject({ step: 'ship[1]' });
  });

  it('is undone before what it was built on, and after what was built on the list', async () => {
    const harness = await runningList();
    await shipped(harness);
    harness.clock.pass(10);
    const { out } = await gathered(harness);
    harness.clock.pass(10);
    harness.http.on('/v1/tell', answered(422));
    await harness.failing('tell', { refs: { ship: out } });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(harness.waves).toEqual(['undo ship[0]', 'undo ship[1]', 'undo ship[2]']);
  });

  it('is tolerated where that is declared and nothing of it stands: its place in the lists is null', async () => {
    const harness = await runningList(listPlan({ tolerate: 1 }));
    await harness.call('ship', { item: 0 });
    harness.http.on('/v1/ship', answered(422), shipping);
    expect(await harness.call('ship', { item: 1 })).toEqual({ out: {}, go: 'next' });
    await harness.call('ship', { item: 2 });
    expect((await gathered(harness)).out).toEqual({ id: ['parcel-a', null, 'parcel-c'], sku: ['a', null, 'c'] });
  });

  it('is one too many beyond what is tolerated', async () => {
    const harness = await runningList(listPlan({ tolerate: 1 }));
    harness.http.on('/v1/ship', answered(422));
    await harness.call('ship', { item: 0 });
    expect(await harness.failing('ship', { item: 1 })).toMatchObject({
      error: 'Interlock.Refused',
      cause: expect.stringContaining('1 other items have failed, and 1 may'),
    });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
  });

  it('is counted again at the end, since items at once may not have seen each other', async () => {
    const harness = await runningList(listPlan({ tolerate: 'all' }));
    harness.http.on('/v1/ship', answered(422));
    for (const item of [0, 1, 2]) await harness.call('ship', { item });
    harness.plans.set('plan-1', listPlan({ tolerate: 1 }));
    await expect(gathered(harness)).rejects.toThrow('3 of 3 items of ship failed, and 1 may');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
  });

  it('is never tolerated in doubt', async () => {
    const harness = await runningList(listPlan({ tolerate: 'all' }));
    harness.http.on('/v1/ship', lost);
    expect(await harness.failing('ship', { item: 0 })).toMatchObject({ error: 'Interlock.InDoubt' });
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    const letter = await harness.core({ op: 'settle', why: 'E' });
    expect(letter).toMatchObject({
      letter: {
        inDoubt: [{ step: 'ship[0]', commands: expect.arrayContaining([expect.stringContaining("'ship[0]' undone")]) }],
      },
    });
  });
});

describe('a run with a list that is opened again', () => {
  async function failedAtTell(plan = listPlan({ key: parseValue('$item.sku') })): Promise<CallHarness> {
    const harness = await runningList(plan);
    await shipped(harness);
    harness.clock.pass(10);
    const { out } = await gathered(harness);
    harness.clock.pass(10);
    harness.http.on('/v1/tell', answered(422));
    await harness.failing('tell', { refs: { ship: out } });
    return harness;
  }

  async function again(harness: CallHarness, lines?: Json): Promise<void> {
    const { ports } = operating(harness);
    const input = lines === undefined ? {} : { input: { lines } };
    expect(await retry({ ...BY, ...input }, ports)).toMatchObject({ kind: 'retried' });
  }

  it('does every item anew under a key of its own, and gathers anew', async () => {
    const harness = await failedAtTell();
    await harness.settled();
    await again(harness);
    await shipped(harness, 2);
    expect((await gathered(harness, 2)).out).toMatchObject({ id: ['parcel-a', 'parcel-b', 'parcel-c'] });
    expect(new Set(shippingRequests(harness).map(({ key }) => key)).size).toBe(6);
  });

  it('answers for items that stand, whatever their place in a corrected list is now', async () => {
    const plan = { ...listPlan({ key: parseValue('$item.sku') }), onFailure: 'hold' as const };
    const harness = await failedAtTell(plan);
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    await again(harness, [{ sku: 'c' }, { sku: 'a' }, { sku: 'd' }, { sku: 'b' }]);
    await shipped(harness, 2);
    expect((await gathered(harness, 2)).out).toMatchObject({ sku: ['c', 'a', 'd', 'b'] });
    expect(shippingRequests(harness)).toHaveLength(4);
  });

  it('refuses by name a list that no longer has what stands', async () => {
    const plan = { ...listPlan({ key: parseValue('$item.sku') }), onFailure: 'hold' as const };
    const harness = await failedAtTell(plan);
    await harness.settled();
    await again(harness, [{ sku: 'a' }, { sku: 'b' }]);
    await expect(listed(harness, 2)).rejects.toThrow('ship[c] stands, and the list no longer has that item');
  });

  it('passes an item that an operator skips, and resolves one by its path', async () => {
    const harness = await runningList();
    const { ports } = operating(harness);
    await harness.call('ship', { item: 0 });
    harness.http.on('/v1/ship', answered(422)).on('/v1/ship/parcel-a', answered(409));
    await harness.failing('ship', { item: 1 });
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    expect(await resolve({ ...BY, step: 'ship[0]', as: 'undone' }, ports)).toMatchObject({ step: 'ship[0]' });
    expect(await harness.settled({ owner: 'undo-1' })).toMatchObject({ status: 'compensated' });
    expect(await skip({ ...BY, step: 'ship' }, ports)).toMatchObject({ code: 'step-unknown' });
    expect(await skip({ ...BY, step: 'tell[0]' }, ports)).toMatchObject({ code: 'step-unknown' });
    expect(await skip({ ...BY, step: 'ship[1]' }, ports)).toMatchObject({ kind: 'skipped', step: 'ship[1]' });
    await again(harness);
    harness.http.on('/v1/ship', shipping);
    await shipped(harness, 2);
    expect((await gathered(harness, 2)).out).toMatchObject({ id: ['parcel-a', null, 'parcel-c'] });
  });
});
