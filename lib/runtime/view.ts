/**
 * The run as people and programs see it (contracts: run view), from what the journal keeps. One entry per visit, with the
 * attempts of all its generations; a safe step shows once it has an outcome, since nothing is written before.
 */
import { own } from '../model/json.ts';
import type { Effect, Plan } from '../model/plan.ts';
import type { RunStatus, RunView, StepStatus, StepView } from '../model/run.ts';
import type { AppliedOutcome, FailedOutcome, Intent, Phase, RunRecord } from './ports/journal.ts';
import { isoTime, stepStatus } from './run-events.ts';

export function viewFromRecord(record: RunRecord, plan: Plan, now: number): RunView {
  const { header } = record;
  return {
    runId: header.runId,
    workflowId: header.workflowId,
    status: statusOf(header.phase),
    ...(header.reason !== undefined && { reason: header.reason }),
    degraded: header.degraded || record.applied.some(({ degraded }) => degraded === true),
    ...(header.error && { error: header.error }),
    outputs: header.outputs ?? null,
    planHash: header.planHash,
    epoch: header.epoch,
    startedAt: isoTime(header.startedAt),
    endedAt: header.endedAt === undefined ? null : isoTime(header.endedAt),
    actor: header.actor,
    steps: visitsOf(record).map((visit) => stepView(visit, plan, now)),
  };
}

function statusOf(phase: Phase): RunStatus {
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
}

function visitsOf({ header, applied }: RunRecord): readonly Visit[] {
  const visits = new Map<string, Visit>();
  const visitOf = ({ key }: Pick<Intent, 'key'>): Visit => {
    const name = `${key.step}.${key.visit}`;
    const known = visits.get(name) ?? { step: key.step, visit: key.visit, intents: [], applied: [], failed: [] };
    visits.set(name, known);
    return known;
  };
  for (const intent of header.intents) visitOf(intent).intents.push(intent);
  for (const outcome of applied) visitOf(outcome).applied.push(outcome);
  for (const outcome of header.failures) visitOf(outcome).failed.push(outcome);
  return [...visits.values()].sort((one, other) => beginOf(one) - beginOf(other) || (one.step < other.step ? -1 : 1));
}

function beginOf({ intents, applied, failed }: Visit): number {
  return Math.min(...[...applied, ...failed].map(({ startedAt }) => startedAt), ...intents.map(({ at }) => at));
}

function stepView(visit: Visit, plan: Plan, now: number): StepView {
  const step = own(plan.steps, visit.step);
  const outcomes = [...visit.failed, ...visit.applied].sort((one, other) => one.key.gen - other.key.gen);
  const last = endingOf(visit, outcomes);
  const error = last && 'error' in last ? last.error : undefined;
  return {
    stepId: step?.stepId ?? visit.step,
    path: visit.step,
    visit: visit.visit,
    status: last ? endStatus(last, step?.effect ?? 'unsafe') : openStatus(visit, now),
    attempts: outcomes.reduce((sum, { attempts }) => sum + attempts.length, 0),
    startedAt: isoTime(beginOf(visit)),
    endedAt: last ? isoTime(last.endedAt) : null,
    ...(error && { error }),
  };
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
