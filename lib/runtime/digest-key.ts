/**
 * What a run's digests are keyed with. Its id is enough to keep runs apart, but whoever reads a digest knows the id, too;
 * so a run of a plan that handles sensitive values has a key that only the blob store gives.
 */
import { createHmac } from 'node:crypto';
import { oncePer } from '../model/once-per.ts';
import type { Plan } from '../model/plan.ts';
import type { Blobs } from './ports/blobs.ts';

export const isSensitive: (plan: Plan) => boolean = oncePer(({ steps, calls, scopes }: Plan): boolean => {
  const all = [...Object.values(steps), ...Object.values(calls)];
  return all.some(({ sensitive }) => sensitive.length > 0) || Object.values(scopes).some(hasMarks);
});

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
