/** The journal's failing half (run-contract sections 6 and 7): who compensates, what is decided and undone, and the ends. */
import { describe, expect, it } from 'vitest';
import type { Journal } from '../../lib/runtime/ports/journal.ts';
import {
  applied,
  compensating,
  ended,
  entry,
  failed,
  fenced,
  header,
  intent,
  NO_STOCK,
  OWNER,
  RESERVE,
  sixOf,
  start,
  undo,
  verdict,
} from './journal-cases.ts';

export function settlingContract(given: () => Journal): void {
  compensatorContract(given);
  verdictContract(given);
  undoContract(given);
  operatorContract(given);
  finishContract(given);
  reopenContract(given);
  auditContract(given);
}

const NOBODY = { kind: 'not-now', phase: 'failed', epoch: 0 };

function compensatorContract(given: () => Journal): void {
  describe('gives the compensation', () => {
    const claim = { epoch: 1, owner: OWNER, at: 1_500, leaseUntil: 3_000 };

    it('to who asks behind the fence', async () => {
      await fenced(given(), 'k1');
      expect(await given().compensate('k1', claim)).toEqual({ kind: 'granted' });
      const compensator = { owner: OWNER, leaseUntil: 3_000 };
      const expected = { ...header('k1'), phase: 'compensating', error: NO_STOCK, compensator };
      expect(await given().header('k1')).toEqual(expected);
    });

    it('to its owner again, with another lease, though the old one is over', async () => {
      await compensating(given(), 'k2');
      expect(await given().compensate('k2', { ...claim, at: 2_900, leaseUntil: 5_000 })).toEqual({ kind: 'granted' });
      expect(await given().compensate('k2', { ...claim, at: 6_000, leaseUntil: 7_000 })).toEqual({ kind: 'granted' });
      expect(await given().header('k2')).toMatchObject({ compensator: { owner: OWNER, leaseUntil: 7_000 } });
    });

    it('to nobody else inside the lease, and to anybody after it', async () => {
      await compensating(given(), 'k3');
      const other = { ...claim, owner: 'settle-2', at: 2_999, leaseUntil: 6_000 };
      const held = { kind: 'held', by: { owner: OWNER, leaseUntil: 3_000 } };
      expect(await given().compensate('k3', other)).toEqual(held);
      expect(await given().header('k3')).toMatchObject({ compensator: { owner: OWNER } });
      expect(await given().compensate('k3', { ...other, at: 3_000 })).toEqual({ kind: 'granted' });
      expect(await given().header('k3')).toMatchObject({ compensator: { owner: 'settle-2', leaseUntil: 6_000 } });
    });

    it('not of a run that goes forward, has ended, lives in another epoch or is unknown', async () => {
      await given().start(start('k4'));
      expect(await given().compensate('k4', claim)).toEqual({ kind: 'not-now', phase: 'forward', epoch: 1 });
      await ended(given(), 'k5', 'needs-attention');
      expect(await given().compensate('k5', claim)).toEqual({ kind: 'not-now', phase: 'needs-attention', epoch: 1 });
      await compensating(given(), 'k6');
      const next = { ...claim, epoch: 2 };
      expect(await given().compensate('k6', next)).toEqual({ kind: 'not-now', phase: 'compensating', epoch: 1 });
      expect(await given().compensate('k-none', claim)).toEqual(NOBODY);
      expect(await given().header('k-none')).toBeUndefined();
    });

    it('to one of six that ask at once', async () => {
      await fenced(given(), 'k7');
      const won = await sixOf('granted', (index) => given().compensate('k7', { ...claim, owner: `settle-${index}` }));
      expect(won).toBe(1);
    });

    it('and keeps what was applied before apart from it', async () => {
      await fenced(given(), 'k8');
      await given().apply('k8', applied());
      await given().compensate('k8', claim);
      expect(await given().record('k8')).toMatchObject({ applied: [applied()], verdicts: [], undos: [] });
    });
  });
}

function verdictContract(given: () => Journal): void {
  describe('records a verdict', () => {
    const probed = verdict({
      verdict: 'applied',
      by: 'probe',
      at: 2_500,
      outputs: { id: 'p-1' },
      attempts: [{ startedAt: 2_400, ms: 10, outcome: 'applied', status: 200 }],
    });

    it('of the compensator, in the record beside the header', async () => {
      await compensating(given(), 'v1');
      expect(await given().decide('v1', probed, OWNER)).toEqual({ kind: 'recorded' });
      expect(await given().record('v1')).toMatchObject({ applied: [], verdicts: [probed] });
      expect(await given().applied('v1', RESERVE)).toBeUndefined();
    });

    it('again by the one who did, whose first answer was lost', async () => {
      await compensating(given(), 'v2');
      await given().decide('v2', probed, OWNER);
      expect(await given().decide('v2', probed, OWNER)).toEqual({ kind: 'recorded' });
    });

    it('over a doubt, another doubt included, and over nothing else', async () => {
      await compensating(given(), 'v3');
      await given().decide('v3', verdict(), OWNER);
      const unsure = verdict({ by: 'probe', at: 2_100, error: NO_STOCK, notBefore: 2_700 });
      expect(await given().decide('v3', unsure, OWNER)).toEqual({ kind: 'recorded' });
      expect(await given().decide('v3', probed, OWNER)).toEqual({ kind: 'recorded' });
      const absent = verdict({ verdict: 'absent', by: 'probe' });
      expect(await given().decide('v3', absent, OWNER)).toEqual({ kind: 'exists', by: probed });
      expect(await given().decide('v3', verdict({ at: 9_000 }), OWNER)).toEqual({ kind: 'exists', by: probed });
      expect(await given().record('v3')).toMatchObject({ verdicts: [probed] });
    });

    it('never over an applied outcome', async () => {
      await compensating(given(), 'v4');
      await given().apply('v4', applied());
      expect(await given().decide('v4', verdict(), OWNER)).toEqual({ kind: 'exists', by: applied() });
      expect(await given().record('v4')).toMatchObject({ applied: [applied()], verdicts: [] });
    });

    it('of each visit and generation for itself', async () => {
      await compensating(given(), 'v5');
      await given().decide('v5', verdict(), OWNER);
      await given().decide('v5', verdict({ key: { ...RESERVE, gen: 1 } }), OWNER);
      await given().decide('v5', verdict({ key: { ...RESERVE, visit: 2 } }), OWNER);
      expect((await given().record('v5'))?.verdicts).toHaveLength(3);
    });

    it('not of another one, before the compensation, or of another epoch', async () => {
      await compensating(given(), 'v6');
      const refused = { kind: 'not-now', phase: 'compensating', epoch: 1 };
      expect(await given().decide('v6', verdict(), 'settle-2')).toEqual(refused);
      expect(await given().decide('v6', verdict({ epoch: 2 }), OWNER)).toEqual(refused);
      expect(await given().decide('v6', verdict({ by: 'operator' }))).toEqual(refused);
      expect(await given().record('v6')).toMatchObject({ verdicts: [] });
      await fenced(given(), 'v7');
      expect(await given().decide('v7', verdict(), OWNER)).toEqual({ kind: 'not-now', phase: 'fenced', epoch: 1 });
      expect(await given().decide('v-none', verdict(), OWNER)).toEqual(NOBODY);
    });

    it('not of one whose compensation was taken over', async () => {
      await compensating(given(), 'v8');
      await given().compensate('v8', { epoch: 1, owner: 'settle-2', at: 3_000, leaseUntil: 6_000 });
      expect(await given().decide('v8', verdict(), OWNER)).toMatchObject({ kind: 'not-now' });
      expect(await given().decide('v8', verdict(), 'settle-2')).toEqual({ kind: 'recorded' });
    });

    it('of an operator while the run needs attention, and of no compensator then', async () => {
      await compensating(given(), 'v9');
      await given().decide('v9', verdict(), OWNER);
      await given().finish('v9', { epoch: 1, owner: OWNER, at: 4_000, phase: 'needs-attention' });
      const word = verdict({ verdict: 'absent', by: 'operator', actor: 'ann', note: 'looked' });
      expect(await given().decide('v9', word, OWNER)).toEqual({ kind: 'not-now', phase: 'needs-attention', epoch: 1 });
      expect(await given().decide('v9', word)).toEqual({ kind: 'recorded' });
      expect(await given().record('v9')).toMatchObject({ verdicts: [word] });
      const other = verdict({ verdict: 'applied', by: 'operator', actor: 'bob' });
      expect(await given().decide('v9', other)).toEqual({ kind: 'exists', by: word });
    });

    it('of an operator also on a run that was undone, so that it can go on without a step', async () => {
      await compensating(given(), 'v11');
      await given().finish('v11', { epoch: 1, owner: OWNER, at: 4_000, phase: 'compensated' });
      const word = verdict({ verdict: 'skipped', by: 'operator', actor: 'ann' });
      expect(await given().decide('v11', word)).toEqual({ kind: 'recorded' });
    });

    it('of one of six that decide at once; the others see it', async () => {
      await compensating(given(), 'v10');
      const won = await sixOf('recorded', (index) =>
        given().decide('v10', verdict({ verdict: 'absent', at: 2_000 + index }), OWNER),
      );
      expect(won).toBe(1);
    });
  });
}

function undoContract(given: () => Journal): void {
  describe('records an undo', () => {
    const first = { owner: OWNER };
    const done = undo({
      state: 'done',
      endedAt: 2_200,
      outputs: { refund: 'r-1' },
      attempts: [{ startedAt: 2_000, ms: 200, outcome: 'applied', status: 200 }],
    });

    it('as an intent, then as what became of it', async () => {
      await compensating(given(), 'u1');
      expect(await given().intendUndo('u1', undo(), first)).toEqual({ kind: 'granted' });
      expect(await given().record('u1')).toMatchObject({ undos: [undo()] });
      expect(await given().recordUndo('u1', done)).toEqual({ kind: 'recorded' });
      expect(await given().record('u1')).toMatchObject({ header: { phase: 'compensating' }, undos: [done] });
    });

    it('for each of its calls, and each visit, for itself', async () => {
      await compensating(given(), 'u2');
      await given().intendUndo('u2', undo(), first);
      await given().intendUndo('u2', undo({ number: 1 }), first);
      await given().intendUndo('u2', undo({ key: { ...RESERVE, visit: 2 } }), first);
      await given().recordUndo('u2', done);
      const undos = (await given().record('u2'))?.undos ?? [];
      expect(undos.map(({ state }) => state).sort()).toEqual(['done', 'live', 'live']);
    });

    it('once: who comes later sees the round that is there', async () => {
      await compensating(given(), 'u3');
      await given().intendUndo('u3', undo(), first);
      const other = undo({ nonce: 'round-2' });
      expect(await given().intendUndo('u3', other, first)).toEqual({ kind: 'exists', record: undo() });
    });

    it('again for the same round, whose first answer was lost', async () => {
      await compensating(given(), 'u4');
      await given().intendUndo('u4', undo(), first);
      expect(await given().intendUndo('u4', undo(), first)).toEqual({ kind: 'granted' });
      await given().recordUndo('u4', done);
      expect(await given().recordUndo('u4', done)).toEqual({ kind: 'recorded' });
      expect(await given().record('u4')).toMatchObject({ undos: [done] });
    });

    it('in a further round, after exactly the one that is there', async () => {
      await compensating(given(), 'u5');
      await given().intendUndo('u5', undo(), first);
      const again = undo({ state: 'again', endedAt: 2_200, notBefore: 2_300, error: NO_STOCK });
      await given().recordUndo('u5', again);
      const second = undo({ nonce: 'round-2', intentAt: 2_400, leaseUntil: 2_900 });
      expect(await given().intendUndo('u5', second, first)).toEqual({ kind: 'exists', record: again });
      const wrong = { owner: OWNER, after: 'round-0' };
      expect(await given().intendUndo('u5', second, wrong)).toEqual({ kind: 'exists', record: again });
      expect(await given().intendUndo('u5', second, { owner: OWNER, after: 'round-1' })).toEqual({ kind: 'granted' });
      const third = { ...second, nonce: 'round-3' };
      const stale = await given().intendUndo('u5', third, { owner: OWNER, after: 'round-1' });
      expect(stale).toEqual({ kind: 'exists', record: second });
    });

    it('in a further round also after one that was lost with its lease, or was left to an operator', async () => {
      await compensating(given(), 'u6');
      await given().intendUndo('u6', undo(), first);
      const second = undo({ nonce: 'round-2' });
      expect(await given().intendUndo('u6', second, { owner: OWNER, after: 'round-1' })).toEqual({ kind: 'granted' });
      await given().recordUndo('u6', { ...second, state: 'failed', endedAt: 2_300 });
      const third = undo({ nonce: 'round-3' });
      expect(await given().intendUndo('u6', third, { owner: OWNER, after: 'round-2' })).toEqual({ kind: 'granted' });
    });

    it('of nobody while the run goes forward, for a step that is done again with other data', async () => {
      await given().start(start('u9'));
      expect(await given().intendUndo('u9', undo(), {})).toEqual({ kind: 'granted' });
      expect(await given().recordUndo('u9', done)).toEqual({ kind: 'recorded' });
      const second = undo({ number: 1, nonce: 'round-2' });
      expect(await given().intendUndo('u9', second, { owner: OWNER })).toMatchObject({ kind: 'not-now' });
      await compensating(given(), 'u10');
      expect(await given().intendUndo('u10', undo(), {})).toMatchObject({ kind: 'not-now', phase: 'compensating' });
    });

    it('never over one that was done, though who asks has not seen the end of its round', async () => {
      await compensating(given(), 'u7');
      await given().intendUndo('u7', undo(), first);
      await given().recordUndo('u7', done);
      const second = undo({ nonce: 'round-2' });
      const answer = await given().intendUndo('u7', second, { owner: OWNER, after: 'round-1' });
      expect(answer).toEqual({ kind: 'exists', record: done });
      expect(await given().record('u7')).toMatchObject({ undos: [done] });
    });

    it('of its round only: what an earlier one did comes late', async () => {
      await compensating(given(), 'u8');
      await given().intendUndo('u8', undo(), first);
      const second = undo({ nonce: 'round-2' });
      await given().intendUndo('u8', second, { owner: OWNER, after: 'round-1' });
      expect(await given().recordUndo('u8', done)).toEqual({ kind: 'late' });
      expect(await given().record('u8')).toMatchObject({ undos: [second] });
    });

    it('once: another end of the same round comes late, and so does the end of none', async () => {
      await compensating(given(), 'u9');
      await given().intendUndo('u9', undo(), first);
      await given().recordUndo('u9', done);
      expect(await given().recordUndo('u9', undo({ state: 'failed', endedAt: 2_300 }))).toEqual({ kind: 'late' });
      expect(await given().recordUndo('u9', { ...done, number: 1 })).toEqual({ kind: 'late' });
      expect(await given().recordUndo('u-none', done)).toEqual({ kind: 'late' });
      expect(await given().record('u9')).toMatchObject({ undos: [done] });
    });

    it('also of a round whose compensator has lost the run', async () => {
      await compensating(given(), 'u10');
      await given().intendUndo('u10', undo(), first);
      await given().compensate('u10', { epoch: 1, owner: 'settle-2', at: 3_000, leaseUntil: 6_000 });
      expect(await given().recordUndo('u10', done)).toEqual({ kind: 'recorded' });
    });

    it('not begun by another one, before the compensation, in another epoch, or in no run', async () => {
      await compensating(given(), 'u11');
      const refused = { kind: 'not-now', phase: 'compensating', epoch: 1 };
      expect(await given().intendUndo('u11', undo(), { owner: 'settle-2' })).toEqual(refused);
      expect(await given().intendUndo('u11', undo({ epoch: 2 }), first)).toEqual(refused);
      expect(await given().record('u11')).toMatchObject({ undos: [] });
      await fenced(given(), 'u12');
      expect(await given().intendUndo('u12', undo(), first)).toEqual({ kind: 'not-now', phase: 'fenced', epoch: 1 });
      expect(await given().intendUndo('u-none', undo(), first)).toEqual(NOBODY);
    });

    it('of one of six that begin it at once, in its first round and in a further one', async () => {
      await compensating(given(), 'u13');
      const round = (index: number) => undo({ nonce: `round-${index}` });
      expect(await sixOf('granted', (index) => given().intendUndo('u13', round(index), first))).toBe(1);
      const after = (await given().record('u13'))?.undos[0]?.nonce ?? '';
      const again = (index: number) => undo({ nonce: `again-${index}` });
      const won = await sixOf('granted', (index) => given().intendUndo('u13', again(index), { owner: OWNER, after }));
      expect(won).toBe(1);
    });

    it('of a whole wave at once', async () => {
      await compensating(given(), 'u14');
      const keys = Array.from({ length: 6 }, (_, index) => ({ ...RESERVE, visit: index + 1 }));
      const begun = await Promise.all(keys.map((key) => given().intendUndo('u14', undo({ key }), first)));
      expect(begun.map(({ kind }) => kind)).toEqual(keys.map(() => 'granted'));
      const decided = await Promise.all(keys.map((key) => given().decide('u14', verdict({ key }), OWNER)));
      expect(decided.map(({ kind }) => kind)).toEqual(keys.map(() => 'recorded'));
      const recorded = await Promise.all(keys.map((key) => given().recordUndo('u14', { ...done, key })));
      expect(recorded.map(({ kind }) => kind)).toEqual(keys.map(() => 'recorded'));
    });
  });
}

function operatorContract(given: () => Journal): void {
  describe('takes the word of an operator', () => {
    const word = undo({ state: 'accepted', by: 'operator', nonce: 'word-1', actor: 'ann', note: 'let it be' });

    it('on an undo, whatever it is at, also where there was none', async () => {
      await compensating(given(), 'o1');
      await given().intendUndo('o1', undo(), { owner: OWNER });
      await given().finish('o1', { epoch: 1, owner: OWNER, at: 4_000, phase: 'needs-attention' });
      expect(await given().overrule('o1', word)).toEqual({ kind: 'recorded' });
      const other = { ...word, key: { ...RESERVE, step: 'pay' } };
      expect(await given().overrule('o1', other)).toEqual({ kind: 'recorded' });
      expect((await given().record('o1'))?.undos).toHaveLength(2);
      expect((await given().record('o1'))?.undos).toContainEqual(word);
      const late = undo({ state: 'done', endedAt: 5_000 });
      expect(await given().recordUndo('o1', late)).toEqual({ kind: 'late' });
    });

    it('and lets no later round undo it', async () => {
      await ended(given(), 'o2', 'needs-attention');
      await given().overrule('o2', word);
      await given().resume('o2', 1);
      await given().compensate('o2', { epoch: 1, owner: 'settle-2', at: 5_000, leaseUntil: 6_000 });
      const round = undo({ nonce: 'round-9' });
      const answer = await given().intendUndo('o2', round, { owner: 'settle-2', after: 'word-1' });
      expect(answer).toEqual({ kind: 'exists', record: word });
    });

    it('not in another phase, another epoch or no run', async () => {
      await compensating(given(), 'o3');
      expect(await given().overrule('o3', word)).toEqual({ kind: 'not-now', phase: 'compensating', epoch: 1 });
      await ended(given(), 'o4', 'needs-attention');
      const next = { ...word, epoch: 2 };
      expect(await given().overrule('o4', next)).toEqual({ kind: 'not-now', phase: 'needs-attention', epoch: 1 });
      expect(await given().overrule('o-none', word)).toEqual(NOBODY);
      expect(await given().record('o3')).toMatchObject({ undos: [] });
      expect(await given().record('o4')).toMatchObject({ undos: [] });
    });

    it('to settle the run once more: nobody compensates it yet, and it is released', async () => {
      await ended(given(), 'o5', 'needs-attention');
      expect(await given().resume('o5', 1)).toEqual({ kind: 'resumed' });
      const expected = { ...header('o5'), phase: 'compensating', error: NO_STOCK, released: true };
      expect(await given().header('o5')).toEqual(expected);
      const claim = { epoch: 1, owner: 'settle-2', at: 1_600, leaseUntil: 6_000 };
      expect(await given().compensate('o5', claim)).toEqual({ kind: 'granted' });
    });

    it('to settle it once more only while it needs attention, in its epoch', async () => {
      await ended(given(), 'o6', 'needs-attention');
      expect(await given().resume('o6', 2)).toEqual({ kind: 'not-now', phase: 'needs-attention', epoch: 1 });
      await ended(given(), 'o7', 'failed');
      expect(await given().resume('o7', 1)).toEqual({ kind: 'not-now', phase: 'failed', epoch: 1 });
      await compensating(given(), 'o8');
      expect(await given().resume('o8', 1)).toEqual({ kind: 'not-now', phase: 'compensating', epoch: 1 });
      expect(await given().resume('o-none', 1)).toEqual(NOBODY);
      expect(await given().header('o-none')).toBeUndefined();
    });

    it('to settle it once more from one of six that ask at once', async () => {
      await ended(given(), 'o9', 'needs-attention');
      expect(await sixOf('resumed', () => given().resume('o9', 1))).toBe(1);
    });
  });
}

function finishContract(given: () => Journal): void {
  describe('finishes a run', () => {
    it('that is compensated, under the status that settle decided, with its reason', async () => {
      await compensating(given(), 'e1');
      const end = { epoch: 1, owner: OWNER, at: 4_000, phase: 'needs-attention', reason: 'held' } as const;
      expect(await given().finish('e1', end)).toEqual({ kind: 'finished' });
      expect(await given().header('e1')).toMatchObject({ phase: 'needs-attention', endedAt: 4_000, reason: 'held' });
      expect(
        (await given().list({ workflowId: 'order', phases: ['needs-attention'], limit: 100 })).runs,
      ).toContainEqual({
        runId: 'e1',
        workflowId: 'order',
        phase: 'needs-attention',
        startedAt: 1_000,
        endedAt: 4_000,
      });
    });

    it('again by the same, whose first answer was lost', async () => {
      await compensating(given(), 'e2');
      const end = { epoch: 1, owner: OWNER, at: 4_000, phase: 'compensated' } as const;
      await given().finish('e2', end);
      expect(await given().finish('e2', end)).toEqual({ kind: 'finished' });
      const refused = { kind: 'not-now', phase: 'compensated', epoch: 1 };
      expect(await given().finish('e2', { ...end, at: 5_000 })).toEqual(refused);
      expect(await given().finish('e2', { ...end, phase: 'failed' })).toEqual(refused);
    });

    it('without the reason of an earlier end', async () => {
      await ended(given(), 'e3', 'needs-attention');
      await given().resume('e3', 1);
      await given().compensate('e3', { epoch: 1, owner: 'settle-2', at: 5_000, leaseUntil: 6_000 });
      await given().finish('e3', { epoch: 1, owner: 'settle-2', at: 5_500, phase: 'compensated' });
      const compensator = { owner: 'settle-2', leaseUntil: 6_000 };
      const end = { phase: 'compensated', endedAt: 5_500, error: NO_STOCK, released: true, compensator };
      expect(await given().header('e3')).toEqual({ ...header('e3'), ...end });
    });

    it('not one that goes forward, is only fenced, has ended, or lives in another epoch', async () => {
      const end = { epoch: 1, owner: OWNER, at: 4_000, phase: 'failed' } as const;
      await given().start(start('e4'));
      expect(await given().finish('e4', end)).toEqual({ kind: 'not-now', phase: 'forward', epoch: 1 });
      await fenced(given(), 'e5');
      expect(await given().finish('e5', end)).toEqual({ kind: 'not-now', phase: 'fenced', epoch: 1 });
      await compensating(given(), 'e6');
      const next = { ...end, epoch: 2 };
      expect(await given().finish('e6', next)).toEqual({ kind: 'not-now', phase: 'compensating', epoch: 1 });
      await ended(given(), 'e7', 'compensated');
      expect(await given().finish('e7', end)).toEqual({ kind: 'not-now', phase: 'compensated', epoch: 1 });
      expect(await given().finish('e-none', end)).toEqual(NOBODY);
      expect(await given().header('e-none')).toBeUndefined();
    });

    it('for its compensator only', async () => {
      await compensating(given(), 'e8');
      const end = { epoch: 1, owner: 'settle-2', at: 4_000, phase: 'failed' } as const;
      expect(await given().finish('e8', end)).toEqual({ kind: 'not-now', phase: 'compensating', epoch: 1 });
      expect(await given().header('e8')).toMatchObject({ phase: 'compensating' });
    });

    it('for one of six that end it at once', async () => {
      await compensating(given(), 'e9');
      const won = await sixOf('finished', (index) =>
        given().finish('e9', { epoch: 1, owner: OWNER, at: 4_000 + index, phase: 'failed' }),
      );
      expect(won).toBe(1);
    });
  });
}

function reopenContract(given: () => Journal): void {
  describe('opens a run again', () => {
    const next = { epoch: 2, deadline: 90_000, planHash: 'plan-2' };

    it('in the next epoch, and keeps what was recorded', async () => {
      await given().start(start('n1'));
      await given().intend('n1', intent(), { execution: 'n1-1' });
      await given().apply('n1', applied());
      const key = { step: 'pay', visit: 1, gen: 0 };
      await given().fail('n1', failed({ key }), true);
      await given().compensate('n1', { epoch: 1, owner: OWNER, at: 1_500, leaseUntil: 3_000 });
      await given().decide('n1', verdict({ key }), OWNER);
      await given().intendUndo('n1', undo(), { owner: OWNER });
      await given().finish('n1', { epoch: 1, owner: OWNER, at: 4_000, phase: 'failed', reason: 'none' });
      expect(await given().reopen('n1', next)).toEqual({ kind: 'reopened' });
      const record = await given().record('n1');
      expect(record?.header).toEqual({
        ...header('n1'),
        ...next,
        earlier: [{ epoch: 1, planHash: 'plan-1', inputDigest: 'digest-1' }],
        intents: [intent()],
        failures: [failed({ key })],
      });
      expect(record).toMatchObject({ applied: [applied()], verdicts: [verdict({ key })], undos: [undo()] });
      expect(await given().input('n1')).toEqual(start('n1').input);
    });

    it('from each of the three ends that did not succeed', async () => {
      for (const phase of ['compensated', 'failed', 'needs-attention'] as const) {
        await ended(given(), `n2-${phase}`, phase);
        expect(await given().reopen(`n2-${phase}`, next)).toEqual({ kind: 'reopened' });
        expect(await given().header(`n2-${phase}`)).toMatchObject({ phase: 'forward', epoch: 2 });
      }
    });

    it('with another input, and each epoch with what it ran from', async () => {
      await ended(given(), 'n3', 'failed');
      const input = { value: { sku: 'b-2' }, digest: 'digest-2' };
      expect(await given().reopen('n3', { ...next, input })).toEqual({ kind: 'reopened' });
      expect(await given().input('n3')).toEqual({ sku: 'b-2' });
      await given().fence('n3', 2, NO_STOCK);
      await given().compensate('n3', { epoch: 2, owner: OWNER, at: 5_000, leaseUntil: 6_000 });
      await given().finish('n3', { epoch: 2, owner: OWNER, at: 5_500, phase: 'compensated' });
      await given().reopen('n3', { ...next, epoch: 3, planHash: 'plan-3' });
      expect(await given().header('n3')).toEqual({
        ...header('n3'),
        ...next,
        epoch: 3,
        planHash: 'plan-3',
        inputDigest: 'digest-2',
        earlier: [
          { epoch: 1, planHash: 'plan-1', inputDigest: 'digest-1' },
          { epoch: 2, planHash: 'plan-2', inputDigest: 'digest-2' },
        ],
      });
    });

    it('so that only the new epoch goes on, in an execution of its own', async () => {
      await given().start(start('n4'));
      await given().intend('n4', intent(), { execution: 'n4-1' });
      await given().fail('n4', failed(), true);
      await given().compensate('n4', { epoch: 1, owner: OWNER, at: 1_500, leaseUntil: 3_000 });
      await given().finish('n4', { epoch: 1, owner: OWNER, at: 4_000, phase: 'failed' });
      await given().reopen('n4', next);
      const key = { ...RESERVE, gen: 1 };
      const late = intent({ key, nonce: 'late' });
      expect(await given().intend('n4', late)).toEqual({ kind: 'stale', epoch: 2 });
      expect(await given().fail('n4', failed({ key }), true)).toEqual({ kind: 'late', phase: 'forward' });
      const anew = intent({ key, epoch: 2, at: 20_000, leaseUntil: 21_000, nonce: 'anew' });
      expect(await given().intend('n4', anew, { execution: 'n4-2' })).toMatchObject({
        kind: 'granted',
        deadline: 90_000,
      });
      expect(await given().header('n4')).toMatchObject({ execution: 'n4-2' });
      expect(await given().close('n4', { epoch: 2, at: 22_000, outputs: { a: 1 } })).toEqual({ kind: 'closed' });
      expect(await given().header('n4')).toMatchObject({ phase: 'succeeded', outputs: { a: 1 } });
    });

    it('that was released for another try, no longer released', async () => {
      await ended(given(), 'n5', 'needs-attention');
      await given().resume('n5', 1);
      await given().compensate('n5', { epoch: 1, owner: OWNER, at: 5_000, leaseUntil: 6_000 });
      await given().finish('n5', { epoch: 1, owner: OWNER, at: 5_500, phase: 'compensated' });
      await given().reopen('n5', next);
      expect(await given().header('n5')).toMatchObject({ released: false });
    });

    it('not one that succeeded, is under way, or is not in the epoch before', async () => {
      await given().start(start('n6'));
      expect(await given().reopen('n6', next)).toEqual({ kind: 'not-now', phase: 'forward', epoch: 1 });
      await given().close('n6', { epoch: 1, at: 2_000, outputs: {} });
      expect(await given().reopen('n6', next)).toEqual({ kind: 'not-now', phase: 'succeeded', epoch: 1 });
      await compensating(given(), 'n7');
      expect(await given().reopen('n7', next)).toEqual({ kind: 'not-now', phase: 'compensating', epoch: 1 });
      await ended(given(), 'n8', 'failed');
      const far = { ...next, epoch: 3, input: { value: 'other', digest: 'digest-3' } };
      expect(await given().reopen('n8', far)).toEqual({ kind: 'not-now', phase: 'failed', epoch: 1 });
      expect(await given().input('n8')).toEqual(start('n8').input);
      expect(await given().reopen('n-none', next)).toEqual(NOBODY);
      expect(await given().header('n-none')).toBeUndefined();
    });

    it('and what stands and is passed again is told with its epoch, once, in the run that goes on only', async () => {
      const passed = { key: RESERVE, epoch: 2 };
      await ended(given(), 'n10', 'compensated');
      expect(await given().pass('n10', passed)).toEqual({ kind: 'not-now', phase: 'compensated', epoch: 1 });
      await given().reopen('n10', next);
      expect(await given().pass('n10', { ...passed, epoch: 1 })).toEqual({
        kind: 'not-now',
        phase: 'forward',
        epoch: 2,
      });
      expect(await given().pass('n10', passed)).toEqual({ kind: 'recorded' });
      expect(await given().pass('n10', passed)).toEqual({ kind: 'recorded' });
      expect((await given().record('n10'))?.header.passed).toEqual([passed]);
      await given().fence('n10', 2, NO_STOCK);
      expect(await given().pass('n10', passed)).toEqual({ kind: 'not-now', phase: 'fenced', epoch: 2 });
      expect(await given().pass('n-none', passed)).toEqual(NOBODY);
    });

    it('for one of six that ask at once', async () => {
      await ended(given(), 'n9', 'failed');
      const won = await sixOf('reopened', (index) => given().reopen('n9', { ...next, planHash: `plan-${index}` }));
      expect(won).toBe(1);
      expect(await given().header('n9')).toMatchObject({ epoch: 2, earlier: [{ epoch: 1 }] });
    });
  });
}

function auditContract(given: () => Journal): void {
  describe('keeps the audit trail', () => {
    it('oldest first, whatever the order of writing, and whole', async () => {
      await given().start(start('t1'));
      const last = entry({
        at: 20_000,
        nonce: 'z',
        action: 'late-answer',
        detail: { outcome: 'applied', status: 201 },
      });
      await given().audit('t1', last);
      await given().audit('t1', entry({ at: 3_000, note: 'ä #' }));
      await given().audit('t1', entry({ at: 900, nonce: 'a' }));
      const trail = await given().audits('t1');
      expect(trail).toEqual([entry({ at: 900, nonce: 'a' }), entry({ at: 3_000, note: 'ä #' }), last]);
    });

    it('of one millisecond apart, and an entry whose first answer was lost once', async () => {
      await given().start(start('t2'));
      await given().audit('t2', entry({ nonce: 'a' }));
      await given().audit('t2', entry({ nonce: 'b' }));
      await given().audit('t2', entry({ nonce: 'a' }));
      expect(await given().audits('t2')).toHaveLength(2);
    });

    it('of each run for itself, and out of its record', async () => {
      await given().start(start('t3'));
      expect(await given().audits('t3')).toEqual([]);
      await given().audit('t3', entry());
      const empty = { applied: [], verdicts: [], undos: [], shards: [] };
      expect(await given().record('t3')).toEqual({ header: header('t3'), ...empty });
      expect(await given().input('t3')).toEqual(start('t3').input);
      expect(await given().audits('t-none')).toEqual([]);
    });
  });
}
