import { describe, expect, it } from 'vitest';
import type { PlanCall, PlanStep } from '../../../lib/model/plan.ts';
import { viewFromRecord } from '../../../lib/runtime/view.ts';
import type { RunView } from '../../../lib/model/run.ts';
import { plansOf } from '../../../lib/runtime/effects.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { callOf, criteriaOf, operationOf, planOf, probeOf, scopeOf, stepOf, undoOf, valuesOf } from '../../support/plan-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

/**
 * What becomes of a failing run's effects, at the level of the handlers: settle, waves, undos, probes. `reserve` and `pay`
 * and `ship` follow each other, `pay` was built on `reserve`, `ship` on `pay`. Numbers in brackets: run-contract section 12.
 */
const NO_RETRY = { attempts: 1, intervalMs: 0, backoff: 1, capMs: 0, jitter: 'none' } as const;
const lost: Scripted = { kind: 'no-answer', why: 'timeout' };

const ORDER = ['reserve', 'pay', 'ship'] as const;

type Change = Partial<PlanStep>;

interface Wanted {
  readonly steps?: { readonly [path: string]: Change };
  readonly calls?: { readonly [path: string]: Partial<Omit<PlanCall, 'outputs'>> };
  readonly edges?: readonly (readonly [string, string])[];
  readonly onFailure?: 'compensate' | 'hold';
}

function planWith({ steps = {}, calls = {}, edges, onFailure = 'compensate' }: Wanted = {}): ReturnType<typeof planOf> {
  const built = ORDER.map((path) =>
    stepOf({ path, retry: NO_RETRY, outputs: { id: '$response.body#/id' }, undo: undoOf(path), ...steps[path] }),
  );
  const undoing = ORDER.map((path) =>
    callOf({
      path: `${path}#undo`,
      effect: 'idempotent',
      parameters: [{ in: 'path', name: 'id', value: valuesOf({ v: `$steps.${path}.outputs.id` })['v'] ?? fail() }],
      ...calls[`${path}#undo`],
    }),
  );
  const probing = ORDER.map((path) => callOf({ path: `${path}#probe`, effect: 'safe', outputs: { id: '$response.body#/id' } }));
  return planOf({
    steps: built,
    calls: [...undoing, ...probing],
    operations: [
      ...ORDER.map((path) => operationOf(`${path}-undo`, { method: 'delete', path: `/${path}/{id}` })),
      ...ORDER.map((path) => operationOf(`${path}-probe`, { method: 'get', path: `/${path}-probe` })),
    ],
    scopes: [scopeOf('', { members: Object.fromEntries(ORDER.map((path) => [path, { step: path }])) })],
    rest: {
      onFailure,
      edges: (edges ?? [['reserve', 'pay'], ['pay', 'ship']] as const).map(([from, to]) => ({ from, to, why: 'sequence' })),
    },
  });
}

function fail(): never {
  throw new Error('a value was expected');
}

async function running(wanted: Wanted = {}): Promise<CallHarness> {
  const harness = await new CallHarness(planWith(wanted)).start({ amount: 5 });
  for (const path of ORDER) {
    harness.http.on(`/v1/${path}`, answered(200, { id: `${path}-1` }));
    harness.http.on(`/v1/${path}/${path}-1`, answered(204));
  }
  return harness;
}

async function passing(harness: CallHarness, ...steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    harness.clock.pass(10);
    await harness.call(step);
    harness.clock.pass(10);
  }
}

async function refusing(harness: CallHarness, step: string): Promise<void> {
  harness.http.on(`/v1/${step}`, answered(422));
  await harness.failing(step);
}

function undone(harness: CallHarness): readonly string[] {
  return harness.http.requests.filter(({ method }) => method === 'DELETE').map(({ url }) => new URL(url).pathname);
}

async function viewOf(harness: CallHarness): Promise<RunView> {
  const record = await harness.journal.record(RUN);
  if (!record) throw new Error('the run is there');
  return viewFromRecord(record, await plansOf(record.header, harness.ports.plans), harness.clock.now());
}

async function statuses(harness: CallHarness): Promise<{ readonly [step: string]: string }> {
  return Object.fromEntries((await viewOf(harness)).steps.map(({ path, status }) => [path, status]));
}

describe('a failing run', () => {
  it('is undone in reverse order of its dependencies, one wave after another, and ends compensated', async () => {
    const harness = await running();
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/pay/pay-1', '/v1/reserve/reserve-1']);
    expect(harness.waves).toEqual(['undo pay', 'undo reserve']);
    expect(await statuses(harness)).toEqual({ reserve: 'undone', pay: 'undone', ship: 'refused' });
    const undos = (await viewOf(harness)).steps.map(({ undo }) => undo);
    expect(undos[0]).toMatchObject({ status: 'undone', attempts: 1 });
    expect(harness.events.map(({ type }) => type).slice(-5)).toEqual([
      'undo-ended',
      'undo-started',
      'attempt-ended',
      'undo-ended',
      'run-ended',
    ]);
  });

  it('is undone in one wave where its steps are independent [25]', async () => {
    const harness = await running({ edges: [['reserve', 'ship'], ['pay', 'ship']] });
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    const answer = await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    expect(answer).toMatchObject({ do: 'undo', wave: [{ step: 'reserve' }, { step: 'pay' }] });
  });

  it('costs two writes an undo, and one claim a wave', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    harness.journal.writes.length = 0;
    await harness.settled();
    expect(harness.journal.writes).toEqual(['compensate', 'intendUndo', 'recordUndo', 'finish']);
  });

  it('keeps what the author said may stay, and that holds nothing back', async () => {
    const harness = await running({ steps: { pay: { undo: { kind: 'none', reason: 'a receipt is only a receipt' } } } });
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/reserve/reserve-1']);
    expect(await statuses(harness)).toMatchObject({ reserve: 'undone', pay: 'applied' });
  });

  it('leaves what nobody said how to undo to an operator, and what it was built on with it', async () => {
    const harness = await new CallHarness(withoutUndo()).start();
    for (const step of ['reserve', 'pay']) harness.http.on(`/v1/${step}`, answered(200, { id: `${step}-1` }));
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    const answer = await harness.settled();
    expect(answer).toMatchObject({
      do: 'park',
      letter: {
        reason: 'standing',
        stands: [
          { step: 'reserve', fate: 'blocked', why: 'pay, which was built on it, is unresolved' },
          { step: 'pay', fate: 'unresolved', commands: [`interlock resolve ${RUN} pay undone --note "..."`, `interlock resolve ${RUN} pay ignore --note "..."`] },
        ],
        inDoubt: [],
      },
    });
    expect(await statuses(harness)).toMatchObject({ reserve: 'blocked', pay: 'unresolved' });
  });

  it('undoes what was unwanted, since it stands', async () => {
    const harness = await running({ steps: { pay: { criteria: criteriaOf('$response.body#/ok == true') } } });
    await passing(harness, 'reserve');
    await harness.failing('pay');
    const record = await harness.journal.record(RUN);
    expect(record?.header.failures[0]?.outcome).toBe('unwanted');
    const answer = await harness.settled();
    expect(answer).toMatchObject({ do: 'park', letter: { stands: [{ step: 'reserve', fate: 'blocked' }, { step: 'pay' }] } });
  });

  it('does not undo before the last unanswered attempt can no longer land, though a repeat settled it [5]', async () => {
    const harness = await running({
      steps: { reserve: { effect: 'idempotent', idempotency: { header: 'Idempotency-Key', retentionMs: 86_400_000 }, retry: { ...NO_RETRY, attempts: 2 }, leaseMs: 60_000 } },
    });
    const begun = harness.clock.now();
    harness.http.on('/v1/reserve', lost, answered(200, { id: 'reserve-1' }));
    await harness.call('reserve');
    await refusing(harness, 'pay');
    const first = await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    expect(first).toMatchObject({ do: 'wait' });
    await harness.settled();
    const record = await harness.journal.record(RUN);
    expect((record?.undos[0]?.intentAt ?? 0) - begun).toBeGreaterThanOrEqual(20_000);
  });
});

function withoutUndo(): ReturnType<typeof planOf> {
  const plan = planWith();
  const { undo: _undo, ...pay } = plan.steps['pay'] ?? fail();
  return { ...plan, steps: { ...plan.steps, pay } };
}
