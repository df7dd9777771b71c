import { describe, expect, it } from 'vitest';
import type { PlanStep } from '../../../lib/model/plan.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { criteriaOf } from '../../support/plan-fixture.ts';
import {
  lost,
  NO_RETRY,
  passing,
  planWith,
  refusing,
  running,
  statuses,
  undone,
  viewOf,
} from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

/** What becomes of a failing run's effects: settle, waves, undos. Numbers in brackets: run-contract section 12. */
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
    const harness = await running({
      edges: [
        ['reserve', 'ship'],
        ['pay', 'ship'],
      ],
    });
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    const answer = await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    expect(answer).toMatchObject({ do: 'undo', wave: [{ step: 'reserve' }, { step: 'pay' }] });
  });

  it('is not held back by an edge that only closes the graph for the machine: nothing was built along it', async () => {
    const harness = await running({
      edges: [
        ['pay', 'ship'],
        ['reserve', 'ship', 'added'],
      ],
    });
    await passing(harness, 'reserve', 'pay');
    harness.http.on('/v1/ship', lost);
    await harness.failing('ship');
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: { stands: [{ step: 'pay', fate: 'blocked' }], inDoubt: [{ step: 'ship', fate: 'unresolved' }] },
    });
    expect(undone(harness)).toEqual(['/v1/reserve/reserve-1']);
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
    const harness = await running({
      steps: { pay: { undo: { kind: 'none', reason: 'a receipt is only a receipt' } } },
    });
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
          {
            step: 'pay',
            fate: 'unresolved',
            commands: [
              `interlock resolve ${RUN} pay undone --note "..."`,
              `interlock resolve ${RUN} pay ignore --note "..."`,
            ],
          },
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
    expect(record?.header.failures[0]).toMatchObject({ outcome: 'unwanted', given: { id: 'pay-1' } });
    harness.journal.change(RUN, { phase: 'forward' });
    expect(await statuses(harness)).toEqual({ reserve: 'applied', pay: 'unresolved' });
    harness.journal.change(RUN, { phase: 'fenced' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/pay/pay-1', '/v1/reserve/reserve-1']);
    expect(await statuses(harness)).toEqual({ reserve: 'undone', pay: 'undone' });
  });

  it('leaves what was unwanted to an operator, where its answer does not say what its undo must know', async () => {
    const harness = await running({ steps: { pay: { criteria: criteriaOf('$response.body#/ok == true') } } });
    harness.http.on('/v1/pay', answered(200, {}));
    await passing(harness, 'reserve');
    await harness.failing('pay');
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: {
        stands: [
          { step: 'reserve', fate: 'blocked' },
          { step: 'pay', fate: 'undo-failed' },
        ],
      },
    });
    expect(undone(harness)).toEqual([]);
  });

  it('undoes what was unwanted also where its answer is too large for the header of the run', async () => {
    const harness = await running({ steps: { pay: { criteria: criteriaOf('$response.body#/ok == true') } } });
    const id = 'x'.repeat(9_000);
    harness.http.on('/v1/pay', answered(200, { id })).on(`/v1/pay/${id}`, answered(204));
    await passing(harness, 'reserve');
    await harness.failing('pay');
    const header = await harness.journal.header(RUN);
    expect(JSON.stringify(header).length).toBeLessThan(4_000);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual([`/v1/pay/${id}`, '/v1/reserve/reserve-1']);
  });

  it('keeps no sensitive value of an unwanted answer in the journal, and undoes by it all the same', async () => {
    const criteria = criteriaOf('$response.body#/ok == true');
    const harness = await running({ steps: { pay: { criteria, sensitive: ['id'] } } });
    harness.http.on('/v1/pay', answered(200, { id: 'card-4242' })).on('/v1/pay/card-4242', answered(204));
    await passing(harness, 'reserve');
    await harness.failing('pay');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/pay/card-4242', '/v1/reserve/reserve-1']);
    expect(JSON.stringify(await harness.journal.record(RUN))).not.toContain('card-4242');
  });

  it('does not undo before the last unanswered attempt can no longer land, though a repeat settled it [5]', async () => {
    const harness = await running({
      steps: {
        reserve: {
          effect: 'idempotent',
          idempotency: { header: 'Idempotency-Key', retentionMs: 86_400_000 },
          retry: { ...NO_RETRY, attempts: 2 },
          leaseMs: 60_000,
        },
      },
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

function withoutUndo(): ReturnType<typeof planWith> {
  const plan = planWith();
  const { undo: _undo, ...pay } = plan.steps['pay'] ?? {};
  return { ...plan, steps: { ...plan.steps, pay: pay as PlanStep } };
}
