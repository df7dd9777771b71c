/**
 * Asks a system whether an effect of a run is there, by the step's own probe, and writes nothing down: what follows from
 * the answer is for whoever asked. Before an effect is quiet an answer would prove nothing, so none is asked for.
 */
import type { LookAnswer, LookTask } from '../../model/upkeep-task.ts';
import { effectsOf, plansOf } from '../effects.ts';
import type { CallPorts } from '../passage.ts';
import { ask } from '../probe.ts';

export async function lookFor({ run, step, visit }: LookTask, ports: CallPorts): Promise<LookAnswer> {
  const record = await ports.journal.record(run);
  if (!record) return unknown(`there is no run ${run}`);
  const now = ports.clock.now();
  const effects = effectsOf(record, await plansOf(record.header, ports.plans), now);
  const effect = effects.find(({ key }) => key.step === step && key.visit === visit);
  if (!effect) return unknown(`the run has no effect of ${step}`);
  const planned = effect.step.probe;
  if (!planned) return unknown(`${step} has no probe`);
  if (now < effect.quietAfter) return unknown(`${step} may land until ${new Date(effect.quietAfter).toISOString()}`);
  const leaseMs = effect.plan.calls[planned.call]?.leaseMs ?? 0;
  const bounds = { leaseUntil: now + leaseMs, deadline: Number.POSITIVE_INFINITY };
  const found = await ask({ effect, record, planned, bounds }, ports);
  if (found.kind === 'unknown') return unknown(found.why);
  return { found: found.kind, why: `its probe found that it ${found.kind === 'applied' ? 'is' : 'is not'} there` };
}

function unknown(why: string): LookAnswer {
  return { found: 'unknown', why };
}
