/**
 * The journal port in memory, with the conditions of run-contract sections 3, 5, 6 and 7 and nothing else: what a durable
 * adapter must do under concurrency, this does because JavaScript runs one turn at a time. `writes` and `reads` list the
 * methods that were called, so that a test can hold the write budget.
 */
import type { KeptInput } from '../model/kept.ts';
import type { RunError } from '../model/run.ts';
import type {
  AppliedOutcome,
  AuditEntry,
  FailedOutcome,
  GroupIntent,
  GroupRecord,
  Intent,
  Journal,
  Passed,
  Phase,
  RunHeader,
  RunQuery,
  RunRecord,
  RunStart,
  RunSummary,
  Shard,
  ShardKey,
  UndoRecord,
  Verdict,
  VisitKey,
} from '../runtime/ports/journal.ts';
import { groupAnswer, shardText, withShards } from '../runtime/shards.ts';
import { isTold, withDecided } from '../runtime/verdicts.ts';
import { keyText } from '../runtime/visit.ts';

interface Kept {
  header: RunHeader;
  readonly inputs: Map<string, KeptInput>;
  readonly intents: Map<string, Intent>;
  readonly failures: Map<string, FailedOutcome>;
  readonly settled: Map<string, AppliedOutcome | Verdict>;
  readonly undos: Map<string, UndoRecord>;
  readonly audits: Map<string, AuditEntry>;
  readonly passed: Map<string, Passed>;
  /** Whether opened or not. */
  readonly shards: Map<string, Shard>;
  readonly opened: Set<string>;
}

type Answer<M extends keyof Journal> = Awaited<ReturnType<Journal[M]>>;
type Asked<M extends keyof Journal> = Parameters<Journal[M]>[1];

export class MemoryJournal implements Journal {
  readonly writes: string[] = [];
  readonly reads: string[] = [];
  private readonly runs = new Map<string, Kept>();

  /** Every row, for a journal of the same kind to go on from. */
  memory(): ReadonlyMap<string, Kept> {
    return new Map([...this.runs].map(([id, kept]) => [id, copyOf(kept)]));
  }

  recall(memory: ReadonlyMap<string, Kept>): void {
    this.runs.clear();
    for (const [id, kept] of memory) this.runs.set(id, copyOf(kept));
  }

  async start(run: RunStart): Promise<Answer<'start'>> {
    this.writes.push('start');
    const known = this.runs.get(run.runId);
    if (known) return { kind: 'exists', header: headerOf(known) };
    const { input, ...facts } = run;
    const state = { phase: 'forward', epoch: 1, degraded: false, released: false } as const;
    const header: RunHeader = { ...facts, ...state, intents: [], failures: [], passed: [], earlier: [] };
    this.runs.set(run.runId, { ...nothingYet(), header, inputs: new Map([[run.inputDigest, input]]) });
    return { kind: 'started' };
  }

  async header(runId: string): Promise<RunHeader | undefined> {
    this.reads.push('header');
    const kept = this.runs.get(runId);
    return kept && headerOf(kept);
  }

  async input(runId: string, digest?: string): Promise<KeptInput | undefined> {
    this.reads.push('input');
    const kept = this.runs.get(runId);
    return kept?.inputs.get(digest ?? kept.header.inputDigest);
  }

  async record(runId: string): Promise<RunRecord | undefined> {
    this.reads.push('record');
    const kept = this.runs.get(runId);
    if (!kept) return undefined;
    const settled = [...kept.settled.values()];
    const applied = settled.filter((one): one is AppliedOutcome => !isVerdict(one));
    const header = withDecided(headerOf(kept), settled);
    const record = { header, applied, verdicts: settled.filter(isTold), undos: [...kept.undos.values()] };
    return withShards(
      record,
      [...kept.opened].flatMap((text) => kept.shards.get(text) ?? []),
    );
  }

  async applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined> {
    this.reads.push('applied');
    const settled = this.runs.get(runId)?.settled.get(keyText(key));
    return settled && !isVerdict(settled) ? settled : undefined;
  }

  async audits(runId: string): Promise<readonly AuditEntry[]> {
    this.reads.push('audits');
    return [...(this.runs.get(runId)?.audits.values() ?? [])].sort((one, other) => one.at - other.at);
  }

  async list(query: RunQuery): Promise<Answer<'list'>> {
    this.reads.push('list');
    const runs = [...this.runs.values()]
      .map(({ header }) => summaryOf(header))
      .filter((run) => query.workflowId === undefined || run.workflowId === query.workflowId)
      .filter((run) => !query.phases?.length || query.phases.includes(run.phase))
      .sort((one, other) => other.startedAt - one.startedAt || (one.runId < other.runId ? -1 : 1));
    const from = query.after === undefined ? 0 : runs.findIndex(({ runId }) => runId === query.after) + 1;
    const page = runs.slice(from, from + query.limit);
    const last = page.at(-1);
    return { runs: page, ...(from + query.limit < runs.length && last && { next: last.runId }) };
  }

  async intend(runId: string, intent: Intent, more: Parameters<Journal['intend']>[2] = {}): Promise<Answer<'intend'>> {
    this.writes.push('intend');
    const kept = this.runs.get(runId);
    if (!kept) return { kind: 'unknown-run' };
    const { phase, epoch, deadline, traceparent } = kept.header;
    if (epoch !== intent.epoch) return { kind: 'stale', epoch };
    const name = keyText(intent.key);
    const known = kept.intents.get(name);
    const failure = kept.failures.get(name);
    const open = phase === 'forward' && intent.at < deadline;
    const over = same(known, more.after) && !failure && (known?.leaseUntil ?? 0) <= intent.at;
    const ours = known?.nonce === intent.nonce;
    if (known && !ours && !(open && over)) return { kind: 'repeat', intent: known, ...(failure && { failure }) };
    if (!ours && phase !== 'forward') return { kind: 'fenced', phase };
    if (!ours && !open) return { kind: 'past-deadline', deadline };
    kept.intents.set(name, ours ? known : intent);
    if (more.execution !== undefined) kept.header = { ...kept.header, execution: more.execution };
    return { kind: 'granted', deadline, seq: kept.intents.size, ...(traceparent !== undefined && { traceparent }) };
  }

  async apply(runId: string, outcome: AppliedOutcome): Promise<Answer<'apply'>> {
    this.writes.push('apply');
    const kept = this.known(runId);
    const name = keyText(outcome.key);
    const known = kept.settled.get(name);
    if (known && isVerdict(known)) return { kind: 'late', verdict: known };
    if (known && !same(known, outcome)) return { kind: 'exists', outcome: known };
    kept.settled.set(name, outcome);
    return { kind: 'recorded' };
  }

  async fail(runId: string, outcome: FailedOutcome, fence: boolean, of?: Intent): Promise<Answer<'fail'>> {
    this.writes.push('fail');
    const kept = this.runs.get(runId);
    if (!kept || kept.header.epoch !== outcome.epoch) return { kind: 'late', phase: kept?.header.phase ?? 'failed' };
    const { phase } = kept.header;
    const open = phase === 'forward' || phase === 'fenced';
    const name = keyText(outcome.key);
    const known = kept.failures.get(name);
    const ours = same(known, outcome) && phase !== 'succeeded';
    if (!open && !ours) return { kind: 'late', phase };
    if (known && !ours) return { kind: 'exists', outcome: known };
    if (!known && of && kept.intents.get(name)?.nonce !== of.nonce) return { kind: 'superseded' };
    kept.failures.set(name, outcome);
    if (fence) this.raise(kept, outcome.error);
    return { kind: 'recorded' };
  }

  async openShard(runId: string, key: ShardKey, by: Parameters<Journal['openShard']>[2]): Promise<Answer<'openShard'>> {
    this.writes.push('openShard');
    const kept = this.runs.get(runId);
    if (!kept) return { kind: 'unknown-run' };
    const { phase, epoch, deadline, traceparent } = kept.header;
    if (epoch !== by.epoch) return { kind: 'stale', epoch };
    if (phase !== 'forward') return { kind: 'fenced', phase };
    if (by.at >= deadline) return { kind: 'past-deadline', deadline };
    kept.shards.set(shardText(key), shardOf(kept, key));
    kept.opened.add(shardText(key));
    if (by.execution !== undefined) kept.header = { ...kept.header, execution: by.execution };
    return { kind: 'granted', deadline, ...(traceparent !== undefined && { traceparent }) };
  }

  async shard(runId: string, key: ShardKey): Promise<Shard> {
    this.reads.push('shard');
    return shardOf(this.runs.get(runId), key);
  }

  async intendGroup(runId: string, intent: GroupIntent, after?: GroupIntent): Promise<Answer<'intendGroup'>> {
    this.writes.push('intendGroup');
    const kept = this.known(runId);
    const shard = shardOf(kept, intent.shard);
    const answer = groupAnswer(shard, intent, after);
    if (!answer) kept.shards.set(shardText(intent.shard), { ...shard, last: intent });
    return answer ?? { kind: 'granted' };
  }

  async recordGroup(runId: string, record: GroupRecord): Promise<Answer<'recordGroup'>> {
    this.writes.push('recordGroup');
    const kept = this.known(runId);
    const { epoch, group, shard: key } = record.intent;
    const shard = shardOf(kept, key);
    const known = shard.groups.find(({ intent }) => intent.epoch === epoch && intent.group === group);
    if (known) return { kind: same(known, record) ? 'recorded' : 'late' };
    kept.shards.set(shardText(key), { ...shard, groups: [...shard.groups, record].sort(byBeginning) });
    return { kind: 'recorded' };
  }

  async closeShard(runId: string, key: ShardKey, epoch: number): Promise<void> {
    this.writes.push('closeShard');
    const kept = this.known(runId);
    const shard = shardOf(kept, key);
    kept.shards.set(shardText(key), { ...shard, closed: Math.max(epoch, shard.closed ?? 0) });
  }

  async decideFailed(runId: string, verdict: Verdict): Promise<Answer<'decideFailed'>> {
    this.writes.push('decideFailed');
    const kept = this.known(runId);
    const name = keyText(verdict.key);
    const known = kept.settled.get(name);
    if (known && !same(known, verdict)) return { kind: 'exists', by: known };
    kept.settled.set(name, verdict);
    return { kind: 'recorded' };
  }

  async pass(runId: string, passed: Passed): Promise<Answer<'pass'>> {
    this.writes.push('pass');
    const kept = this.runs.get(runId);
    if (kept?.header.epoch !== passed.epoch || kept.header.phase !== 'forward') return notNow(kept);
    kept.passed.set(keyText(passed.key), passed);
    return { kind: 'recorded' };
  }

  async fence(runId: string, epoch: number, error: RunError): Promise<Answer<'fence'>> {
    this.writes.push('fence');
    const kept = this.runs.get(runId);
    if (!kept) return undefined;
    if (kept.header.epoch === epoch) this.raise(kept, error);
    return { phase: kept.header.phase };
  }

  async close(runId: string, { epoch, at, outputs, degraded = false }: Asked<'close'>): Promise<Answer<'close'>> {
    this.writes.push('close');
    const kept = this.runs.get(runId);
    if (kept?.header.epoch !== epoch) return { kind: 'stale', epoch: kept?.header.epoch ?? 0 };
    const { phase } = kept.header;
    if (phase === 'succeeded') return { kind: 'again', outputs: kept.header.outputs ?? {} };
    if (phase !== 'forward') return { kind: 'fenced', phase };
    kept.header = { ...kept.header, phase: 'succeeded', endedAt: at, outputs, degraded };
    return { kind: 'closed' };
  }

  async compensate(runId: string, claim: Asked<'compensate'>): Promise<Answer<'compensate'>> {
    this.writes.push('compensate');
    const kept = this.runs.get(runId);
    const header = kept?.header;
    const open = header?.epoch === claim.epoch && (header.phase === 'fenced' || header.phase === 'compensating');
    if (!kept || !open) return notNow(kept);
    const by = header.compensator;
    if (by && by.owner !== claim.owner && by.leaseUntil > claim.at) return { kind: 'held', by };
    const { owner, leaseUntil } = claim;
    kept.header = { ...header, phase: 'compensating', compensator: { owner, leaseUntil } };
    return { kind: 'granted' };
  }

  async decide(runId: string, verdict: Verdict, owner?: string): Promise<Answer<'decide'>> {
    this.writes.push('decide');
    const kept = this.runs.get(runId);
    const name = keyText(verdict.key);
    const known = kept?.settled.get(name);
    if (same(known, verdict)) return { kind: 'recorded' };
    if (!kept || !mayDecide(kept, verdict.epoch, owner)) return notNow(kept);
    if (known && !(isVerdict(known) && known.verdict === 'in-doubt')) return { kind: 'exists', by: known };
    kept.settled.set(name, verdict);
    return { kind: 'recorded' };
  }

  async intendUndo(
    runId: string,
    record: UndoRecord,
    { owner, after }: Parameters<Journal['intendUndo']>[2],
  ): Promise<Answer<'intendUndo'>> {
    this.writes.push('intendUndo');
    const kept = this.runs.get(runId);
    const known = kept?.undos.get(undoText(record));
    if (known?.nonce === record.nonce) return { kind: 'granted' };
    if (!kept || !mayUndo(kept, record.epoch, owner)) return notNow(kept);
    const closed = known?.state === 'done' || known?.state === 'accepted';
    if (known && (closed || known.nonce !== after)) return { kind: 'exists', record: known };
    kept.undos.set(undoText(record), record);
    return { kind: 'granted' };
  }

  async recordUndo(runId: string, record: UndoRecord): Promise<Answer<'recordUndo'>> {
    this.writes.push('recordUndo');
    const kept = this.runs.get(runId);
    const known = kept?.undos.get(undoText(record));
    const open = known?.nonce === record.nonce && known.state === 'live';
    if (!open && !same(known, record)) return { kind: 'late' };
    kept?.undos.set(undoText(record), record);
    return { kind: 'recorded' };
  }

  async overrule(runId: string, record: UndoRecord): Promise<Answer<'overrule'>> {
    this.writes.push('overrule');
    const kept = this.runs.get(runId);
    if (!kept || !needsAttention(kept, record.epoch)) return notNow(kept);
    kept.undos.set(undoText(record), record);
    return { kind: 'recorded' };
  }

  async finish(runId: string, end: Asked<'finish'>): Promise<Answer<'finish'>> {
    this.writes.push('finish');
    const kept = this.runs.get(runId);
    if (!kept) return notNow(kept);
    const { phase, epoch, endedAt, compensator } = kept.header;
    const ours = phase === end.phase && endedAt === end.at;
    const mine = epoch === end.epoch && compensator?.owner === end.owner;
    if (!mine || !(ours || phase === 'compensating')) return notNow(kept);
    const reason = end.reason === undefined ? {} : { reason: end.reason };
    kept.header = { ...without(kept.header, 'reason'), phase: end.phase, endedAt: end.at, ...reason };
    return { kind: 'finished' };
  }

  async resume(runId: string, epoch: number): Promise<Answer<'resume'>> {
    this.writes.push('resume');
    const kept = this.runs.get(runId);
    if (!kept || !needsAttention(kept, epoch)) return notNow(kept);
    const cleared = without(kept.header, 'reason', 'endedAt', 'compensator');
    kept.header = { ...cleared, phase: 'compensating', released: true };
    return { kind: 'resumed' };
  }

  async reopen(runId: string, { epoch, deadline, planHash, input }: Asked<'reopen'>): Promise<Answer<'reopen'>> {
    this.writes.push('reopen');
    const kept = this.runs.get(runId);
    const old = kept?.header;
    const ended = old?.phase === 'compensated' || old?.phase === 'failed' || old?.phase === 'needs-attention';
    if (!kept || !ended || old.epoch !== epoch - 1) return notNow(kept);
    const earlier = [...old.earlier, { epoch: old.epoch, planHash: old.planHash, inputDigest: old.inputDigest }];
    const cleared = without(old, 'error', 'reason', 'endedAt', 'compensator', 'outputs', 'execution');
    const next = { epoch, deadline, planHash, inputDigest: input?.digest ?? old.inputDigest, earlier };
    kept.header = { ...cleared, ...next, phase: 'forward', released: false };
    if (input) kept.inputs.set(input.digest, input.value);
    return { kind: 'reopened' };
  }

  async audit(runId: string, entry: AuditEntry): Promise<void> {
    this.writes.push('audit');
    this.known(runId).audits.set(`${entry.at}#${entry.nonce}`, entry);
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

function nothingYet(): Omit<Kept, 'header' | 'inputs'> {
  return {
    intents: new Map(),
    failures: new Map(),
    settled: new Map(),
    undos: new Map(),
    audits: new Map(),
    passed: new Map(),
    shards: new Map(),
    opened: new Set(),
  };
}

/** Rows are replaced and never changed: the maps that hold them are all there is to copy. */
function copyOf({ header, inputs, intents, failures, settled, undos, audits, passed, shards, opened }: Kept): Kept {
  return {
    header,
    inputs: new Map(inputs),
    intents: new Map(intents),
    failures: new Map(failures),
    settled: new Map(settled),
    undos: new Map(undos),
    audits: new Map(audits),
    passed: new Map(passed),
    shards: new Map(shards),
    opened: new Set(opened),
  };
}

function shardOf(kept: Kept | undefined, key: ShardKey): Shard {
  return kept?.shards.get(shardText(key)) ?? { key, groups: [] };
}

function byBeginning({ intent: one }: GroupRecord, { intent: other }: GroupRecord): number {
  return one.epoch - other.epoch || one.group - other.group;
}

function isVerdict(settled: AppliedOutcome | Verdict): settled is Verdict {
  return 'verdict' in settled;
}

function same(one: object | undefined, other: object | undefined): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function undoText({ key, number }: UndoRecord): string {
  return `${keyText(key)}#${number}`;
}

function needsAttention({ header }: Kept, epoch: number): boolean {
  return header.epoch === epoch && header.phase === 'needs-attention';
}

function mayDecide(kept: Kept, epoch: number, owner: string | undefined): boolean {
  if (owner !== undefined) return mayUndo(kept, epoch, owner);
  const { phase } = kept.header;
  const endedBadly = phase === 'needs-attention' || phase === 'failed' || phase === 'compensated';
  return kept.header.epoch === epoch && endedBadly;
}

function mayUndo({ header }: Kept, epoch: number, owner: string | undefined): boolean {
  if (header.epoch !== epoch) return false;
  if (owner === undefined) return header.phase === 'forward';
  return header.phase === 'compensating' && header.compensator?.owner === owner;
}

function notNow(kept: Kept | undefined): {
  readonly kind: 'not-now';
  readonly phase: Phase;
  readonly epoch: number;
} {
  return { kind: 'not-now', phase: kept?.header.phase ?? 'failed', epoch: kept?.header.epoch ?? 0 };
}

function without<K extends keyof RunHeader>(header: RunHeader, ...names: readonly K[]): Omit<RunHeader, K> {
  const copy = { ...header };
  for (const name of names) delete copy[name];
  return copy;
}

function headerOf({ header, intents, failures, passed }: Kept): RunHeader {
  return {
    ...header,
    intents: [...intents.values()],
    failures: [...failures.values()],
    passed: [...passed.values()],
  };
}

function summaryOf({ runId, workflowId, phase, startedAt, endedAt }: RunHeader): RunSummary {
  return { runId, workflowId, phase, startedAt, ...(endedAt !== undefined && { endedAt }) };
}
