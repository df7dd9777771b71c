/**
 * The run journal over DynamoDB (run-contract sections 3, 5, 7 and 9): each rule is the condition of one write, and what
 * the condition refused is told from the item that comes back with the refusal. No transaction anywhere. The SDK repeats a
 * write whose answer was lost, so a refusal by our own earlier try (same nonce, same end) counts as done. Its twin on one
 * machine is lib/embedded/journal.ts; both pass test/contract/journal.ts.
 */
import { assert } from '../model/assert.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { RunError } from '../model/run.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  Intent,
  IntentGranted,
  Journal,
  Phase,
  RunHeader,
  RunQuery,
  RunRecord,
  RunStart,
  RunSummary,
  VisitKey,
} from '../runtime/ports/journal.ts';
import {
  APPLIED,
  appliedKey,
  deadlineOf,
  epochOf,
  failureName,
  HEADER,
  headerItem,
  headerOf,
  inputKey,
  intentName,
  type Item,
  itemKey,
  number,
  parsed,
  phaseOf,
  summaryOf,
  startedText,
  text,
} from './run-items.ts';
import type { Condition, RunTable } from './run-table.ts';

type Answer<M extends keyof Journal> = Awaited<ReturnType<Journal[M]>>;

export interface DynamoJournalOptions {
  readonly table: RunTable;
  /** Whose runs `list` gives where none is named: the index is by workflow. */
  readonly workflowIds: readonly string[];
}

/** `$` follows `#` in UTF-8: the end of every sort key that begins with `S#`. */
const AFTER_APPLIED = 'S$';
const AFTER_INPUT = 'I$';

export class DynamoJournal implements Journal {
  private readonly table: RunTable;
  private readonly workflowIds: readonly string[];

  constructor({ table, workflowIds }: DynamoJournalOptions) {
    this.table = table;
    this.workflowIds = workflowIds;
  }

  /** The input first, under its digest: a header always has its input, and a lost race leaves only an orphan. */
  async start(run: RunStart): Promise<Answer<'start'>> {
    await this.table.put({ ...itemKey(run.runId, inputKey(run.inputDigest)), body: text(run.input) });
    const written = await this.table.create(headerItem(run));
    if (written.kind === 'written') return { kind: 'started' };
    assert(written.item, 'a header that exists comes back with the refusal');
    return { kind: 'exists', header: headerOf(written.item) };
  }

  async header(runId: string): Promise<RunHeader | undefined> {
    const item = await this.table.get(runId, HEADER);
    return item && headerOf(item);
  }

  /** Header and input in one query: the header says which input it is. */
  async input(runId: string): Promise<Json | undefined> {
    const [header, ...inputs] = await this.table.between(runId, HEADER, AFTER_INPUT);
    const mine = inputKey(header?.['inputDigest']?.S ?? '');
    return parsed(inputs.find((item) => item['sk']?.S === mine)?.['body']);
  }

  async record(runId: string): Promise<RunRecord | undefined> {
    const [header, ...others] = await this.table.between(runId, HEADER, AFTER_APPLIED);
    if (header?.['sk']?.S !== HEADER) return undefined;
    const applied = others.filter((item) => item['sk']?.S?.startsWith(APPLIED));
    return { header: headerOf(header), applied: applied.flatMap((item) => parsed<AppliedOutcome>(item['body']) ?? []) };
  }

  async applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined> {
    return parsed((await this.table.get(runId, appliedKey(key)))?.['body']);
  }

  async list(query: RunQuery): Promise<Answer<'list'>> {
    const workflows = query.workflowId === undefined ? this.workflowIds : [query.workflowId];
    const found = await Promise.all(workflows.map((workflowId) => this.newestOf(workflowId, query)));
    const sorted = found.flat().sort((one, other) => (startedText(one) < startedText(other) ? 1 : -1));
    const runs = sorted.slice(0, query.limit);
    const last = runs.at(-1);
    return { runs, ...(sorted.length > query.limit && last && { next: startedText(last) }) };
  }

  async intend(runId: string, intent: Intent, first?: { readonly execution: string }): Promise<Answer<'intend'>> {
    const name = intentName(intent.key);
    const written = await this.table.update(runId, HEADER, {
      set: { [name]: text(intent), ...(first && { execution: { S: first.execution } }) },
      add: { seq: number(1) },
      conditions: [
        phaseIn('forward'),
        epochIs(intent.epoch),
        { attribute: 'deadline', is: 'above', than: number(intent.at) },
        { attribute: name, is: 'absent' },
      ],
    });
    if (written.kind === 'written') return granted(written.item);
    return written.item ? notGranted(written.item, intent) : { kind: 'unknown-run' };
  }

  async apply(runId: string, outcome: AppliedOutcome): Promise<Answer<'apply'>> {
    const item = { ...itemKey(runId, appliedKey(outcome.key)), body: text(outcome) };
    const written = await this.table.create(item);
    if (written.kind === 'written') return { kind: 'recorded' };
    const known = parsed<AppliedOutcome>(written.item?.['body']);
    assert(known, 'an outcome that exists comes back with the refusal');
    return { kind: 'exists', outcome: known };
  }

  async fail(runId: string, outcome: FailedOutcome, fence: boolean): Promise<Answer<'fail'>> {
    const written = await this.table.update(runId, HEADER, {
      set: { [failureName(outcome.key)]: text(outcome), ...(fence && { phase: { S: 'fenced' } }) },
      // Set with the fence and never without it, so the first failure is the one that is named.
      ...(fence && { setOnce: { error: text(outcome.error) } }),
      conditions: [phaseIn('forward', 'fenced'), epochIs(outcome.epoch)],
    });
    if (written.kind === 'written') return { kind: 'recorded' };
    return { kind: 'late', phase: written.item ? phaseOf(written.item) : 'failed' };
  }

  async fence(runId: string, epoch: number, error: RunError): Promise<Answer<'fence'>> {
    const written = await this.table.update(runId, HEADER, {
      set: { phase: { S: 'fenced' }, error: text(error) },
      conditions: [phaseIn('forward'), epochIs(epoch)],
    });
    return written.item && { phase: phaseOf(written.item) };
  }

  async close(runId: string, close: Parameters<Journal['close']>[1]): Promise<Answer<'close'>> {
    const { item, kind } = await this.table.update(runId, HEADER, {
      set: { phase: { S: 'succeeded' }, endedAt: number(close.at), outputs: text(close.outputs) },
      remove: NO_LONGER_OPEN,
      conditions: [phaseIn('forward'), epochIs(close.epoch)],
    });
    if (kind === 'written') return { kind: 'closed' };
    if (!item || epochOf(item) !== close.epoch) return { kind: 'stale', epoch: item ? epochOf(item) : 0 };
    const phase = phaseOf(item);
    return phase === 'succeeded' ? { kind: 'again', outputs: outputsOf(item) } : { kind: 'fenced', phase };
  }

  async finish(runId: string, end: Parameters<Journal['finish']>[1]): Promise<Answer<'finish'>> {
    const { item, kind } = await this.table.update(runId, HEADER, {
      set: {
        phase: { S: end.phase },
        endedAt: number(end.at),
        ...(end.reason !== undefined && { reason: { S: end.reason } }),
      },
      remove: NO_LONGER_OPEN,
      conditions: [phaseIn('fenced', 'compensating'), epochIs(end.epoch)],
    });
    if (kind === 'written') return { kind: 'finished' };
    if (!item) return { kind: 'not-now', phase: 'failed', epoch: 0 };
    const ours = phaseOf(item) === end.phase && epochOf(item) === end.epoch && item['endedAt']?.N === String(end.at);
    return ours ? { kind: 'finished' } : { kind: 'not-now', phase: phaseOf(item), epoch: epochOf(item) };
  }

  /** One more than asked for, so that it shows whether there is a next page. */
  private async newestOf(workflowId: string, { phases, limit, after }: RunQuery): Promise<readonly RunSummary[]> {
    const found: RunSummary[] = [];
    let before = after;
    for (let more = true; more && found.length <= limit; ) {
      const page = await this.table.newest({ workflowId, before, limit: limit + 1 });
      const runs = page.items.map(summaryOf);
      found.push(...runs.filter(({ phase }) => !phases?.length || phases.includes(phase)));
      const last = runs.at(-1);
      more = page.more && last !== undefined;
      if (last) before = startedText(last);
    }
    return found.slice(0, limit + 1);
  }
}

/** The index of open runs holds what has these attributes. */
const NO_LONGER_OPEN: readonly string[] = ['open', 'wake'];

function phaseIn(...phases: readonly Phase[]): Condition {
  return { attribute: 'phase', is: 'one of', values: phases.map((phase) => ({ S: phase })) };
}

function epochIs(epoch: number): Condition {
  return { attribute: 'epoch', is: 'one of', values: [number(epoch)] };
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

function outputsOf(item: Item): JsonObject {
  return parsed<JsonObject>(item['outputs']) ?? {};
}
