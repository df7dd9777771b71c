import { describe, expect, it } from 'vitest';
import { afterExecution } from '../../../lib/runtime/lifecycle.ts';
import { brokenOff, redo } from '../../../lib/runtime/operator/broken-off.ts';
import { cancel } from '../../../lib/runtime/operator/cancel.ts';
import { discard } from '../../../lib/runtime/operator/discard.ts';
import { resolve } from '../../../lib/runtime/operator/resolve.ts';
import { redrive, undoRun } from '../../../lib/runtime/operator/resume.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { skip } from '../../../lib/runtime/operator/skip.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { passing, refusing, running, statuses, undone, viewOf } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

/** What an operator's action leaves behind, and what becomes of it when it is asked twice or breaks off in the middle. */
const BY = { run: RUN, actor: 'ann' } as const;

/** The undo of `pay` is refused, so the run needs attention. */
async function stuck(): Promise<CallHarness> {
  const harness = await running();
  harness.http.on('/v1/pay/pay-1', answered(409));
  await passing(harness, 'reserve', 'pay');
  await refusing(harness, 'ship');
  expect(await harness.settled()).toMatchObject({ do: 'park', letter: { reason: 'undo-failed' } });
  harness.clock.pass(1_000);
  return harness;
}

describe('an action', () => {
  it('is written down before it is done', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { ports } = operating(harness);
    harness.journal.writes.length = 0;
    await cancel({ ...BY, note: 'the customer called' }, ports);
    expect(harness.journal.writes).toEqual(['audit', 'fence']);
    expect(await harness.journal.audits(RUN)).toMatchObject([{ action: 'cancelled', note: 'the customer called' }]);
  });

  it('that comes too late says so in its entry', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { ports } = operating(harness);
    const fence = harness.journal.fence.bind(harness.journal);
    harness.journal.fence = (...asked) => {
      harness.journal.change(RUN, { phase: 'succeeded' });
      return fence(...asked);
    };
    expect(await cancel(BY, ports)).toMatchObject({ kind: 'refused', code: 'not-now' });
    expect(await harness.journal.audits(RUN)).toMatchObject([
      { action: 'cancelled', refused: `The run ${RUN} is over: succeeded` },
    ]);
  });

  it('asked again under its id leaves the one entry that it has', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { ports, started } = operating(harness);
    const askedAt = harness.clock.now();
    await cancel({ ...BY, id: 'a-1' }, ports);
    harness.clock.pass(5_000);
    expect(await cancel({ ...BY, id: 'a-1', askedAt }, ports)).toEqual({ kind: 'cancelled' });
    expect(await harness.journal.audits(RUN)).toMatchObject([{ at: askedAt, nonce: 'a-1', action: 'cancelled' }]);
    expect(started).toEqual([
      { what: 'stop', epoch: 1 },
      { what: 'stop', epoch: 1 },
    ]);
  });
});

describe('resolving again', () => {
  it('with the same word does what the first time has not come to', async () => {
    const harness = await stuck();
    const { ports, started } = operating(harness);
    const resume = harness.journal.resume.bind(harness.journal);
    harness.journal.resume = () => Promise.reject(new Error('killed'));
    await expect(resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).rejects.toThrow('killed');
    harness.journal.resume = resume;
    expect(started).toEqual([]);
    expect(await resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).toMatchObject({ kind: 'resolved' });
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
  });

  it('with another word is refused: it was resolved', async () => {
    const harness = await stuck();
    const { ports } = operating(harness);
    harness.journal.resume = () => Promise.reject(new Error('killed'));
    await expect(resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).rejects.toThrow('killed');
    expect(await resolve({ ...BY, step: 'pay', as: 'ignore' }, ports)).toMatchObject({ code: 'not-open' });
  });
});

describe('undoing again', () => {
  it('gives a failed undo another budget, and keeps what it did before', async () => {
    const harness = await stuck();
    const { ports } = operating(harness);
    harness.http.on('/v1/pay/pay-1', answered(204));
    expect(await undoRun(BY, ports)).toEqual({ kind: 'resumed' });
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
    const pay = (await viewOf(harness)).steps.find(({ path }) => path === 'pay');
    expect(pay).toMatchObject({ status: 'undone', undo: { status: 'undone', attempts: 2 } });
  });

  it('that breaks off half way leaves a run that can be resolved, and is not retried over a half undone effect', async () => {
    const harness = await stuck();
    const { ports } = operating(harness);
    harness.journal.resume = () => Promise.reject(new Error('killed'));
    await expect(undoRun(BY, ports)).rejects.toThrow('killed');
    expect(await retry(BY, ports)).toMatchObject({
      code: 'not-open',
      why: expect.stringContaining('pay (being undone)'),
    });
    const word = { ...BY, step: 'pay', as: 'undone', note: 'by hand' } as const;
    await expect(resolve(word, ports)).rejects.toThrow('killed');
    expect((await statuses(harness))['pay']).toBe('undone');
  });
});

describe('what broke off', () => {
  /** Its process died before the run went on. */
  async function killed(harness: CallHarness, act: () => Promise<unknown>): Promise<void> {
    const resume = harness.journal.resume.bind(harness.journal);
    harness.journal.resume = () => Promise.reject(new Error('killed'));
    await expect(act()).rejects.toThrow('killed');
    harness.journal.resume = resume;
  }

  it('is known by an entry that is younger than the end of the run, and is done to its end', async () => {
    const harness = await stuck();
    const { ports, started } = operating(harness);
    expect(await brokenOff(RUN, ports)).toBeUndefined();
    await killed(harness, () => resolve({ ...BY, step: 'pay', as: 'undone', note: 'by hand' }, ports));
    const entry = await brokenOff(RUN, ports);
    expect(entry).toMatchObject({ action: 'resolved', actor: 'ann', note: 'by hand' });
    if (entry) await redo(RUN, entry, ports);
    expect(started).toMatchObject([{ what: 'undo' }]);
    expect(await brokenOff(RUN, ports)).toBeUndefined();
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
    const told = (await harness.journal.audits(RUN)).filter(({ action }) => action === 'resolved');
    expect(told).toHaveLength(1);
  });

  it('of an undo, a redrive and a skip is done to its end as well', async () => {
    for (const act of [undoRun, redrive, skip]) {
      const harness = await stuck();
      const { ports } = operating(harness);
      const asked = { ...BY, letter: 'l-1', step: 'ship' };
      const decide = harness.journal.decide.bind(harness.journal);
      harness.journal.decide = () => Promise.reject(new Error('killed'));
      await killed(harness, () => act(asked, ports));
      harness.journal.decide = decide;
      const entry = await brokenOff(RUN, ports);
      if (entry) await redo(RUN, entry, ports);
      expect([act.name, await brokenOff(RUN, ports)]).toEqual([act.name, undefined]);
    }
  });

  it('of a cancel that was only written down raises the fence', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { ports } = operating(harness);
    const fence = harness.journal.fence.bind(harness.journal);
    harness.journal.fence = () => Promise.reject(new Error('killed'));
    await expect(cancel({ ...BY, note: 'they called' }, ports)).rejects.toThrow('killed');
    harness.journal.fence = fence;
    const entry = await brokenOff(RUN, ports);
    if (entry) await redo(RUN, entry, ports);
    expect((await viewOf(harness)).error?.message).toBe('ann cancelled the run: they called');
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
  });

  it('of a retry cannot be done, since its input is in no audit: its entry says so', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    await harness.settled();
    const { ports } = operating(harness);
    harness.clock.pass(10);
    harness.journal.reopen = () => Promise.reject(new Error('killed'));
    await expect(retry({ ...BY, input: { amount: 6 } }, ports)).rejects.toThrow('killed');
    const entry = await brokenOff(RUN, ports);
    if (entry) await redo(RUN, entry, ports);
    expect(await harness.journal.audits(RUN)).toMatchObject([
      { action: 'retried', refused: 'its process died before it was done: ask again' },
    ]);
    expect(await brokenOff(RUN, ports)).toBeUndefined();
  });

  it('is nothing that was refused', async () => {
    const harness = await stuck();
    const { ports } = operating(harness);
    harness.journal.overrule = () => Promise.resolve({ kind: 'not-now', phase: 'compensating', epoch: 1 });
    expect(await undoRun(BY, ports)).toMatchObject({ kind: 'refused' });
    expect(await brokenOff(RUN, ports)).toBeUndefined();
  });
});

describe('a dead letter', () => {
  it('that is redriven has the run settled once more, under its own name in the trail', async () => {
    const harness = await stuck();
    const { ports, started } = operating(harness);
    harness.http.on('/v1/pay/pay-1', answered(204));
    expect(await redrive({ ...BY, letter: 'l-1' }, ports)).toEqual({ kind: 'resumed' });
    expect(started).toEqual([{ what: 'undo', epoch: 1, number: 1 }]);
    expect(await harness.journal.audits(RUN)).toMatchObject([{ action: 'redriven', detail: { letter: 'l-1' } }]);
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
  });

  it('starts nothing for a run that is over, and is refused for one that goes on', async () => {
    const harness = await running();
    const { ports, started } = operating(harness);
    expect(await redrive({ ...BY, letter: 'l-1' }, ports)).toMatchObject({ code: 'not-now' });
    expect(await redrive({ ...BY, run: 'other', letter: 'l-1' }, ports)).toMatchObject({ code: 'run-unknown' });
    await harness.core({ op: 'close', scope: '' });
    expect(await redrive({ ...BY, letter: 'l-1' }, ports)).toEqual({ kind: 'resumed' });
    expect(started).toEqual([]);
  });

  it('takes up a settlement that nobody is at', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    const { ports, started } = operating(harness);
    expect(await redrive({ ...BY, letter: 'l-1' }, ports)).toEqual({ kind: 'resumed' });
    expect(started).toMatchObject([{ what: 'undo' }]);
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
  });

  it('that is discarded changes nothing but the trail', async () => {
    const harness = await stuck();
    const { ports } = operating(harness);
    const before = await viewOf(harness);
    expect(await discard({ ...BY, letter: 'l-1', note: 'settled with the bank' }, ports)).toEqual({
      kind: 'discarded',
    });
    expect(await viewOf(harness)).toEqual(before);
    expect(await harness.journal.audits(RUN)).toMatchObject([{ action: 'discarded', note: 'settled with the bank' }]);
    expect(await discard({ ...BY, run: 'other', letter: 'l-1' }, ports)).toMatchObject({ code: 'run-unknown' });
  });
});

describe('what follows an execution', () => {
  async function fenced(): Promise<CallHarness> {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    return harness;
  }

  it('is another settlement, five times by itself, and five times more after an operator asked', async () => {
    const harness = await fenced();
    const { ports } = operating(harness);
    const ended = { run: RUN, epoch: 1, execution: 'exec-1' };
    for (let time = 1; time <= 5; time += 1) {
      harness.clock.pass(1);
      expect(await afterExecution(ended, ports)).toBe('settling');
    }
    expect(await afterExecution(ended, ports)).toBe('left');
    harness.clock.pass(1);
    await redrive({ ...BY, letter: 'l-1' }, ports);
    harness.clock.pass(1);
    expect(await afterExecution(ended, ports)).toBe('settling');
  });

  it('does not wait for the lease of what is over', async () => {
    const harness = await fenced();
    const { ports } = operating(harness);
    await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    expect(await harness.core({ op: 'settle', why: null, owner: 'exec-2' })).toMatchObject({ do: 'wait' });
    await afterExecution({ run: RUN, epoch: 1, execution: 'exec-1' }, ports);
    expect(await harness.core({ op: 'settle', why: null, owner: 'exec-2' })).toMatchObject({ do: 'undo' });
    expect(undone(harness)).toEqual([]);
  });

  it('waits for a lease that another one holds', async () => {
    const harness = await fenced();
    await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    await afterExecution({ run: RUN, epoch: 1, execution: 'exec-0' }, operating(harness).ports);
    expect(await harness.core({ op: 'settle', why: null, owner: 'exec-2' })).toMatchObject({ do: 'wait' });
  });
});
