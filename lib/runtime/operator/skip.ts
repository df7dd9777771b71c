/**
 * Skipping a step: in the next epoch of a run that has ended badly it is passed without a call and with no outputs. Only
 * what left nothing may be skipped; the run goes on by `interlock retry`.
 */
import { itemOfPath, itemPath, stepOfPath } from '../../model/item-path.ts';
import { own } from '../../model/json.ts';
import {
  type Action,
  audited,
  look,
  type Looked,
  notNow,
  type OperatorPorts,
  type Refused,
  refused,
  unknownRun,
} from './action.ts';
import { fatesOf } from '../fates.ts';
import type { AppliedOutcome, Verdict, VisitKey } from '../ports/journal.ts';

export interface SkipAction extends Action {
  readonly step: string;
  readonly visit?: number;
}

export type Skipped = { readonly kind: 'skipped'; readonly step: string; readonly visit: number };

export async function skip(action: SkipAction, ports: OperatorPorts): Promise<Skipped | Refused> {
  const seen = await look(action.run, ports);
  if (!seen) return unknownRun(action.run);
  const { header } = seen.record;
  if (header.phase === 'forward' || header.phase === 'succeeded') return notNow(action.run, header.phase);
  const key = keyOf(action, seen);
  if ('kind' in key) return key;
  const { step, visit } = key;
  return await audited(action, ports, { action: 'skipped', step, visit }, async () => {
    const { actor, note, run } = action;
    const by = { by: 'operator', actor, ...(note !== undefined && { note }) } as const;
    const verdict = { key, epoch: header.epoch, at: seen.at, verdict: 'skipped', ...by } as const;
    const answer = await ports.journal.decide(run, verdict);
    if (answer.kind === 'not-now') return notNow(run, answer.phase);
    if (answer.kind === 'exists' && !isSkipped(answer.by)) return refused('conflict', `${step} has an outcome already`);
    return { kind: 'skipped', step, visit };
  });
}

function isSkipped(by: AppliedOutcome | Verdict): boolean {
  return 'verdict' in by && by.verdict === 'skipped';
}

function keyOf({ step, visit = 1, run }: SkipAction, seen: Looked): VisitKey | Refused {
  const { header, applied } = seen.record;
  const { plan } = seen.plans(header.epoch);
  const base = stepOfPath(step);
  const planned = own(plan.steps, base) ?? Object.values(plan.steps).find(({ stepId }) => stepId === base);
  if (planned === undefined) return refused('step-unknown', `The workflow of run ${run} has no step ${step}`);
  const item = itemOfPath(step);
  if ((planned.forEach === undefined) !== (item === undefined)) {
    const instead = planned.forEach ? 'is done for each item of a list: name one of them' : 'is done for no list';
    return refused('step-unknown', `${planned.path} ${instead}`);
  }
  const path = item === undefined ? planned.path : itemPath(planned.path, item);
  const fate = fatesOf(seen.effects, seen.at).find(({ effect: { key } }) => key.step === path && key.visit === visit);
  if (fate && fate.kind !== 'gone')
    return refused('conflict', `${path} has an effect that stands or may stand: resolve it first`);
  const known = [...header.intents, ...header.failures, ...applied].filter(
    ({ key }) => key.step === path && key.visit === visit,
  );
  return { step: path, visit, gen: Math.max(-1, ...known.map(({ key }) => key.gen)) + 1 };
}
