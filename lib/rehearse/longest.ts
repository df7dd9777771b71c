/** How long a plan's calls may take and go on, over all of them: what a rehearsal's faults have to outlast. */
import type { Plan } from '../model/plan.ts';

/** The least that any of a plan's calls of an operation promises. */
export function gracesOf({ steps, calls, operations }: Plan, stretched: number): (operation: string) => number {
  const graces = new Map<string, number>();
  for (const { operation, graceMs } of [...Object.values(steps), ...Object.values(calls)]) {
    const planned = operations[operation];
    if (planned) {
      const name = `${planned.system}.${planned.operationId}`;
      graces.set(name, Math.min(graces.get(name) ?? graceMs, graceMs));
    }
  }
  return (operation) => stretched * (graces.get(operation) ?? 0);
}

export function longestLease({ steps, calls }: Plan): number {
  return Math.max(0, ...[...Object.values(steps), ...Object.values(calls)].map(({ leaseMs }) => leaseMs));
}

export function longestGrace({ steps, calls }: Plan): number {
  return Math.max(0, ...[...Object.values(steps), ...Object.values(calls)].map(({ graceMs }) => graceMs));
}
