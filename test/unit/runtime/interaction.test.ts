/** A step that waits for a person, through the real handlers: answers early, late, twice, after the fence, and none. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { PlanInteraction, PlanStep } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { effectsOf, plansOf } from '../../../lib/runtime/effects.ts';
import { answer, type AnswerAction } from '../../../lib/runtime/operator/answer.ts';
import { brokenOff, redo } from '../../../lib/runtime/operator/broken-off.ts';
import { cancel } from '../../../lib/runtime/operator/cancel.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { waitsOf } from '../../../lib/runtime/waits.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { criteriaOf, operationOf, planOf, scopeOf, stepOf } from '../../support/plan-fixture.ts';
import { NO_RETRY, statuses } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const MINUTE = 60_000;

function planWith(
  more: Partial<PlanInteraction> = {},
  step: Partial<Omit<PlanStep, 'outputs'>> = {},
): ReturnType<typeof planOf> {
  const pay = stepOf({
    path: 'pay',
    retry: NO_RETRY,
    body: { payload: parseValue({ by: '$interaction.actor', limit: '$interaction.payload#/limit' }), replacements: [] },
    outputs: { by: '$interaction.actor', note: '$interaction.note' },
    undo: { kind: 'none', reason: 'It stays.' },
    interaction: { type: 'approval', deadlineMs: 10 * MINUTE, onTimeout: 'fail', sensitive: [], ...more },
    ...step,
  });
  const operations = [operationOf('pay', { body: { required: true, content: [{ contentType: 'application/json' }] } })];
  return planOf({ steps: [pay], operations });
}

async function running(plan = planWith()): Promise<CallHarness> {
  const harness = await new CallHarness(plan).start({ who: 'Mara' });
  harness.http.on('/v1/pay', answered(201));
  return harness;
}

async function invited(harness: CallHarness, epoch = 1): Promise<Json> {
  const opened = await harness.core({ op: 'invite', step: 'pay', epoch });
  await harness.core({ op: 'await', step: 'pay', token: `token-${epoch}`, epoch });
  return opened;
}

function say(harness: CallHarness, more: Partial<AnswerAction> = {}): ReturnType<typeof answer> {
  return answer({ run: RUN, actor: 'ann', step: 'pay', as: 'approved', ...more }, operating(harness).ports);
}

describe('a step that waits for a person', () => {
  it('makes its request when it is approved, and reads who said so', async () => {
    const harness = await running();
    expect(await invited(harness)).toEqual({ seconds: 602 });
    expect(harness.events.at(-1)).toMatchObject({ type: 'step-waiting', step: 'pay', for: 'approval' });
    expect(harness.waking.woken).toEqual([]);
    expect(await say(harness, { note: 'a good customer' })).toEqual({ kind: 'answered', step: 'pay', visit: 1 });
    expect(harness.waking.woken).toEqual([{ token: 'token-1' }]);
    expect(await harness.call('pay')).toMatchObject({ out: { by: 'ann', note: 'a good customer' }, go: 'next' });
    expect(harness.http.body(0)).toMatchObject({ by: 'ann' });
    expect(await harness.journal.audits(RUN)).toMatchObject([
      { action: 'approved', actor: 'ann', note: 'a good customer' },
    ]);
  });

  it('is refused when it is rejected: nothing is sent, and its actions on failure are asked', async () => {
    const action = {
      name: 'no',
      type: 'goto',
      criteria: criteriaOf("$interaction.decision == 'rejected'"),
      label: 'goto pay',
      closes: [],
    } as const;
    const harness = await running(planWith({}, { onFailure: [action], exits: ['next', 'goto pay'], repeats: true }));
    await invited(harness);
    await say(harness, { as: 'rejected', note: 'over the limit' });
    expect(await harness.call('pay')).toMatchObject({ go: 'goto pay' });
    const record = await harness.journal.record(RUN);
    expect(record?.header.failures[0]).toMatchObject({
      outcome: 'refused',
      error: { message: 'ann rejected it: over the limit' },
    });
    expect(harness.http.requests).toEqual([]);
  });

  it('ends a run that it fails, which has done nothing', async () => {
    const harness = await running();
    await invited(harness);
    await say(harness, { as: 'rejected' });
    expect(await harness.failing('pay')).toEqual({ error: 'Interlock.Refused', cause: 'ann rejected it' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
    expect(await statuses(harness)).toEqual({ pay: 'refused' });
  });

  it.each([
    ['approve', undefined],
    ['reject', 'nobody answered in time, which counts as a rejection'],
    ['fail', 'nobody answered in time'],
  ] as const)('does at the end of its time what onTimeout %s says', async (onTimeout, cause) => {
    const harness = await running(planWith({ onTimeout }));
    await invited(harness);
    harness.clock.pass(10 * MINUTE);
    if (cause === undefined) expect(await harness.call('pay')).toMatchObject({ out: { by: 'timeout' } });
    else expect(await harness.failing('pay')).toEqual({ error: 'Interlock.Refused', cause });
    expect(await say(harness)).toMatchObject({ code: cause === undefined ? 'not-now' : 'not-now' });
  });

  it('waits no longer than its run', async () => {
    const harness = await running(planWith({ deadlineMs: 10 * 3_600_000 }));
    expect(await invited(harness)).toEqual({ seconds: 3_602 });
  });

  it('asked again by a second invocation goes on waiting until the time that it had', async () => {
    const harness = await running();
    await invited(harness);
    harness.clock.pass(4 * MINUTE);
    expect(await harness.core({ op: 'invite', step: 'pay' })).toEqual({ seconds: 362 });
    expect(harness.events.filter(({ type }) => type === 'step-waiting')).toHaveLength(1);
  });

  it('woken by nobody before its time is up does not take that for an answer', async () => {
    const harness = await running();
    await invited(harness);
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.Fenced' });
    expect(harness.http.requests).toEqual([]);
  });
});

describe('an answer', () => {
  it('that comes before the run has come to the step is kept, and wakes it at once', async () => {
    const harness = await running();
    expect(await say(harness)).toMatchObject({ kind: 'answered' });
    await invited(harness);
    expect(harness.waking.woken).toEqual([{ token: 'token-1' }]);
    expect(await harness.call('pay')).toMatchObject({ out: { by: 'ann' } });
  });

  it('is given once: another one is told who was first, and the same one is the same', async () => {
    const harness = await running();
    await invited(harness);
    await say(harness);
    expect(await say(harness, { actor: 'bob', as: 'rejected' })).toMatchObject({
      kind: 'refused',
      code: 'conflict',
      why: expect.stringContaining('pay was approved by ann at'),
    });
    expect(await say(harness)).toMatchObject({ kind: 'answered' });
    expect(harness.waking.woken).toHaveLength(2);
  });

  it('is not taken after the time is up, although nobody has looked yet [20]', async () => {
    const harness = await running();
    await invited(harness);
    harness.clock.pass(10 * MINUTE);
    expect(await say(harness)).toMatchObject({
      kind: 'refused',
      code: 'not-now',
      why: expect.stringContaining('its time was up'),
    });
    expect(await harness.failing('pay')).toMatchObject({ cause: 'nobody answered in time' });
  });

  it('that came in time wins over the end of the time, whoever looks first [20]', async () => {
    const harness = await running();
    await invited(harness);
    harness.clock.pass(10 * MINUTE - 1);
    await say(harness);
    harness.clock.pass(MINUTE);
    expect(await harness.call('pay')).toMatchObject({ out: { by: 'ann' } });
  });

  it('is not taken after the fence, and the fence wakes who waits [19]', async () => {
    const harness = await running();
    await invited(harness);
    await harness.core({ op: 'raise', step: 'other', error: 'E' });
    expect(harness.waking.woken).toEqual([{ token: 'token-1', error: 'Interlock.Fenced' }]);
    expect(await say(harness)).toMatchObject({ kind: 'refused', code: 'not-now' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
  });

  it('does not keep a cancelled run waiting', async () => {
    const harness = await running();
    await invited(harness);
    const { ports, started } = operating(harness);
    expect(await cancel({ run: RUN, actor: 'ann' }, ports)).toEqual({ kind: 'cancelled' });
    expect(started).toEqual([{ what: 'stop', epoch: 1 }]);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'failed' });
    expect(await harness.callbacks.ofRun(RUN)).toMatchObject([{ closed: { why: 'ended' } }]);
  });

  it('goes to a step of the run that waits for a person, and to no other', async () => {
    const harness = await running();
    expect(await say(harness, { step: 'nothing' })).toMatchObject({
      code: 'step-unknown',
      why: expect.stringContaining('those that do: pay'),
    });
    expect(await say(harness, { run: 'other' })).toMatchObject({ code: 'run-unknown' });
    expect(await say(harness, { visit: 2 })).toMatchObject({
      code: 'step-unknown',
      why: 'pay is passed once: there is no visit 2',
    });
    const repeating = await running(planWith({}, { repeats: true }));
    expect(await say(repeating, { visit: 100_000 })).toMatchObject({ code: 'step-unknown' });
    expect(await say(repeating, { visit: 2 })).toMatchObject({ kind: 'answered', visit: 2 });
  });

  it('by a stepId goes to the one step of that name which waits, and to none of two', async () => {
    const { pay } = planWith().steps;
    if (!pay) throw new Error('the plan has the step');
    const at = (path: string, waits = true): PlanStep => {
      const { interaction, ...step } = { ...pay, path, stepId: 'ask', scope: path.split('/').slice(0, -1).join('/') };
      return waits && interaction ? { ...step, interaction } : step;
    };
    const scopes = ['', 'a', 'b', 'c'].map((path) => scopeOf(path));
    const one = await running(planOf({ steps: [at('a/ask', false), at('b/ask')], scopes }));
    expect(await say(one, { step: 'ask' })).toMatchObject({ kind: 'answered', step: 'b/ask' });
    expect(await say(one, { step: 'a/ask' })).toMatchObject({
      code: 'not-open',
      why: expect.stringContaining('waits for nobody; the steps that wait for a person: b/ask'),
    });
    const two = await running(planOf({ steps: [at('b/ask'), at('c/ask')], scopes }));
    expect(await say(two, { step: 'ask' })).toMatchObject({
      code: 'step-unknown',
      why: 'Several steps are called ask: b/ask, c/ask',
    });
  });

  it('asked again under its id is no answer to a later visit, nor to the run as it is tried again', async () => {
    const harness = await running(planWith({}, { repeats: true }));
    await invited(harness);
    await say(harness, { id: 'one', as: 'rejected' });
    await harness.core({ op: 'invite', step: 'pay', at: { visit: 2, tries: {} } });
    expect(await say(harness, { id: 'one', as: 'rejected' })).toMatchObject({ kind: 'answered', visit: 1 });
    expect(await say(harness, { id: 'two' })).toMatchObject({ kind: 'answered', visit: 2 });
    await harness.failing('pay');
    await harness.settled();
    expect(await retry({ run: RUN, actor: 'ann' }, operating(harness).ports)).toMatchObject({ kind: 'retried' });
    await invited(harness, 2);
    expect(await say(harness, { id: 'one', as: 'rejected' })).toMatchObject({ kind: 'refused', code: 'not-now' });
    expect(harness.waking.woken.map(({ token }) => token)).not.toContain('token-2');
  });

  it('is for one epoch: a run that is tried again asks again', async () => {
    const harness = await running();
    await invited(harness);
    await say(harness, { as: 'rejected' });
    await harness.failing('pay');
    await harness.settled();
    const { ports } = operating(harness);
    expect(await retry({ run: RUN, actor: 'ann' }, ports)).toMatchObject({ kind: 'retried' });
    await invited(harness, 2);
    expect(await harness.failing('pay', { epoch: 2 })).toMatchObject({ error: 'Interlock.Fenced' });
    await say(harness, { actor: 'bob' });
    expect(harness.waking.woken.at(-1)).toEqual({ token: 'token-2' });
    expect(await harness.call('pay', { epoch: 2 })).toMatchObject({ out: { by: 'bob' } });
  });

  it('whose process died before it woke the run is followed by the next one', async () => {
    const harness = await running();
    await invited(harness);
    await say(harness);
    harness.waking.woken.length = 0;
    const { ports } = operating(harness);
    const entry = await brokenOff(RUN, ports);
    expect(entry).toMatchObject({ action: 'approved' });
    if (entry) await redo(RUN, entry, ports);
    expect(harness.waking.woken).toEqual([{ token: 'token-1' }]);
    expect((await harness.journal.audits(RUN)).every(({ refused }) => refused === undefined)).toBe(true);
  });
});

describe('a form', () => {
  const schema: Json = {
    type: 'object',
    required: ['limit'],
    properties: { limit: { type: 'integer', maximum: 100 }, pin: { type: 'string', format: 'password' } },
  };
  const form = { type: 'form', schema, sensitive: ['pin'] } as const;

  it('is read by the step, where it fits its schema', async () => {
    const harness = await running(planWith(form));
    await invited(harness);
    expect(await say(harness)).toMatchObject({ kind: 'invalid' });
    expect(await say(harness, { data: { limit: 500 } })).toMatchObject({
      kind: 'invalid',
      problems: [{ pointer: '/limit' }],
    });
    expect(await say(harness, { data: { limit: 50 } })).toMatchObject({ kind: 'answered' });
    await harness.call('pay');
    expect(harness.http.body(0)).toEqual({ by: 'ann', limit: 50 });
  });

  it('need not be filled in by who rejects', async () => {
    const harness = await running(planWith(form));
    await invited(harness);
    expect(await say(harness, { as: 'rejected' })).toMatchObject({ kind: 'answered' });
  });

  it('keeps what is sensitive of it by reference', async () => {
    const harness = await running(planWith(form));
    await invited(harness);
    await say(harness, { data: { limit: 5, pin: 'canary-7716' } });
    expect(JSON.stringify(await harness.callbacks.ofRun(RUN))).not.toContain('canary-7716');
    expect(JSON.stringify(await harness.journal.audits(RUN))).not.toContain('canary-7716');
    await harness.call('pay');
  });
});

it('a run that waits for a person says so, and what is asked, as long as it is open', async () => {
  const description = parseValue('Pay for {$inputs.who}?');
  const harness = await running(planWith({ title: 'Payment', description }));
  await invited(harness);
  const seen = async (): Promise<unknown> => {
    const record = await harness.journal.record(RUN);
    if (!record) throw new Error('the run is there');
    expect(effectsOf(record, await plansOf(record.header, harness.ports.plans), harness.clock.now())).toEqual([]);
    return await waitsOf(record, harness.clock.now(), harness.ports);
  };
  expect(await seen()).toMatchObject([
    { step: 'pay', type: 'approval', title: 'Payment', description: 'Pay for Mara?' },
  ]);
  await say(harness);
  expect(await seen()).toEqual([]);
});

it('a description that is made from what is sensitive is not shown', async () => {
  const harness = await running(planWith({ description: parseValue('Pay for {$inputs.who}?'), hidden: true }));
  await invited(harness);
  const record = await harness.journal.record(RUN);
  if (!record) throw new Error('the run is there');
  expect(JSON.stringify(await waitsOf(record, harness.clock.now(), harness.ports))).not.toContain('Mara');
});
