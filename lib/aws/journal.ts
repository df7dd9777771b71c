/**
 * The run journal over DynamoDB (run-contract sections 3, 5, 7 and 9): each rule is the condition of one write, and what
 * the condition refused is told from the item that comes back with the refusal. No transaction on the happy path. The SDK
 * repeats a write whose answer was lost, so a refusal by our own earlier try (same nonce, same outcome, same token) counts
 * as done. Its failing half is settling-journal.ts, its shards are in shard-journal.ts, its twin on one machine is
 * lib/embedded/journal.ts; both pass test/contract/journal.ts.
 */
import { randomUUID } from 'node:crypto';
import { assert } from '../model/assert.ts';
import type { Kept, KeptInput } from '../model/kept.ts';
import type { RunError } from '../model/run.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  Intent,
  IntentGranted,
  Journal,
  Passed,
  RunHeader,
  RunQuery,
  RunRecord,
  RunStart,
  UndoRecord,
  Verdict,
  VisitKey,
} from '../runtime/ports/journal.ts';
import {
  AFTER_UNDO,
  deadlineOf,
  epochOf,
  failureName,
  HEADER,
  headerItem,
  headerOf,
  INPUT,
  inputKey,
  intentName,
  intentText,
  isVerdict,
  type Item,
  itemKey,
  NO_LONGER_OPEN,
  number,
  openedOf,
  parsed,
  passedName,
  phaseOf,
  SETTLED,
  settledItem,
  settledKey,
  text,
  UNDO,
} from './run-items.ts';
import { withShards } from '../runtime/shards.ts';
import { isTold, withDecided } from '../runtime/verdicts.ts';
import { newestRuns } from './run-list.ts';
import type { RunTable } from './run-table.ts';
import { absent, type Answer, epochIs, isOf, isSame, notNow, phaseIn, textIs } from './settling-journal.ts';
import { ShardJournal } from './shard-journal.ts';
import { type Condition, NEW } from './write-expressions.ts';

export interface DynamoJournalOptions {
  readonly table: RunTable;
  /** Whose runs `list` gives where none is named: the index is by workflow. */
  readonly workflowIds: () => Promise<readonly string[]>;
}

export class DynamoJournal extends ShardJournal implements Journal {
  private readonly workflowIds: DynamoJournalOptions['workflowIds'];

  constructor({ table, workflowIds }: DynamoJournalOptions) {
    super(table);
    this.workflowIds = workflowIds;
  }

  /** The input first, under its digest: a header always has its input, and a lost race leaves only an orphan. */
  async start(run: RunStart): Promise<Answer<'start'>> {
    await this.table.put({ ...itemKey(run.runId, inputKey(run.inputDigest)), body: text(run.input) });
    const token = randomUUID();
    const written = await this.table.putIf(headerItem(run, token), [NEW]);
    if (written.kind === 'written' || isOf(written.item, token)) return { kind: 'started' };
    assert(written.item, 'a header that exists comes back with the refusal');
    return { kind: 'exists', header: headerOf(written.item) };
  }

  async header(runId: string): Promise<RunHeader | undefined> {
    const item = await this.table.get(runId, HEADER);
    return item && headerOf(item);
  }

  /** Inputs and header in one query: the header says which input it is. */
  async input(runId: string, digest?: string): Promise<KeptInput | undefined> {
    if (digest !== undefined) return parsed((await this.table.get(runId, inputKey(digest)))?.['body']);
    const items = await this.table.between(runId, INPUT, HEADER);
    const mine = inputKey(items.at(-1)?.['inputDigest']?.S ?? '');
    return parsed(items.find((item) => item['sk']?.S === mine)?.['body']);
  }

  async record(runId: string): Promise<RunRecord | undefined> {
    const [header, ...others] = await this.table.between(runId, HEADER, AFTER_UNDO);
    if (header?.['sk']?.S !== HEADER) return undefined;
    const settled = bodiesOf<AppliedOutcome | Verdict>(others, SETTLED);
    const record = {
      header: withDecided(headerOf(header), settled),
      applied: settled.filter((one): one is AppliedOutcome => !isVerdict(one)),
      verdicts: settled.filter(isTold),
      undos: bodiesOf<UndoRecord>(others, UNDO),
    };
    return withShards(record, await this.shards(runId, openedOf(header)));
  }

  async applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined> {
    const item = await this.table.get(runId, settledKey(key));
    const settled = parsed<AppliedOutcome | Verdict>(item?.['body']);
    return settled && !isVerdict(settled) ? settled : undefined;
  }

  async list(query: RunQuery): Promise<Answer<'list'>> {
    const workflowIds = query.workflowId === undefined ? await this.workflowIds() : [query.workflowId];
    return await newestRuns(this.table, workflowIds, query);
  }

  async intend(runId: string, intent: Intent, more: Parameters<Journal['intend']>[2] = {}): Promise<Answer<'intend'>> {
    const name = intentName(intent.key);
    // Exactly that intent is the condition, so its lease is known here.
    const after = more.after && more.after.leaseUntil <= intent.at ? more.after : undefined;
    const written = await this.table.update(runId, HEADER, {
      set: { [name]: intentText(intent), ...(more.execution !== undefined && { execution: { S: more.execution } }) },
      add: { seq: number(after ? 0 : 1) },
      conditions: [
        phaseIn('forward'),
        epochIs(intent.epoch),
        { attribute: 'deadline', is: 'above', than: number(intent.at) },
        ...(after ? repeatable(intent, after) : [absent(name)]),
      ],
    });
    if (written.kind === 'written') return granted(written.item);
    return written.item ? notGranted(written.item, intent) : { kind: 'unknown-run' };
  }

  async apply(runId: string, outcome: AppliedOutcome): Promise<Answer<'apply'>> {
    const known = await this.unlessSettled(runId, outcome);
    if (!known) return { kind: 'recorded' };
    return isVerdict(known) ? { kind: 'late', verdict: known } : { kind: 'exists', outcome: known };
  }

  async decideFailed(runId: string, verdict: Verdict): Promise<Answer<'decideFailed'>> {
    const by = await this.unlessSettled(runId, verdict);
    return by ? { kind: 'exists', by } : { kind: 'recorded' };
  }

  async fail(runId: string, outcome: FailedOutcome, fence: boolean, of?: Intent): Promise<Answer<'fail'>> {
    const name = failureName(outcome.key);
    const body = text(outcome);
    const { kind, item } = await this.table.update(runId, HEADER, {
      set: { [name]: body, ...(fence && { phase: { S: 'fenced' } }) },
      // Set with the fence and never without it, so the first failure is the one that is named.
      ...(fence && { setOnce: { error: text(outcome.error) } }),
      conditions: [
        phaseIn('forward', 'fenced'),
        epochIs(outcome.epoch),
        { is: 'any', of: [absent(name), textIs(name, body.S)] },
        ...(of ? [textIs(intentName(of.key), intentText(of).S)] : []),
      ],
    });
    return kind === 'written' ? { kind: 'recorded' } : notFailed(item, outcome);
  }

  async pass(runId: string, passed: Passed): Promise<Answer<'pass'>> {
    const { kind, item } = await this.table.update(runId, HEADER, {
      set: { [passedName(passed.key)]: text(passed) },
      conditions: [phaseIn('forward'), epochIs(passed.epoch)],
    });
    return kind === 'written' ? { kind: 'recorded' } : notNow(item);
  }

  async fence(runId: string, epoch: number, error: RunError): Promise<Answer<'fence'>> {
    const written = await this.table.update(runId, HEADER, {
      set: { phase: { S: 'fenced' }, error: text(error) },
      conditions: [phaseIn('forward'), epochIs(epoch)],
    });
    return written.item && { phase: phaseOf(written.item) };
  }

  async close(
    runId: string,
    { epoch, at, outputs, degraded = false }: Parameters<Journal['close']>[1],
  ): Promise<Answer<'close'>> {
    const token = randomUUID();
    const { item, kind } = await this.table.update(runId, HEADER, {
      set: {
        phase: { S: 'succeeded' },
        endedAt: number(at),
        outputs: text(outputs),
        token: { S: token },
        ...(degraded && { degraded: { BOOL: true } }),
      },
      remove: NO_LONGER_OPEN,
      conditions: [phaseIn('forward'), epochIs(epoch)],
    });
    if (kind === 'written' || isOf(item, token)) return { kind: 'closed' };
    if (!item || epochOf(item) !== epoch) return { kind: 'stale', epoch: item ? epochOf(item) : 0 };
    const phase = phaseOf(item);
    return phase === 'succeeded' ? { kind: 'again', outputs: outputsOf(item) } : { kind: 'fenced', phase };
  }

  /** Written, now or by an earlier try of the same: undefined. Else what the passage came to already. */
  private async unlessSettled(
    runId: string,
    settled: AppliedOutcome | Verdict,
  ): Promise<AppliedOutcome | Verdict | undefined> {
    const item = settledItem(runId, settled);
    const written = await this.table.putIf(item, [NEW]);
    if (written.kind === 'written' || isSame(written.item, item)) return undefined;
    const known = parsed<AppliedOutcome | Verdict>(written.item?.['body']);
    assert(known, 'an outcome that exists comes back with the refusal');
    return known;
  }
}

/** Nothing for this visit yet, or exactly that one, and no failure of it. */
function repeatable(intent: Intent, after: Intent): readonly Condition[] {
  const name = intentName(intent.key);
  const known: Condition = { is: 'any', of: [absent(name), textIs(name, intentText(after).S)] };
  return [known, absent(failureName(intent.key))];
}

function granted(item: Item): IntentGranted {
  const traceparent = item['traceparent']?.S;
  return {
    kind: 'granted',
    deadline: deadlineOf(item),
    seq: Number(item['seq']?.N),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** In this order: an old epoch learns nothing of the new one; who repeats an intent hears of it even behind a fence. */
function notGranted(item: Item, intent: Intent): Answer<'intend'> {
  if (epochOf(item) !== intent.epoch) return { kind: 'stale', epoch: epochOf(item) };
  const known = parsed<Intent>(item[intentName(intent.key)]);
  if (known?.nonce === intent.nonce) return granted(item);
  const failure = parsed<FailedOutcome>(item[failureName(intent.key)]);
  if (known) return { kind: 'repeat', intent: known, ...(failure && { failure }) };
  if (phaseOf(item) !== 'forward') return { kind: 'fenced', phase: phaseOf(item) };
  return { kind: 'past-deadline', deadline: deadlineOf(item) };
}

/** Ours, though the run compensates by now: recorded. A fence that was asked for is never seen open again, as in a success. */
function notFailed(item: Item | undefined, outcome: FailedOutcome): Answer<'fail'> {
  if (!item) return { kind: 'late', phase: 'failed' };
  const phase = phaseOf(item);
  const isCurrent = epochOf(item) === outcome.epoch;
  const known = isCurrent ? item[failureName(outcome.key)]?.S : undefined;
  if (known === text(outcome).S && phase !== 'succeeded') return { kind: 'recorded' };
  if (!isCurrent || (phase !== 'forward' && phase !== 'fenced')) return { kind: 'late', phase };
  return known === undefined ? { kind: 'superseded' } : { kind: 'exists', outcome: JSON.parse(known) as FailedOutcome };
}

function bodiesOf<T>(items: readonly Item[], prefix: string): readonly T[] {
  return items.flatMap((item) => (item['sk']?.S?.startsWith(prefix) ? (parsed<T>(item['body']) ?? []) : []));
}

function outputsOf(item: Item): Kept {
  return parsed<Kept>(item['outputs']) ?? {};
}
