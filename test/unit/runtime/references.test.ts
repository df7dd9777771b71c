/** Outputs that travel by reference, as steps, undos, later epochs and the closing meet them: nobody notices. */
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../lib/model/defaults.ts';
import type { JsonObject } from '../../../lib/model/json.ts';
import { ELSEWHERE } from '../../../lib/model/kept.ts';
import type { Plan, PlanStep } from '../../../lib/model/plan.ts';
import type { CallAnswer } from '../../../lib/model/task.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { callOf, operationOf, planOf, probeOf, scopeOf, stepOf, undoOf, valuesOf } from '../../support/plan-fixture.ts';
import { answered } from '../../support/scripted-http.ts';
import { lost, NO_RETRY } from '../../support/saga-fixture.ts';

const MEGABYTE = 'x'.repeat(1_048_576);
const READS = { text: '$steps.read.outputs.text', token: '$steps.read.outputs.token' };

const payload = (values: { readonly [name: string]: string }): Pick<PlanStep, 'body'> => ({
  body: { payload: parseValue(values), replacements: [] },
});

/** `read` gives a large and a sensitive output; `use` and `again` send both; `use` is undone by what `read` gave. */
function plan(change: Partial<Omit<PlanStep, 'outputs'>> = {}): Plan {
  const steps = [
    stepOf({
      path: 'read',
      effect: 'safe',
      retry: NO_RETRY,
      outputs: { text: '$response.body#/text', token: '$response.body#/token', id: '$response.body#/id' },
      sensitive: ['token'],
      readsInputs: false,
      ...change,
    }),
    ...['use', 'again'].map((path) =>
      stepOf({
        path,
        retry: NO_RETRY,
        reads: ['read'],
        outputs: { size: '$statusCode' },
        undo: undoOf('use'),
        ...payload(READS),
      }),
    ),
  ];
  const undo = callOf({
    path: 'use#undo',
    effect: 'idempotent',
    reads: ['read'],
    ...payload({ ...READS, done: '$steps.use.outputs.size' }),
  });
  const undoRead = callOf({ path: 'read#undo', effect: 'idempotent' });
  const probe = callOf({ path: 'read#probe', effect: 'safe', outputs: { token: '$response.body#/token' } });
  return planOf({
    steps,
    calls: [undo, undoRead, probe],
    operations: [
      operationOf('use-undo', { method: 'post', path: '/undo' }),
      operationOf('read-probe', { method: 'get', path: '/probe' }),
    ],
    scopes: [
      scopeOf('', {
        members: Object.fromEntries(steps.map(({ path }) => [path, { step: path }])),
        outputs: valuesOf({ token: READS.token, text: READS.text, id: '$steps.read.outputs.id' }),
        reads: ['read'],
        sensitive: { inputs: ['pin'], outputs: ['token'] },
      }),
    ],
  });
}

async function running(change: Partial<Omit<PlanStep, 'outputs'>> = {}): Promise<CallHarness> {
  const harness = await new CallHarness(plan(change)).start({ pin: 'secret-pin', other: 'o' });
  harness.http.on('/v1/read', answered(200, { text: MEGABYTE, token: 'secret-token', id: 7 }));
  for (const path of ['use', 'again', 'undo']) harness.http.on(`/v1/${path}`, answered(200, {}));
  return harness;
}

const withRefs = ({ out }: CallAnswer) => ({ refs: { read: out } });

describe('a step with a megabyte and a secret', () => {
  it('hands both on by reference, and two later steps send them', async () => {
    const harness = await running();
    const read = await harness.call('read');
    expect(JSON.stringify(read).length).toBeLessThan(500);
    expect(read.out).toMatchObject({
      id: 7,
      [ELSEWHERE]: { parts: { token: { sensitive: true }, text: { bytes: 1_048_578 } } },
    });
    await harness.call('use', withRefs(read));
    await harness.call('again', withRefs(read));
    for (const index of [1, 2]) expect(harness.http.body(index)).toEqual({ text: MEGABYTE, token: 'secret-token' });
  });

  it('is answered from the journal with the same references, without reading the values', async () => {
    const harness = await running({ effect: 'unsafe' });
    const first = await harness.call('read');
    await harness.blobs.remove(RUN);
    expect(await harness.call('read')).toEqual(first);
    expect(harness.http.requests).toHaveLength(1);
  });

  it('writes the values before the outcome, and nothing more for a step that has only small ones', async () => {
    const harness = await running();
    const order: string[] = [];
    const put = harness.blobs.put.bind(harness.blobs);
    harness.blobs.put = (...blob) => {
      order.push(`blob after ${harness.journal.writes.length} writes`);
      return put(...blob);
    };
    const read = await harness.call('read');
    expect(order).toEqual(['blob after 0 writes', 'blob after 0 writes']);
    await harness.call('use', withRefs(read));
    expect(order).toHaveLength(2);
    expect(harness.journal.writes).toEqual(['apply', 'intend', 'apply']);
  });

  it('leaves only a blob that nobody refers to when its handler is lost before the outcome', async () => {
    const harness = await running();
    const apply = harness.journal.apply.bind(harness.journal);
    harness.journal.apply = () => Promise.reject(new Error('the process is gone'));
    await expect(harness.call('read')).rejects.toThrow('gone');
    expect((await harness.journal.record(RUN))?.applied).toEqual([]);
    harness.journal.apply = apply;
    const read = await harness.call('read');
    await harness.call('use', withRefs(read));
    expect(harness.http.body(-1)).toEqual({ text: MEGABYTE, token: 'secret-token' });
  });

  it('leaves nothing in the journal, the events and the log that tells the secret', async () => {
    const harness = await running();
    await harness.call('use', withRefs(await harness.call('read')));
    const record = await harness.journal.record(RUN);
    const told = JSON.stringify([record, await harness.journal.input(RUN), harness.events, harness.log]);
    expect(told).not.toContain('secret-token');
    expect(told).not.toContain('secret-pin');
    expect(told.length).toBeLessThan(20_000);
  });

  it('has digests that nobody can check a guess against without the blob store', async () => {
    const digestsOf = async (): Promise<unknown> => {
      const harness = await running();
      await harness.call('use', withRefs(await harness.call('read')));
      const record = await harness.journal.record(RUN);
      return [record?.header.inputDigest, record?.applied.map(({ dataDigest, attempts }) => [dataDigest, attempts])];
    };
    expect(await digestsOf()).not.toEqual(await digestsOf());
  });
});

describe('an undo', () => {
  it('reads large and sensitive outputs of an earlier step and of its own', async () => {
    const harness = await running();
    const read = await harness.call('read');
    harness.clock.pass(10);
    await harness.call('use', withRefs(read));
    harness.clock.pass(10);
    harness.http.on('/v1/again', answered(422));
    await harness.failing('again', withRefs(read));
    expect(await harness.settled()).toMatchObject({ status: 'compensated' });
    expect(harness.http.body(-1)).toEqual({ text: MEGABYTE, token: 'secret-token', done: 200 });
  });

  it('keeps its own outputs by reference, too', async () => {
    const base = plan();
    const undo = {
      ...callOf({ path: 'use#undo', effect: 'idempotent' }),
      outputs: valuesOf({ note: '$response.body#/note' }),
      sensitive: ['note'],
    };
    const harness = await new CallHarness({ ...base, calls: { ...base.calls, 'use#undo': undo } }).start({});
    harness.http.on('*', answered(200, { note: 'secret-note', text: '', token: '', id: 1 }));
    const read = await harness.call('read');
    await harness.call('use', withRefs(read));
    harness.http.on('/v1/again', answered(422));
    await harness.failing('again', withRefs(read));
    await harness.settled();
    const [record] = (await harness.journal.record(RUN))?.undos ?? [];
    expect(record?.outputs).toMatchObject({ [ELSEWHERE]: { parts: { note: { sensitive: true } } } });
  });
});

describe('what a probe found', () => {
  it('is kept like the outputs that it stands in for', async () => {
    // Too short a lease for asking within it, so settle asks.
    const probe = { probe: probeOf('read'), undo: undoOf('read', { whenInDoubt: 'probe' }), leaseMs: 12_000 } as const;
    const harness = await running({ effect: 'unsafe', ...probe });
    harness.http.on('/v1/read', lost).on('/v1/probe', answered(200, { token: 'secret-token' }));
    harness.http.on('/v1/read-undo', answered(204));
    await harness.failing('read');
    await harness.settled();
    const [verdict] = (await harness.journal.record(RUN))?.verdicts ?? [];
    expect(verdict?.verdict).toBe('applied');
    expect(verdict?.outputs).toMatchObject({ [ELSEWHERE]: { parts: { token: { sensitive: true } } } });
  });
});

describe('a run that was opened again', () => {
  it('answers what stands from its references', async () => {
    const harness = await running({ effect: 'unsafe', undo: { kind: 'none', reason: 'it may stay' } });
    const read = await harness.call('read');
    harness.http.on('/v1/use', answered(422));
    await harness.failing('use', withRefs(read));
    await harness.settled();
    const reopened = await harness.journal.reopen(RUN, {
      epoch: 2,
      deadline: harness.clock.now() + 60_000,
      planHash: 'plan-2',
    });
    expect(reopened.kind).toBe('reopened');
    const again = await harness.call('read', { epoch: 2 });
    expect(again.out).toEqual(read.out);
    harness.http.on('/v1/use', answered(200, {}));
    await harness.call('use', { epoch: 2, ...withRefs(again) });
    expect(harness.http.body(-1)).toEqual({ text: MEGABYTE, token: 'secret-token' });
  });
});

describe('closing', () => {
  it('writes the outputs with references, answers with them, and again', async () => {
    const harness = await running();
    const read = await harness.call('read');
    const closing = { op: 'close', scope: '', refs: { read: read.out } } as const;
    const closed = (await harness.core(closing)) as JsonObject;
    expect(closed).toMatchObject({ outputs: { id: 7, [ELSEWHERE]: { parts: { token: { sensitive: true } } } } });
    expect(JSON.stringify(closed).length).toBeLessThan(500);
    expect(await harness.core(closing)).toEqual(closed);
  });
});

describe('what is too large', () => {
  it('is an answer of more than the limit: in doubt, not asked for again, and said by name', async () => {
    const harness = await running({ retry: { ...NO_RETRY, attempts: 3 } });
    harness.http.on('/v1/read', { kind: 'no-answer', why: 'too-large' });
    expect(await harness.failing('read')).toEqual({
      error: 'Interlock.InDoubt',
      cause: `shop answered with more than ${DEFAULTS.responseLimitBytes} bytes`,
    });
    expect(harness.http.requests).toHaveLength(1);
  });

  it('is an output that is made larger than any value may be: the step is no success, and what it did is undone', async () => {
    const twice = '{$steps.read.outputs.text}{$steps.read.outputs.text}';
    const base = plan();
    const use = { ...base.steps['use'], outputs: valuesOf({ all: twice }) } as PlanStep;
    const harness = await new CallHarness({ ...base, steps: { ...base.steps, use } }).start({});
    const half = 'x'.repeat(9 * 1_048_576);
    harness.http.on('*', answered(200, { text: half, token: 't', id: 1 }));
    const failed = await harness.failing('use', withRefs(await harness.call('read')));
    expect(failed.error).toBe('Interlock.Unwanted');
    expect(failed.cause).toContain('its output `all` has more than');
  });

  it('is an input beyond the limit: the run is not started', async () => {
    const started = new CallHarness(plan()).start({ other: 'x'.repeat(DEFAULTS.blobLimitBytes) });
    await expect(started).rejects.toThrow('more than 16777216 bytes');
  });
});
