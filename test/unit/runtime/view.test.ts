import { describe, expect, it } from 'vitest';
import { viewFromRecord } from '../../../lib/runtime/view.ts';
import type { PlanAction } from '../../../lib/model/plan.ts';
import type { RunView } from '../../../lib/model/run.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, PLAN_HASH, planOf, stepOf } from '../../support/plan-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const plan = planOf({
  steps: [stepOf({ path: 'stock', effect: 'safe' }), stepOf({ path: 'pay', repeats: true })],
  operations: [operationOf('stock', { method: 'get' })],
});

async function viewOf(harness: CallHarness): Promise<RunView> {
  const record = await harness.journal.record(RUN);
  if (!record) throw new Error('the run is there');
  return viewFromRecord(record, () => ({ plan, planHash: PLAN_HASH }), harness.clock.now());
}

describe('the run view', () => {
  it('shows a run that succeeded', async () => {
    const harness = await new CallHarness(plan).start();
    harness.http.on('/v1/stock', answered(200)).on('/v1/pay', answered(429), answered(200));
    await harness.call('stock');
    await harness.call('pay');
    await harness.core({ op: 'close', scope: '' });
    expect(await viewOf(harness)).toEqual({
      runId: RUN,
      workflowId: 'order',
      status: 'succeeded',
      degraded: false,
      outputs: {},
      planHash: 'plan-1',
      epoch: 1,
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:00.250Z',
      actor: 'tester',
      steps: [
        {
          stepId: 'pay',
          path: 'pay',
          visit: 1,
          status: 'applied',
          attempts: 2,
          startedAt: '2026-01-01T00:00:00.000Z',
          endedAt: '2026-01-01T00:00:00.250Z',
        },
        {
          stepId: 'stock',
          path: 'stock',
          visit: 1,
          status: 'applied',
          attempts: 1,
          startedAt: '2026-01-01T00:00:00.000Z',
          endedAt: '2026-01-01T00:00:00.000Z',
        },
      ],
    });
  });

  it('shows a step under way, then lost', async () => {
    const harness = await new CallHarness(plan).start();
    const at = harness.clock.now();
    await harness.journal.intend(RUN, {
      key: { step: 'pay', visit: 1, gen: 0 },
      epoch: 1,
      at,
      leaseUntil: at + 1,
      nonce: 'n',
    });
    expect((await viewOf(harness)).steps).toMatchObject([{ status: 'running', endedAt: null, attempts: 0 }]);
    harness.clock.pass(1);
    expect((await viewOf(harness)).steps).toMatchObject([{ status: 'in-doubt', endedAt: null }]);
  });

  it.each([
    [402, 'refused', 'failed', undefined],
    [500, 'in-doubt', 'needs-attention', 'in-doubt'],
  ] as const)('shows how a step failed with %i and what became of the run', async (status, shown, ended, reason) => {
    const harness = await new CallHarness(plan).start();
    harness.http.on('/v1/pay', answered(status));
    const { error, cause } = await harness.failing('pay');
    expect((await viewOf(harness)).status).toBe('compensating');
    await harness.core({ op: 'settle', why: null });
    const view = await viewOf(harness);
    expect([view.status, view.reason, view.outputs]).toEqual([ended, reason, null]);
    expect(view.error).toEqual({ error, message: cause, step: 'pay' });
    expect(view.steps).toMatchObject([{ status: shown, error: { error, message: cause } }]);
  });

  it('shows visits apart, and the generations of one visit together', async () => {
    const harness = await new CallHarness(plan).start();
    harness.http.on('/v1/pay', answered(200));
    await harness.call('pay', { at: { visit: 1, tries: { again: 1 } } });
    await harness.call('pay', { at: { visit: 2, tries: {} } });
    expect((await viewOf(harness)).steps.map(({ visit, attempts }) => [visit, attempts])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('shows a run that waits, until its pause is over or something is under way again', async () => {
    const again: PlanAction = {
      type: 'retry',
      name: 'again',
      label: 'retry pay#again',
      criteria: [],
      closes: [],
      retry: { afterMs: 2_000, limit: 1, again: 'pay' },
    };
    const repeated = planOf({
      steps: [stepOf({ path: 'pay', repeats: true, onFailure: [again], exits: ['next', again.label ?? ''] })],
    });
    const harness = await new CallHarness(repeated).start();
    harness.http.on('/v1/pay', answered(402));
    expect(await harness.call('pay')).toMatchObject({ seconds: 2 });
    expect((await viewOf(harness)).status).toBe('waiting');
    harness.clock.pass(2_000);
    expect((await viewOf(harness)).status).toBe('running');
  });

  it('names what is left of a run that needs attention, and what to run, and of no other run', async () => {
    const harness = await new CallHarness(plan).start();
    harness.http.on('/v1/pay', answered(500));
    await harness.failing('pay');
    expect(await viewOf(harness)).not.toHaveProperty('attention');
    await harness.core({ op: 'settle', why: null });
    expect((await viewOf(harness)).attention).toMatchObject({
      stands: [],
      inDoubt: [
        {
          step: 'pay',
          fate: 'unresolved',
          why: 'nobody knows whether it happened',
          attempts: [{ outcome: 'in-doubt', status: 500 }],
          commands: [
            'interlock resolve run-1 pay undone --note "..."',
            'interlock resolve run-1 pay applied --note "..."',
            'interlock resolve run-1 pay ignore --note "..."',
          ],
        },
      ],
      commands: ['interlock runs show run-1'],
    });
  });
});
