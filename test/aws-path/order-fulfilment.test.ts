/**
 * The order example through the path that AWS takes: the functions as they are bundled, the machines as they are emitted
 * and substituted, DynamoDB, SQS and S3 by emulators. What the systems say stands is what counts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import { cancel } from '../../lib/runtime/operator/cancel.ts';
import { ROOT } from '../support/source-tree.ts';
import { openWorld } from './open-world.ts';
import type { AwsWorld } from './world.ts';

let world: AwsWorld;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(() => world.reset());

describe('an order on AWS', () => {
  it('succeeds, and everything that it asked for stands', async () => {
    const run = await world.start(input('example'));
    const view = await world.ended(run);
    expect(view).toMatchObject({ status: 'succeeded', degraded: false });
    expect(await world.standing()).toEqual(['reservation', 'authorisation', 'capture', 'shipment', 'notification']);
    expect(await world.executions()).toContain(`${run}-1 SUCCEEDED`);
  });

  it('compensates where nobody delivers: nothing stands, and nobody is asked for help', async () => {
    const view = await world.ended(await world.start(input('undeliverable')));
    expect(view).toMatchObject({ status: 'compensated', error: { step: 'create-shipment' } });
    expect(await world.standing()).toEqual([]);
    expect(await world.letters()).toEqual([]);
  });

  it('is cancelled on its way, and what stood is undone', async () => {
    await world.fault('shipping', { operation: 'listRates', answerAfterMs: 1_000 });
    const run = await world.start(input('example'));
    await until(() => world.calls('payments', 'authorisePayment'));
    expect(await cancel({ run, actor: 'somebody' }, world.operator())).toEqual({ kind: 'cancelled' });
    expect(await world.ended(run)).toMatchObject({ status: 'compensated', error: { error: 'Interlock.Cancelled' } });
    expect(await world.standing()).toEqual([]);
  });

  it('is stopped from outside: the event leads to the undo machine, which undoes what stood', async () => {
    const run = await underWay();
    await world.stop(run);
    expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
    expect(await world.standing()).toEqual([]);
    expect((await world.executions()).filter((line) => line.startsWith(run)).sort()).toEqual([
      `${run}-1 ABORTED`,
      `${run}-1-undo-1 FAILED`,
    ]);
  });

  it('runs out of time: the event leads to the undo machine just the same', async () => {
    const run = await world.timingOutAfter(2, underWay);
    expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
    expect(await world.standing()).toEqual([]);
    expect((await world.executions()).filter((line) => line.startsWith(run)).sort()).toEqual([
      `${run}-1 TIMED_OUT`,
      `${run}-1-undo-1 FAILED`,
    ]);
  });

  it('needs attention where an undo is refused: the dead letter names what stands', async () => {
    await world.fault('inventory', { operation: 'releaseReservation', times: 100, effect: 'none', answer: 409 });
    const run = await world.start(input('undeliverable'));
    expect(await world.ended(run)).toMatchObject({ status: 'needs-attention', reason: 'undo-failed' });
    expect(await world.standing()).toEqual(['reservation']);
    expect(await world.letters()).toMatchObject([{ run, stands: [{ step: 'reserve-stock', fate: 'undo-failed' }] }]);
  });

  it('says run, workflow and step in every line about a step, and never a secret', async () => {
    await world.ended(await world.start(input('undeliverable')));
    const lines = world.logs().filter(({ level }) => level !== undefined);
    const aboutSteps = lines.filter(({ system }) => system !== undefined);
    expect(aboutSteps.length).toBeGreaterThan(10);
    for (const line of aboutSteps)
      expect(line).toMatchObject({ run: expect.any(String), step: expect.any(String), workflow: 'place-order' });
    for (const line of lines) expect(line).toMatchObject({ run: expect.any(String), workflow: 'place-order' });
    expect(world.logText()).not.toMatch(/tok_|demo-|Bearer |Basic |example\.(com|org)|Musterstr/);
  });

  it('measures what its alarms watch, by integration, workflow and system', async () => {
    await world.ended(await world.start(input('undeliverable')));
    const measured = world.logs().flatMap(metricsIn);
    for (const name of ['Attempts', 'LatencyMs', 'OutcomesApplied', 'OutcomesRefused'])
      expect(measured).toContainEqual({ name, by: { integration: 'order-fulfilment', system: 'shipping' } });
    expect(measured).toContainEqual({
      name: 'Compensations',
      by: { integration: 'order-fulfilment', system: 'payments' },
    });
    for (const name of ['RunsCompensated', 'RunMs', 'RunsFenced']) {
      expect(measured).toContainEqual({ name, by: { integration: 'order-fulfilment' } });
      expect(measured).toContainEqual({ name, by: { integration: 'order-fulfilment', workflow: 'place-order' } });
    }
  });
});

/** By each of the sets of dimensions that CloudWatch keeps it by. */
function metricsIn(line: JsonObject): readonly { readonly name: string; readonly by: JsonObject }[] {
  const aws = line['_aws'] as EmbeddedMetrics | undefined;
  return (aws?.CloudWatchMetrics ?? []).flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((set) =>
      Metrics.map(({ Name: name }) => ({
        name,
        by: Object.fromEntries(set.map((dimension) => [dimension, line[dimension] ?? null])),
      })),
    ),
  );
}

interface EmbeddedMetrics {
  readonly CloudWatchMetrics: readonly {
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string }[];
  }[];
}

/** Everything but the rate is answered: nothing is under way that may have an effect. */
async function underWay(): Promise<string> {
  await world.fault('shipping', { operation: 'listRates', answerAfterMs: 4_000 });
  const run = await world.start(input('example'));
  await until(async () => {
    const { steps } = await world.view(run);
    return steps.filter(({ status }) => status === 'applied').length >= 3 ? 1 : 0;
  });
  return run;
}

function input(name: string): JsonObject {
  return JSON.parse(
    readFileSync(join(ROOT, 'state-machines', 'order-fulfilment', `input.${name}.json`), 'utf8'),
  ) as JsonObject;
}

/** Looks again, for ten seconds at most. */
async function until(seen: () => Promise<number>): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    if ((await seen()) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to pass');
}
