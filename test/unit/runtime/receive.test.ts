/** A step that waits for a message, through the real handlers: messages early, late, twice, for others, after the fence. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { PlanStep } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { deliver, receiversOf } from '../../../lib/runtime/deliver.ts';
import { BY_CALLBACK, type IncomingPorts, receiveById, receiveOverChannel } from '../../../lib/runtime/incoming.ts';
import { cancel } from '../../../lib/runtime/operator/cancel.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { waitsOf } from '../../../lib/runtime/waits.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { criteriaOf, operationOf, planOf, stepOf } from '../../support/plan-fixture.ts';
import { statuses } from '../../support/saga-fixture.ts';

const MINUTE = 60_000;
const SCHEMA: Json = {
  type: 'object',
  required: ['order'],
  properties: { order: { type: 'string' }, paid: { type: 'integer' } },
};

function planWith(
  more: Partial<Omit<PlanStep, 'outputs'>> = {},
  correlations: NonNullable<ReturnType<typeof operationOf>['message']>['correlations'] = [
    { in: 'payload', pointer: '/order' },
  ],
): ReturnType<typeof planOf> {
  const paid = stepOf({
    path: 'paid',
    effect: 'safe',
    outputs: { amount: '$message.payload#/paid', by: '$message.header.x-by' },
    receive: { correlation: parseValue('$inputs.order'), timeoutMs: 10 * MINUTE },
    ...more,
  });
  const operation = operationOf('paid', {
    operationId: 'receive paid',
    method: 'get',
    path: 'paid',
    responses: [{ status: '200', content: [{ contentType: 'application/json', schema: SCHEMA }] }],
    message: { action: 'receive', channel: 'payments', protocols: ['https'], correlations },
  });
  return planOf({ steps: [paid], operations: [operation] });
}

async function running(plan = planWith(), input: Json = { order: 'o-1' }): Promise<CallHarness> {
  return await new CallHarness(plan).start(input);
}

async function waiting(
  harness: CallHarness,
  more: { readonly epoch?: number; readonly at?: Json } = {},
): Promise<Json> {
  const { epoch = 1 } = more;
  const opened = await harness.core({ op: 'invite', step: 'paid', ...more });
  await harness.core({ op: 'await', step: 'paid', token: `token-${epoch}`, ...more });
  return opened;
}

function incoming(harness: CallHarness, more: Partial<IncomingPorts> = {}): IncomingPorts {
  const { ports } = operating(harness);
  const deployed = async (): Promise<ReturnType<typeof planOf>[]> => [await ports.plans.plan('')];
  return { ...ports, deployed, signatureOf: () => Promise.resolve(undefined), ...more };
}

interface Told {
  readonly order?: string;
  readonly paid?: Json;
  readonly id?: string;
  readonly headers?: { readonly [name: string]: string };
}

async function tell(
  harness: CallHarness,
  { order = 'o-1', paid = 5, id, headers = {} }: Told = {},
): ReturnType<typeof receiveOverChannel> {
  const message = {
    source: 'shop',
    channel: 'payments',
    headers: new Map(Object.entries({ 'content-type': 'application/json', 'x-by': 'bank', ...headers })),
    body: JSON.stringify({ order, paid }),
    actor: 'bank',
    ...(id !== undefined && { id }),
  };
  return await receiveOverChannel(message, incoming(harness));
}

async function idOf(harness: CallHarness): Promise<string> {
  const [slot] = await harness.callbacks.ofRun(RUN);
  return slot?.waiter?.id ?? '';
}

describe('a step that waits for a message', () => {
  it('is woken by the one with its correlation id, and reads it', async () => {
    const harness = await running();
    expect(await waiting(harness)).toEqual({ seconds: 602 });
    expect(harness.events.at(-1)).toMatchObject({ type: 'step-waiting', step: 'paid', for: 'message' });
    expect(await tell(harness, { order: 'o-2', paid: 1 })).toEqual({ kind: 'received' });
    expect(harness.waking.woken).toEqual([]);
    expect(await tell(harness)).toEqual({ kind: 'received', run: RUN });
    expect(harness.waking.woken).toEqual([{ token: 'token-1' }]);
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 5, by: 'bank' }, go: 'next' });
    expect(await statuses(harness)).toEqual({ paid: 'applied' });
  });

  it('takes what came before it waited, the oldest first', async () => {
    const harness = await running();
    await tell(harness, { paid: 1, id: 'a' });
    await tell(harness, { paid: 2, id: 'b' });
    await waiting(harness);
    expect(harness.waking.woken).toEqual([{ token: 'token-1' }]);
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 1 } });
  });

  it('is answered by a message once, however often that is delivered', async () => {
    const harness = await running();
    await waiting(harness);
    await tell(harness, { id: 'a' });
    expect(await tell(harness, { id: 'a', paid: 9 })).toEqual({ kind: 'received', run: RUN });
    expect(await tell(harness)).toEqual({ kind: 'received' });
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 5 } });
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 5 } });
  });

  it('knows a message again that nobody numbered by what it says', async () => {
    const harness = await running();
    await tell(harness);
    await tell(harness);
    expect([...harness.mailboxes.boxes.values()].flatMap(({ letters }) => letters)).toHaveLength(1);
  });

  it('leaves a trace of a message that nobody takes, as it is kept and as it goes, and nothing of what it says', async () => {
    const harness = await running();
    await tell(harness, { id: 'a', headers: { 'x-by': 'canary-header' } });
    await tell(harness, { id: 'a' });
    expect(harness.log).toMatchObject([
      { level: 'info', message: expect.stringMatching(/^message [0-9a-f]{12} over payments of shop: nobody waits/) },
    ]);
    harness.clock.pass(24 * 60 * MINUTE);
    await tell(harness, { paid: 7, id: 'b' });
    const gone = harness.log.filter(({ level }) => level === 'warn');
    expect(gone).toMatchObject([
      {
        message: expect.stringContaining('nobody took it in time'),
        details: { source: 'shop', channel: 'payments', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ]);
    expect(gone[0]?.details?.['digest']).toBe(harness.log[0]?.details?.['digest']);
    expect(JSON.stringify(harness.log)).not.toMatch(/canary-header|o-1/);
  });

  it('fails when nothing comes in time, and is left by its actions on failure', async () => {
    const late = { name: 'late', type: 'goto', criteria: [], label: 'goto paid', closes: [] } as const;
    const harness = await running(planWith({ onFailure: [late], exits: ['next', 'goto paid'], repeats: true }));
    await waiting(harness);
    harness.clock.pass(10 * MINUTE);
    expect(await harness.call('paid')).toMatchObject({ go: 'goto paid', at: { visit: 2 } });
    const record = await harness.journal.record(RUN);
    expect(record?.header.failures[0]).toMatchObject({
      outcome: 'refused',
      error: { message: 'no message came for paid in time' },
    });
  });

  it('waits no longer than its run, and longer than any attempt', async () => {
    const harness = await running(planWith({ receive: { correlation: parseValue('$inputs.order') } }));
    expect(await waiting(harness)).toEqual({ seconds: 3_602 });
  });

  it('has failed by a message that its criteria do not want, which is used up', async () => {
    const harness = await running(planWith({ criteria: criteriaOf('$message.payload#/paid > 10') }));
    await waiting(harness);
    await tell(harness);
    expect(await harness.failing('paid')).toMatchObject({
      error: 'Interlock.Unwanted',
      cause: expect.stringContaining('a message of shop came, and the step is no success'),
    });
  });

  it('waits for another message when it is retried', async () => {
    const again = {
      name: 'again',
      type: 'retry',
      criteria: [],
      label: 'retry paid#again',
      closes: [],
      retry: { afterMs: 0, limit: 3, again: 'paid' },
    } as const;
    const criteria = criteriaOf('$message.payload#/paid > 10');
    const harness = await running(
      planWith({ criteria, onFailure: [again], exits: ['next', 'retry paid#again'], repeats: true }),
    );
    await waiting(harness);
    await tell(harness);
    const { at } = await harness.call('paid');
    expect(at).toEqual({ visit: 1, tries: { again: 1 } });
    const next = { at: { visit: 1, tries: { again: 1 } } };
    await waiting(harness, next);
    await tell(harness, { paid: 11 });
    expect(await harness.call('paid', next)).toMatchObject({ out: { amount: 11 }, go: 'next' });
  });

  it('is broken by a message that its schema does not allow, where another step reads it or it is enforced', async () => {
    const plan = planWith();
    const { shop } = plan.systems;
    if (!shop) throw new Error('the plan has the system');
    const strict = { ...plan, systems: { shop: { ...shop, contract: { responses: 'enforce' as const } } } };
    const harness = await running(strict);
    await waiting(harness);
    await tell(harness, { paid: 'five' });
    expect(await harness.failing('paid')).toMatchObject({
      cause: expect.stringContaining('the message breaks receive paid: body /paid'),
    });
  });

  it('is not taken by a message that is no JSON where it says so', async () => {
    const harness = await running();
    await waiting(harness);
    const id = await idOf(harness);
    await receiveById({ id, headers: new Map([['content-type', 'application/json']]), body: '{' }, incoming(harness));
    expect(await harness.failing('paid')).toMatchObject({ error: 'Interlock.InDoubt' });
  });

  it('has nothing to wait for where its correlation id has no value: it fails at once and says why', async () => {
    const harness = await running(planWith(), {});
    expect(await waiting(harness)).toEqual({ seconds: 3 });
    expect(await harness.failing('paid')).toMatchObject({
      error: 'Interlock.NotSent',
      cause: expect.stringContaining('the correlation id of paid has no value'),
    });
  });

  it('without a correlation id takes the next message, the one that waits longest first', async () => {
    const harness = await running(planWith({ receive: {} }));
    await waiting(harness);
    await tell(harness, { order: 'of anybody' });
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 5 } });
  });

  it('woken by nobody before its time is up does not take that for an answer', async () => {
    const harness = await running();
    await waiting(harness);
    expect(await harness.failing('paid')).toMatchObject({ error: 'Interlock.Fenced' });
  });

  it('asked again by a second invocation goes on waiting until the time that it had', async () => {
    const harness = await running();
    await waiting(harness);
    harness.clock.pass(4 * MINUTE);
    expect(await harness.core({ op: 'invite', step: 'paid' })).toEqual({ seconds: 362 });
    expect([...harness.mailboxes.boxes.values()].flatMap(({ expecting }) => expecting)).toHaveLength(1);
  });

  it('is shown in the run with what it can be answered by', async () => {
    const harness = await running();
    await waiting(harness);
    const record = await harness.journal.record(RUN);
    if (!record) throw new Error('the run is there');
    expect(await waitsOf(record, harness.clock.now(), harness.ports)).toMatchObject([
      { step: 'paid', type: 'message', id: await idOf(harness) },
    ]);
  });

  it('finds its message by a header, too, in any case of its name', async () => {
    const harness = await running(planWith({}, [{ in: 'header', name: 'Order-Id' }]));
    await waiting(harness);
    expect(await tell(harness, { order: 'other', headers: { 'ORDER-ID': 'o-1' } })).toMatchObject({ run: RUN });
  });

  it('takes a number for the same text', async () => {
    const harness = await running(planWith(), { order: 42 });
    await waiting(harness);
    expect(await tell(harness, { order: '42' })).toMatchObject({ run: RUN });
  });
});

describe('a message against the end of the time', () => {
  it('does not count after it, although nobody has looked yet, and an operator finds it [20]', async () => {
    const harness = await running();
    await waiting(harness);
    harness.clock.pass(10 * MINUTE);
    expect(await tell(harness, { id: 'a' })).toEqual({ kind: 'received' });
    expect(await harness.failing('paid')).toMatchObject({ cause: 'no message came for paid in time' });
    expect(await harness.journal.audits(RUN)).toMatchObject([
      { action: 'late-message', actor: 'bank', step: 'paid', visit: 1, detail: { afterMs: 0 } },
    ]);
  });

  it('counts where it came in time, whoever looks first [20]', async () => {
    const harness = await running();
    await waiting(harness);
    harness.clock.pass(10 * MINUTE - 1);
    await tell(harness);
    harness.clock.pass(MINUTE);
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 5 } });
  });

  it('counts where it was given in time, though its bearer died before it was laid down', async () => {
    const harness = await running();
    await waiting(harness);
    const { callbacks, waking } = harness;
    const answer = (): Promise<never> => Promise.reject(new Error('killed'));
    const dying: typeof callbacks = Object.assign(Object.create(callbacks), { answer });
    const ports = { ...incoming(harness), callbacks: dying };
    const receivers = receiversOf(await ports.deployed(), 'shop', 'payments');
    const headers = [['content-type', 'application/json']] as const;
    const message = {
      source: 'shop',
      channel: 'payments',
      headers,
      body: '{"order":"o-1","paid":7}',
      id: 'a',
      actor: 'bank',
    };
    await expect(deliver(message, receivers, ports)).rejects.toThrow('killed');
    expect(waking.woken).toEqual([]);
    harness.clock.pass(10 * MINUTE);
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 7 } });
  });

  it('delivered again after its bearer died wakes who waits', async () => {
    const harness = await running();
    await waiting(harness);
    await tell(harness, { id: 'a' });
    harness.waking.woken.length = 0;
    expect(await tell(harness, { id: 'a' })).toEqual({ kind: 'received', run: RUN });
    expect(harness.waking.woken).toEqual([{ token: 'token-1' }]);
  });
});

describe('a message and a run that ends', () => {
  it('wakes nobody after the fence, and is kept for the run as it is tried again [19]', async () => {
    const harness = await running();
    await waiting(harness);
    await harness.core({ op: 'raise', step: 'other', error: 'E' });
    expect(harness.waking.woken).toEqual([{ token: 'token-1', error: 'Interlock.Fenced' }]);
    expect(await tell(harness)).toEqual({ kind: 'received' });
    expect(harness.waking.woken).toHaveLength(1);
    await harness.settled();
    expect(await retry({ run: RUN, actor: 'ann' }, operating(harness).ports)).toMatchObject({ kind: 'retried' });
    await waiting(harness, { epoch: 2 });
    expect(await harness.call('paid', { epoch: 2 })).toMatchObject({ out: { amount: 5 } });
  });

  it('does not keep a cancelled run waiting', async () => {
    const harness = await running();
    await waiting(harness);
    expect(await cancel({ run: RUN, actor: 'ann' }, operating(harness).ports)).toEqual({ kind: 'cancelled' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
    expect(await harness.callbacks.ofRun(RUN)).toMatchObject([{ closed: { why: 'ended' } }]);
  });

  it('that was received is not waited for when the run is tried again: nobody sends it twice [10]', async () => {
    const harness = await running();
    await waiting(harness);
    await tell(harness);
    await harness.call('paid');
    await harness.core({ op: 'raise', step: 'later', error: 'E' });
    await harness.settled();
    await retry({ run: RUN, actor: 'ann' }, operating(harness).ports);
    expect(await waiting(harness, { epoch: 2 })).toEqual({ seconds: 2 });
    expect(harness.waking.woken.at(-1)).toEqual({ token: 'token-2' });
    expect(await harness.call('paid', { epoch: 2 })).toMatchObject({ out: { amount: 5 } });
  });

  it('is waited for again where the corrected run waits for another one', async () => {
    const harness = await running();
    await waiting(harness);
    await tell(harness);
    await harness.call('paid');
    await harness.core({ op: 'raise', step: 'later', error: 'E' });
    await harness.settled();
    await retry({ run: RUN, actor: 'ann', input: { order: 'o-2' } }, operating(harness).ports);
    expect(await waiting(harness, { epoch: 2 })).toEqual({ seconds: 602 });
    expect(await harness.failing('paid', { epoch: 2 })).toMatchObject({ error: 'Interlock.Fenced' });
    await tell(harness, { order: 'o-2', paid: 8 });
    expect(await harness.call('paid', { epoch: 2 })).toMatchObject({ out: { amount: 8 } });
  });

  it('of a step in a sub-workflow, and of a branch, is found by its path: one run, one fence [21, 26]', async () => {
    const { paid } = planWith().steps;
    const { paid: operation } = planWith().operations;
    if (!paid || !operation) throw new Error('the plan has the step');
    const inner = { ...paid, path: 'inner/paid', scope: '' };
    const harness = await new CallHarness(planOf({ steps: [paid, inner], operations: [operation] })).start({
      order: 'o-1',
    });
    await harness.core({ op: 'invite', step: 'paid' });
    await harness.core({ op: 'await', step: 'paid', token: 'outer' });
    harness.clock.pass(1);
    await harness.core({ op: 'invite', step: 'inner/paid' });
    await harness.core({ op: 'await', step: 'inner/paid', token: 'inner' });
    await tell(harness, { paid: 1, id: 'a' });
    await tell(harness, { paid: 2, id: 'b' });
    expect(harness.waking.woken).toEqual([{ token: 'outer' }, { token: 'inner' }]);
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 1 } });
    expect(await harness.call('inner/paid')).toMatchObject({ out: { amount: 2 } });
  });

  it('in a branch whose neighbour fails wakes no more, and its run is undone once [26]', async () => {
    const harness = await running();
    await waiting(harness);
    await harness.core({ op: 'raise', step: 'neighbour', error: 'E' });
    await harness.core({ op: 'raise', step: 'neighbour', error: 'E' });
    expect(harness.waking.woken).toEqual([{ token: 'token-1', error: 'Interlock.Fenced' }]);
    expect(await harness.failing('paid')).toMatchObject({ error: 'Interlock.Fenced' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
  });
});

describe('a callback', () => {
  it('answers the step whose id it has, whatever it carries', async () => {
    const harness = await running();
    await waiting(harness);
    const id = await idOf(harness);
    const body = '{"order":"any","paid":3}';
    const headers = new Map([
      ['content-type', 'application/json'],
      ['authorization', 'Bearer canary-8812'],
    ]);
    expect(await receiveById({ id, headers, body }, incoming(harness))).toEqual({ kind: 'received', run: RUN });
    expect(await receiveById({ id, headers, body }, incoming(harness))).toEqual({ kind: 'received', run: RUN });
    expect(await receiveById({ id, headers, body: '{}' }, incoming(harness))).toEqual({ kind: 'over' });
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 3 } });
    const kept = JSON.stringify([await harness.callbacks.ofRun(RUN), [...harness.mailboxes.boxes]]);
    expect(kept).not.toContain('canary-8812');
  });

  it('with an id that never was, and with the id of a step that waits for a person, is unknown', async () => {
    const plan = planOf({
      steps: [stepOf({ path: 'paid', interaction: { type: 'approval', onTimeout: 'fail', sensitive: [] } })],
    });
    const harness = await running(plan);
    await waiting(harness);
    const message = { headers: new Map<string, string>(), body: '' };
    expect(await receiveById({ ...message, id: await idOf(harness) }, incoming(harness))).toEqual({ kind: 'unknown' });
    expect(await receiveById({ ...message, id: 'nobody' }, incoming(harness))).toEqual({ kind: 'unknown' });
    expect(await harness.callbacks.ofRun(RUN)).toMatchObject([{ waiter: { step: 'paid' } }]);
  });

  it('that comes too late is over, and stands in the trail', async () => {
    const harness = await running();
    await waiting(harness);
    const id = await idOf(harness);
    harness.clock.pass(10 * MINUTE);
    expect(await receiveById({ id, headers: new Map(), body: 'x' }, incoming(harness))).toEqual({ kind: 'over' });
    expect(await harness.journal.audits(RUN)).toMatchObject([{ action: 'late-message', actor: BY_CALLBACK }]);
  });

  it('and a message over the channel exclude each other; what is left goes to the next one', async () => {
    const harness = await running();
    await waiting(harness);
    const id = await idOf(harness);
    await receiveById(
      { id, headers: new Map([['content-type', 'application/json']]), body: '{"paid":3}' },
      incoming(harness),
    );
    expect(await tell(harness)).toEqual({ kind: 'received' });
    expect(await harness.call('paid')).toMatchObject({ out: { amount: 3 } });
  });
});

describe('a channel', () => {
  const secret = { scheme: 'token', header: 'x-token', secret: 's3cret' } as const;
  const message = { source: 'shop', channel: 'payments', body: '{"order":"o-1","paid":1}' };

  it('takes nothing from strangers that is not signed as its environment says', async () => {
    const harness = await running();
    await waiting(harness);
    const signed = incoming(harness, { signatureOf: () => Promise.resolve(secret) });
    const headers = (token: string): Map<string, string> =>
      new Map([
        ['content-type', 'application/json'],
        ['x-token', token],
      ]);
    expect(await receiveOverChannel({ ...message, headers: new Map() }, signed)).toEqual({ kind: 'refused' });
    expect(await receiveOverChannel({ ...message, headers: headers('guessed') }, signed)).toEqual({ kind: 'refused' });
    expect(await receiveOverChannel({ ...message, headers: headers('s3cret') }, incoming(harness))).toEqual({
      kind: 'refused',
    });
    expect(await receiveOverChannel({ ...message, headers: headers('s3cret') }, signed)).toEqual({
      kind: 'received',
      run: RUN,
    });
    expect(await harness.callbacks.ofRun(RUN)).toMatchObject([{ answer: { actor: 'callback shop' } }]);
  });

  it('that no workflow receives over is unknown', async () => {
    const harness = await running();
    const other = { ...message, channel: 'refunds', headers: new Map(), actor: 'bank' };
    expect(await receiveOverChannel(other, incoming(harness))).toEqual({ kind: 'unknown' });
  });

  it('keeps so many messages for one id and no more: who brings another is told to come again', async () => {
    const harness = await running();
    for (let number = 0; number < 20; number += 1) await tell(harness, { id: String(number) });
    expect(await tell(harness, { id: 'one too many' })).toEqual({ kind: 'full' });
    expect(await tell(harness, { order: 'o-2' })).toEqual({ kind: 'received' });
    harness.clock.pass(24 * 60 * MINUTE);
    expect(await tell(harness, { id: 'a day later' })).toEqual({ kind: 'received' });
  });

  it('moves large messages, and sensitive ones, out of its boxes', async () => {
    const harness = await running(planWith({ sensitive: ['amount'] }));
    await tell(harness, { paid: 'canary-3381' });
    expect(JSON.stringify([...harness.mailboxes.boxes])).not.toContain('canary-3381');
    const large = await running();
    await tell(large, { paid: 'x'.repeat(100_000) });
    expect(JSON.stringify([...large.mailboxes.boxes]).length).toBeLessThan(2_000);
    await waiting(large);
    expect((await large.call('paid')).out).toMatchObject({ by: 'bank' });
  });
});
