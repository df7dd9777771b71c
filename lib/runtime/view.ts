/**
 * The run as people and programs see it (contracts: run view), from what the journal keeps. One entry per visit, with the
 * attempts of all its generations; a safe step shows once it has an outcome, since nothing is written before.
 */
import { stepOfPath } from '../model/item-path.ts';
import { type JsonObject, own } from '../model/json.ts';
import type { Effect, PlanStep } from '../model/plan.ts';
import type { ProbeView, RunStatus, RunView, StepStatus, StepView, WaitView } from '../model/run.ts';
import { attemptsOfUndo, type EffectOf, effectsOf, type EpochPlans } from './effects.ts';
import { type Fate, fatesOf } from './fates.ts';
import { attentionOf, MOST_IN_VIEW } from './letter.ts';
import { namedSteps } from './listed-steps.ts';
import type {
  AppliedOutcome,
  Asked,
  FailedOutcome,
  Intent,
  Phase,
  RunRecord,
  UndoState,
  Verdict,
} from './ports/journal.ts';
import { indexOf, visitText } from './record-index.ts';
import { isoTime, stepStatus } from './run-events.ts';
import { outlinedOutputs } from './shown-outputs.ts';

/** `outputs`: as they are to be shown (shown-outputs.ts); without them those that lie elsewhere show as such. */
export function viewFromRecord(
  record: RunRecord,
  plans: EpochPlans,
  now: number,
  outputs: JsonObject | undefined = record.header.outputs && outlinedOutputs(record.header.outputs),
  waitsFor: readonly WaitView[] = [],
): RunView {
  const { header } = record;
  const effects = effectsOf(record, plans, now);
  const isWell = header.phase === 'forward' || header.phase === 'succeeded';
  const fates = isWell ? [] : fatesOf(effects, now);
  const { reason } = header;
  const status = statusOf(header.phase);
  return {
    runId: header.runId,
    workflowId: header.workflowId,
    status: status === 'running' && isWaiting(record, { effects, plans, now, waitsFor }) ? 'waiting' : status,
    ...(reason !== undefined && { reason }),
    degraded: header.degraded || record.applied.some(({ degraded }) => degraded === true),
    ...(header.error && { error: header.error }),
    outputs: outputs ?? null,
    planHash: header.planHash,
    epoch: header.epoch,
    startedAt: isoTime(header.startedAt),
    endedAt: header.endedAt === undefined ? null : isoTime(header.endedAt),
    actor: header.actor,
    steps: namedSteps(stepsOf(record, { plans, fates, now }), header.phase === 'forward'),
    ...(waitsFor.length > 0 && { waitsFor }),
    ...(reason !== undefined &&
      status === 'needs-attention' && { attention: attentionOf({ record, reason, fates }, MOST_IN_VIEW) }),
  };
}

interface Waiting {
  readonly effects: readonly EffectOf[];
  readonly plans: EpochPlans;
  readonly now: number;
  readonly waitsFor: readonly WaitView[];
}

/** A step asked for a pause that is not over, or asks until something is done, and no effect is under way. */
function isWaiting(record: RunRecord, { effects, plans, now, waitsFor }: Waiting): boolean {
  const { header, applied } = record;
  if (effects.some(({ state }) => state === 'live')) return false;
  if (waitsFor.length > 0 || isAsking(record, plans)) return true;
  return [...header.failures, ...applied].some(
    ({ epoch, endedAt, seconds = 0 }) => epoch === header.epoch && now < endedAt + seconds * 1000,
  );
}

/** What was begun is not done: nothing of a question is written before that. */
function isAsking(record: RunRecord, plans: EpochPlans): boolean {
  const { header } = record;
  const { plan } = plans(header.epoch);
  const asking = Object.values(plan.steps).filter(({ poll }) => poll);
  return asking.some(({ path, poll }) => {
    const passed = (step: string | undefined): number =>
      indexOf(record)
        .appliedOf(step ?? '')
        .filter(({ epoch }) => epoch === header.epoch).length;
    return passed(poll?.of) > passed(path);
  });
}

export function statusOf(phase: Phase): RunStatus {
  switch (phase) {
    case 'forward':
      return 'running';
    case 'fenced':
    case 'compensating':
      return 'compensating';
    default:
      return phase;
  }
}

interface Visit {
  readonly step: string;
  readonly visit: number;
  readonly intents: Intent[];
  readonly applied: AppliedOutcome[];
  readonly failed: FailedOutcome[];
  readonly verdicts: Verdict[];
}

function visitsOf({ header, applied, verdicts }: RunRecord): readonly Visit[] {
  const visits = new Map<string, Visit>();
  const visitOf = ({ key }: Pick<Intent, 'key'>): Visit => {
    const name = visitText(key);
    const known = visits.get(name) ?? { ...key, intents: [], applied: [], failed: [], verdicts: [] };
    visits.set(name, known);
    return known;
  };
  for (const intent of header.intents) visitOf(intent).intents.push(intent);
  for (const outcome of applied) visitOf(outcome).applied.push(outcome);
  for (const outcome of header.failures) visitOf(outcome).failed.push(outcome);
  for (const verdict of verdicts) visitOf(verdict).verdicts.push(verdict);
  return [...visits.values()]
    .map((visit) => ({ ...visit, begin: beginOf(visit) }))
    .sort((one, other) => one.begin - other.begin || (one.step < other.step ? -1 : 1));
}

function beginOf({ intents, applied, failed, verdicts }: Visit): number {
  const begun = [...applied, ...failed].map(({ startedAt }) => startedAt);
  const known = [...begun, ...intents.map(({ at }) => at)];
  return Math.min(...(known.length > 0 ? known : verdicts.map(({ at }) => at)));
}

interface Seen {
  readonly plans: EpochPlans;
  readonly fates: readonly Fate[];
  readonly now: number;
}

function stepsOf(record: RunRecord, { plans, fates, now }: Seen): readonly StepView[] {
  const byVisit = new Map(fates.map((fate) => [visitText(fate.effect.key), fate]));
  return visitsOf(record).map((visit) => stepView(visit, { plans, fate: byVisit.get(visitText(visit)), now }));
}

interface Fated extends Pick<Seen, 'plans' | 'now'> {
  readonly fate: Fate | undefined;
}

function stepView(visit: Visit, { plans, fate, now }: Fated): StepView {
  const step = stepOf(visit, plans);
  const outcomes = [...visit.failed, ...visit.applied].sort((one, other) => one.key.gen - other.key.gen);
  const last = endingOf(visit, outcomes);
  const error = last && 'error' in last ? last.error : undefined;
  return {
    stepId: step?.stepId ?? visit.step,
    path: visit.step,
    visit: visit.visit,
    status: statusOfVisit(visit, { last, fate, effect: step?.effect ?? 'unsafe', now }),
    attempts: outcomes.reduce((sum, { attempts }) => sum + attempts.length, 0),
    startedAt: isoTime(beginOf(visit)),
    endedAt: last ? isoTime(last.endedAt) : null,
    ...(last && 'degraded' in last && last.degraded && { degraded: true }),
    ...(error && { error }),
    ...probeView(visit, outcomes),
    ...undoView(fate),
  };
}

/** In the plan of the epoch that passed it last. */
function stepOf({ step, intents, applied, failed }: Visit, plans: EpochPlans): PlanStep | undefined {
  const epochs = [...intents, ...applied, ...failed].map(({ epoch }) => epoch);
  return epochs.length === 0 ? undefined : own(plans(Math.max(...epochs)).plan.steps, stepOfPath(step));
}

const PROBE_STATUS: { readonly [found in Asked['found']]: ProbeView['status'] } = {
  applied: 'happened',
  absent: 'did-not-happen',
  unknown: 'unknown',
};

/** Asked by the step itself while it had time, by settle afterwards. */
function probeView({ verdicts }: Visit, outcomes: readonly Ending[]): Pick<StepView, 'probe'> {
  const asked = [...outcomes.flatMap((one) => one.asked ?? []), ...verdicts.flatMap(askedBySettle)];
  const last = asked.toSorted((one, other) => one.at - other.at).at(-1);
  if (!last) return {};
  const attempts = asked.reduce((sum, one) => sum + one.attempts.length, 0);
  return { probe: { status: PROBE_STATUS[last.found], attempts, endedAt: isoTime(last.at) } };
}

function askedBySettle({ by, verdict, at, attempts = [] }: Verdict): readonly Asked[] {
  if (by !== 'probe') return [];
  return [{ found: verdict === 'applied' || verdict === 'absent' ? verdict : 'unknown', at, attempts }];
}

const UNDO_STATUS: { readonly [S in UndoState]: string } = {
  live: 'running',
  done: 'undone',
  again: 'retrying',
  failed: 'undo-failed',
  accepted: 'accepted',
};

/** Several calls of one undo show as one: the last one that was begun speaks for it. */
function undoView(fate: Fate | undefined): Pick<StepView, 'undo'> {
  const undos = fate?.effect.undos ?? [];
  const last = undos.at(-1);
  if (!last) return {};
  const attempts = undos.reduce((sum, undo) => sum + attemptsOfUndo(undo).length, 0);
  const endedAt = last.endedAt === undefined || last.state === 'again' ? null : isoTime(last.endedAt);
  return { undo: { status: UNDO_STATUS[last.state], attempts, endedAt } };
}

interface Ended {
  readonly last: Ending | undefined;
  readonly fate: Fate | undefined;
  readonly effect: Effect;
  readonly now: number;
}

function statusOfVisit(visit: Visit, { last, fate, effect, now }: Ended): StepStatus {
  if (visit.verdicts.some(({ verdict }) => verdict === 'skipped')) return 'skipped';
  const settled = fate && settledStatus(fate);
  return settled ?? (last ? endStatus(last, effect) : openStatus(visit, now));
}

/** What settling has made of an effect; undefined while it has made nothing of it. */
function settledStatus({ kind, undone, effect: { state, verdict, failed } }: Fate): StepStatus | undefined {
  if (undone) return 'undone';
  if (kind === 'undo-failed' || kind === 'blocked') return kind;
  if (kind === 'unresolved') return state === 'stands' ? 'unresolved' : 'in-doubt';
  if (kind === 'gone') return verdict?.verdict === 'absent' || failed?.absent === true ? 'refused' : undefined;
  return verdict?.verdict === 'applied' ? 'applied' : undefined;
}

type Ending = AppliedOutcome | FailedOutcome;

/** The outcome of the last generation, if it has one. */
function endingOf({ intents }: Visit, outcomes: readonly Ending[]): Ending | undefined {
  const last = outcomes.at(-1);
  const newest = Math.max(0, ...intents.map(({ key }) => key.gen));
  return last && last.key.gen >= newest ? last : undefined;
}

function endStatus(last: Ending, effect: Effect): StepStatus {
  return stepStatus(effect, 'outputs' in last ? 'applied' : last.outcome);
}

/** An intent without an outcome: under way, or lost. */
function openStatus({ intents }: Visit, now: number): StepStatus {
  return intents.some(({ leaseUntil }) => now < leaseUntil) ? 'running' : 'in-doubt';
}
