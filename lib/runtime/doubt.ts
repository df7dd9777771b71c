/**
 * Doubt on the way forward: an unsafe call whose answer is missing is neither repeated nor given up where the author named
 * a probe. It is waited until the effect can no longer land, and the probe is asked; what provably did not happen may be
 * tried once more (run-contract section 2). All of it inside the lease.
 */
import { assert } from '../model/assert.ts';
import type { JsonObject } from '../model/json.ts';
import type { Bounds } from './attempt.ts';
import { type Attempts, makeAttempts, type Series } from './attempts.ts';
import { effectsOf, plansOf } from './effects.ts';
import type { CallPorts, Passage } from './passage.ts';
import type { Asked } from './ports/journal.ts';
import { ask, type Found } from './probe.ts';
import { delay } from './retry.ts';
import { systemOfCall } from './request/build.ts';
import { sameKey } from './visit.ts';

export interface Resolved {
  readonly attempts: Attempts;
  /** What the probe found of the effect: it stands in for the answer that is missing. */
  readonly probed?: JsonObject;
  /** The probe found nothing: the doubt is over. */
  readonly absent?: boolean;
  /** A probe was asked. */
  readonly asked?: Asked;
}

export async function resolveDoubt(
  series: Series & { readonly passage: Passage },
  attempts: Attempts,
  ports: CallPorts,
): Promise<Resolved> {
  const { passage, bounds } = series;
  if (attempts.outcome !== 'in-doubt' || passage.step.effect !== 'unsafe' || !mayProbe(passage)) return { attempts };
  const quiet = attempts.quietAfter ?? ports.clock.now();
  if (!isWithin(passage, bounds, quiet)) return { attempts };
  await delay(ports.clock, Math.max(0, quiet - ports.clock.now()));
  const found = await probeNow(passage, bounds, ports);
  const asked = askedOf(found, ports);
  if (found.kind === 'unknown') return { attempts, asked };
  if (found.kind === 'applied') return { attempts: { ...attempts, outcome: 'applied' }, probed: found.outputs, asked };
  return { ...(await onceMore(series, attempts, ports)), asked };
}

export function askedOf({ kind, attempts }: Found, { clock }: CallPorts): Asked {
  return { found: kind, at: clock.now(), attempts };
}

/** Probed by an invocation that has taken over from one that was lost. */
export async function probeNow(passage: Passage, bounds: Bounds, ports: CallPorts): Promise<Found> {
  const { probe } = passage.step;
  assert(probe, 'only a step with a probe is probed');
  const record = await ports.journal.record(passage.task.run);
  assert(record, 'a run that a step has begun in is in the journal');
  const plans = await plansOf(record.header, ports.plans);
  const effect = effectsOf(record, plans, ports.clock.now()).find((one) => sameKey(one.key, passage.key));
  assert(effect, 'a step that has begun has its intent in the journal');
  return await ask({ effect, record, planned: probe, bounds }, ports);
}

/** A function has the credentials of its own system only: a probe elsewhere is settle's to send. */
export function mayProbe({ plan, step, system }: Passage): boolean {
  const { probe } = step;
  return probe !== undefined && systemOfCall(plan, probe.call) === system.name;
}

function isWithin({ plan, step }: Passage, { leaseUntil, deadline }: Bounds, quiet: number): boolean {
  const probing = plan.calls[step.probe?.call ?? '']?.leaseMs ?? 0;
  return quiet + probing <= leaseUntil && quiet < deadline;
}

async function onceMore(
  series: Series & { readonly passage: Passage },
  attempts: Attempts,
  ports: CallPorts,
): Promise<Resolved> {
  const { passage } = series;
  const step = { ...passage.step, retry: { ...passage.step.retry, attempts: 1 } };
  const once: Passage = { ...passage, step, past: { ...passage.past, underSameKey: [] } };
  const again = await makeAttempts({ ...series, passage: once }, ports);
  const records = [...attempts.records, ...again.records];
  if (again.outcome === 'not-sent') return { attempts: { ...attempts, records }, absent: true };
  return { attempts: { ...again, records } };
}
