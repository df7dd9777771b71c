/**
 * Which passage through a step a task is, and what the machine is to hand back at the next. A visit is a new passage (a
 * goto leads back); a generation is the same visit done anew by one of the step's own retry actions, so its number is
 * how many retries the visit has used. The machine keeps both in one variable, written by `nextAt`, read by `visitOf`.
 */
import type { At } from '../model/task.ts';
import type { PlanStep } from '../model/plan.ts';
import { OUTCOMES, type Outcome } from '../model/outcome.ts';
import type { FailedOutcome, Intent, VisitKey } from './ports/journal.ts';

const FIRST: At = { visit: 1, tries: {} };

export function visitOf(step: string, at: At | null | undefined): VisitKey {
  const { visit, tries } = at ?? FIRST;
  return { step, visit, gen: Object.values(tries).reduce((sum, used) => sum + used, 0) };
}

export function triesOf(at: At | null | undefined, action: string): number {
  const { tries } = at ?? FIRST;
  return Object.hasOwn(tries, action) ? (tries[action] ?? 0) : 0;
}

/** After the step was left by a label: its own retry stays in the visit, everything else ends it. */
export function nextAt(step: PlanStep, at: At | null | undefined, go: string): At {
  const { visit, tries } = at ?? FIRST;
  const own = step.onFailure.find(({ type, label }) => type === 'retry' && label === go);
  if (!own) return { visit: visit + 1, tries: {} };
  return { visit, tries: Object.fromEntries([...Object.entries(tries), [own.name, triesOf(at, own.name) + 1]]) };
}

/** Passages through the step so far, this one included: what the step budget bounds. */
export function passages(key: VisitKey): number {
  return key.visit + key.gen;
}

/** An earlier request or generation, as far as the judgement of the next one needs it. */
export interface Earlier {
  readonly outcome: Outcome;
  readonly status?: number;
  readonly startedAt: number;
  readonly quietAfter?: number;
  /** Of a request, where the system has several servers. */
  readonly server?: string;
  /** Of a generation. */
  readonly attempts?: readonly Pick<Earlier, 'outcome' | 'server'>[];
}

export interface Past {
  /** The generation whose idempotency key this one uses. */
  readonly keyGeneration: number;
  /** Outcomes of earlier generations under that same key, oldest first. */
  readonly underSameKey: readonly Earlier[];
}

/**
 * A visit that ended without an effect gets a new key when it is done again, because servers replay refusals; one that
 * is in doubt or stands keeps its key, because only that makes repeating it safe (run-contract section 2). Nothing is left
 * of generations below `base`: they were undone or proved absent before the run was reopened.
 */
export function pastOf(key: VisitKey, failures: readonly FailedOutcome[], base = 0): Past {
  const earlier = failures
    .filter((failure) => sameVisit(failure.key, key) && failure.key.gen < key.gen && failure.key.gen >= base)
    .sort((one, other) => one.key.gen - other.key.gen);
  let keyGeneration = base;
  let underSameKey: FailedOutcome[] = [];
  for (const failure of earlier) {
    underSameKey.push(failure);
    if (OUTCOMES[failure.outcome].effect !== 'none' && failure.absent !== true) continue;
    keyGeneration = failure.key.gen + 1;
    underSameKey = [];
  }
  return { keyGeneration, underSameKey };
}

/** The first generation of a visit that was begun in that epoch: those of earlier epochs have left nothing. */
export function baseOf(key: VisitKey, epoch: number, intents: readonly Pick<Intent, 'key' | 'epoch'>[]): number {
  const gens = intents
    .filter((intent) => intent.epoch === epoch && sameVisit(intent.key, key))
    .map((one) => one.key.gen);
  return gens.length === 0 ? key.gen : Math.min(...gens);
}

export function sameVisit(one: VisitKey, other: VisitKey): boolean {
  return one.step === other.step && one.visit === other.visit;
}

export function sameKey(one: VisitKey, other: VisitKey): boolean {
  return sameVisit(one, other) && one.gen === other.gen;
}

export function keyText({ step, visit, gen }: VisitKey): string {
  return `${step}.${visit}.${gen}`;
}
