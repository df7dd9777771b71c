/**
 * What the journal tells of each effect of a run: it stands, it may stand, it is under way, or nothing came of it; and how
 * far its undo is. One line per visit of an effectful step: its generations share one effect or follow one that left
 * nothing, so the last one speaks for all (visit.ts). Settle, the run view and the operator's commands read this; none of
 * them reads the machine's variables. An effect belongs to the plan of the epoch that it was done in.
 */
import { assert } from '../model/assert.ts';
import { stepOfPath } from '../model/item-path.ts';
import { own } from '../model/json.ts';
import { OUTCOMES } from '../model/outcome.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import { idempotencyKey } from './digest.ts';
import type {
  AppliedOutcome,
  AttemptRecord,
  FailedOutcome,
  Intent,
  RunHeader,
  RunRecord,
  UndoRecord,
  Verdict,
  VisitKey,
} from './ports/journal.ts';
import type { Plans } from './ports/plans.ts';
import { indexOf, visitText } from './record-index.ts';
import { systemOfCall } from './request/build.ts';
import { baseOf, keyText, pastOf } from './visit.ts';

/** `lapsed`: its invocation is gone with its lease, and nobody has said yet what that means. */
export type EffectState = 'live' | 'lapsed' | 'none' | 'stands' | 'in-doubt';

export interface EffectOf {
  readonly key: VisitKey;
  readonly step: PlanStep;
  readonly plan: Plan;
  readonly planHash: string;
  /** Before any undo. */
  readonly state: EffectState;
  readonly intent: Intent;
  readonly applied?: AppliedOutcome;
  readonly failed?: FailedOutcome;
  readonly verdict?: Verdict;
  /** By the number of the undo's call. */
  readonly undos: readonly UndoRecord[];
  /** Until then it may still land, or land once more. */
  readonly quietAfter: number;
  /** What the system knows it by. */
  readonly idempotencyKey: string;
  /** A system that undoes or probes it and that today's description no longer has: no machine of the run can call it. */
  readonly unreachable?: string;
  /** After that, an undo that could not even be begun is left to an operator. */
  readonly undoUntil: number;
}

/** The plans of a run, by epoch. */
export type EpochPlans = (epoch: number) => { readonly plan: Plan; readonly planHash: string };

export async function plansOf(header: RunHeader, plans: Plans): Promise<EpochPlans> {
  const epochs = [...header.earlier, { epoch: header.epoch, planHash: header.planHash }];
  const loaded = await Promise.all(
    epochs.map(async ({ epoch, planHash }) => [epoch, { planHash, plan: await plans.plan(planHash) }] as const),
  );
  const byEpoch = new Map(loaded);
  return (epoch) => {
    const found = byEpoch.get(epoch);
    assert(found, 'every epoch of a run is in its header');
    return found;
  };
}

/** The digest of the input that an epoch's steps read. */
export function inputDigestOf({ earlier, epoch, inputDigest }: RunHeader, of: number): string {
  return of === epoch ? inputDigest : (earlier.find((one) => one.epoch === of)?.inputDigest ?? inputDigest);
}

/** In the order of their intents. */
export function effectsOf(record: RunRecord, plans: EpochPlans, now: number): readonly EffectOf[] {
  const last = new Map<string, Intent>();
  for (const intent of record.header.intents) {
    const visit = visitText(intent.key);
    const known = last.get(visit);
    if (!known || known.key.gen < intent.key.gen) last.set(visit, intent);
  }
  return [...last.values()].map((intent) => effectOf(record, plans, { intent, now })).sort(byIntent);
}

/** One of them alone. */
export function effectOfKey(
  record: RunRecord,
  plans: EpochPlans,
  { key, now }: { readonly key: VisitKey; readonly now: number },
): EffectOf | undefined {
  const intent = ofGeneration(indexOf(record).intents(key), key);
  return intent && effectOf(record, plans, { intent, now });
}

/** The effect of one visit: its last generation speaks for it. */
export function effectOfVisit(
  record: RunRecord,
  plans: EpochPlans,
  { visit, now }: { readonly visit: Pick<VisitKey, 'step' | 'visit'>; readonly now: number },
): EffectOf | undefined {
  const last = indexOf(record)
    .intents(visit)
    .reduce<Intent | undefined>((known, one) => (known && known.key.gen >= one.key.gen ? known : one), undefined);
  return last && effectOf(record, plans, { intent: last, now });
}

function effectOf(
  record: RunRecord,
  plans: EpochPlans,
  { intent, now }: { readonly intent: Intent; readonly now: number },
): EffectOf {
  const { key, epoch } = intent;
  const { plan, planHash } = plans(epoch);
  const step = own(plan.steps, stepOfPath(key.step));
  assert(step, `a run's intents are of steps of its plan (${key.step})`);
  const index = indexOf(record);
  const failures = index.failures(key);
  const applied = ofGeneration(index.applied(key), key);
  const failed = ofGeneration(failures, key);
  const verdict = ofGeneration(index.verdicts(key), key);
  const undos = index.undos(key).filter((one) => one.key.gen === key.gen);
  const known = { intent, applied, failed, verdict, now };
  return {
    key,
    step,
    plan,
    planHash,
    state: stateOf(known),
    intent,
    ...(applied && { applied }),
    ...(failed && { failed }),
    ...(verdict && { verdict }),
    undos: undos.sort((one, other) => one.number - other.number),
    quietAfter: quietAfterOf(known, step),
    // Of most effects nobody asks for it.
    get idempotencyKey(): string {
      const { keyGeneration: gen } = pastOf(key, failures, baseOf(key, epoch, index.intents(key)));
      return idempotencyKey(record.header.runId, { ...key, gen });
    },
    ...unreachableOf(step, plan, plans(record.header.epoch).plan),
    undoUntil: record.header.deadline + (step.undo?.kind === 'calls' ? step.undo.budgetMs : 0),
  };
}

/** Of one visit's. */
function ofGeneration<T extends { readonly key: VisitKey }>(all: readonly T[], { gen }: VisitKey): T | undefined {
  return all.find(({ key }) => key.gen === gen);
}

function unreachableOf({ undo, probe }: PlanStep, plan: Plan, current: Plan): Pick<EffectOf, 'unreachable'> {
  if (plan === current) return {};
  const calls = [...(undo?.kind === 'calls' ? undo.calls : []), ...(probe ? [probe.call] : [])];
  const unreachable = calls.map((call) => systemOfCall(plan, call)).find((system) => !own(current.systems, system));
  return unreachable === undefined ? {} : { unreachable };
}

/** All that were ever made, over all its budgets. */
export function attemptsOfUndo({ earlier = [], attempts }: Pick<UndoRecord, 'earlier' | 'attempts'>): AttemptRecord[] {
  return [...earlier, ...attempts];
}

interface Known {
  readonly intent: Intent;
  readonly applied: AppliedOutcome | undefined;
  readonly failed: FailedOutcome | undefined;
  readonly verdict: Verdict | undefined;
  readonly now: number;
}

function stateOf({ intent, applied, failed, verdict, now }: Known): EffectState {
  if (applied) return applied.degraded === true ? 'none' : 'stands';
  if (verdict && verdict.verdict !== 'in-doubt') return verdict.verdict === 'applied' ? 'stands' : 'none';
  if (failed) {
    const { effect } = OUTCOMES[failed.outcome];
    return failed.absent === true || effect === 'none' ? 'none' : effect === 'stands' ? 'stands' : 'in-doubt';
  }
  if (verdict) return 'in-doubt';
  return now < intent.leaseUntil ? 'live' : 'lapsed';
}

/** An invocation that was lost may have sent its request up to the end of its lease. */
function quietAfterOf({ intent, applied, failed }: Known, { graceMs }: PlanStep): number {
  const outcome = applied ?? failed;
  return outcome ? (outcome.quietAfter ?? outcome.endedAt) : intent.leaseUntil + graceMs;
}

function byIntent(one: EffectOf, other: EffectOf): number {
  return one.intent.at - other.intent.at || (keyText(one.key) < keyText(other.key) ? -1 : 1);
}
