/** What an integration touches (R2): systems with their servers and credentials, endpoints with who calls them and how. */
import { titleOfOperation } from './flow/flows.ts';
import type { Effect, Plan, PlanCall, PlanSlo } from '../model/plan.ts';

export interface SystemEntry {
  readonly name: string;
  readonly title: string;
  readonly servers: readonly string[];
  readonly dependsOn?: readonly string[];
  readonly slo?: PlanSlo;
  /** Of the schemes that the operations in use ask for: name and kind. */
  readonly authentication: readonly { readonly scheme: string; readonly type: string }[];
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly operation: string;
  readonly operationId?: string;
  readonly effect: Effect;
  /** Paths of the steps that call it, of their undos (`#undo`) and probes (`#probe`). */
  readonly callers: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly authentication: readonly string[];
}

export function inventoryOf(plan: Plan): readonly SystemEntry[] {
  return Object.values(plan.systems).map(({ name, title, servers, securitySchemes, dependsOn, slo }) => {
    const endpoints = endpointsOf(plan, name);
    const schemes = [...new Set(endpoints.flatMap(({ authentication }) => authentication))];
    return {
      name,
      title,
      servers: servers.map(({ url }) => url),
      ...(dependsOn && { dependsOn }),
      ...(slo && { slo }),
      authentication: schemes.map((scheme) => ({ scheme, type: securitySchemes[scheme]?.type ?? 'unknown' })),
      endpoints,
    };
  });
}

function endpointsOf(plan: Plan, system: string): readonly Endpoint[] {
  const calls: readonly PlanCall[] = [...Object.values(plan.steps), ...Object.values(plan.calls)];
  return Object.values(plan.operations)
    .filter((operation) => operation.system === system)
    .map((planned) => {
      const { key, operationId, parameters, security } = planned;
      const callers = calls.filter(({ operation }) => operation === key);
      return {
        operation: titleOfOperation(planned),
        ...(operationId !== undefined && { operationId }),
        effect: strongest(callers),
        callers: callers.map((call) => call.path),
        parameters: parameters.map(({ name, in: where, required }) => ({ name, in: where, required })),
        authentication: [...new Set(security.flatMap((requirement) => Object.keys(requirement)))],
      };
    });
}

function strongest(calls: readonly PlanCall[]): Effect {
  const rank: readonly Effect[] = ['unsafe', 'idempotent', 'safe'];
  return rank.find((effect) => calls.some((call) => call.effect === effect)) ?? 'safe';
}
