/**
 * Credentials that a workflow's calls will need and that an environment says nothing of: known before any run, from plan and
 * environment alone. Of several alternatives of an operation one has to be there. What a step passes as a parameter (a login
 * token) is no credential of the environment. Whether something is behind a reference is not asked: other machines have it.
 */
import { below, keyAt } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { SecurityRequirement, SecurityScheme } from '../model/openapi.ts';
import type { Plan, PlanCall, PlanOperation } from '../model/plan.ts';
import { isBuilt } from '../model/security.ts';
import { meet } from '../runtime/auth/schemes.ts';

export interface NamedEnvironment {
  readonly name: string;
  readonly document: PositionedDocument;
}

export function missingAuth(plans: readonly Plan[], { name, document }: NamedEnvironment): readonly Diagnostic[] {
  const { root, uri } = document;
  const systems = isObject(root) ? own(root, 'systems') : undefined;
  if (!isObject(systems)) return [];
  const lacks = new Map<string, Lack>();
  for (const lack of plans.flatMap((plan) => lacksOf(plan, systems))) {
    const key = `${lack.system} ${lack.schemes.map(({ scheme }) => scheme).join(' ')}`;
    const known = lacks.get(key);
    lacks.set(key, { ...lack, steps: [...new Set([...(known?.steps ?? []), ...lack.steps])] });
  }
  const place: Place = { document: uri, pointer: '' };
  return [...lacks.values()].map((lack) => {
    const at = Object.hasOwn(systems, lack.system) ? below(place, 'systems', lack.system) : below(place, 'systems');
    return report('ENV010', keyAt(at), { environment: name, ...lack });
  });
}

interface Lack {
  readonly system: string;
  /** Of the likeliest alternative, all that is missing, and how each would be written. */
  readonly schemes: readonly { readonly scheme: string; readonly write: string }[];
  readonly steps: readonly string[];
}

function lacksOf(plan: Plan, systems: { readonly [name: string]: Json }): readonly Lack[] {
  return [...Object.values(plan.steps), ...Object.values(plan.calls)].flatMap((call) => {
    const operation = own(plan.operations, call.operation);
    if (!operation || operation.message) return [];
    const schemes = lackOf(plan, operation, { call, auth: authOf(systems, operation.system) });
    return schemes.length === 0 ? [] : [{ system: operation.system, schemes, steps: [call.path] }];
  });
}

function authOf(systems: { readonly [name: string]: Json }, system: string): { readonly [scheme: string]: Json } {
  const declared = own(systems, system);
  const auth = isObject(declared) ? own(declared, 'auth') : undefined;
  return isObject(auth) ? auth : {};
}

interface Asked {
  readonly call: PlanCall;
  readonly auth: { readonly [scheme: string]: Json };
}

/** Nothing where one alternative is complete, or asks for nothing. */
function lackOf(plan: Plan, { security, system }: PlanOperation, asked: Asked): Lack['schemes'] {
  const declared = own(plan.systems, system)?.securitySchemes ?? {};
  const missing = security.map((requirement) => missingOf(requirement, declared, asked));
  if (missing.some((one) => one?.length === 0)) return [];
  return missing.find((one) => one !== undefined) ?? [];
}

/** Undefined: no credential would help, which the check of the description says. */
function missingOf(
  requirement: SecurityRequirement,
  declared: { readonly [name: string]: SecurityScheme },
  { call, auth }: Asked,
): Lack['schemes'] | undefined {
  const names = Object.keys(requirement);
  if (names.some((name) => !isMeetable(own(declared, name)))) return undefined;
  return names.flatMap((name) => {
    const scheme = own(declared, name);
    if (!scheme || Object.hasOwn(auth, name) || isPassed(scheme, call)) return [];
    const met = meet(scheme, { scopes: [], credential: undefined, url: 'https://system.example/' });
    return met.kind === 'missing' ? [{ scheme: name, write: met.write }] : [];
  });
}

function isMeetable(scheme: SecurityScheme | undefined): boolean {
  return scheme !== undefined && isBuilt(scheme);
}

function isPassed(scheme: SecurityScheme, { parameters }: PlanCall): boolean {
  if (scheme.type === 'mutualTLS') return false;
  const [where, wanted] = scheme.type === 'apiKey' ? [scheme.in, scheme.name] : ['header', 'Authorization'];
  return parameters.some(
    (one) => one.in === where && (one.name === wanted || (where === 'header' && isSameName(one.name, wanted))),
  );
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
