/**
 * A step in a run that was opened again (run-contract section 7): what stands is not done again but answers, provided it
 * was made from the same data; what was undone or refused is done under a new generation and a new key; a safe step is
 * read again, unless a standing effect used what it read. Epoch 1 never comes here.
 */
import { stepOfPath } from '../model/item-path.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import type { CallTask } from '../model/task.ts';
import { type EffectOf, effectOfVisit, effectsOf, type EpochPlans, plansOf } from './effects.ts';
import { fatesOf } from './fates.ts';
import type { CallPorts } from './passage.ts';
import type { AppliedOutcome, RunHeader, RunRecord, VisitKey } from './ports/journal.ts';
import { indexOf } from './record-index.ts';
import { baseOf, visitOf } from './visit.ts';

/** An outcome of an earlier epoch, and the effect that it tells of; a safe step has none. */
export interface Standing {
  readonly outcome: Pick<AppliedOutcome, 'outputs' | 'go' | 'seconds' | 'dataDigest'>;
  readonly effect?: EffectOf;
  readonly record: RunRecord;
}

export interface ReopenedVisit {
  readonly key: VisitKey;
  /** Of generations before it nothing is left. */
  readonly base: number;
  readonly header: RunHeader;
  readonly standing?: Standing;
}

export async function reopenedVisit(
  task: CallTask,
  {
    plan,
    step,
    path,
    anew,
  }: { readonly plan: Plan; readonly step: PlanStep; readonly path: string; readonly anew: boolean },
  ports: Pick<CallPorts, 'journal' | 'plans' | 'clock'>,
): Promise<ReopenedVisit | undefined> {
  const record = await ports.journal.record(task.run);
  if (!record) return undefined;
  const { header } = record;
  const key = visitOf(path, task.at);
  const skipped = skippedVisit(record, key);
  if (skipped) return { key, base: 0, header, standing: skipped };
  const plans = await plansOf(header, ports.plans);
  const now = ports.clock.now();
  if (step.effect === 'safe') {
    const received = step.receive !== undefined && !anew;
    const effects = effectsOf(record, plans, now);
    return { header, ...safeVisit(task, key, { record, effects, plans, plan, received }) };
  }
  const effect = effectOfVisit(record, plans, { visit: key, now });
  if (!effect) return { key, base: 0, header };
  const begun = baseOf(effect.key, effect.intent.epoch, indexOf(record).intents(key));
  if (effect.intent.epoch === task.epoch) return { key: { ...key, gen: begun + key.gen }, base: begun, header };
  const outcome = anew ? undefined : standingOutcome(effect, now);
  if (outcome && key.gen === 0) return { key: effect.key, base: begun, header, standing: { outcome, effect, record } };
  const base = effect.key.gen + 1;
  return { key: { ...key, gen: base + key.gen }, base, header };
}

/** Absent where nothing stands any more. */
function standingOutcome(effect: EffectOf, now: number): Standing['outcome'] | undefined {
  if (effect.state !== 'stands') return undefined;
  const [fate] = fatesOf([effect], now);
  if (fate?.kind === 'gone') return undefined;
  const { applied, failed, verdict } = effect;
  if (applied) return applied;
  return { outputs: verdict?.outputs ?? {}, go: effect.step.exits[0] ?? 'next', dataDigest: failed?.dataDigest ?? '' };
}

function skippedVisit(record: RunRecord, key: VisitKey): Standing | undefined {
  const skipped = indexOf(record)
    .verdicts(key)
    .some(({ verdict }) => verdict === 'skipped');
  return skipped ? { outcome: { outputs: {}, go: 'next', dataDigest: '' }, record } : undefined;
}

interface SafeContext {
  readonly record: RunRecord;
  readonly effects: readonly EffectOf[];
  readonly plans: EpochPlans;
  readonly plan: Plan;
  /** What was read is a message, which does not come again. */
  readonly received: boolean;
}

function safeVisit(
  { epoch }: CallTask,
  key: VisitKey,
  { record, effects, received }: SafeContext,
): Omit<ReopenedVisit, 'header'> {
  const applied = indexOf(record).applied(key);
  const passed = [...applied, ...indexOf(record).failures(key)];
  const here = passed.filter((one) => one.epoch === epoch);
  const before = passed.filter((one) => one.epoch < epoch);
  if (before.length === 0) return { key, base: 0 };
  const base = Math.max(...before.map((one) => one.key.gen)) + 1;
  const last = applied.findLast((one) => one.epoch < epoch);
  if (here.length === 0 && last && (received || isUsed(stepOfPath(key.step), effects))) {
    return { key: last.key, base, standing: { outcome: last, record } };
  }
  return { key: { ...key, gen: base + key.gen }, base };
}

/** Reading again could give another value than the one that a standing effect was made from. */
function isUsed(path: string, effects: readonly EffectOf[]): boolean {
  return effects.some(({ state, step }) => state === 'stands' && step.reads.includes(path));
}

/** Its recorded way on, as far as today's plan still has it. */
export function wayOfStanding(step: PlanStep, { go }: Pick<AppliedOutcome, 'go'>): string | undefined {
  if (step.exits.includes(go)) return go;
  return step.exits.includes('next') ? 'next' : undefined;
}
