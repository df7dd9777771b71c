/**
 * What the journal claims of each visit of an effectful step, read plainly: its last generation's outcome, verdict and
 * undos. It uses nothing of the machinery that settles runs, since it is held against it.
 */
import { stepOfPath } from '../../model/item-path.ts';
import { OUTCOMES } from '../../model/outcome.ts';
import type { PlanStep } from '../../model/plan.ts';
import type { VisitKey } from '../../runtime/ports/journal.ts';
import type { Evidence } from '../evidence.ts';
import type { LandedEffect } from '../systems.ts';

/** `accepted`: it stands, and an operator lets it. */
export type Claim = 'stands' | 'gone' | 'undone' | 'accepted' | 'doubt';

export interface ClaimedVisit {
  readonly step: PlanStep;
  /** Of the step: an effect does not say which item made it. */
  readonly path: string;
  readonly visit: number;
  readonly claim: Claim;
  /** Of an earlier epoch, and its author lets it stand (`compensate: none`): what is tried again may take another way. */
  readonly mayStay: boolean;
}

export function claimedVisits(evidence: Evidence): readonly ClaimedVisit[] {
  const { record, plans } = evidence;
  const last = new Map<string, (typeof record.header.intents)[number]>();
  for (const intent of record.header.intents) {
    const name = `${intent.key.step}.${intent.key.visit}`;
    const known = last.get(name);
    if (!known || known.key.gen < intent.key.gen) last.set(name, intent);
  }
  return [...last.values()].flatMap(({ key, epoch }) => {
    const step = plans(epoch).plan.steps[stepOfPath(key.step)];
    if (!step) return [];
    const mayStay = epoch < record.header.epoch && step.undo?.kind === 'none';
    return [{ step, path: step.path, visit: key.visit, claim: claimOf(evidence, key), mayStay }];
  });
}

export function claimOf({ record }: Evidence, key: VisitKey): Claim {
  const undos = record.undos.filter((one) => same(one.key, key));
  if (undos.some(({ state }) => state === 'accepted')) return 'accepted';
  const claimed = claimBefore(record, key);
  const undone = undos.length > 0 && undos.every(({ state }) => state === 'done');
  return undone && claimed !== 'gone' ? 'undone' : claimed;
}

function claimBefore({ applied, verdicts, header }: Evidence['record'], key: VisitKey): Claim {
  const outcome = applied.find((one) => same(one.key, key));
  if (outcome) return outcome.degraded === true ? 'gone' : 'stands';
  const verdict = verdicts.find((one) => same(one.key, key))?.verdict;
  if (verdict === 'applied') return 'stands';
  if (verdict === 'absent' || verdict === 'skipped') return 'gone';
  const failed = header.failures.find((one) => same(one.key, key));
  if (!failed) return 'doubt';
  const { effect } = OUTCOMES[failed.outcome];
  if (failed.absent === true || effect === 'none') return 'gone';
  return effect === 'stands' ? 'stands' : 'doubt';
}

function same(one: VisitKey, other: VisitKey): boolean {
  return one.step === other.step && one.visit === other.visit && one.gen === other.gen;
}

/** Steps of the current plan by the operation that they call; operations of several steps name them all. */
export function stepsByOperation({ record, plans }: Evidence): ReadonlyMap<string, readonly PlanStep[]> {
  const { plan } = plans(record.header.epoch);
  return Map.groupBy(Object.values(plan.steps), ({ operation }) => {
    const planned = plan.operations[operation];
    return planned ? `${planned.system}.${planned.operationId}` : operation;
  });
}

/** How many effects of each step stand at the systems, by path; of those that several steps may have made, the first's. */
export function standingByStep(evidence: Evidence): ReadonlyMap<string, readonly LandedEffect[]> {
  const steps = stepsByOperation(evidence);
  const standing = evidence.effects.filter(({ undone }) => undone.length === 0);
  return Map.groupBy(standing, ({ operation }) => steps.get(operation)?.[0]?.path ?? operation);
}
