/** Asks after the health of systems, all at once: those that are named, or all. One that cannot be asked is `unknown`. */
import type { HealthAnswer } from '../../model/upkeep-task.ts';
import type { PlanSystem } from '../../model/plan.ts';
import type { Asking } from '../ports/asking-health.ts';

export interface SystemHealth extends HealthAnswer {
  readonly system: string;
}

/** A schedule rings every minute, at about its beginning. */
const MINUTE_MS = 60_000;

/** Those whose turn it is in this minute; nothing has to be remembered for that. */
export function dueNow(systems: readonly PlanSystem[], at: number): readonly string[] {
  const minute = Math.floor(at / MINUTE_MS);
  const isDue = ({ health }: PlanSystem): boolean =>
    health !== undefined && minute % Math.max(1, Math.round(health.everyMs / MINUTE_MS)) === 0;
  return systems.filter(isDue).map(({ name }) => name);
}

export async function checkSystems(systems: readonly string[], asking: Asking): Promise<readonly SystemHealth[]> {
  return await Promise.all(
    systems.map(async (system) => {
      try {
        return { system, ...(await asking.health(system, { op: 'health', system })) };
      } catch (error) {
        return { system, state: 'unknown', why: error instanceof Error ? error.message : String(error) } as const;
      }
    }),
  );
}
