/** What a report is made of: compiled workflows with their analyses, and where they are run if somebody said so. */
import type { Analysis } from '../analyze/analyze.ts';
import { titleOfOperation } from '../analyze/flow/flows.ts';
import type { DiagnosticJson } from '../diagnostics/render-json.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import type { Plan, PlanCall } from '../model/plan.ts';

export interface WorkflowFacts {
  readonly plan: Plan;
  readonly planHash: string;
  readonly machine: StateMachineDefinition;
  readonly undoMachine: StateMachineDefinition;
  readonly analysis: Analysis;
  readonly findings: readonly DiagnosticJson[];
}

export interface ReportFacts {
  readonly integration: string;
  readonly title: string;
  readonly version: string;
  readonly summary?: string;
  readonly workflows: readonly WorkflowFacts[];
  /** Of one environment: by system, its server and how each scheme is met, never with what. */
  readonly placed?: {
    readonly environment: string;
    readonly systems: { readonly [system: string]: PlacedSystem };
  };
}

export interface PlacedSystem {
  readonly server?: string;
  readonly credentials: { readonly [scheme: string]: string };
}

export function callAt(plan: Plan, path: string): PlanCall | undefined {
  return Object.hasOwn(plan.steps, path) ? plan.steps[path] : plan.calls[path];
}

/** `POST /orders`, `receive shipped`: as people name what a call calls. */
export function requestOf(plan: Plan, path: string): string {
  const call = callAt(plan, path);
  const operation = call && plan.operations[call.operation];
  return operation ? titleOfOperation(operation) : '';
}

export function systemOf(plan: Plan, path: string): string {
  const call = callAt(plan, path);
  return (call && plan.operations[call.operation]?.system) ?? '';
}

/** A server without what may be a credential in it. */
export function shownServer(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/s, '');
}
