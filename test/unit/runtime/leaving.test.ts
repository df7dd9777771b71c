import { describe, expect, it } from 'vitest';
import type { PlanAction } from '../../../lib/model/plan.ts';
import type { Criterion } from '../../../lib/model/value.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, planOf, type StepFixture, stepOf } from '../../support/plan-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

const ALL_EXITS = ['next', 'end', 'goto other', 'goto more', 'retry pay#again', 'retry pay#more'];

async function paying(step: Omit<StepFixture, 'path'>, ...answers: readonly Scripted[]): Promise<CallHarness> {
  const method = step.effect === 'safe' ? 'get' : 'post';
  const pay = stepOf({ path: 'pay', repeats: true, exits: ALL_EXITS, retry: NO_RETRY, ...step });
  const harness = await new CallHarness(planOf({ steps: [pay], operations: [operationOf('pay', { method })] })).start();
  harness.http.on('/v1/pay', ...answers);
  return harness;
}

const NO_RETRY = { attempts: 1, intervalMs: 0, backoff: 1, capMs: 0, jitter: 'none' } as const;

function when(condition: string): readonly Criterion[] {
  return [{ type: 'simple', condition }];
}

function goto(label: string, criteria: readonly Criterion[] = []): PlanAction {
  return { name: label.replace(' ', '-'), type: 'goto', criteria, label, closes: [] };
}

function retry(name: string, limit: number, criteria: readonly Criterion[] = [], afterMs = 1_000): PlanAction {
  return {
    name,
    type: 'retry',
    criteria,
    label: `retry pay#${name}`,
    closes: [],
    retry: { afterMs, limit, again: 'pay' },
  };
}

const END: PlanAction = { name: 'end', type: 'end', criteria: [], closes: [] };

describe('leaving a step that succeeded', () => {
  it('takes the first action whose criteria hold', async () => {
    const onSuccess = [goto('goto more', when('$statusCode == 202')), goto('goto other', when('$statusCode == 200'))];
    const harness = await paying({ onSuccess }, answered(200));
    expect(await harness.call('pay')).toMatchObject({ go: 'goto other' });
  });

  it('goes on where none does', async () => {
    const harness = await paying({ onSuccess: [goto('goto more', when('$statusCode == 202'))] }, answered(200));
    expect(await harness.call('pay')).toMatchObject({ go: 'next', at: { visit: 2, tries: {} } });
  });

  it('asks neither actions nor scopes when it repairs', async () => {
    const harness = await paying({ onSuccess: [goto('goto more')] }, answered(200));
    expect(await harness.call('pay', { repair: true })).toMatchObject({ go: 'next' });
  });
});

describe('leaving a step that failed', () => {
  it('by a goto records the failure, and the fence stays down', async () => {
    const harness = await paying({ onFailure: [goto('goto other')] }, answered(402));
    expect(await harness.call('pay')).toEqual({ out: {}, go: 'goto other', at: { visit: 2, tries: {} } });
    const header = await harness.journal.header(RUN);
    expect([header?.phase, header?.failures[0]?.go]).toEqual(['forward', 'goto other']);
    expect(harness.journal.writes).toEqual(['intend', 'fail']);
  });

  it('gives the same way when it is asked again', async () => {
    const harness = await paying({ onFailure: [retry('again', 1)] }, answered(402));
    const first = await harness.call('pay');
    expect(first).toEqual({ out: {}, go: 'retry pay#again', seconds: 1, at: { visit: 1, tries: { again: 1 } } });
    expect(await harness.call('pay')).toEqual(first);
    expect(harness.http.requests.length).toBe(1);
  });

  it('by `end` fails the run', async () => {
    const harness = await paying({ onFailure: [END, goto('goto other')] }, answered(402));
    expect((await harness.failing('pay')).error).toBe('Interlock.Refused');
    expect((await harness.journal.header(RUN))?.phase).toBe('fenced');
  });

  it('has no $statusCode without an answer: a criterion on it is false, an action without criteria matches', async () => {
    const onFailure = [goto('goto more', when('$statusCode >= 500')), goto('goto other')];
    const harness = await paying({ onFailure }, { kind: 'not-sent', why: 'connection-refused' });
    expect(await harness.call('pay')).toMatchObject({ go: 'goto other' });
  });

  it('asks no action when it repairs', async () => {
    const harness = await paying({ onFailure: [goto('goto other')] }, answered(402));
    expect((await harness.failing('pay', { repair: true })).error).toBe('Interlock.Refused');
  });
});

describe('a retry action', () => {
  it('is taken as often as its limit says, then the next one that matches', async () => {
    const harness = await paying(
      { onFailure: [retry('again', 1), retry('more', 1), goto('goto other')] },
      answered(402),
    );
    const first = await harness.call('pay');
    const second = await harness.call('pay', { at: first.at ?? null });
    const third = await harness.call('pay', { at: second.at ?? null });
    expect([first.go, second.go, third.go]).toEqual(['retry pay#again', 'retry pay#more', 'goto other']);
    expect(third.at).toEqual({ visit: 2, tries: {} });
  });

  it('never with a limit of 0', async () => {
    const harness = await paying({ onFailure: [retry('again', 0), goto('goto other')] }, answered(402));
    expect(await harness.call('pay')).toMatchObject({ go: 'goto other' });
  });

  it('waits as long as Retry-After says instead of its own time, but not beyond the deadline', async () => {
    const asked = await paying({ onFailure: [retry('again', 1)] }, answered(429, undefined, { 'retry-after': '90' }));
    expect(await asked.call('pay')).toMatchObject({ seconds: 90 });
    const long = await paying(
      { onFailure: [retry('again', 1)] },
      answered(429, undefined, { 'retry-after': '999999' }),
    );
    expect(await long.call('pay')).toMatchObject({ seconds: 3_600 });
  });

  it('rounds its wait up to whole seconds', async () => {
    const harness = await paying({ onFailure: [retry('again', 1, [], 1_200)] }, answered(402));
    expect(await harness.call('pay')).toMatchObject({ seconds: 2 });
  });

  it('uses a new key after a refusal: servers replay refusals', async () => {
    const harness = await paying({ onFailure: [retry('again', 1)] }, answered(402), answered(200));
    const first = await harness.call('pay');
    await harness.call('pay', { at: first.at ?? null });
    expect(harness.http.header(0, 'idempotency-key')).not.toBe(harness.http.header(1, 'idempotency-key'));
  });

  it('keeps the key after a doubt, which only then is safe to repeat', async () => {
    const step: Omit<StepFixture, 'path'> = {
      effect: 'idempotent',
      idempotency: { header: 'Idempotency-Key', retentionMs: 3_600_000 },
      onFailure: [retry('again', 2)],
    };
    const harness = await paying(step, answered(500), answered(503), answered(200));
    const first = await harness.call('pay');
    const second = await harness.call('pay', { at: first.at ?? null });
    expect(await harness.call('pay', { at: second.at ?? null })).toMatchObject({ go: 'next' });
    const keys = [0, 1, 2].map((index) => harness.http.header(index, 'idempotency-key'));
    expect(new Set(keys).size).toBe(1);
  });

  it('does not repeat a doubt once the system may have forgotten the key', async () => {
    const step: Omit<StepFixture, 'path'> = {
      effect: 'idempotent',
      idempotency: { header: 'Idempotency-Key', retentionMs: 60_000 },
      onFailure: [retry('again', 2)],
    };
    const harness = await paying(step, answered(500));
    const first = await harness.call('pay');
    // What is sent now lands within its ten seconds and the grace of ten more.
    harness.clock.pass(41_000);
    expect((await harness.failing('pay', { at: first.at ?? null })).error).toBe('Interlock.InDoubt');
    expect(harness.http.requests.length).toBe(1);
  });

  it('is still in doubt when the repetition is refused by a system that promises nothing', async () => {
    const plan = planOf({
      steps: [
        stepOf({
          path: 'pay',
          effect: 'idempotent',
          repeats: true,
          exits: ALL_EXITS,
          retry: NO_RETRY,
          onFailure: [retry('again', 1)],
        }),
      ],
      operations: [operationOf('pay', { method: 'put' })],
    });
    const harness = await new CallHarness(plan).start();
    harness.http.on('*', answered(500), answered(409));
    const first = await harness.call('pay');
    expect((await harness.failing('pay', { at: first.at ?? null })).error).toBe('Interlock.InDoubt');
  });
});

describe('what may stand is not left behind', () => {
  const actions = { goto: goto('goto other'), end: END, retry: retry('again', 1) };

  it.each(Object.entries(actions))('an unsafe call in doubt by %s: the fence goes up', async (_, action) => {
    const harness = await paying({ onFailure: [action] }, answered(500));
    const failure = await harness.failing('pay');
    expect(failure).toEqual({
      error: 'Interlock.InDoubt',
      cause: `shop answered 500; its action ${action.name} (${action.type}) is not taken, because what was done may stand`,
    });
    expect((await harness.journal.header(RUN))?.phase).toBe('fenced');
  });

  it.each(Object.entries(actions))(
    'an unwanted success by %s: PSP 1 has charged, PSP 2 must not',
    async (_, action) => {
      const criteria = when("$response.body#/state == 'done'");
      const harness = await paying({ criteria, onFailure: [action] }, answered(200, { state: 'odd' }));
      expect((await harness.failing('pay')).error).toBe('Interlock.Unwanted');
      expect((await harness.journal.header(RUN))?.phase).toBe('fenced');
    },
  );

  it.each(Object.entries(actions))('a call in doubt that a lost invocation left, by %s', async (_, action) => {
    const harness = await paying({ onFailure: [action] }, answered(200));
    const key = { step: 'pay', visit: 1, gen: 0 };
    await harness.journal.intend(RUN, { key, epoch: 1, at: harness.clock.now(), leaseUntil: 0, nonce: 'lost' });
    expect((await harness.failing('pay')).error).toBe('Interlock.InDoubt');
    expect(harness.http.requests).toEqual([]);
  });

  it('a safe step is left by any way, whatever became of it', async () => {
    const harness = await paying({ effect: 'safe', onFailure: [goto('goto other')] }, answered(500));
    expect(await harness.call('pay')).toMatchObject({ go: 'goto other' });
  });

  it('a poll repeats a safe read until its criteria hold', async () => {
    const step: Omit<StepFixture, 'path'> = {
      effect: 'safe',
      criteria: when("$response.body#/state == 'done'"),
      onFailure: [retry('again', 5)],
    };
    const harness = await paying(step, answered(200, { state: 'open' }), answered(200, { state: 'done' }));
    const first = await harness.call('pay');
    expect(first.go).toBe('retry pay#again');
    expect(await harness.call('pay', { at: first.at ?? null })).toMatchObject({
      go: 'next',
      at: { visit: 2, tries: {} },
    });
  });
});
