/**
 * Asks after the health of systems, all at once: those that are named, or all. One that cannot be asked is `unknown`. Where
 * one is unwell, what it depends on is asked beside it, whosever turn it is: so it can be said where to look first.
 */
import { behind, type DependsOn, likelyCauses } from '../../model/dependencies.ts';
import type { HealthAnswer } from '../../model/upkeep-task.ts';
import type { PlanSystem } from '../../model/plan.ts';
import type { Asking } from '../ports/asking-health.ts';

export interface SystemHealth extends HealthAnswer {
  readonly system: string;
  /** Of one that is unwell: what it depends on that is unwell, and behind which all is well. */
  readonly likelyCauses?: readonly string[];
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

/** Those that are named, then those that were asked beside them. */
export async function checkSystems(
  systems: readonly string[],
  asking: Asking,
  dependsOn: DependsOn = () => [],
): Promise<readonly SystemHealth[]> {
  const asked = await askAll(systems, asking);
  const unwell = asked.filter(({ state }) => state === 'unwell');
  const more = new Set(unwell.flatMap(({ system }) => behind(system, dependsOn)));
  for (const system of systems) more.delete(system);
  const all = [...asked, ...(await askAll([...more], asking))];
  const states = new Map(all.map(({ system, state }) => [system, state]));
  return all.map((one) => withCauses(one, dependsOn, (name) => states.get(name) === 'unwell'));
}

async function askAll(systems: readonly string[], asking: Asking): Promise<readonly SystemHealth[]> {
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

function withCauses(one: SystemHealth, dependsOn: DependsOn, isUnwell: (name: string) => boolean): SystemHealth {
  const causes = one.state === 'unwell' ? likelyCauses(one.system, dependsOn, isUnwell) : [];
  if (causes.length === 0) return one;
  return { ...one, why: `${one.why}; ${lookFirst(causes)}`, likelyCauses: causes };
}

/** For whoever looks for the cause. */
export function lookFirst(causes: readonly string[]): string {
  const [is, each] = causes.length === 1 ? ['is', ''] : ['are', ' all'];
  return `${causes.join(', ')}, which it depends on, ${is}${each} unwell: look there first`;
}
