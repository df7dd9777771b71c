/**
 * A list that is too long for a task of its own for each item (run-contract section 8): batches, groups, what a crash leaves,
 * and the fence. Here batches have four items and groups two; the last tests take the sizes that plans have.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { PlanBatches, PlanForEach } from '../../../lib/model/plan.ts';
import type { BatchNumber } from '../../../lib/model/task.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { resolveOutputs } from '../../../lib/runtime/keep.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
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
import { statuses, undone } from '../../support/saga-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

const SMALL: PlanBatches = { over: 2, size: 4, group: 2, atOnce: 1, forMs: 60_000 };
const SIX = ['a', 'b', 'c', 'd', 'e', 'f'].map((sku) => ({ sku }));
const FIRST: { readonly item: BatchNumber } = { item: { batch: 0 } };
const SECOND: { readonly item: BatchNumber } = { item: { batch: 1 } };
const EPOCH_KEY = { run: RUN, actor: 'ann' } as const;

type Ship = NonNullable<Parameters<typeof listPlan>[1]>;

function plan(more: Partial<PlanForEach> = {}, ship: Ship = {}): ReturnType<typeof listPlan> {
  return listPlan({ batches: SMALL, key: parseValue('$item.sku'), ...more }, ship);
}

/** Answers for some, and never for others: their invocation is lost while it waits. */
function silentFor(...skus: readonly string[]): Scripted {
  return (request, limits) => {
    const { sku } = JSON.parse(new TextDecoder().decode(request.body)) as { sku: string };
    if (skus.includes(sku)) return new Promise(() => undefined);
    return typeof shipping === 'function' ? shipping(request, limits) : shipping;
  };
}

function refusing(...skus: readonly string[]): Scripted {
  return (request, limits) => {
    const { sku } = JSON.parse(new TextDecoder().decode(request.body)) as { sku: string };
    if (skus.includes(sku)) return answered(422);
    return typeof shipping === 'function' ? shipping(request, limits) : shipping;
  };
}

/** An invocation of which nothing is heard any more. */
async function abandoned(harness: CallHarness, item: BatchNumber): Promise<void> {
  void harness.call('ship', { item });
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

/** An invocation whose answer for one item comes when the test says so. */
async function slow(harness: CallHarness, late: string): Promise<{ readonly answered: () => Promise<unknown> }> {
  let answer: (value: ReturnType<typeof answered>) => void = () => undefined;
  harness.http.on('/v1/ship', (request, limits) => {
    const { sku } = JSON.parse(new TextDecoder().decode(request.body)) as { sku: string };
    if (sku === late) return new Promise((resolve) => (answer = resolve));
    return typeof shipping === 'function' ? shipping(request, limits) : shipping;
  });
  const call = harness.call('ship', FIRST);
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
  return {
    answered: () => {
      answer(answered(201, { id: `parcel-${late}` }));
      return call;
    },
  };
}

/** Each line says, too, what is to be sent of it; an attempt has most of its lease. */
function dated(made: ReturnType<typeof listPlan>): ReturnType<typeof listPlan> {
  const { ship, ...others } = made.steps;
  if (!ship) throw new Error('the plan ships');
  const body = { payload: parseValue({ sku: '$item.sku', day: '$item.day' }), replacements: [] };
  return { ...made, onFailure: 'hold', steps: { ...others, ship: { ...ship, body, leaseMs: 12_000 } } };
}

function dates(day: number): Json {
  return ['a', 'b'].map((sku) => ({ sku, day }));
}

/** Its first item stands, its second was refused, and both are to be sent with another day. */
async function redoing(): Promise<CallHarness> {
  const harness = await runningList(dated(plan({}, { onChange: 'redo' })), dates(1));
  harness.http.on('/v1/ship', refusing('b'));
  expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Refused' });
  expect(await harness.settled()).toMatchObject({ do: 'park' });
  const input = { lines: dates(2) };
  expect(await retry({ ...EPOCH_KEY, input }, operating(harness).ports)).toMatchObject({ kind: 'retried' });
  harness.http.on('/v1/ship', shipping);
  return harness;
}

function skusOf(harness: CallHarness): readonly string[] {
  return shippingRequests(harness).map(({ sku }) => sku);
}

describe('a long list', () => {
  it('is done in batches: two writes for a group, one to open a shard, and every item is one by its name', async () => {
    const harness = await runningList(plan(), SIX);
    expect(await listed(harness)).toEqual({ items: [{ batch: 0 }, { batch: 1 }], atOnce: 1 });
    harness.journal.writes.length = 0;
    await shipped(harness);
    const group = ['intendGroup', 'recordGroup'];
    expect(harness.journal.writes).toEqual(['openShard', ...group, ...group, 'openShard', ...group]);
    const answer = await gathered(harness);
    expect(answer.out).toEqual({ id: SIX.map(({ sku }) => `parcel-${sku}`), sku: SIX.map(({ sku }) => sku) });
    expect(new Set(shippingRequests(harness).map(({ key }) => key)).size).toBe(6);
    expect(await statuses(harness)).toMatchObject({ ship: 'applied', 'ship[a]': 'applied', 'ship[f]': 'applied' });
  });

  it('is done item by item up to the length where batches begin', async () => {
    const harness = await runningList(plan(), SIX.slice(0, 2));
    expect(await listed(harness)).toEqual({ items: [0, 1], atOnce: 10 });
  });

  it('does nothing twice when a batch is asked for again', async () => {
    const harness = await runningList(plan(), SIX);
    await harness.call('ship', FIRST);
    harness.journal.writes.length = 0;
    await harness.call('ship', FIRST);
    expect(harness.journal.writes).toEqual(['openShard']);
    expect(skusOf(harness)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('goes on where it was when one invocation has no time for all of a batch', async () => {
    const harness = await runningList(plan({ batches: { ...SMALL, forMs: 0 } }), SIX);
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.More' });
    expect(skusOf(harness)).toEqual(['a', 'b']);
    await harness.call('ship', FIRST);
    expect(skusOf(harness)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('names the execution of its run with its first shard', async () => {
    const harness = await runningList(plan(), SIX);
    await harness.call('ship', { ...FIRST, exec: 'arn:execution' });
    expect((await harness.journal.header(RUN))?.execution).toBe('arn:execution');
  });

  it('reads what lies elsewhere of its items a few at once when it makes lists of them', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => ({ sku: `s${index}` }));
    const { ship, ...others } = plan().steps;
    if (!ship) throw new Error('the plan ships');
    const harness = await runningList({ ...plan(), steps: { ...others, ship: { ...ship, sensitive: ['id'] } } }, lines);
    await shipped(harness);
    const { blobs } = harness;
    let [now, most] = [0, 0];
    const get = blobs.get.bind(blobs);
    blobs.get = async (...asked) => {
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return await get(...asked);
    };
    await gathered(harness);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(50);
  });

  it('of a safe step is read by one invocation at once', async () => {
    const harness = await runningList(plan({}, { effect: 'safe' }), SIX);
    harness.http.on('/v1/ship', silentFor('b'));
    await abandoned(harness, FIRST.item);
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Leased' });
    harness.clock.pass(600_000);
    harness.http.on('/v1/ship', shipping);
    await harness.call('ship', FIRST);
    expect(skusOf(harness)).toEqual(['a', 'b', 'a', 'b', 'c', 'd']);
    const record = await harness.journal.record(RUN);
    expect(record?.header.intents).toEqual([]);
  });
});

describe('an item of a batch that fails', () => {
  it('raises the fence after its group: nothing further begins, and what is done is undone', async () => {
    const harness = await runningList(plan(), SIX);
    harness.http.on('/v1/ship', refusing('b'));
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Refused' });
    expect(skusOf(harness)).toEqual(['a', 'b']);
    expect(await harness.failing('ship', SECOND)).toMatchObject({ error: 'Interlock.Fenced' });
    await expect(gathered(harness)).rejects.toThrow('nothing goes on in a run that is fenced');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/ship/parcel-a']);
    expect(await statuses(harness)).toEqual({ 'ship[a]': 'undone', 'ship[b]': 'refused' });
    expect((await harness.journal.header(RUN))?.error).toMatchObject({ step: 'ship[b]' });
  });

  it('raises the fence also where the invocation that wrote it did not come to that', async () => {
    const harness = await runningList(plan(), SIX);
    harness.http.on('/v1/ship', refusing('b'));
    harness.journal.fence = () => Promise.reject(new Error('the store is away'));
    await expect(harness.call('ship', FIRST)).rejects.toThrow('the store is away');
    Reflect.deleteProperty(harness.journal, 'fence');
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Fenced' });
    expect((await harness.journal.header(RUN))?.phase).toBe('fenced');
    expect(skusOf(harness)).toEqual(['a', 'b']);
  });

  it.each([
    ['of its batch', 'c', FIRST],
    ['of a batch before it', 'f', SECOND],
  ])('is tolerated where that is declared, and one too many after a group %s', async (_, sku, batch) => {
    const harness = await runningList(plan({ tolerate: 1 }), SIX);
    harness.http.on('/v1/ship', refusing('b', sku));
    if (batch === SECOND) await harness.call('ship', FIRST);
    expect(await harness.failing('ship', batch)).toMatchObject({
      error: 'Interlock.Refused',
      cause: expect.stringContaining('1 other items have failed, and 1 may'),
    });
  });

  it('is counted after its group, whose members did not see each other fail: nothing further begins', async () => {
    const harness = await runningList(plan({ tolerate: 1 }), SIX);
    harness.http.on('/v1/ship', refusing('a', 'b'));
    expect(await harness.failing('ship', FIRST)).toMatchObject({
      error: 'Interlock.Unwanted',
      cause: expect.stringContaining('2 of 6 items of ship failed, and 1 may'),
    });
    expect(skusOf(harness)).toEqual(['a', 'b']);
    expect((await harness.journal.header(RUN))?.error).toMatchObject({ error: 'Interlock.Unwanted', step: 'ship' });
  });

  it('is counted again at the end, since batches at once may not have seen each other', async () => {
    const harness = await runningList(plan({ tolerate: 'all' }), SIX);
    harness.http.on('/v1/ship', refusing('b', 'f'));
    await shipped(harness);
    harness.plans.set('plan-1', plan({ tolerate: 1 }));
    await expect(gathered(harness)).rejects.toThrow('2 of 6 items of ship failed, and 1 may');
  });

  it('of many that fail alike, all are told of', async () => {
    const harness = await runningList(plan({ tolerate: 'all' }), SIX);
    harness.http.on('/v1/ship', answered(422));
    await shipped(harness);
    expect((await gathered(harness)).out).toEqual({ id: SIX.map(() => null), sku: SIX.map(() => null) });
  });
});

describe('a group whose invocation is lost', () => {
  it('is waited for until its lease ends, and is then in doubt where repeating is not safe', async () => {
    const harness = await runningList(plan({}, { effect: 'unsafe', undo: { kind: 'none', reason: 'It stays.' } }), SIX);
    harness.http.on('/v1/ship', silentFor('b'));
    await abandoned(harness, FIRST.item);
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Leased' });
    harness.clock.pass(600_000);
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.InDoubt' });
    expect(skusOf(harness)).toEqual(['a', 'b']);
    expect(await statuses(harness)).toEqual({ 'ship[a]': 'in-doubt', 'ship[b]': 'in-doubt' });
  });

  it('is repeated under the same keys where that is safe, and what the first invocation says later does not count', async () => {
    const harness = await runningList(plan({}, { effect: 'idempotent' }), SIX);
    const first = await slow(harness, 'b');
    harness.clock.pass(600_000);
    harness.http.on('/v1/ship', shipping);
    await harness.call('ship', FIRST);
    await expect(first.answered()).rejects.toMatchObject({ error: 'Interlock.Leased' });
    const requests = shippingRequests(harness);
    expect(requests.map(({ sku }) => sku)).toEqual(['a', 'b', 'a', 'b', 'c', 'd']);
    expect(requests[0]?.key).toBe(requests[2]?.key);
    expect(requests[1]?.key).toBe(requests[3]?.key);
    const audits = await harness.journal.audits(RUN);
    expect(audits.map(({ action, step }) => [action, step])).toEqual(
      expect.arrayContaining([['late-answer', 'ship[b]']]),
    );
    await harness.call('ship', SECOND);
    expect((await gathered(harness)).out).toMatchObject({ sku: ['a', 'b', 'c', 'd', 'e', 'f'] });
  });

  it('is settled without it: its shard is closed, nothing of it begins, and a late outcome is only told', async () => {
    const harness = await runningList(plan(), SIX);
    const first = await slow(harness, 'b');
    await harness.journal.fence(RUN, 1, { error: 'Interlock.Cancelled', message: 'somebody asked' });
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    const doubts = { 'ship[a]': 'in-doubt', 'ship[b]': 'in-doubt' };
    expect(await statuses(harness)).toEqual(doubts);
    await expect(first.answered()).rejects.toThrow('the outcome came too late');
    expect(await statuses(harness)).toEqual(doubts);
    const audits = await harness.journal.audits(RUN);
    expect(audits.filter(({ action }) => action === 'late-answer').map(({ step }) => step)).toEqual([
      'ship[a]',
      'ship[b]',
    ]);
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Fenced' });
  });
});

describe('the fence', () => {
  it('keeps the next group from beginning, also before anybody has closed the shard', async () => {
    const harness = await runningList(plan(), SIX);
    harness.http.on('/v1/ship', async (request, limits) => {
      await harness.journal.fence(RUN, 1, { error: 'Interlock.Cancelled', message: 'somebody asked' });
      return typeof shipping === 'function' ? await shipping(request, limits) : shipping;
    });
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Fenced' });
    expect(skusOf(harness)).toEqual(['a', 'b']);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/ship/parcel-a', '/v1/ship/parcel-b']);
  });

  it('closes the shard: an invocation that looked before it went up begins nothing after it', async () => {
    const harness = await runningList(plan(), SIX);
    const before = await harness.journal.header(RUN);
    await harness.call('ship', SECOND);
    await harness.journal.openShard(RUN, { step: 'ship', visit: 1, batch: 0 }, { epoch: 1, at: harness.clock.now() });
    await harness.journal.fence(RUN, 1, { error: 'Interlock.Cancelled', message: 'somebody asked' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    harness.journal.header = () => Promise.resolve(before);
    harness.journal.openShard = () => Promise.resolve({ kind: 'granted', deadline: Number.MAX_SAFE_INTEGER });
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Fenced' });
    Reflect.deleteProperty(harness.journal, 'header');
    expect(skusOf(harness)).toEqual(['e', 'f']);
  });

  it('goes up when a batch begins or goes on after the deadline', async () => {
    const harness = await runningList(plan(), SIX);
    harness.clock.pass(100_000_000);
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Fenced' });
    expect((await harness.journal.header(RUN))?.error).toMatchObject({ error: 'States.Timeout', step: 'ship' });
    const other = await runningList(plan({ batches: { ...SMALL, forMs: Number.MAX_SAFE_INTEGER } }), SIX);
    other.http.on('/v1/ship', (request, limits) => {
      other.clock.pass(100_000_000);
      return typeof shipping === 'function' ? shipping(request, limits) : shipping;
    });
    expect(await other.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Fenced' });
    expect(skusOf(other)).toEqual(['a', 'b']);
  });
});

describe('a run with a long list that is opened again', () => {
  it('answers for items that stand, in whatever batch they are now, and does the others anew', async () => {
    const held = { ...plan(), onFailure: 'hold' as const };
    const harness = await runningList(held, SIX);
    harness.http.on('/v1/ship', refusing('d'));
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Refused' });
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    const { ports } = operating(harness);
    const lines = [...SIX].reverse();
    expect(await retry({ ...EPOCH_KEY, input: { lines } }, ports)).toMatchObject({ kind: 'retried' });
    harness.http.on('/v1/ship', shipping);
    await shipped(harness, 2);
    expect((await gathered(harness, 2)).out).toMatchObject({ sku: ['f', 'e', 'd', 'c', 'b', 'a'] });
    expect(skusOf(harness)).toEqual(['a', 'b', 'c', 'd', 'f', 'e', 'd']);
    const keys = shippingRequests(harness).filter(({ sku }) => sku === 'd');
    expect(new Set(keys.map(({ key }) => key)).size).toBe(2);
  });
});

describe('what items give', () => {
  it('is in place only as far as a record of thousands has room for it, and gathered from wherever it lies', async () => {
    const harness = await runningList(plan(), SIX);
    const id = (sku: string): string => `${sku}-${'x'.repeat(3_000)}`;
    harness.http.on('/v1/ship', ({ body }) => {
      const { sku } = JSON.parse(new TextDecoder().decode(body)) as { sku: string };
      return answered(201, { id: id(sku) });
    });
    await shipped(harness);
    const record = await harness.journal.record(RUN);
    const longest = Math.max(...(record?.applied ?? []).map(({ outputs }) => JSON.stringify(outputs).length));
    expect(longest).toBeLessThan(2_048);
    const { out } = await gathered(harness);
    const kept = await resolveOutputs(out, RUN, harness.blobs);
    expect(kept['id']).toEqual(SIX.map(({ sku }) => id(sku)));
  });
});

describe('a run with a long list that is opened again, while time is short', () => {
  it('goes on past items that stand, though an invocation has time for one group only', async () => {
    const slowly = { ...plan({ batches: { ...SMALL, forMs: 0 } }), onFailure: 'hold' as const };
    const harness = await runningList(slowly, SIX);
    harness.http.on('/v1/ship', refusing('d'));
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.More' });
    expect(await harness.failing('ship', FIRST)).toMatchObject({ error: 'Interlock.Refused' });
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    expect(await retry(EPOCH_KEY, operating(harness).ports)).toMatchObject({ kind: 'retried' });
    harness.http.on('/v1/ship', shipping);
    await harness.call('ship', { ...FIRST, epoch: 2 });
    expect(skusOf(harness)).toEqual(['a', 'b', 'c', 'd', 'd']);
  });

  it('keeps nobody waiting for a group of which everything was read before', async () => {
    const harness = await runningList(plan({}, { effect: 'safe' }), SIX);
    await shipped(harness);
    const ship = (await gathered(harness)).out;
    await harness.call('tell', { refs: { ship } });
    await harness.journal.fence(RUN, 1, { error: 'Interlock.Cancelled', message: 'somebody asked' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(await retry(EPOCH_KEY, operating(harness).ports)).toMatchObject({ kind: 'retried' });
    const again = { ...FIRST, epoch: 2 };
    await harness.call('ship', again);
    await harness.call('ship', again);
    expect(skusOf(harness)).toHaveLength(6);
  });

  it('gives each item of a group its whole lease, however long another one of it is undone before', async () => {
    const harness = await redoing();
    harness.http.on('/v1/ship/parcel-a', () => {
      harness.clock.pass(3_000);
      return answered(204);
    });
    await harness.call('ship', { ...FIRST, epoch: 2 });
    expect(skusOf(harness).toSorted()).toEqual(['a', 'a', 'b', 'b']);
  });

  it('is asked again while an undo before a redo is to wait', async () => {
    const harness = await redoing();
    harness.http.on('/v1/ship/parcel-a', answered(429, {}, { 'Retry-After': '20' }));
    const again = { ...FIRST, epoch: 2 };
    expect(await harness.failing('ship', again)).toMatchObject({ error: 'Interlock.Leased' });
    expect(await harness.failing('ship', again)).toMatchObject({ error: 'Interlock.Leased' });
    harness.clock.pass(20_000);
    harness.http.on('/v1/ship/parcel-a', answered(204));
    await harness.call('ship', again);
    expect(skusOf(harness).toSorted()).toEqual(['a', 'a', 'b', 'b']);
  });
});

describe('a thousand items', () => {
  it('cost 210 writes and as many requests as there are items', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => ({ sku: `s${index}` }));
    const batches: PlanBatches = { over: 40, size: 100, group: 10, atOnce: 1, forMs: 60_000 };
    const harness = await runningList(plan({ batches }), lines);
    harness.journal.writes.length = 0;
    await shipped(harness);
    expect(harness.journal.writes.filter((name) => name !== 'openShard')).toHaveLength(200);
    expect(harness.journal.writes).toHaveLength(210);
    expect(harness.http.requests).toHaveLength(1_000);
    expect((await gathered(harness)).go).toBe('next');
  });
});
