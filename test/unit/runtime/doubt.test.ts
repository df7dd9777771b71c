import { describe, expect, it } from 'vitest';
import { resolve } from '../../../lib/runtime/operator/resolve.ts';
import { RUN } from '../../support/call-harness.ts';
import { criteriaOf, probeOf, undoOf, valuesOf } from '../../support/plan-fixture.ts';
import { lost, passing, refusing, running, statuses, undone, viewOf } from '../../support/saga-fixture.ts';
import { answered, worded } from '../../support/scripted-http.ts';

/** Outcomes in doubt: on the way forward, and when the run fails. Numbers in brackets: run-contract section 12. */
const PROBED = { probe: probeOf('pay'), undo: undoOf('pay', { whenInDoubt: 'probe' }) } as const;
const NO_EXECUTIONS = {
  start: () => Promise.resolve(),
  startUndo: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};
/** Some list of the answer is empty. */
const EMPTY = '$[?length(@) == 0]';
const LONG = { leaseMs: 60_000, graceMs: 10_000 } as const;

describe('a doubt on the way forward', () => {
  it('is settled by the probe once the effect can no longer land: what happened counts as applied [4]', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, ...LONG } } });
    await passing(harness, 'reserve');
    const begun = harness.clock.now();
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answered(200, { id: 'pay-7' }));
    expect(await harness.call('pay')).toEqual({ out: { id: 'pay-7' }, go: 'next' });
    expect(harness.clock.now() - begun).toBeGreaterThanOrEqual(20_000);
    expect((await viewOf(harness)).status).toBe('running');
  });

  it('is tried once more where the probe finds nothing', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, ...LONG } } });
    harness.http.on('/v1/pay', lost, answered(200, { id: 'pay-8' })).on('/v1/pay-probe', answered(404));
    expect(await harness.call('pay')).toMatchObject({ out: { id: 'pay-8' } });
    expect(harness.http.requests.filter(({ method }) => method === 'POST').length).toBe(2);
  });

  it('is over where the probe finds nothing, although nothing can be sent once more: the step was not made', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, ...LONG } } });
    harness.http
      .on('/v1/pay', lost, { kind: 'not-sent', why: 'connection-refused' })
      .on('/v1/pay-probe', answered(404));
    await passing(harness, 'reserve');
    await harness.failing('pay');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(await statuses(harness)).toEqual({ reserve: 'undone', pay: 'refused' });
    expect(harness.waves).toEqual(['undo reserve']);
  });

  it('stays a doubt where the probe cannot tell, and raises the fence', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, ...LONG } } });
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answered(503));
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.InDoubt' });
    expect((await harness.journal.header(RUN))?.phase).toBe('fenced');
  });

  it('stays a doubt where the probe is turned away: an error has no list of what was made, and proves nothing', async () => {
    const absent = [{ type: 'jsonpath', version: 'rfc9535', context: '$response.body', condition: EMPTY }] as const;
    const probe = { ...PROBED, probe: probeOf('pay', { absent, applied: criteriaOf('$response.body#/id != null') }) };
    const harness = await running({ steps: { pay: { ...probe, ...LONG } } });
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answered(403, { id: 'no', title: 'Forbidden', items: [] }));
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.InDoubt' });
    expect(await harness.settled()).toMatchObject({ do: 'park', letter: { inDoubt: [{ step: 'pay' }] } });
  });

  it.each([
    ['is cut off', worded(200, 'application/json', '[{"id":')],
    ['is a page for people', worded(200, 'text/html', '<h1>We are back soon</h1>')],
    ['is empty', answered(200)],
  ])(
    'stays a doubt where the body of the answer to the probe %s: it has no list, and proves nothing',
    async (_, answer) => {
      for (const absent of [
        criteriaOf('$statusCode == 200', '$response.body#/0/id == null'),
        [{ type: 'jsonpath', version: 'rfc9535', context: '$response.body', condition: '$[?!@.id]' }] as const,
      ]) {
        const probe = probeOf('pay', { absent, applied: criteriaOf('$response.body#/0/id != null') });
        const harness = await running({ steps: { pay: { ...PROBED, probe, ...LONG } } });
        harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answer);
        expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.InDoubt' });
        expect(await harness.settled()).toMatchObject({ do: 'park', letter: { inDoubt: [{ step: 'pay' }] } });
      }
    },
  );

  it('is over by a status alone, whatever the body is', async () => {
    const probe = probeOf('pay', { absent: criteriaOf('$statusCode == 404') });
    const harness = await running({ steps: { pay: { ...PROBED, probe, ...LONG } } });
    harness.http.on('/v1/pay', lost, answered(200, { id: 'pay-8' }));
    harness.http.on('/v1/pay-probe', worded(404, 'application/json', '{"half":'));
    expect(await harness.call('pay')).toMatchObject({ out: { id: 'pay-8' } });
  });

  it('is over where the list that the probe asks for is empty', async () => {
    const absent = [{ type: 'jsonpath', version: 'rfc9535', context: '$response.body', condition: EMPTY }] as const;
    const probe = probeOf('pay', { absent, applied: criteriaOf('$response.body#/id != null') });
    const harness = await running({ steps: { pay: { ...PROBED, probe, ...LONG } } });
    harness.http.on('/v1/pay', lost, answered(200, { id: 'pay-8' }));
    harness.http.on('/v1/pay-probe', answered(200, { items: [] }));
    expect(await harness.call('pay')).toMatchObject({ out: { id: 'pay-8' } });
  });

  it('is not waited for beyond the lease', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, leaseMs: 15_000, graceMs: 10_000 } } });
    harness.http.on('/v1/pay', lost);
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.InDoubt' });
    expect(harness.http.requests.length).toBe(1);
  });

  it('of an invocation that was lost is repeated under the same key where that is declared safe [7]', async () => {
    const idempotency = { header: 'Idempotency-Key', retentionMs: 86_400_000 };
    const harness = await running({ steps: { pay: { effect: 'idempotent', idempotency } } });
    const at = harness.clock.now();
    const key = { step: 'pay', visit: 1, gen: 0 };
    await harness.journal.intend(RUN, { key, epoch: 1, at, leaseUntil: at + 60_000, nonce: 'lost' });
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.Leased' });
    harness.clock.pass(61_000);
    expect(await harness.call('pay')).toMatchObject({ out: { id: 'pay-1' } });
    expect((await viewOf(harness)).steps).toMatchObject([{ path: 'pay', status: 'applied' }]);
  });

  it('is not repeated once the system may have forgotten the key, however often its invocation was lost [7]', async () => {
    const idempotency = { header: 'Idempotency-Key', retentionMs: 100_000 };
    const harness = await running({ steps: { pay: { effect: 'idempotent', idempotency } } });
    const { journal, clock } = harness;
    const key = { step: 'pay', visit: 1, gen: 0 };
    const lease = (at: number): { readonly at: number; readonly leaseUntil: number } => ({
      at,
      leaseUntil: at + 60_000,
    });
    const first = { key, epoch: 1, ...lease(clock.now()), nonce: 'first' };
    await journal.intend(RUN, first);
    clock.pass(61_000);
    harness.http.on('/v1/pay', () => {
      throw new Error('the function dies');
    });
    await expect(harness.call('pay')).rejects.toThrow('the function dies');
    expect((await journal.header(RUN))?.intents).toMatchObject([{ since: first.at }]);
    clock.pass(61_000);
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.InDoubt' });
    expect(harness.http.requests.length).toBe(1);
    expect((await viewOf(harness)).steps).toMatchObject([{ startedAt: new Date(first.at).toISOString() }]);
  });

  it('of an invocation that was lost is probed when its effect is quiet, and only then [4, 8]', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, ...LONG } } });
    harness.http.on('/v1/pay-probe', answered(404));
    const at = harness.clock.now();
    await harness.journal.intend(RUN, {
      key: { step: 'pay', visit: 1, gen: 0 },
      epoch: 1,
      at,
      leaseUntil: at + 60_000,
      nonce: 'lost',
    });
    harness.clock.pass(61_000);
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.Leased' });
    harness.clock.pass(10_000);
    expect(await harness.call('pay')).toMatchObject({ out: { id: 'pay-1' } });
    expect(harness.http.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });
});

describe('a doubt in a run that fails', () => {
  it('is undone when quiet, where the undo is declared harmless without the effect', async () => {
    const value = valuesOf({ key: '$request.header.Idempotency-Key' })['key'];
    if (!value) throw new Error('the value is there');
    const harness = await running({
      steps: { pay: { undo: undoOf('pay', { whenInDoubt: 'undo' }) } },
      calls: { 'pay#undo': { parameters: [{ in: 'path', name: 'id', value }] } },
    });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', lost).on('*', answered(204));
    await harness.failing('pay');
    const key = harness.http.header(-1, 'idempotency-key');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual([`/v1/pay/${key}`, '/v1/reserve/reserve-1']);
  });

  it('is probed, and what is absent never stood', async () => {
    const harness = await running({
      steps: {
        reserve: { probe: probeOf('reserve'), undo: undoOf('reserve', { whenInDoubt: 'probe' }), leaseMs: 15_000 },
      },
    });
    harness.http.on('/v1/reserve', lost).on('/v1/reserve-probe', answered(404));
    await harness.failing('reserve');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
    expect(harness.waves).toEqual(['probe reserve']);
    expect(undone(harness)).toEqual([]);
    expect(harness.log).toMatchObject([{ step: 'reserve', message: 'its probe found that it did not happen' }]);
  });

  it('is probed, and what happened is undone with what the probe gave', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, leaseMs: 15_000 } } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answered(200, { id: 'pay-1' }));
    await harness.failing('pay');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(harness.waves).toEqual(['probe pay', 'undo pay', 'undo reserve']);
    expect(harness.log).toMatchObject([{ step: 'pay', message: 'its probe found that it happened' }]);
    expect(await statuses(harness)).toEqual({ reserve: 'undone', pay: 'undone' });
  });

  it('is asked about again while the probe cannot tell, and then left to an operator, with all that it was built on [3]', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, leaseMs: 15_000 } } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answered(503));
    await harness.failing('pay');
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: {
        reason: 'in-doubt',
        stands: [{ step: 'reserve', fate: 'blocked' }],
        inDoubt: [{ step: 'pay', fate: 'unresolved' }],
      },
    });
    expect(harness.waves.length).toBe(8);
    expect(undone(harness)).toEqual([]);
  });

  it('holds nothing back that is independent of it', async () => {
    const harness = await running({ steps: { reserve: { undo: undoOf('reserve', { independent: true }) } } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', lost);
    await harness.failing('pay');
    expect(await harness.settled()).toMatchObject({ do: 'park', letter: { stands: [], inDoubt: [{ step: 'pay' }] } });
    expect(await statuses(harness)).toEqual({ reserve: 'undone', pay: 'in-doubt' });
  });

  it('is not settled by a 404 to its undo, which proves nothing [23]', async () => {
    const value = valuesOf({ key: '$request.header.Idempotency-Key' })['key'];
    if (!value) throw new Error('the value is there');
    const harness = await running({
      steps: { reserve: { undo: undoOf('reserve', { whenInDoubt: 'undo' }) } },
      calls: { 'reserve#undo': { parameters: [{ in: 'path', name: 'id', value }] } },
    });
    harness.http.on('/v1/reserve', lost).on('*', answered(404));
    await harness.failing('reserve');
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: { inDoubt: [{ step: 'reserve', fate: 'undo-failed' }] },
    });
  });

  it('of a lost invocation closes to late answers: they are kept for the operator, and change nothing [9]', async () => {
    const harness = await running();
    harness.http.on('/v1/pay', async () => {
      harness.clock.pass(61_000);
      await harness.settled();
      return answered(200, { id: 'pay-late' });
    });
    await passing(harness, 'reserve');
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.Fenced' });
    expect(await statuses(harness)).toEqual({ reserve: 'blocked', pay: 'in-doubt' });
    expect(await harness.journal.audits(RUN)).toMatchObject([
      { action: 'late-answer', step: 'pay', detail: { outcome: 'applied' } },
    ]);
  });

  it('that a second invocation has declared is closed to the answer of the first, once it was settled [9, 16]', async () => {
    const harness = await running();
    harness.http.on('/v1/pay', async () => {
      harness.clock.pass(61_000);
      expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.InDoubt' });
      expect(await harness.settled()).toMatchObject({ do: 'park', letter: { inDoubt: [{ step: 'pay' }] } });
      return answered(200, { id: 'pay-late' });
    });
    await passing(harness, 'reserve');
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.Fenced' });
    expect(await statuses(harness)).toEqual({ reserve: 'blocked', pay: 'in-doubt' });
    expect(await harness.journal.audits(RUN)).toMatchObject([{ action: 'late-answer', step: 'pay' }]);
  });
});

describe('an undo', () => {
  it('is never undone by what an earlier visit of the step gave [2]', async () => {
    const harness = await running({ steps: { pay: { repeats: true } } });
    await passing(harness, 'reserve');
    const first = await harness.call('pay');
    harness.http.on('/v1/pay', lost);
    await harness.failing('pay', { at: first.at ?? null });
    await harness.settled();
    const ports = { ...harness.ports, executions: NO_EXECUTIONS };
    expect(await resolve({ run: RUN, actor: 'ann', step: 'pay', visit: 2, as: 'applied' }, ports)).toMatchObject({
      kind: 'resolved',
    });
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: {
        stands: [{ step: 'reserve' }, { visit: 1, fate: 'blocked' }, { step: 'pay', visit: 2, fate: 'undo-failed' }],
      },
    });
    expect(undone(harness)).toEqual([]);
  });

  it('is never sent with a missing value: the step is unresolved [2]', async () => {
    const harness = await running();
    harness.http.on('/v1/reserve', answered(200, { other: 1 }));
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: { stands: [{ step: 'reserve', fate: 'undo-failed' }] },
    });
    expect(undone(harness)).toEqual([]);
  });

  it('is tried in further rounds, waits as long as it is asked to, and succeeds', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    harness.http.on(
      '/v1/reserve/reserve-1',
      lost,
      answered(429, {}, { 'retry-after': '30' }),
      answered(503),
      answered(204),
    );
    const begun = harness.clock.now();
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness).length).toBe(4);
    expect(harness.clock.now() - begun).toBeGreaterThan(30_000);
    const keys = harness.http.requests
      .filter(({ method }) => method === 'DELETE')
      .map(({ headers }) => headers.find(([name]) => name === 'Idempotency-Key')?.[1]);
    expect(new Set(keys).size).toBe(1);
  });

  it('that is refused fails for good, and cannot be missed', async () => {
    const harness = await running();
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    harness.http.on('/v1/pay/pay-1', answered(409));
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      status: 'needs-attention',
      letter: {
        reason: 'undo-failed',
        stands: [
          { step: 'reserve', fate: 'blocked' },
          { step: 'pay', fate: 'undo-failed', undo: [{ outcome: 'refused', status: 409 }] },
        ],
      },
    });
    expect((await viewOf(harness)).steps).toMatchObject([
      { status: 'blocked' },
      { status: 'undo-failed', undo: { status: 'undo-failed' } },
      {},
    ]);
  });

  it('whose answer is missing is repeated only where that is safe', async () => {
    const harness = await running({ calls: { 'reserve#undo': { effect: 'unsafe', operation: 'reserve-refund' } } });
    harness.http.on('*', lost);
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    const before = harness.http.requests.length;
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: { stands: [{ step: 'reserve', fate: 'undo-failed' }] },
    });
    expect(harness.http.requests.length - before).toBe(1);
  });

  it('stays in doubt when its invocation was lost and the next one is only put off, also for a retry of the run [6]', async () => {
    const harness = await running({ steps: { reserve: { undo: undoOf('reserve', { attempts: 2 }) } } });
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    const answer = await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    expect(answer).toMatchObject({ do: 'undo' });
    const at = harness.clock.now();
    const key = { step: 'reserve', visit: 1, gen: 0 };
    const round = { key, number: 0, epoch: 1, state: 'live', by: 'undo', startedAt: at, intentAt: at } as const;
    const lease = { leaseUntil: at + 20_000, nonce: 'lost', attempts: [] };
    await harness.journal.intendUndo(RUN, { ...round, ...lease }, { owner: 'exec-1' });
    harness.http.on('/v1/reserve/reserve-1', answered(429));
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: { stands: [{ fate: 'undo-failed', undo: [{ outcome: 'in-doubt' }, { outcome: 'throttled' }] }] },
    });
    const record = await harness.journal.record(RUN);
    expect(record?.undos).toMatchObject([{ error: { error: 'Interlock.InDoubt' }, quietAfter: at + 30_000 }]);
  });

  it('gives up when its attempts are used up', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    harness.http.on('/v1/reserve/reserve-1', answered(503));
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    expect(undone(harness).length).toBe(8);
  });

  it('gives up when its budget is used up', async () => {
    const harness = await running({ steps: { reserve: { undo: undoOf('reserve', { budgetMs: 5_000 }) } } });
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    harness.http.on('/v1/reserve/reserve-1', answered(503));
    expect(await harness.settled()).toMatchObject({ do: 'park' });
    expect(undone(harness).length).toBe(4);
  });

  it('belongs to one compensator: another one waits for its lease [15]', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    const first = await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    const second = await harness.core({ op: 'settle', why: 'E', owner: 'exec-2' });
    expect([first, second]).toMatchObject([{ do: 'undo' }, { do: 'wait' }]);
    const [entry] = (first as unknown as { readonly wave: readonly Parameters<typeof harness.undo>[0][] }).wave;
    if (!entry) throw new Error('a wave has an entry');
    expect(await harness.undo(entry, { owner: 'exec-2' })).toBe('Interlock.Fenced');
    expect(undone(harness)).toEqual([]);
    expect(await harness.undo(entry, { owner: 'exec-1' })).toBe('done');
  });

  it('invoked twice at once calls the system once', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    const answer = await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    const [entry] = (answer as unknown as { readonly wave: readonly Parameters<typeof harness.undo>[0][] }).wave;
    if (!entry) throw new Error('a wave has an entry');
    const states = await Promise.all([harness.undo(entry), harness.undo(entry)]);
    expect([...states].sort()).toEqual(['Interlock.Leased', 'done']);
    expect(undone(harness).length).toBe(1);
    expect(await harness.undo(entry)).toBe('done');
  });
});
