/**
 * What stands from an earlier epoch of a run and is not on the way that it has taken now (run-contract section 4): a
 * corrected input or another answer may lead a run that was opened again past a step that it has done. Such an effect would
 * stand beside a run that succeeds, and nobody would know. What may stay, by its author or by an operator, is none of it.
 */
import { stepOfPath } from '../model/item-path.ts';
import { type EffectOf, effectsOf, plansOf } from './effects.ts';
import { fatesOf } from './fates.ts';
import type { Plans } from './ports/plans.ts';
import type { RunRecord } from './ports/journal.ts';
import { sameKey } from './visit.ts';

export async function leftBehind(record: RunRecord, plans: Plans, now: number): Promise<EffectOf | undefined> {
  const { epoch } = record.header;
  if (epoch === 1) return undefined;
  const effects = effectsOf(record, await plansOf(record.header, plans), now);
  const standing = fatesOf(effects, now).filter(({ kind }) => kind !== 'gone' && kind !== 'kept');
  return standing.find(({ effect }) => effect.intent.epoch < epoch && !isPassed(effect, record))?.effect;
}

function isPassed({ key, step }: EffectOf, { header, applied }: RunRecord): boolean {
  const { epoch, passed } = header;
  if (passed.some((one) => one.epoch === epoch && sameKey(one.key, key))) return true;
  // A list that was gathered has all of its items: what it no longer has was refused when it began (each.ts).
  const list = stepOfPath(key.step);
  return (
    step.forEach !== undefined &&
    applied.some((one) => one.epoch === epoch && one.key.step === list && one.key.visit === key.visit)
  );
}
