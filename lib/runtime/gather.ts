/**
 * After the items of a step that is done for each of a list: what each of them came to, read from the journal, becomes one
 * outcome of the step itself. Its outputs are lists in the order of the items, null where an item failed and that is
 * tolerated. It has no effect of its own, so it is written like a safe step's outcome; later steps, their undos and the
 * next epoch read it.
 */
import { type Json, type JsonObject, own } from '../model/json.ts';
import { itemPath } from '../model/item-path.ts';
import type { Kept } from '../model/kept.ts';
import { type CallAnswer, type GatherTask, TaskError } from '../model/task.ts';
import type { CorePorts } from './core.ts';
import { leaveWell } from './decide.ts';
import { digestOfValue } from './digest.ts';
import { type Listed, listOf, requireTolerable, stopped } from './each.ts';
import { Evaluation } from './evaluation.ts';
import { keepOutputs, oversized, resolveOutputs } from './keep.ts';
import type { AppliedOutcome, FailedOutcome, RunRecord, Verdict, VisitKey } from './ports/journal.ts';
import { indexOf } from './record-index.ts';
import { someAtOnce } from './some-at-once.ts';
import { stale, unknownRun } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';
import { nextAt, sameVisit, visitOf } from './visit.ts';

export async function gather(task: GatherTask, ports: CorePorts): Promise<CallAnswer> {
  const listed = await listOf(task, ports);
  const record = await forwardRecord(task, ports);
  const key = keyOf(task, listed, record);
  const known = record.applied.find((one) => sameVisit(one.key, key) && one.epoch === task.epoch);
  if (known) return answer(task, listed, known);
  const ends = listed.items.map(({ name }) => endOf(record, { ...key, step: itemPath(key.step, name) }));
  const failed = ends.flatMap((end) => (end.kind === 'failed' ? [end.why] : []));
  await requireTolerable(task, ports, { ...listed, failed });
  return await recorded(task, ports, { listed, record, key, ends });
}

async function forwardRecord({ run, epoch }: GatherTask, { journal }: CorePorts): Promise<RunRecord> {
  const record = await journal.record(run);
  if (!record) throw unknownRun(run);
  const { header } = record;
  if (header.epoch !== epoch) throw stale(header.epoch);
  if (header.phase === 'forward') return record;
  throw new TaskFailure(TaskError.Fenced, `nothing goes on in a run that is ${header.phase}`);
}

/** A new generation in each epoch: its items may have been done anew. */
function keyOf({ at, epoch }: GatherTask, { step }: Listed, { applied }: RunRecord): VisitKey {
  const key = visitOf(step.path, at);
  const before = applied.filter((one) => sameVisit(one.key, key) && one.epoch < epoch);
  return { ...key, gen: Math.max(-1, ...before.map((one) => one.key.gen)) + 1 };
}

/** What an item came to: the outputs of the last word on it. */
type End =
  | { readonly kind: 'gave'; readonly startedAt: number; readonly outputs: Kept }
  | { readonly kind: 'failed'; readonly startedAt: number; readonly why: string }
  | { readonly kind: 'skipped'; readonly startedAt: number };

function endOf(record: RunRecord, key: VisitKey): End {
  const { applied, failures, verdicts } = indexOf(record);
  const given = applied(key).reduce<AppliedOutcome | undefined>(later, undefined);
  const failed = failures(key).reduce<FailedOutcome | undefined>(later, undefined);
  const verdict = verdicts(key).reduce<Verdict | undefined>(later, undefined);
  if (verdict?.verdict === 'skipped') return { kind: 'skipped', startedAt: verdict.at };
  if (given && (failed === undefined || given.key.gen >= failed.key.gen)) return { kind: 'gave', ...given };
  if (verdict?.verdict === 'applied') return { kind: 'gave', startedAt: verdict.at, outputs: verdict.outputs ?? {} };
  if (failed?.go !== undefined) return { kind: 'failed', startedAt: failed.startedAt, why: failed.error.message };
  throw new TaskFailure(TaskError.Fenced, `${key.step} has come to nothing`);
}

function later<T extends { readonly key: VisitKey }>(one: T | undefined, other: T): T {
  return one && one.key.gen > other.key.gen ? one : other;
}

interface Ended {
  readonly listed: Listed;
  readonly ends: readonly End[];
}

async function recorded(
  task: GatherTask,
  ports: CorePorts,
  { listed, record, key, ends }: Ended & { readonly record: RunRecord; readonly key: VisitKey },
): Promise<CallAnswer> {
  const { plan, step, items, digestKey } = listed;
  const outputs = await listsOf(task, ports, { listed, ends });
  const go = await wayOf(task, ports, { listed, record, key, outputs });
  const now = ports.clock.now();
  const outcome: AppliedOutcome = {
    key,
    epoch: task.epoch,
    planHash: task.plan,
    startedAt: Math.min(now, ...ends.map(({ startedAt }) => startedAt)),
    endedAt: now,
    attempts: [],
    dataDigest: digestOfValue(
      digestKey,
      items.map(({ name }) => name),
    ),
    outputs: await keepOutputs(outputs, { plan, run: task.run, sensitive: step.sensitive }, ports.blobs),
    go,
  };
  const written = await ports.journal.apply(task.run, outcome);
  if (written.kind === 'late') throw new TaskFailure(TaskError.Fenced, `${step.path} was settled before it ended`);
  return answer(task, listed, written.kind === 'exists' ? written.outcome : outcome);
}

/** Of outputs that lie elsewhere: ten thousand at once would be more than a function has memory for. */
const MOST_READS = 50;

async function listsOf(task: GatherTask, ports: CorePorts, { listed, ends }: Ended): Promise<JsonObject> {
  const given = await someAtOnce(ends, MOST_READS, async (end) =>
    end.kind === 'gave' ? await resolveOutputs(end.outputs, task.run, ports.blobs) : {},
  );
  const names = Object.keys(listed.step.outputs);
  return Object.fromEntries(names.map((name) => [name, given.map((one): Json => own(one, name) ?? null)]));
}

/** Its actions on success and the scopes that end with it are asked once, after the last item. */
async function wayOf(
  task: GatherTask,
  ports: CorePorts,
  {
    listed,
    record,
    key,
    outputs,
  }: { readonly listed: Listed; readonly record: RunRecord; readonly key: VisitKey; readonly outputs: JsonObject },
): Promise<string> {
  const { plan, step, read } = listed;
  const large = oversized(outputs);
  if (large !== undefined) {
    const why = `the list \`${large}\` of ${step.path} is larger than a value may be`;
    throw await stopped(task, ports, { plan, error: TaskError.RunInvalid, why });
  }
  const evaluation = new Evaluation(plan, { ...read, refs: { ...read.refs, [step.path]: outputs } });
  const left = await leaveWell({
    plan,
    step,
    key,
    at: task.at,
    repair: false,
    evaluation,
    scope: evaluation.scope(step.scope),
    absent: false,
    mayRepeat: false,
    retryAfterMs: undefined,
    record: () => Promise.resolve(record),
  });
  if (left.kind === 'goes') return left.go;
  const why = left.why ?? `${step.path} was left by nothing`;
  throw await stopped(task, ports, { plan, error: TaskError.Unwanted, why });
}

function answer({ at }: GatherTask, { step }: Listed, { outputs, go }: AppliedOutcome): CallAnswer {
  return { out: outputs, go, ...(step.repeats && { at: nextAt(step, at, go) }) };
}
