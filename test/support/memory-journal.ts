/**
 * The journal port in memory, with the conditions of run-contract sections 3, 5 and 7 and nothing else: what a durable
 * adapter must do under concurrency, this does because JavaScript runs one turn at a time. `writes` and `reads` list the
 * methods that were called, so that a test can hold the write budget.
 */
import type { Json } from '../../lib/model/json.ts';
import type { RunError } from '../../lib/model/run.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  Intent,
  Journal,
  Phase,
  RunHeader,
  RunQuery,
  RunRecord,
  RunStart,
  RunSummary,
  VisitKey,
} from '../../lib/runtime/ports/journal.ts';
import { keyText } from '../../lib/runtime/visit.ts';

interface Kept {
  header: RunHeader;
  readonly input: Json;
  readonly intents: Map<string, Intent>;
  readonly failures: Map<string, FailedOutcome>;
  readonly applied: Map<string, AppliedOutcome>;
}

type Answer<M extends keyof Journal> = Awaited<ReturnType<Journal[M]>>;

export class MemoryJournal implements Journal {
  readonly writes: string[] = [];
  readonly reads: string[] = [];
  private readonly runs = new Map<string, Kept>();

  async start(run: RunStart): Promise<Answer<'start'>> {
    this.writes.push('start');
    const known = this.runs.get(run.runId);
    if (known) return { kind: 'exists', header: headerOf(known) };
    const { input, ...facts } = run;
    const header: RunHeader = { ...facts, phase: 'forward', epoch: 1, degraded: false, intents: [], failures: [] };
    this.runs.set(run.runId, { header, input, intents: new Map(), failures: new Map(), applied: new Map() });
    return { kind: 'started' };
  }

  async header(runId: string): Promise<RunHeader | undefined> {
    this.reads.push('header');
    const kept = this.runs.get(runId);
    return kept && headerOf(kept);
  }

  async input(runId: string): Promise<Json | undefined> {
    this.reads.push('input');
    return this.runs.get(runId)?.input;
  }

  async record(runId: string): Promise<RunRecord | undefined> {
    this.reads.push('record');
    const kept = this.runs.get(runId);
    return kept && { header: headerOf(kept), applied: [...kept.applied.values()] };
  }

  async applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined> {
    this.reads.push('applied');
    return this.runs.get(runId)?.applied.get(keyText(key));
  }

  async list(query: RunQuery): Promise<Answer<'list'>> {
    this.reads.push('list');
    const runs = [...this.runs.values()]
      .map(({ header }) => summaryOf(header))
      .filter((run) => query.workflowId === undefined || run.workflowId === query.workflowId)
      .filter((run) => query.phases === undefined || query.phases.includes(run.phase))
      .sort((one, other) => other.startedAt - one.startedAt || (one.runId < other.runId ? -1 : 1));
    const from = query.after === undefined ? 0 : runs.findIndex(({ runId }) => runId === query.after) + 1;
    const page = runs.slice(from, from + query.limit);
    const last = page.at(-1);
    return { runs: page, ...(from + query.limit < runs.length && last && { next: last.runId }) };
  }

  async intend(runId: string, intent: Intent, first?: { readonly execution: string }): Promise<Answer<'intend'>> {
    this.writes.push('intend');
    const kept = this.runs.get(runId);
    if (!kept) return { kind: 'unknown-run' };
    const { phase, epoch, deadline, traceparent } = kept.header;
    if (epoch !== intent.epoch) return { kind: 'stale', epoch };
    const name = keyText(intent.key);
    const known = kept.intents.get(name);
    const failure = kept.failures.get(name);
    if (known) return { kind: 'repeat', intent: known, ...(failure && { failure }) };
    if (phase !== 'forward') return { kind: 'fenced', phase };
    if (intent.at >= deadline) return { kind: 'past-deadline', deadline };
    kept.intents.set(name, intent);
    if (first) kept.header = { ...kept.header, execution: first.execution };
    return { kind: 'granted', deadline, seq: kept.intents.size, ...(traceparent !== undefined && { traceparent }) };
  }

  async apply(runId: string, outcome: AppliedOutcome): Promise<Answer<'apply'>> {
    this.writes.push('apply');
    const kept = this.known(runId);
    const name = keyText(outcome.key);
    const known = kept.applied.get(name);
    if (known) return { kind: 'exists', outcome: known };
    kept.applied.set(name, outcome);
    return { kind: 'recorded' };
  }

  async fail(runId: string, outcome: FailedOutcome, fence: boolean): Promise<Answer<'fail'>> {
    this.writes.push('fail');
    const kept = this.known(runId);
    const { phase, epoch } = kept.header;
    const open = epoch === outcome.epoch && (phase === 'forward' || phase === 'fenced');
    const name = keyText(outcome.key);
    if (!open || kept.failures.has(name)) return { kind: 'late', phase };
    kept.failures.set(name, outcome);
    if (fence) this.raise(kept, outcome.error);
    return { kind: 'recorded' };
  }

  async fence(runId: string, epoch: number, error: RunError): Promise<Answer<'fence'>> {
    this.writes.push('fence');
    const kept = this.runs.get(runId);
    if (!kept) return undefined;
    if (kept.header.epoch === epoch) this.raise(kept, error);
    return { phase: kept.header.phase };
  }

  async close(runId: string, close: Parameters<Journal['close']>[1]): Promise<Answer<'close'>> {
    this.writes.push('close');
    const kept = this.runs.get(runId);
    if (!kept || kept.header.epoch !== close.epoch) return { kind: 'stale', epoch: kept?.header.epoch ?? 0 };
    const { phase, outputs } = kept.header;
    if (phase === 'succeeded') return { kind: 'again', outputs: outputs ?? {} };
    if (phase !== 'forward') return { kind: 'fenced', phase };
    kept.header = { ...kept.header, phase: 'succeeded', endedAt: close.at, outputs: close.outputs };
    return { kind: 'closed' };
  }

  async finish(runId: string, end: Parameters<Journal['finish']>[1]): Promise<Answer<'finish'>> {
    this.writes.push('finish');
    const kept = this.known(runId);
    const { phase, epoch } = kept.header;
    const open = epoch === end.epoch && (phase === 'fenced' || phase === 'compensating');
    if (!open) return { kind: 'not-now', phase, epoch };
    const reason = end.reason === undefined ? {} : { reason: end.reason };
    kept.header = { ...kept.header, phase: end.phase, endedAt: end.at, ...reason };
    return { kind: 'finished' };
  }

  /** For tests of what must not happen: another epoch has begun, or somebody else has set the phase. */
  change(runId: string, change: { readonly epoch?: number; readonly phase?: Phase }): void {
    const kept = this.known(runId);
    kept.header = { ...kept.header, ...change };
  }

  private raise(kept: Kept, error: RunError): void {
    if (kept.header.phase === 'forward') kept.header = { ...kept.header, phase: 'fenced', error };
  }

  private known(runId: string): Kept {
    const kept = this.runs.get(runId);
    if (!kept) throw new Error(`the journal has no run ${runId}`);
    return kept;
  }
}

function headerOf({ header, intents, failures }: Kept): RunHeader {
  return { ...header, intents: [...intents.values()], failures: [...failures.values()] };
}

function summaryOf({ runId, workflowId, phase, startedAt, endedAt }: RunHeader): RunSummary {
  return { runId, workflowId, phase, startedAt, ...(endedAt !== undefined && { endedAt }) };
}
