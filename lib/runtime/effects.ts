/**
 * What the journal tells of each effect of a run: it stands, it may stand, it is under way, or nothing came of it. One
 * line per visit of an effectful step: its generations share one effect or follow one that left nothing, so the last one
 * speaks for all (visit.ts). Settle and the run view read this; neither reads the machine's variables.
 */
import { assert } from '../model/assert.ts';
import { own } from '../model/json.ts';
import { OUTCOMES } from '../model/outcome.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import { idempotencyKey } from './digest.ts';
import type { AppliedOutcome, FailedOutcome, Intent, RunRecord, VisitKey } from './ports/journal.ts';
import { pastOf, sameKey } from './visit.ts';

export type EffectState = 'stands' | 'in-doubt' | 'none' | 'live';

export interface EffectOf {
  readonly key: VisitKey;
  readonly step: PlanStep;
  readonly state: EffectState;
  readonly intent: Intent;
  readonly applied?: AppliedOutcome;
  readonly failed?: FailedOutcome;
  /** What the system knows it by. */
  readonly idempotencyKey: string;
}

/** In the order of their intents. */
export function effectsOf(record: RunRecord, plan: Plan, now: number): readonly EffectOf[] {
  const last = new Map<string, Intent>();
  for (const intent of record.header.intents) {
    const visit = `${intent.key.step}.${intent.key.visit}`;
    const known = last.get(visit);
    if (!known || known.key.gen < intent.key.gen) last.set(visit, intent);
  }
  return [...last.values()].map((intent) => effectOf(record, plan, { intent, now })).sort(byIntent);
}

function effectOf(
  record: RunRecord,
  plan: Plan,
  { intent, now }: { readonly intent: Intent; readonly now: number },
): EffectOf {
  const { key } = intent;
  const step = own(plan.steps, key.step);
  assert(step, `a run's intents are of steps of its plan (${key.step})`);
  const applied = record.applied.find((one) => sameKey(one.key, key));
  const failed = record.header.failures.find((one) => sameKey(one.key, key));
  const gen = pastOf(key, record.header.failures).keyGeneration;
  return {
    key,
    step,
    state: stateOf({ intent, applied, failed, now }),
    intent,
    ...(applied && { applied }),
    ...(failed && { failed }),
    idempotencyKey: idempotencyKey(record.header.runId, { ...key, gen }),
  };
}

interface Known {
  readonly intent: Intent;
  readonly applied: AppliedOutcome | undefined;
  readonly failed: FailedOutcome | undefined;
  readonly now: number;
}

function stateOf({ intent, applied, failed, now }: Known): EffectState {
  if (applied) return 'stands';
  if (!failed) return now < intent.leaseUntil ? 'live' : 'in-doubt';
  const { effect } = OUTCOMES[failed.outcome];
  return effect === 'may-stand' ? 'in-doubt' : effect;
}

function byIntent(one: EffectOf, other: EffectOf): number {
  return one.intent.at - other.intent.at || (one.key.step < other.key.step ? -1 : 1);
}
