/**
 * A deploy while runs are under way. Runs are begun by the deployed run API under one description, another is deployed in
 * which a step has a new name, and what began before goes on as it began: by the older versions of the functions, under
 * its own plan, and also where today's functions have to look at it, cancel it or undo it.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../support/source-tree.ts';
import { asWritten, openWorld, synthesise } from './open-world.ts';
import { orderInput, until } from './order-input.ts';
import type { AwsWorld } from './world.ts';

const EXAMPLE = join(ROOT, 'state-machines', 'order-fulfilment');
const RUNS = '/workflows/place-order/runs';

let world: AwsWorld;
let folder: string;

beforeEach(async () => {
  world = await openWorld();
  folder = mkdtempSync(join(tmpdir(), 'interlock-versions-'));
}, 180_000);

afterEach(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

it('leaves a run that is under way to the functions and the plan that it began with', async () => {
  const deployOther = await otherDeploy();
  const old = await underWayByApi();
  deployOther();
  await world.well('shipping', 'faults');
  const next = await started();
  expect(await world.ended(old)).toMatchObject({ status: 'succeeded' });
  expect(await world.ended(next)).toMatchObject({ status: 'succeeded' });
  expect(await stepsOf(old)).toContain('create-shipment');
  expect(await stepsOf(old)).not.toContain('book-parcel');
  expect(await stepsOf(next)).toContain('book-parcel');
  expect((await world.view(old)).planHash).not.toBe((await world.view(next)).planHash);
}, 180_000);

it("lets today's functions undo a run of an earlier plan that was stopped from outside", async () => {
  const deployOther = await otherDeploy();
  const run = await underWayByApi();
  deployOther();
  await world.stop(run);
  await world.well('shipping', 'faults');
  expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
  expect(await world.standing()).toEqual([]);
  expect((await world.executions()).filter((line) => line.startsWith(run)).sort()).toEqual([
    `${run}-1 ABORTED`,
    `${run}-1-undo-1 FAILED`,
  ]);
}, 180_000);

it('lets the run API of today show, cancel and retry a run of an earlier plan', async () => {
  const deployOther = await otherDeploy();
  const run = await underWayByApi();
  deployOther();
  expect(await world.api(`GET /runs/${run}`)).toMatchObject({ status: 200, body: { status: 'running' } });
  expect(await world.api(`POST /runs/${run}/cancel`, {})).toMatchObject({ status: 202 });
  await world.well('shipping', 'faults');
  expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
  // Under today's machine and its own plan it would stumble over a step that only one of them has.
  const refusal = await world.api(`POST /runs/${run}/retry`, {});
  expect(refusal).toMatchObject({ status: 409 });
  expect(String(refusal.body['detail'])).toContain('is not deployed any more');
  expect(await world.api(`POST /runs/${run}/retry`, { description: 'current' })).toMatchObject({ status: 202 });
  expect(await world.ended(run)).toMatchObject({ status: 'succeeded' });
  expect(await stepsOf(run)).toContain('book-parcel');
}, 180_000);

it('ends a run that was recorded before a deploy and never began', async () => {
  const deployOther = await otherDeploy();
  await world.api(`POST ${RUNS}`, { input: orderInput('undeliverable') });
  const { run } = await world.record(orderInput('example'), 120_000);
  deployOther();
  const swept = await world.invoke('SweepFunction', {});
  expect(swept).toMatchObject({ ok: true, payload: [{ run, what: 'settled' }] });
  expect(await world.ended(run)).toMatchObject({ status: 'failed' });
}, 180_000);

/** Held where it is until shipping is well again: however busy the machine, no step comes before what the test does next. */
async function underWayByApi(): Promise<string> {
  await world.fault('shipping', { operation: 'listRates', answerAfterMs: 60_000 });
  const run = await started();
  await until(async () => (await world.view(run)).steps.filter(({ status }) => status === 'applied').length >= 3);
  return run;
}

async function started(): Promise<string> {
  const { status, body } = await world.api(`POST ${RUNS}`, { input: orderInput('example') });
  expect(status).toBe(202);
  return String(body['runId']);
}

async function stepsOf(run: string): Promise<readonly string[]> {
  return (await world.view(run)).steps.map(({ stepId }) => stepId);
}

/**
 * Deploys the same workflow, in which a step is called otherwise. It is made ready before a run begins: making it takes as
 * long as a run that is under way may wait for its answer.
 */
async function otherDeploy(): Promise<() => void> {
  const description = join(folder, 'order-fulfilment');
  cpSync(EXAMPLE, description, { recursive: true });
  const file = join(description, 'workflow.arazzo.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('create-shipment', 'book-parcel'));
  const other = await synthesise(description, folder, asWritten(world.servers()));
  return () => void world.deploy(other);
}
