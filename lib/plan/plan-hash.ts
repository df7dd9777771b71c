/** A plan's identity: SHA-256 over its canonical bytes. A run names the plan it started with by this. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical.ts';
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';

export function hashOfPlan(plan: Plan): string {
  // A plan is plain JSON by its definition; its interfaces only lack the index signature that Json asks for.
  const json = plan as unknown as Json;
  return createHash('sha256').update(canonicalJson(json)).digest('hex');
}
