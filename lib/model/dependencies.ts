/**
 * Systems and what they depend on: everything that is behind one, however far, and where to look first when several are
 * down. Total: names that nobody knows are behind nothing, and a circle ends where it began.
 */
import type { Plan, PlanSystem } from './plan.ts';

export type DependsOn = (system: string) => readonly string[];

export function dependsOnIn(systems: Iterable<Pick<PlanSystem, 'name' | 'dependsOn'>>): DependsOn {
  const known = new Map([...systems].map(({ name, dependsOn = [] }) => [name, dependsOn]));
  return (system) => known.get(system) ?? [];
}

/** All that a system depends on, nearest first; not itself. */
export function behind(system: string, dependsOn: DependsOn): readonly string[] {
  const found = new Set([system]);
  // A set grows while it is walked, and holds each name once.
  for (const name of found) for (const next of dependsOn(name)) found.add(next);
  found.delete(system);
  return [...found];
}

/** Of what a system depends on that is unwell: those behind which all is well. They are the likely cause. */
export function likelyCauses(
  system: string,
  dependsOn: DependsOn,
  isUnwell: (name: string) => boolean,
): readonly string[] {
  return behind(system, dependsOn).filter(
    (name) => isUnwell(name) && !behind(name, dependsOn).some((other) => other !== system && isUnwell(other)),
  );
}

/** Systems that the steps of a workflow call, and what stands beside them; the others are only depended on. */
export function calledSystems({ systems, steps, calls, operations }: Plan): readonly string[] {
  const all = [...Object.values(steps), ...Object.values(calls)];
  const called = new Set(all.flatMap(({ operation }) => operations[operation]?.system ?? []));
  return Object.keys(systems).filter((name) => called.has(name));
}

/** Those, and what is asked after its health: what has to be reached. */
export function reachedSystems(plan: Plan): readonly string[] {
  const called = new Set(calledSystems(plan));
  return Object.values(plan.systems)
    .filter(({ name, health }) => called.has(name) || health !== undefined)
    .map(({ name }) => name);
}
