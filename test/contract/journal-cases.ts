/**
 * What the journal's contract is written with: one run, one step and what can be recorded of it, each to be varied by the
 * case that needs it; and a run brought to where a case of the failing half begins.
 */
import type {
  AppliedOutcome,
  AuditEntry,
  FailedOutcome,
  GroupIntent,
  GroupRecord,
  Intent,
  Journal,
  RunStart,
  Shard,
  ShardKey,
  UndoRecord,
  Verdict,
} from '../../lib/runtime/ports/journal.ts';

export const RESERVE = { step: 'reserve', visit: 1, gen: 0 };
export const NO_STOCK = { error: 'Interlock.Refused', message: '409 no stock', step: 'reserve' };

/** Those that the suite's runs belong to. */
export const WORKFLOW_IDS: readonly string[] = ['order', 'refund', 'restock'];

export function start(runId: string): RunStart {
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

/** As the header is after `start`. */
export function header(runId: string): object {
  const { workflowId, planHash, inputDigest, actor, startedAt, deadline } = start(runId);
  const fresh = { phase: 'forward', epoch: 1, degraded: false, released: false };
  const lists = { intents: [], failures: [], passed: [], earlier: [] };
  return { runId, workflowId, planHash, inputDigest, actor, startedAt, deadline, ...fresh, ...lists };
}

export function intent(change: Partial<Intent> = {}): Intent {
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

export function applied(change: Partial<AppliedOutcome> = {}): AppliedOutcome {
  const attempts = [{ startedAt: 1_100, ms: 100, outcome: 'applied', status: 201 }] as const;
  return { ...ENDED, attempts, outputs: { stock: 3, lines: [{ id: 'x' }] }, go: 'next', ...change };
}

export function failed(change: Partial<FailedOutcome> = {}): FailedOutcome {
  const attempts = [{ startedAt: 1_100, ms: 100, outcome: 'refused', status: 409 }] as const;
  return { ...ENDED, attempts, outcome: 'refused', error: NO_STOCK, ...change };
}

export function verdict(change: Partial<Verdict> = {}): Verdict {
  return { key: RESERVE, epoch: 1, at: 2_000, verdict: 'in-doubt', by: 'settle', ...change };
}

export function undo(change: Partial<UndoRecord> = {}): UndoRecord {
  const round = { startedAt: 2_000, intentAt: 2_000, leaseUntil: 2_500, nonce: 'round-1', attempts: [] };
  return { key: RESERVE, number: 0, epoch: 1, state: 'live', by: 'undo', ...round, ...change };
}

export function entry(change: Partial<AuditEntry> = {}): AuditEntry {
  return { at: 3_000, nonce: 'entry-1', actor: 'operator', action: 'resolved', step: 'reserve', visit: 1, ...change };
}

/** The first hundred of a list whose items are charged. */
export const SHARD: ShardKey = { step: 'charge', visit: 1, batch: 0 };

export function itemKey(index: number, gen = 0): Intent['key'] {
  return { step: `charge[${index}]`, visit: 1, gen };
}

/** Of two items, the first two of the shard. */
export function group(change: Partial<GroupIntent> = {}): GroupIntent {
  const items = [{ key: itemKey(0) }, { key: itemKey(1), since: 1_050 }];
  return { shard: SHARD, epoch: 1, group: 0, at: 1_100, leaseUntil: 1_600, nonce: 'group-0', items, ...change };
}

/** The first item of that group was applied, the second one failed. */
export function recordOf(intent: GroupIntent = group(), change: Partial<GroupRecord> = {}): GroupRecord {
  const { epoch, items } = intent;
  const [first, second] = items.map(({ key }) => ({ key, epoch }));
  return { intent, applied: first ? [applied(first)] : [], failed: second ? [failed(second)] : [], ...change };
}

/** A run with one opened shard. */
export async function opened(journal: Journal, runId: string, shard: ShardKey = SHARD): Promise<void> {
  await journal.start(start(runId));
  await journal.openShard(runId, shard, { epoch: 1, at: 1_100 });
}

export async function shardsOf(journal: Journal, runId: string): Promise<readonly Shard[] | undefined> {
  return (await journal.record(runId))?.shards;
}

/** The one who compensates in these cases. */
export const OWNER = 'settle-1';

export async function fenced(journal: Journal, runId: string): Promise<void> {
  await journal.start(start(runId));
  await journal.fence(runId, 1, NO_STOCK);
}

export async function compensating(journal: Journal, runId: string): Promise<void> {
  await fenced(journal, runId);
  await journal.compensate(runId, { epoch: 1, owner: OWNER, at: 1_500, leaseUntil: 3_000 });
}

export async function ended(
  journal: Journal,
  runId: string,
  phase: 'compensated' | 'failed' | 'needs-attention',
): Promise<void> {
  await compensating(journal, runId);
  await journal.finish(runId, { epoch: 1, owner: OWNER, at: 4_000, phase, reason: 'standing' });
}

/** Six at once; how many of them heard `kind`. */
export async function sixOf<T extends { readonly kind: string }>(
  kind: T['kind'],
  make: (index: number) => Promise<T>,
): Promise<number> {
  const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => make(index)));
  return answers.filter((answer) => answer.kind === kind).length;
}
