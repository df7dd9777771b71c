/** What a risk is found with: a plan, its machine, its times, where things are written, and how to say it. */
import type { Report } from '../../check/finding.ts';
import type { StateMachineDefinition } from '../../model/asl.ts';
import type { Plan, PlanCall } from '../../model/plan.ts';
import type { Places } from '../places.ts';
import type { Timing } from '../timing.ts';

export interface RiskContext {
  readonly plan: Plan;
  readonly machine: StateMachineDefinition;
  readonly timing: Timing;
  readonly places: Places;
  readonly report: Report;
}

export type Risk = (context: RiskContext) => void;

/** As people name it: `POST /orders`. */
export function titleOf(plan: Plan, { operation }: Pick<PlanCall, 'operation'>): string {
  const found = plan.operations[operation];
  return found ? `${found.method.toUpperCase()} ${found.path}` : operation;
}
