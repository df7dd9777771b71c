/**
 * An express workflow through the path that AWS takes: it succeeds and answers who waits, it fails and its undo machine takes
 * back what stood, it begins twice, and a run that nobody is told of is swept up.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import { cancel } from '../../lib/runtime/operator/cancel.ts';
import { demoCredentials } from '../../state-machines/order-fulfilment/systems/credentials.ts';
import { ROOT } from '../support/source-tree.ts';
import { openWorld } from './open-world.ts';
import { until } from './order-input.ts';
import type { AwsWorld } from './world.ts';

const START = 'POST /workflows/hold/runs';

let world: AwsWorld;

function input(orderId: string, card = 'tok_visa_4242'): JsonObject {
  return { orderId, sku: 'CHR-1001', card };
}

beforeAll(async () => {
  const demo = demoCredentials();
  world = await openWorld({
    description: join(ROOT, 'test', 'aws-path', 'express'),
    secrets: {
      'order-fulfilment/inventory': demo.ORDER_DEMO_INVENTORY_KEY,
      'order-fulfilment/payments': JSON.stringify({
        clientId: demo.ORDER_DEMO_PAYMENTS_CLIENT_ID,
        clientSecret: demo.ORDER_DEMO_PAYMENTS_CLIENT_SECRET,
      }),
    },
  });
  // Functions that begin cold take a good part of ten seconds on a machine that is busy.
  const { body } = await world.api(START, { input: input('E-0') });
  await world.ended(String(body['runId']));
}, 120_000);

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(() => world.reset());

async function executionsOf(run: string): Promise<readonly string[]> {
  return (await world.executions()).filter((line) => line.startsWith(`${run}-`)).sort();
}

describe('an express workflow on AWS', () => {
  it('succeeds while its caller waits, who is answered with what came of it', async () => {
    const { status, body } = await world.api(START, { input: input('E-1') }, { prefer: 'wait=25' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'succeeded', outputs: { reservationId: expect.stringMatching(/./) } });
    expect(await world.standing()).toEqual(['reservation', 'authorisation']);
    const run = String(body['runId']);
    expect(await executionsOf(run)).toEqual([expect.stringMatching(/-1--\d+ SUCCEEDED$/)]);
    expect(world.waitedFor.at(-1)).toContain(`${run}-1--`);
  });

  it('is looked at now and then for a caller who waits for less than it may take', async () => {
    const waited = world.waitedFor.length;
    const { status, body } = await world.api(START, { input: input('E-9') }, { prefer: 'wait=20' });
    expect([status, body]).toMatchObject([200, { status: 'succeeded' }]);
    expect(world.waitedFor).toHaveLength(waited);
  });

  it('goes on where nobody waits', async () => {
    const { status, body } = await world.api(START, { input: input('E-2') });
    expect(status).toBe(202);
    expect(await world.ended(String(body['runId']))).toMatchObject({ status: 'succeeded' });
  });

  it('is undone by its undo machine, which it hands its run over to, and its caller sees that, too', async () => {
    const declined = { input: input('E-3', 'tok_declined') };
    const { status, body } = await world.api(START, declined, { prefer: 'wait=25' });
    expect([status, body]).toMatchObject([200, { status: 'compensated', error: { step: 'authorise' } }]);
    const run = String(body['runId']);
    await world.ended(run);
    expect(await world.standing()).toEqual([]);
    expect(await executionsOf(run)).toEqual([expect.stringMatching(/-1--\d+ FAILED$/), `${run}-1-undo-0 FAILED`]);
    expect(await world.letters()).toEqual([]);
  });

  it('ends by itself where nothing stood: no undo machine is begun for it', async () => {
    await world.fault('inventory', { operation: 'reserveStock', times: 10, effect: 'none', answer: 409 });
    const { body } = await world.api(START, { input: input('E-4') }, { prefer: 'wait=25' });
    expect(body).toMatchObject({ status: 'failed' });
    expect(await executionsOf(String(body['runId']))).toEqual([expect.stringMatching(/-1--\d+ FAILED$/)]);
  });

  it('begins twice at once, and does everything once', async () => {
    const { run, execution } = await world.record(input('E-5'));
    const { executions } = world.operator();
    await Promise.all([executions.start(execution), executions.start(execution)]);
    expect(await world.ended(run)).toMatchObject({ status: 'succeeded' });
    expect(await world.standing()).toEqual(['reservation', 'authorisation']);
    expect([await world.calls('inventory', 'reserveStock'), await world.calls('payments', 'authorisePayment')]).toEqual(
      [1, 1],
    );
    await executions.start(execution);
    expect(await world.ended(run)).toMatchObject({ status: 'succeeded' });
    expect(await world.calls('payments', 'authorisePayment')).toBe(1);
    expect(await executionsOf(run)).toHaveLength(3);
  });

  it('cannot be stopped; cancelled, it meets its fence, and is undone', async () => {
    await world.fault('payments', { operation: 'authorisePayment', answerAfterMs: 1_500 });
    const { run, execution } = await world.record(input('E-6'));
    await world.operator().executions.start(execution);
    await until(async () => (await world.calls('inventory', 'reserveStock')) > 0);
    expect(await cancel({ run, actor: 'somebody' }, world.operator())).toEqual({ kind: 'cancelled' });
    expect(await world.ended(run)).toMatchObject({ status: 'compensated', error: { error: 'Interlock.Cancelled' } });
    expect(await world.standing()).toEqual([]);
  });

  it('is ended by the service where it is, of which nobody is told: the sweeper has it undone once it must be over', async () => {
    await world.fault('payments', { operation: 'authorisePayment', answerAfterMs: 2_000 });
    const { run, execution } = await world.record(input('E-7'));
    await world.operator().executions.start(execution);
    await until(async () =>
      (await world.view(run)).steps.some(({ path, status }) => path === 'reserve' && status === 'applied'),
    );
    await world.end(run);
    expect(await world.ended(run)).toMatchObject({ status: 'running' });
    await world.expire(run, 301_000);
    expect(await world.invoke('Sweep', {})).toMatchObject({ ok: true, payload: [{ run, what: 'settled' }] });
    expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
    expect(await world.standing()).toEqual([]);
    expect(await executionsOf(run)).toEqual([expect.stringMatching(/-1--\d+ ABORTED$/), `${run}-1-undo-0 FAILED`]);
  });

  it('was recorded and never begun, and its time is over: the sweeper has it ended', async () => {
    const { run } = await world.record(input('E-8'), 301_000);
    expect(await world.invoke('Sweep', {})).toMatchObject({ ok: true, payload: [{ run, what: 'settled' }] });
    expect(await world.ended(run)).toMatchObject({ status: 'failed' });
    expect(await executionsOf(run)).toEqual([`${run}-1-undo-0 FAILED`]);
  });
});
