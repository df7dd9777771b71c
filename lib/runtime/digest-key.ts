/**
 * What a run's digests are keyed with. Its id is enough to keep runs apart, but whoever reads a digest knows the id, too;
 * so a run of a plan that handles sensitive values has a key that only the blob store gives.
 */
import { createHmac } from 'node:crypto';
import type { Plan } from '../model/plan.ts';
import type { Blobs } from './ports/blobs.ts';

const sensitiveByPlan = new WeakMap<Plan, boolean>();

export function isSensitive(plan: Plan): boolean {
  const known = sensitiveByPlan.get(plan);
  if (known !== undefined) return known;
  const calls = [...Object.values(plan.steps), ...Object.values(plan.calls)];
  const found = calls.some(({ sensitive }) => sensitive.length > 0) || Object.values(plan.scopes).some(hasMarks);
  sensitiveByPlan.set(plan, found);
  return found;
}

function hasMarks({ sensitive }: Plan['scopes'][string]): boolean {
  return sensitive !== undefined && (sensitive.inputs.length > 0 || sensitive.outputs.length > 0);
}

export async function digestKeyOf(plan: Plan, run: string, blobs: Blobs): Promise<string> {
  return isSensitive(plan) ? await secretKeyOf(run, blobs) : run;
}

export async function secretKeyOf(run: string, blobs: Blobs): Promise<string> {
  return createHmac('sha256', await blobs.secret())
    .update(run)
    .digest('hex');
}
