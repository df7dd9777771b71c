/**
 * Settle, the only brain of the failing path (run-contract section 6): raises the fence if nobody did, waits for what is
 * under way, closes what was lost, asks for the next wave of undos and probes, and ends the run: `failed` where nothing
 * ever stood, `compensated` where everything is undone or may stay, else `needs-attention` with a dead letter that names
 * exactly what does not. It reads the journal, never the machine; asked again, it answers the same. Asked by an express
 * execution, it ends only a run of which nothing is left to do, and claims nothing else: the undo machine does.
 */
import { assert, unreachable } from '../model/assert.ts';
import type { Plan } from '../model/plan.ts';
import type { RunStatus } from '../model/run.ts';
import type { SettleAnswer, SettleTask, WaveEntry } from '../model/task.ts';
import type { CorePorts } from './core.ts';
import { type EffectOf, effectsOf, type EpochPlans, plansOf } from './effects.ts';
import { type Fate, fatesOf, isOpen } from './fates.ts';
import { letterOf } from './letter.ts';
import { releaseLock } from './lock.ts';
import type { Phase, RunRecord } from './ports/journal.ts';
import { raiseFence } from './raise.ts';
import { emit } from './run-events.ts';
import { closeShards, tellLapsedGroups, unclosedShards } from './shards-settled.ts';
import { MOST_WRITES, someAtOnce } from './some-at-once.ts';
import { unknownRun } from './run-refusals.ts';
import { wakeWaiting } from './wait.ts';
import { longestOf, nextWaveAt, waveOf } from './wave.ts';

/**
 * One after the fence, one after shards were closed, one where a late outcome was faster, one after doubts; and two of us at
 * once: one writes, the other finds it written at its next look.
 */
const MAX_LOOKS = 6;
/** How long a compensator may take between two looks, beside what its wave takes. */
const CLAIM_MS = 60_000;
/** A wait in one piece; whoever has more to wait looks in between. */
const MAX_WAIT_SECONDS = 3_600;

export async function settle(task: SettleTask, ports: CorePorts): Promise<SettleAnswer> {
  const answer = await settleFully(task, ports);
  // Whoever has no time leaves even a second's wait to others.
  return task.brief === true && answer.do !== 'end' ? HAND_OVER : answer;
}

async function settleFully(task: SettleTask, ports: CorePorts): Promise<SettleAnswer> {
  for (let look = 1; look <= MAX_LOOKS; look += 1) {
    const record = await ports.journal.record(task.run);
    if (!record) throw unknownRun(task.run);
    const plans = await plansOf(record.header, ports.plans);
    const answer = await settleRecord(task, ports, { record, plans, at: ports.clock.now() });
    if (answer) return answer;
  }
  return { do: 'wait', seconds: 1 };
}

interface Known {
  readonly record: RunRecord;
  readonly plans: EpochPlans;
  readonly at: number;
}

/** Undefined: the journal has moved on meanwhile, look again. */
async function settleRecord(task: SettleTask, ports: CorePorts, known: Known): Promise<SettleAnswer | undefined> {
  const { header } = known.record;
  if (header.epoch !== task.epoch) return { do: 'end', status: 'superseded' };
  switch (header.phase) {
    case 'forward':
      await fence(task, ports, known);
      return undefined;
    case 'fenced':
    case 'compensating':
      await wakeWaiting(task.run, known.plans(header.epoch).plan, ports);
      return await compensate(task, ports, known);
    case 'needs-attention':
      return task.brief === true ? { do: 'end', status: header.phase } : park(known);
    case 'succeeded':
    case 'compensated':
    case 'failed':
      return { do: 'end', status: header.phase };
    default:
      return unreachable(header.phase, 'phase');
  }
}

async function fence(task: SettleTask, ports: CorePorts, { record, plans }: Known): Promise<void> {
  const { plan } = plans(record.header.epoch);
  const error = { error: task.why ?? 'States.TaskFailed', message: 'a task failed and no handler has seen why' };
  await raiseFence(task, ports, { plan, error });
}

async function compensate(task: SettleTask, ports: CorePorts, known: Known): Promise<SettleAnswer | undefined> {
  const { record, plans, at } = known;
  if (task.brief === true && unclosedShards(record).length > 0) return HAND_OVER;
  if (await closeShards(task, ports, record)) return undefined;
  const effects = effectsOf(record, plans, at);
  if (task.brief === true && !isDone(effects, at)) return HAND_OVER;
  const live = effects.filter(({ state }) => state === 'live');
  if (live.length > 0) return waitUntil(Math.max(...live.map(({ intent }) => intent.leaseUntil)), at);
  const fates = fatesOf(effects, at);
  const wave = isHeld(known) ? [] : waveOf(fates);
  const claimed = await claim(task, ports, known, { effects, wave });
  if (claimed) return claimed;
  if (await tellLapsedGroups(task, ports, known)) return undefined;
  if (await closeDoubts(task, ports, effects, at)) return undefined;
  if (wave.length > 0) return { do: 'undo', wave };
  const waiting = isHeld(known) ? [] : fates.filter(({ kind }) => kind === 'later');
  if (waiting.length > 0) {
    const times = waiting.flatMap(({ until }) => until ?? []);
    assert(times.length > 0, 'what waits for others waits for one that waits for a time');
    return waitUntil(nextWaveAt(times), at);
  }
  return await finish(task, ports, known, fates);
}

const HAND_OVER: SettleAnswer = { do: 'hand-over' };

/** Nothing to wait for, to undo, to decide or to tell an operator. */
function isDone(effects: readonly EffectOf[], at: number): boolean {
  const isOver = effects.every(({ state, verdict }) => state === 'none' || state === 'stands' || verdict !== undefined);
  return isOver && fatesOf(effects, at).every(({ kind }) => kind === 'gone' || kind === 'kept');
}

/** Whoever keeps the effects of a failed run undoes nothing until an operator says so. */
function isHeld({ record: { header }, plans }: Known): boolean {
  return plans(header.epoch).plan.onFailure === 'hold' && !header.released;
}

function waitUntil(until: number, at: number): SettleAnswer {
  return { do: 'wait', seconds: Math.min(MAX_WAIT_SECONDS, Math.max(1, Math.ceil((until - at) / 1000))) };
}

/** The compensation is ours for as long as the wave may take; somebody else's is waited for. */
async function claim(
  task: SettleTask,
  ports: CorePorts,
  { record: { header }, at }: Known,
  { effects, wave }: { readonly effects: readonly EffectOf[]; readonly wave: readonly WaveEntry[] },
): Promise<SettleAnswer | undefined> {
  const byHash = new Map(effects.map(({ plan, planHash }) => [planHash, plan]));
  const needed = at + CLAIM_MS + longestOf(wave, (hash) => byHash.get(hash));
  const { compensator, phase } = header;
  const ours = phase === 'compensating' && compensator?.owner === task.owner;
  if (ours && compensator.leaseUntil >= needed - CLAIM_MS / 2) return undefined;
  const { run, epoch, owner } = task;
  const answer = await ports.journal.compensate(run, { epoch, owner, at, leaseUntil: needed });
  switch (answer.kind) {
    case 'granted':
      return undefined;
    case 'held':
      return waitUntil(answer.by.leaseUntil, at);
    case 'not-now':
      return { do: 'wait', seconds: 1 };
    default:
      return unreachable(answer, 'answer to a claim');
  }
}

/**
 * From here on a late answer is no longer taken: what was lost with its lease, or is in doubt while its first invocation
 * may only be slow, must not turn into something else behind the back of an operator.
 */
async function closeDoubts(
  task: SettleTask,
  ports: CorePorts,
  effects: readonly EffectOf[],
  at: number,
): Promise<boolean> {
  const open = effects.filter(({ state, verdict }) => state === 'lapsed' || (state === 'in-doubt' && !verdict));
  const verdicts = open.map(({ key }) => ({ key, epoch: task.epoch, at, verdict: 'in-doubt', by: 'settle' }) as const);
  await someAtOnce(verdicts, MOST_WRITES, (verdict) => ports.journal.decide(task.run, verdict, task.owner));
  return open.length > 0;
}

async function finish(
  task: SettleTask,
  ports: CorePorts,
  known: Known,
  fates: readonly Fate[],
): Promise<SettleAnswer | undefined> {
  const { record, at } = known;
  const open = isHeld(known) ? fates.filter(({ kind }) => kind !== 'gone' && kind !== 'kept') : fates.filter(isOpen);
  const phase = open.length > 0 ? 'needs-attention' : everStood(record, fates) ? 'compensated' : 'failed';
  const reason = open.length > 0 ? { reason: reasonOf(known, open) } : {};
  const { run, epoch, owner } = task;
  const finished = await ports.journal.finish(run, { epoch, owner, at, phase, ...reason });
  if (finished.kind === 'not-now') return undefined;
  emitEnd(ports, known, phase);
  // Kept while somebody has to look at it: what stands may be what the lock is for.
  if (open.length === 0) await releaseLock(task, ports, known.plans(record.header.epoch).plan);
  return open.length > 0 ? undefined : { do: 'end', status: phase };
}

/** Did anything ever stand, or may it have? What a probe found absent never did. */
function everStood({ applied, header }: RunRecord, fates: readonly Fate[]): boolean {
  const effectful = new Set(header.intents.map(({ key }) => key.step));
  const stood = applied.some(({ key, degraded }) => effectful.has(key.step) && degraded !== true);
  return (
    stood || fates.some(({ effect, undone }) => effect.state === 'stands' || effect.state === 'in-doubt' || undone)
  );
}

/** The gravest of what is open. */
function reasonOf(known: Known, open: readonly Fate[]): string {
  if (isHeld(known)) return 'held';
  if (open.some(({ kind }) => kind === 'undo-failed')) return 'undo-failed';
  const doubt = open.some(({ effect: { state } }) => state === 'in-doubt' || state === 'lapsed');
  return doubt ? 'in-doubt' : 'standing';
}

function park({ record, plans, at }: Known): SettleAnswer {
  const { reason, epoch } = record.header;
  assert(reason !== undefined, 'a run that needs attention says why');
  const fates = fatesOf(effectsOf(record, plans, at), at);
  const letter = letterOf({ record, plan: plans(epoch).plan, reason, fates });
  return { do: 'park', status: 'needs-attention', letter };
}

function emitEnd(ports: CorePorts, { record: { header }, plans, at }: Known, phase: Phase): void {
  const { plan }: { readonly plan: Plan } = plans(header.epoch);
  emit(
    ports,
    { runId: header.runId, workflowId: plan.workflowId },
    {
      type: 'run-ended',
      // Only final phases end a run, and these are statuses of the same names.
      status: phase as RunStatus,
      ms: at - header.startedAt,
      ...(header.error && { error: header.error }),
    },
  );
}
