/**
 * What every journal promises (lib/runtime/ports/journal.ts, run-contract sections 3, 5, 7 and 9), as one suite for all
 * adapters. Each case names the rule; the store behind the port is never looked at.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppliedOutcome, FailedOutcome, Intent, Journal, RunStart } from '../../lib/runtime/ports/journal.ts';

export interface JournalUnderTest {
  readonly journal: Journal;
  close(): Promise<void>;
}

const RESERVE = { step: 'reserve', visit: 1, gen: 0 };
const NO_STOCK = { error: 'Interlock.Refused', message: '409 no stock', step: 'reserve' };

export function journalContract(adapter: string, make: () => Promise<JournalUnderTest>): void {
  describe(`the journal over ${adapter}`, () => {
    let subject: JournalUnderTest;
    let journal: Journal;
    beforeAll(async () => {
      subject = await make();
      journal = subject.journal;
    });
    afterAll(() => subject.close());

    describe('starts a run', () => {
      it('once: the second caller sees the header of the first', async () => {
        expect(await journal.start(start('s1'))).toEqual({ kind: 'started' });
        const again = await journal.start({ ...start('s1'), actor: 'somebody else' });
        expect(again).toEqual({ kind: 'exists', header: header('s1') });
      });

      it('keeps the first input, whatever a later caller brings', async () => {
        await journal.start(start('s2'));
        await journal.start({ ...start('s2'), input: { sku: 'other' }, inputDigest: 'other-digest' });
        expect(await journal.input('s2')).toEqual({ sku: 'a-1', lines: [1, 2.5, null] });
        expect(await journal.header('s2')).toEqual(header('s2'));
      });

      it('once, however many try at the same time', async () => {
        const tries = await Promise.all(Array.from({ length: 8 }, () => journal.start(start('s3'))));
        expect(tries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      });

      it('keeps any JSON as it is: numbers, order of lists, odd names, nothing', async () => {
        const input = { '': 1e300, __proto__2: [[], {}], 'a.b#c': 'ü\u0000\n', no: null, yes: true, small: 5e-324 };
        await journal.start({ ...start('s4'), input });
        expect(await journal.input('s4')).toEqual(input);
      });

      it('knows nothing of a run that was not started', async () => {
        expect(await journal.header('s-none')).toBeUndefined();
        expect(await journal.input('s-none')).toBeUndefined();
        expect(await journal.record('s-none')).toBeUndefined();
        expect(await journal.applied('s-none', RESERVE)).toBeUndefined();
      });
    });

    describe('grants an intent', () => {
      it('and counts it, and hands over what the attempt needs of the header', async () => {
        await journal.start({ ...start('i1'), traceparent: '00-abc-def-01' });
        const granted = await journal.intend('i1', intent(), { execution: 'arn:exec-1' });
        expect(granted).toEqual({ kind: 'granted', deadline: 10_000, seq: 1, traceparent: '00-abc-def-01' });
        const next = await journal.intend('i1', intent({ key: { step: 'pay/capture', visit: 2, gen: 1 } }));
        expect(next).toMatchObject({ kind: 'granted', seq: 2 });
        expect(await journal.header('i1')).toMatchObject({ execution: 'arn:exec-1' });
        const intents = (await journal.header('i1'))?.intents ?? [];
        expect(intents.map(({ key }) => key.step).sort()).toEqual(['pay/capture', 'reserve']);
      });

      it('to one of many that ask at once; the others see the winner', async () => {
        await journal.start(start('i2'));
        const answers = await Promise.all(
          Array.from({ length: 6 }, (_, index) => journal.intend('i2', intent({ nonce: `n${index}` }))),
        );
        expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
        const nonces = answers.flatMap((answer) => (answer.kind === 'repeat' ? [answer.intent.nonce] : []));
        expect([nonces.length, new Set(nonces).size]).toEqual([5, 1]);
      });

      it('not again for the same visit, and says how the first one failed', async () => {
        await journal.start(start('i3'));
        await journal.intend('i3', intent());
        await journal.fail('i3', failed(), false);
        const answer = await journal.intend('i3', intent({ nonce: 'other' }));
        expect(answer).toEqual({ kind: 'repeat', intent: intent(), failure: failed() });
      });

      it('for the next generation of a visit that failed', async () => {
        await journal.start(start('i4'));
        await journal.intend('i4', intent());
        await journal.fail('i4', failed(), false);
        const answer = await journal.intend('i4', intent({ key: { ...RESERVE, gen: 1 } }));
        expect(answer).toMatchObject({ kind: 'granted', seq: 2 });
      });

      it('not behind the fence', async () => {
        await journal.start(start('i5'));
        await journal.fence('i5', 1, NO_STOCK);
        expect(await journal.intend('i5', intent())).toEqual({ kind: 'fenced', phase: 'fenced' });
      });

      it('not to an execution of another epoch', async () => {
        await journal.start(start('i6'));
        expect(await journal.intend('i6', intent({ epoch: 2 }))).toEqual({ kind: 'stale', epoch: 1 });
      });

      it('not at the deadline or after it', async () => {
        await journal.start(start('i7'));
        expect(await journal.intend('i7', intent({ at: 10_000 }))).toEqual({ kind: 'past-deadline', deadline: 10_000 });
        expect(await journal.intend('i7', intent({ at: 9_999 }))).toMatchObject({ kind: 'granted', seq: 1 });
      });

      it('not for a run that nobody started', async () => {
        expect(await journal.intend('i-none', intent())).toEqual({ kind: 'unknown-run' });
        expect(await journal.header('i-none')).toBeUndefined();
      });
    });

    describe('records an applied outcome', () => {
      it('once: a late answer and an earlier one exclude each other', async () => {
        await journal.start(start('a1'));
        expect(await journal.apply('a1', applied())).toEqual({ kind: 'recorded' });
        const late = applied({ outputs: { stock: 0 } });
        expect(await journal.apply('a1', late)).toEqual({ kind: 'exists', outcome: applied() });
        expect(await journal.applied('a1', RESERVE)).toEqual(applied());
      });

      it('also behind the fence, for what was under way', async () => {
        await journal.start(start('a2'));
        await journal.fence('a2', 1, NO_STOCK);
        expect(await journal.apply('a2', applied())).toEqual({ kind: 'recorded' });
      });

      it('of each visit and generation for itself, all in the record', async () => {
        await journal.start(start('a3'));
        const second = applied({ key: { ...RESERVE, visit: 2 } });
        await journal.apply('a3', applied());
        await journal.apply('a3', second);
        const record = await journal.record('a3');
        expect(record?.header).toEqual(header('a3'));
        expect([...(record?.applied ?? [])].sort((one, other) => one.key.visit - other.key.visit)).toEqual([
          applied(),
          second,
        ]);
      });
    });

    describe('raises the fence', () => {
      it('in the same write as the outcome that failed', async () => {
        await journal.start(start('f1'));
        expect(await journal.fail('f1', failed(), true)).toEqual({ kind: 'recorded' });
        expect(await journal.header('f1')).toEqual({
          ...header('f1'),
          phase: 'fenced',
          error: NO_STOCK,
          failures: [failed()],
        });
      });

      it('not for a failure that an action was found for', async () => {
        await journal.start(start('f2'));
        await journal.fail('f2', failed({ go: 'goto other' }), false);
        expect(await journal.header('f2')).toMatchObject({ phase: 'forward' });
      });

      it('by two at once, and names the first', async () => {
        await journal.start(start('f3'));
        await journal.fail('f3', failed(), true);
        const other = failed({ key: { step: 'pay', visit: 1, gen: 0 }, error: { ...NO_STOCK, message: 'the second' } });
        expect(await journal.fail('f3', other, true)).toEqual({ kind: 'recorded' });
        expect(await journal.header('f3')).toMatchObject({ error: NO_STOCK });
        expect((await journal.header('f3'))?.failures).toHaveLength(2);
      });

      it('for failures that no handler saw; again it is harmless', async () => {
        await journal.start(start('f4'));
        expect(await journal.fence('f4', 1, NO_STOCK)).toEqual({ phase: 'fenced' });
        expect(await journal.fence('f4', 1, { ...NO_STOCK, message: 'again' })).toEqual({ phase: 'fenced' });
        expect(await journal.header('f4')).toMatchObject({ error: NO_STOCK });
      });

      it('not for another epoch, and not of an unknown run', async () => {
        await journal.start(start('f5'));
        expect(await journal.fence('f5', 2, NO_STOCK)).toEqual({ phase: 'forward' });
        expect(await journal.fence('f-none', 1, NO_STOCK)).toBeUndefined();
      });

      it('no more when the run is over: the outcome comes late', async () => {
        await journal.start(start('f6'));
        await journal.close('f6', { epoch: 1, at: 2_000, outputs: {} });
        expect(await journal.fail('f6', failed(), true)).toEqual({ kind: 'late', phase: 'succeeded' });
        expect(await journal.fence('f6', 1, NO_STOCK)).toEqual({ phase: 'succeeded' });
      });
    });

    describe('closes a run', () => {
      it('once, and answers a repeat with the same outputs', async () => {
        await journal.start(start('c1'));
        expect(await journal.close('c1', { epoch: 1, at: 2_000, outputs: { parcel: 'p-1' } })).toEqual({
          kind: 'closed',
        });
        const again = await journal.close('c1', { epoch: 1, at: 3_000, outputs: { parcel: 'other' } });
        expect(again).toEqual({ kind: 'again', outputs: { parcel: 'p-1' } });
        const expected = { ...header('c1'), phase: 'succeeded', endedAt: 2_000, outputs: { parcel: 'p-1' } };
        expect(await journal.header('c1')).toEqual(expected);
      });

      it('not behind the fence', async () => {
        await journal.start(start('c2'));
        await journal.fence('c2', 1, NO_STOCK);
        expect(await journal.close('c2', { epoch: 1, at: 2_000, outputs: {} })).toEqual({
          kind: 'fenced',
          phase: 'fenced',
        });
      });

      it('not for another epoch', async () => {
        await journal.start(start('c3'));
        expect(await journal.close('c3', { epoch: 2, at: 2_000, outputs: {} })).toEqual({ kind: 'stale', epoch: 1 });
      });

      it('or raises its fence, never both', async () => {
        await journal.start(start('c4'));
        const [closed, fenced] = await Promise.all([
          journal.close('c4', { epoch: 1, at: 2_000, outputs: {} }),
          journal.fence('c4', 1, NO_STOCK),
        ]);
        const phase = (await journal.header('c4'))?.phase;
        expect([closed.kind, fenced?.phase, phase]).toEqual(
          phase === 'succeeded' ? ['closed', 'succeeded', 'succeeded'] : ['fenced', 'fenced', 'fenced'],
        );
      });
    });

    describe('finishes a run', () => {
      it('that was fenced, under the status that settle decided', async () => {
        await journal.start(start('e1'));
        await journal.fence('e1', 1, NO_STOCK);
        const end = { epoch: 1, at: 4_000, phase: 'needs-attention', reason: 'held' } as const;
        expect(await journal.finish('e1', end)).toEqual({ kind: 'finished' });
        expect(await journal.header('e1')).toMatchObject({ phase: 'needs-attention', endedAt: 4_000, reason: 'held' });
      });

      it('not one that goes forward, has ended otherwise, or lives in another epoch', async () => {
        await journal.start(start('e2'));
        const end = { epoch: 1, at: 4_000, phase: 'failed' } as const;
        expect(await journal.finish('e2', end)).toEqual({ kind: 'not-now', phase: 'forward', epoch: 1 });
        await journal.fence('e2', 1, NO_STOCK);
        expect(await journal.finish('e2', { ...end, epoch: 2 })).toEqual({
          kind: 'not-now',
          phase: 'fenced',
          epoch: 1,
        });
        await journal.finish('e2', end);
        const other = await journal.finish('e2', { ...end, at: 5_000, phase: 'compensated' });
        expect(other).toEqual({ kind: 'not-now', phase: 'failed', epoch: 1 });
      });
    });

    describe('lists runs', () => {
      it('newest first, by workflow and phase', async () => {
        await journal.start({ ...start('l1'), workflowId: 'refund', startedAt: 1_000 });
        await journal.start({ ...start('l2'), workflowId: 'refund', startedAt: 3_000 });
        await journal.start({ ...start('l3'), workflowId: 'refund', startedAt: 2_000 });
        await journal.close('l3', { epoch: 1, at: 5_000, outputs: {} });
        const all = await journal.list({ workflowId: 'refund', limit: 10 });
        expect(all.runs.map(({ runId }) => runId)).toEqual(['l2', 'l3', 'l1']);
        expect(all.next).toBeUndefined();
        const ended = await journal.list({ workflowId: 'refund', phases: ['succeeded', 'failed'], limit: 10 });
        expect(ended.runs).toEqual([
          { runId: 'l3', workflowId: 'refund', phase: 'succeeded', startedAt: 2_000, endedAt: 5_000 },
        ]);
      });

      it('page by page, each run once, also where several began in one millisecond', async () => {
        for (let index = 0; index < 7; index += 1) {
          await journal.start({ ...start(`p${index}`), workflowId: 'restock', startedAt: index < 4 ? 1_000 : 2_000 });
        }
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await journal.list({ workflowId: 'restock', limit: 2, ...(after !== undefined && { after }) });
          expect(page.runs.length).toBeLessThanOrEqual(2);
          seen.push(...page.runs.map(({ runId }) => runId));
          after = page.next;
        } while (after !== undefined);
        expect(seen.slice(0, 3).sort()).toEqual(['p4', 'p5', 'p6']);
        expect(seen.slice(3).sort()).toEqual(['p0', 'p1', 'p2', 'p3']);
      });

      it('of all workflows together', async () => {
        await journal.start({ ...start('w1'), workflowId: 'refund', startedAt: 900_001 });
        await journal.start({ ...start('w2'), workflowId: 'restock', startedAt: 900_002 });
        const { runs } = await journal.list({ limit: 2 });
        expect(runs.map(({ runId }) => runId)).toEqual(['w2', 'w1']);
      });

      it('of an unknown workflow as none', async () => {
        expect(await journal.list({ workflowId: 'none', limit: 5 })).toEqual({ runs: [] });
      });
    });
  });
}

/** Those that the suite's runs belong to. */
export const WORKFLOW_IDS: readonly string[] = ['order', 'refund', 'restock'];

function start(runId: string): RunStart {
  return {
    runId,
    workflowId: 'order',
    planHash: 'plan-1',
    input: { sku: 'a-1', lines: [1, 2.5, null] },
    inputDigest: 'digest-1',
    actor: 'clerk',
    startedAt: 1_000,
    deadline: 10_000,
  };
}

function header(runId: string): object {
  const { workflowId, planHash, inputDigest, actor, startedAt, deadline } = start(runId);
  const fresh = { phase: 'forward', epoch: 1, degraded: false, intents: [], failures: [] };
  return { runId, workflowId, planHash, inputDigest, actor, startedAt, deadline, ...fresh };
}

function intent(change: Partial<Intent> = {}): Intent {
  return { key: RESERVE, epoch: 1, at: 1_100, leaseUntil: 1_600, nonce: 'nonce-1', ...change };
}

const ENDED = {
  key: RESERVE,
  epoch: 1,
  planHash: 'plan-1',
  startedAt: 1_100,
  endedAt: 1_200,
  dataDigest: 'data-1',
};

function applied(change: Partial<AppliedOutcome> = {}): AppliedOutcome {
  const attempts = [{ startedAt: 1_100, ms: 100, outcome: 'applied', status: 201 }] as const;
  return { ...ENDED, attempts, outputs: { stock: 3, lines: [{ id: 'x' }] }, go: 'next', ...change };
}

function failed(change: Partial<FailedOutcome> = {}): FailedOutcome {
  const attempts = [{ startedAt: 1_100, ms: 100, outcome: 'refused', status: 409 }] as const;
  return { ...ENDED, attempts, outcome: 'refused', error: NO_STOCK, ...change };
}
