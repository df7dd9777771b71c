/** How long a step may undo what stands of it before it is done with other data (`onChange: redo`), by the leases of its undo. */
import type { Plan, PlanStep } from './plan.ts';

export function redoMs({ onChange, undo }: PlanStep, { calls }: Pick<Plan, 'calls'>): number {
  if (onChange !== 'redo' || undo?.kind !== 'calls') return 0;
  return undo.calls.reduce((sum, call) => sum + (calls[call]?.leaseMs ?? 0), 0);
}
