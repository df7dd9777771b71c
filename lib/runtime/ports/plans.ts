import type { Plan } from '../../model/plan.ts';

/** Plans by hash, as long as a run names them. Rejects with a Failure where the hash is unknown; may cache. */
export interface Plans {
  plan(hash: string): Promise<Plan>;
}
