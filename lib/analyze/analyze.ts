/**
 * What can be known of a workflow before it runs (R2 to R7): systems, dependencies, data flow, risks, failure scenarios,
 * times and cost, all from its plan and machine. Pure: the documents are asked only where in them something is written.
 */
import { findings } from '../check/finding.ts';
import { sorted } from '../diagnostics/order.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import type { Diagnostic, PositionedDocument } from '../model/diagnostic.ts';
import type { Plan, PlanEdge, PlanSlo } from '../model/plan.ts';
import { type Cost, costOf } from './cost.ts';
import { type Flow, flowsOf } from './flow/flows.ts';
import { inventoryOf, type SystemEntry } from './inventory.ts';
import { Places } from './places.ts';
import type { Prices } from './prices.ts';
import { type Quotas, quotasOf } from './quotas.ts';
import { risks } from './risks/risks.ts';
import { type Scenario, scenariosOf } from './scenarios.ts';
import { type Timing, timingOf } from './timing.ts';

export interface AnalysisRequest {
  readonly plan: Plan;
  readonly machine: StateMachineDefinition;
  readonly documents: ReadonlyMap<string, PositionedDocument>;
  /** What a call is assumed to take where all goes well. */
  readonly latencyMs: number;
  readonly prices: Prices;
}

export interface Analysis {
  readonly workflowId: string;
  readonly mode: Plan['mode'];
  /** What is promised of its runs. */
  readonly slo?: PlanSlo;
  readonly systems: readonly SystemEntry[];
  readonly dependencies: readonly PlanEdge[];
  readonly flows: readonly Flow[];
  /** FLW and RSK codes, sorted by place. */
  readonly findings: readonly Diagnostic[];
  readonly scenarios: readonly Scenario[];
  readonly timing: Timing;
  readonly cost: Cost;
  readonly quotas: Quotas;
}

/** Between a call in the same data centre and one around the world. */
export const DEFAULT_LATENCY_MS = 300;

export function analyze({ plan, machine, documents, latencyMs, prices }: AnalysisRequest): Analysis {
  const found = findings();
  const places = new Places(documents);
  const timing = timingOf(plan, latencyMs);
  const flows = flowsOf({ plan, places, report: found.report });
  for (const risk of risks) risk({ plan, machine, timing, places, report: found.report });
  return {
    workflowId: plan.workflowId,
    mode: plan.mode,
    ...(plan.slo && { slo: plan.slo }),
    systems: inventoryOf(plan),
    dependencies: plan.edges,
    flows,
    findings: sorted(found.diagnostics, documents),
    scenarios: scenariosOf(plan),
    timing,
    cost: costOf({ plan, machine }, { latencyMs, expectedMs: timing.expectedMs, prices }),
    quotas: quotasOf(plan, machine),
  };
}
