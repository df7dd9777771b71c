import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { type Plan, PLAN_FORMAT } from '../../../lib/model/plan.ts';
import type { Phase } from '../../../lib/runtime/ports/journal.ts';
import { releaseLock } from '../../../lib/runtime/lock.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { planOf, stepOf } from '../../support/plan-fixture.ts';

const LEASE_MS = 30_000;
const WAIT_MS = 600_000;

function planWith(key: Json = 'account-{$inputs.account}'): Plan {
  const lock = { key: parseValue(key), leaseMs: LEASE_MS, waitMs: WAIT_MS };
  return planOf({ steps: [stepOf({ path: 'pay' })], rest: { planFormat: PLAN_FORMAT, lock } });
}

/** A run of account 7, and others beside it in the same journal. */
async function running(plan: Plan = planWith(), input: Json = { account: 7 }): Promise<CallHarness> {
  return await new CallHarness(plan).start(input);
}

async function startOther(harness: CallHarness, runId: string, account: Json = 7): Promise<void> {
  const now = harness.clock.now();
  const facts = { workflowId: 'order', planHash: 'plan-1', inputDigest: 'd', actor: 'clerk' };
  await harness.journal.start({ ...facts, runId, input: { account }, startedAt: now, deadline: now + 3_600_000 });
}

function ask(harness: CallHarness, run: string = RUN, more: { readonly epoch?: number } = {}): Promise<Json> {
  return harness.core({ op: 'lock', run, ...more });
}

describe('the lock of a run', () => {
  it('is given at once where nobody has it, and again to who asks again', async () => {
    const harness = await running();
    const first = await ask(harness);
    expect(first).toMatchObject({ do: 'go' });
    expect(await ask(harness)).toEqual(first);
  });

  it('keeps other runs with the same key waiting, and no others', async () => {
    const harness = await running();
    await startOther(harness, 'same');
    await startOther(harness, 'other', 8);
    await ask(harness);
    expect(await ask(harness, 'same')).toEqual({ do: 'wait', seconds: 1 });
    expect(await ask(harness, 'other')).toMatchObject({ do: 'go' });
  });

  it('is given back when the run has succeeded, and goes to the next in line', async () => {
    const harness = await running();
    for (const run of ['second', 'third']) await startOther(harness, run);
    await ask(harness);
    for (const run of ['second', 'third']) await ask(harness, run);
    await harness.core({ op: 'close', scope: '' });
    expect(await ask(harness, 'third')).toMatchObject({ do: 'wait' });
    expect(await ask(harness, 'second')).toMatchObject({ do: 'go' });
  });

  it('is given back again when the close comes again: the first may have died in between', async () => {
    const harness = await running();
    await startOther(harness, 'second');
    await ask(harness);
    await harness.journal.close(RUN, { epoch: 1, at: harness.clock.now(), outputs: {} });
    expect(await ask(harness, 'second')).toMatchObject({ do: 'wait' });
    await harness.core({ op: 'close', scope: '' });
    expect(await ask(harness, 'second')).toMatchObject({ do: 'go' });
  });

  it('asks less and less often the longer it waits, a second at least and a minute at most', async () => {
    const harness = await running();
    for (const run of ['a', 'b', 'c']) await startOther(harness, run);
    await ask(harness);
    for (const run of ['a', 'b']) await ask(harness, run);
    expect(await ask(harness, 'c')).toEqual({ do: 'wait', seconds: 3 });
    harness.clock.pass(120_000);
    expect(await ask(harness, 'c')).toEqual({ do: 'wait', seconds: 12 });
    harness.clock.pass(479_000);
    expect(await ask(harness, 'c')).toEqual({ do: 'wait', seconds: 1 });
  });

  it('makes a history of a day with at most 25,000 events', async () => {
    const lock = { key: parseValue('one'), leaseMs: LEASE_MS, waitMs: 86_400_000 };
    const plan = planOf({ steps: [stepOf({ path: 'pay' })], rest: { lock, deadlineMs: 90_000_000 } });
    const harness = await running(plan);
    await harness.journal.start({
      runId: 'owner',
      workflowId: 'order',
      planHash: 'plan-1',
      input: {},
      inputDigest: 'd',
      actor: 'clerk',
      startedAt: harness.clock.now(),
      deadline: harness.clock.now() + 90_000_000,
    });
    await ask(harness, 'owner');
    const asked = await askUntilTheEnd(harness);
    // A Task, a Choice and a Wait state: 11 events each time round.
    expect(asked * 11).toBeLessThan(20_000);
  });

  it('is not waited for longer than the workflow says: the place in the line is given up', async () => {
    const harness = await running();
    for (const run of ['a', 'b']) await startOther(harness, run);
    await ask(harness);
    for (const run of ['a', 'b']) await ask(harness, run);
    harness.clock.pass(WAIT_MS);
    await expect(ask(harness, 'a')).rejects.toMatchObject({
      error: 'Interlock.Locked',
      message: `the run ${RUN} has the lock; it was waited for ${WAIT_MS} ms`,
    });
    // What the operator reads of the run that gave up, after settle was told no more than the error's name.
    expect((await harness.journal.header('a'))?.error).toEqual({
      error: 'Interlock.Locked',
      message: `the run ${RUN} has the lock; it was waited for ${WAIT_MS} ms`,
    });
    expect(await harness.core({ op: 'settle', run: 'a', why: 'Interlock.Locked' })).toMatchObject({ status: 'failed' });
    expect((await harness.journal.header('a'))?.error?.message).toMatch(/has the lock/);
    await harness.core({ op: 'close', scope: '' });
    expect(await ask(harness, 'b')).toMatchObject({ do: 'go' });
  });

  it('tells whoever waited in vain that its owner needs attention: waiting longer would not help', async () => {
    const harness = await running();
    await startOther(harness, 'second');
    await ask(harness);
    await ask(harness, 'second');
    harness.journal.change(RUN, { phase: 'needs-attention' });
    harness.clock.pass(WAIT_MS);
    await expect(ask(harness, 'second')).rejects.toMatchObject({
      message: `the run ${RUN} has the lock, which needs attention and keeps it until that is settled; it was waited for ${WAIT_MS} ms`,
    });
  });

  it.each<Phase>(['succeeded', 'compensated', 'failed'])(
    'is taken from an owner that is %s and did not give it back, after the lease and not before',
    async (phase) => {
      const harness = await running();
      await startOther(harness, 'second');
      await ask(harness);
      harness.journal.change(RUN, { phase });
      harness.clock.pass(LEASE_MS - 1);
      expect(await ask(harness, 'second')).toMatchObject({ do: 'wait' });
      harness.clock.pass(1);
      expect(await ask(harness, 'second')).toMatchObject({ do: 'go' });
    },
  );

  it.each<Phase>(['forward', 'fenced', 'compensating', 'needs-attention'])(
    'stays with an owner that is %s, however long ago its lease ended',
    async (phase) => {
      const harness = await running();
      await startOther(harness, 'second');
      await ask(harness);
      harness.journal.change(RUN, { phase });
      harness.clock.pass(WAIT_MS / 2);
      expect(await ask(harness, 'second')).toMatchObject({ do: 'wait' });
    },
  );

  it('stays with a run that was opened again in a later epoch', async () => {
    const harness = await running();
    await startOther(harness, 'second');
    await ask(harness);
    harness.journal.change(RUN, { epoch: 2 });
    harness.clock.pass(LEASE_MS);
    expect(await ask(harness, 'second')).toMatchObject({ do: 'wait' });
    expect(await ask(harness, RUN, { epoch: 2 })).toMatchObject({ do: 'go' });
  });

  it('passes a row of owners that are over in one look', async () => {
    const harness = await running();
    for (const run of ['a', 'b', 'c']) await startOther(harness, run);
    await ask(harness);
    for (const run of ['a', 'b', 'c']) await ask(harness, run);
    for (const run of [RUN, 'a', 'b']) harness.journal.change(run, { phase: 'failed' });
    harness.clock.pass(LEASE_MS);
    expect(await ask(harness, 'c')).toMatchObject({ do: 'go' });
  });

  it('is waited for where nothing is known of the owner: it may be of another integration', async () => {
    const harness = await running();
    await harness.ports.locks.acquire({ key: 'account-7', run: 'foreign', epoch: 1, at: harness.clock.now() });
    harness.clock.pass(LEASE_MS * 2);
    expect(await ask(harness)).toMatchObject({ do: 'wait' });
  });

  it('is not given to a run that is fenced, past its deadline, of another epoch or unknown', async () => {
    const harness = await running();
    await expect(ask(harness, RUN, { epoch: 2 })).rejects.toMatchObject({ error: 'Interlock.StaleEpoch' });
    await expect(ask(harness, 'nobody')).rejects.toMatchObject({ error: 'Interlock.RunInvalid' });
    harness.clock.pass(3_600_000);
    await expect(ask(harness)).rejects.toMatchObject({ error: 'Interlock.Fenced' });
    expect((await harness.journal.header(RUN))?.error).toMatchObject({ error: 'States.Timeout' });
    await expect(ask(harness)).rejects.toMatchObject({ error: 'Interlock.Fenced' });
  });

  it.each<readonly [string, Json, Json]>([
    ['is missing', 'account-{$inputs.account}', {}],
    ['is null', '$inputs.account', { account: null }],
    ['is empty', '$inputs.account', { account: '' }],
  ])('begins nothing where its key %s', async (_, key, input) => {
    const harness = await running(planWith(key), input);
    await expect(ask(harness)).rejects.toMatchObject({
      error: 'Interlock.RunInvalid',
      message: expect.stringMatching(/^the key of the lock has no value: /),
    });
    expect((await harness.journal.header(RUN))?.error?.message).toMatch(/^the key of the lock has no value: /);
  });

  it('names no value of the run in what it says', async () => {
    const harness = await running(planWith('secret-{$inputs.account}'), { account: 'hidden' });
    await startOther(harness, 'second', 'hidden');
    await ask(harness);
    await ask(harness, 'second');
    harness.clock.pass(WAIT_MS);
    const error: unknown = await ask(harness, 'second').catch((caught: unknown) => caught);
    expect(String(error)).not.toContain('hidden');
  });

  it('that cannot be given back is no failure of the run: it is said, and the lease ends it', async () => {
    const harness = await running();
    await ask(harness);
    const locks = { ...harness.ports.locks, release: () => Promise.reject(new Error('the table is gone')) };
    await releaseLock({ run: RUN, epoch: 1 }, { ...harness.ports, locks }, planWith());
    expect(harness.log.map(({ message }) => message)).toEqual(['the lock was not given back: the table is gone']);
  });
});

async function askUntilTheEnd(harness: CallHarness): Promise<number> {
  for (let asked = 1; asked < 5_000; asked += 1) {
    const answer = await ask(harness).catch(() => undefined);
    if (answer === undefined) return asked;
    harness.clock.pass((answer as { readonly seconds: number }).seconds * 1_000);
  }
  throw new Error('it waits for ever');
}
