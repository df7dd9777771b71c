/**
 * An express execution that begins again from its start, after the one before or beside it: same run, same epoch. What was
 * done is answered from the journal, nothing is done twice, and both go one way.
 */
import { describe, expect, it } from 'vitest';
import type { PlanStep } from '../../../lib/model/plan.ts';
import type { CallAnswer } from '../../../lib/model/task.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { undoExecutionName } from '../../../lib/runtime/run.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { lost, passing, refusing, running, statuses } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const READ: Partial<Omit<PlanStep, 'outputs'>> = { effect: 'safe', onFailure: [] };
/** Where it fails, the run goes on elsewhere. */
const ELSEWHERE: Partial<Omit<PlanStep, 'outputs'>> = {
  effect: 'safe',
  exits: ['next', 'goto ship'],
  onFailure: [{ name: 'elsewhere', type: 'goto', criteria: [], label: 'goto ship', closes: [] }],
};

function sentTo(harness: CallHarness, path: string): number {
  return harness.http.requests.filter(
    ({ url, method }) => method !== 'DELETE' && new URL(url).pathname === `/v1/${path}`,
  ).length;
}

describe('a run whose express execution begins again', () => {
  it('is answered from the journal, step by step, and does nothing twice', async () => {
    const harness = await running({ mode: 'express', steps: { reserve: READ } });
    const first: CallAnswer[] = [];
    for (const step of ['reserve', 'pay']) first.push(await harness.call(step, { exec: 'exec-1' }));
    const again: CallAnswer[] = [];
    for (const step of ['reserve', 'pay']) again.push(await harness.call(step, { exec: 'exec-2' }));
    expect(again).toEqual(first);
    expect([sentTo(harness, 'reserve'), sentTo(harness, 'pay')]).toEqual([1, 1]);
    expect(await harness.call('ship', { exec: 'exec-2' })).toMatchObject({ go: 'next' });
  });

  it('reads what the first try has read, though the system would say something else by now', async () => {
    const harness = await running({ mode: 'express', steps: { reserve: READ } });
    const before = await harness.call('reserve');
    harness.http.on('/v1/reserve', answered(200, { id: 'another' }));
    expect(await harness.call('reserve')).toEqual(before);
  });

  it('reads again in standard mode, where nothing begins again', async () => {
    const harness = await running({ steps: { reserve: READ } });
    await harness.call('reserve');
    await harness.call('reserve');
    expect(sentTo(harness, 'reserve')).toBe(2);
  });

  it('goes the same way where the two read at once and one of them fails: the first word counts', async () => {
    const harness = await running({ mode: 'express', steps: { reserve: ELSEWHERE } });
    harness.http.on('/v1/reserve', answered(200, { id: 'there' }), answered(503));
    const [one, other] = await Promise.all([harness.call('reserve'), harness.call('reserve')]);
    expect(other).toEqual(one);
    const record = await harness.journal.record(RUN);
    expect((record?.applied.length ?? 0) + (record?.header.failures.length ?? 0)).toBe(1);
    expect(await harness.call('reserve')).toEqual(one);
    expect(sentTo(harness, 'reserve')).toBe(2);
  });

  it('takes the failure of a try that died before it could say so in the header', async () => {
    const harness = await running({ mode: 'express', steps: { reserve: ELSEWHERE } });
    harness.http.on('/v1/reserve', answered(503), answered(200, { id: 'there' }));
    const fail = harness.journal.fail.bind(harness.journal);
    harness.journal.fail = () => Promise.reject(new Error('the process is gone'));
    await expect(harness.call('reserve')).rejects.toThrow('the process is gone');
    harness.journal.fail = fail;
    expect(await harness.call('reserve')).toMatchObject({ go: 'goto ship' });
    expect((await harness.journal.header(RUN))?.failures).toHaveLength(1);
    expect(await statuses(harness)).toEqual({ reserve: 'refused' });
  });

  it('does the step anew in the next epoch, where that failure never got into the header', async () => {
    const harness = await running({ mode: 'express', steps: { reserve: READ } });
    harness.http.on('/v1/reserve', answered(404), answered(200, { id: 'there' }));
    harness.journal.fail = () => Promise.reject(new Error('the process is gone'));
    await expect(harness.call('reserve')).rejects.toThrow('the process is gone');
    expect(await statuses(harness)).toEqual({ reserve: 'refused' });
    expect(await harness.core({ op: 'settle', why: 'E', brief: true })).toEqual({ do: 'end', status: 'failed' });
    const { ports } = operating(harness);
    expect(await retry({ run: RUN, actor: 'ann' }, ports)).toEqual({ kind: 'retried', epoch: 2 });
    expect(await harness.call('reserve', { epoch: 2 })).toMatchObject({ go: 'next', out: { id: 'there' } });
    expect(await harness.call('reserve', { epoch: 2 })).toMatchObject({ out: { id: 'there' } });
    expect(sentTo(harness, 'reserve')).toBe(2);
  });

  it('waits for the try that is at work on an effect, and goes on from what becomes of it', async () => {
    const harness = await running({ mode: 'express' });
    const first = harness.call('reserve', { exec: 'exec-1' });
    expect(await harness.failing('reserve', { exec: 'exec-2' })).toMatchObject({ error: 'Interlock.Leased' });
    const answer = await first;
    expect(await harness.call('reserve', { exec: 'exec-2' })).toEqual(answer);
    expect(sentTo(harness, 'reserve')).toBe(1);
    expect((await harness.journal.header(RUN))?.execution).toBe('exec-1');
  });

  it('comes to the same end after the run has succeeded, and changes nothing', async () => {
    const harness = await running({ mode: 'express', steps: { reserve: READ } });
    await passing(harness, 'reserve', 'pay', 'ship');
    const closed = await harness.core({ op: 'close', scope: '' });
    const requests = harness.http.requests.length;
    for (const step of ['reserve', 'pay', 'ship']) expect(await harness.call(step)).toMatchObject({ go: 'next' });
    expect(await harness.core({ op: 'close', scope: '' })).toEqual(closed);
    expect(harness.http.requests).toHaveLength(requests);
  });

  it('begins nothing in a run that was undone meanwhile, or that goes on in another epoch', async () => {
    const harness = await running({ mode: 'express', steps: { pay: READ } });
    await passing(harness, 'reserve');
    await harness.core({ op: 'settle', why: 'E' });
    await harness.settled();
    expect(await harness.call('reserve')).toMatchObject({ go: 'next' });
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.Fenced' });
    expect(await harness.failing('ship')).toMatchObject({ error: 'Interlock.Fenced' });
    expect(await harness.core({ op: 'settle', why: 'E', brief: true })).toEqual({ do: 'end', status: 'compensated' });
    expect(await harness.failing('pay', { epoch: 2 })).toMatchObject({ error: 'Interlock.StaleEpoch' });
  });
});

describe('settle, asked by an express execution', () => {
  const briefly = (harness: CallHarness): Promise<unknown> =>
    harness.core({ op: 'settle', why: 'E', owner: 'express-1', brief: true });

  it('ends a run at once where nothing ever stood', async () => {
    const harness = await running({ mode: 'express' });
    await refusing(harness, 'reserve');
    expect(await briefly(harness)).toEqual({ do: 'end', status: 'failed' });
    expect((await harness.journal.header(RUN))?.phase).toBe('failed');
    expect(await briefly(harness)).toEqual({ do: 'end', status: 'failed' });
  });

  it('hands over what has to be undone, raises the fence, and claims nothing', async () => {
    const harness = await running({ mode: 'express' });
    await passing(harness, 'reserve', 'pay');
    expect(await briefly(harness)).toEqual({ do: 'hand-over' });
    const header = await harness.journal.header(RUN);
    expect(header).toMatchObject({ phase: 'fenced', error: { error: 'E' } });
    expect(header?.compensator).toBeUndefined();
    expect(await harness.settled({ owner: 'undo-0' })).toEqual({ do: 'end', status: 'compensated' });
    expect(await briefly(harness)).toEqual({ do: 'end', status: 'compensated' });
  });

  it('hands over what is in doubt, under way, or an operator’s', async () => {
    const doubtful = await running({ mode: 'express' });
    doubtful.http.on('/v1/reserve', lost);
    await doubtful.failing('reserve');
    expect(await briefly(doubtful)).toEqual({ do: 'hand-over' });
    const busy = await running({ mode: 'express' });
    const under = busy.call('reserve');
    await busy.failing('reserve');
    expect(await briefly(busy)).toEqual({ do: 'hand-over' });
    await under;
    const held = await running({ mode: 'express', onFailure: 'hold' });
    await passing(held, 'reserve');
    expect(await briefly(held)).toEqual({ do: 'hand-over' });
    expect(await held.settled({ owner: 'undo-0' })).toMatchObject({ do: 'park' });
    // Whoever comes late sends no second letter.
    expect(await briefly(held)).toEqual({ do: 'end', status: 'needs-attention' });
  });

  it('leaves a run to whoever compensates it', async () => {
    const harness = await running({ mode: 'express' });
    await refusing(harness, 'reserve');
    const at = harness.clock.now();
    await harness.journal.compensate(RUN, { epoch: 1, owner: 'undo-0', at, leaseUntil: at + 60_000 });
    expect(await briefly(harness)).toEqual({ do: 'hand-over' });
  });

  it('names the settlement that the machine begins as the emitter does', () => {
    expect(undoExecutionName('r1', 1, 0)).toBe('r1-1-undo-0');
  });
});
