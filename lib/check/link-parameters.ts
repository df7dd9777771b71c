/**
 * The parameters that apply to a step: those of its workflow that fit its target, each replaced by the step's own of
 * the same name and place, never removed (Arazzo 1.1, sections 3 and 6). An operation takes those with `in`, a called
 * workflow those without; a path parameter of the workflow applies where the path has it. A path parameter that is
 * spelt a little otherwise than in the path, or said to go elsewhere, gets the path's spelling and place, with a warning.
 */
import type { Parameter, ParameterIn, Reusable } from '../model/arazzo.ts';
import type { LinkedParameter, LinkedTarget, Origin } from '../model/links.ts';
import type { Operation, OperationParameter } from '../model/openapi.ts';
import { onlyAlike } from './alike.ts';
import { resolvedParameter } from './link-components.ts';
import { type Linking, titleOf } from './linking.ts';

type Entry = Parameter | Reusable;

export function effectiveParameters(
  linking: Linking,
  own: readonly Entry[],
  target: LinkedTarget | undefined,
): readonly LinkedParameter[] {
  const operation = target?.kind === 'operation' ? target.operation : undefined;
  const inherited = linkParameters(linking, linking.workflow.parameters, 'workflow', operation);
  const effective = new Map<string, LinkedParameter>();
  for (const linked of inherited) if (fits(linked, target)) effective.set(keyOf(linked.parameter), linked);
  for (const linked of linkParameters(linking, own, 'step', operation)) effective.set(keyOf(linked.parameter), linked);
  return operation === undefined ? [...effective.values()] : respelled(linking, [...effective.values()], operation);
}

/**
 * A path parameter that is not the path's, but like the only one of it that is not given; or one of that very name that is
 * said to go elsewhere, where the operation has none of it.
 */
function respelled(linking: Linking, given: readonly LinkedParameter[], operation: Operation): LinkedParameter[] {
  const names = pathNames(operation.path);
  const inPath = given.filter(({ parameter }) => parameter.in === 'path').map(({ parameter }) => parameter.name);
  const missing = names.filter((name) => !inPath.includes(name));
  const title = titleOf(operation);
  return given.map((linked) => {
    const { parameter, declared, origin } = linked;
    const { name, in: where } = parameter;
    if (where === 'path' && !names.includes(name)) {
      const alike = onlyAlike(name, missing);
      if (alike === undefined) return linked;
      linking.report('ARZ077', linked.at, { given: name, name: alike, operation: title });
      return meant(linked, { ...parameter, name: alike }, operation);
    }
    const isElsewhere = where !== undefined && where !== 'path' && missing.includes(name);
    if (!isElsewhere || declared !== undefined || origin !== 'step' || operation.message) return linked;
    linking.report('ARZ077', linked.at, { given: name, name, where, operation: title });
    return meant(linked, { ...parameter, in: 'path' }, operation);
  });
}

function meant(linked: LinkedParameter, parameter: Parameter, operation: Operation): LinkedParameter {
  const declared = declaredAs(operation, parameter);
  return { ...linked, parameter, ...(declared && { declared }) };
}

/** Every entry of one list, whether or not another one has its name. */
export function linkParameters(
  linking: Linking,
  entries: readonly Entry[],
  origin: Origin,
  operation?: Operation,
): readonly LinkedParameter[] {
  return entries.flatMap((entry) => {
    const found = resolvedParameter(linking, entry);
    if (found === undefined) return [];
    const declared = operation && declaredAs(operation, found.parameter);
    return [{ ...found, origin, ...(declared && { declared }) }];
  });
}

/** What makes two parameters the same one: names of headers are equal in any case. */
export function keyOf({ name, in: where }: Parameter): string {
  return `${where ?? ''} ${where === 'header' ? name.toLowerCase() : name}`;
}

export function declaredAs(operation: Operation, parameter: Parameter): OperationParameter | undefined {
  return operation.parameters.find((declared) => keyOfDeclared(declared) === keyOf(parameter));
}

/** The names in the braces of a path template, declared or not. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].flatMap(([, name]) => name ?? []);
}

function keyOfDeclared({ name, in: where }: { readonly name: string; readonly in: ParameterIn }): string {
  return `${where} ${where === 'header' ? name.toLowerCase() : name}`;
}

function fits({ parameter }: LinkedParameter, target: LinkedTarget | undefined): boolean {
  if (target?.kind === 'workflow') return parameter.in === undefined;
  if (parameter.in === undefined) return false;
  if (parameter.in !== 'path' || target?.kind !== 'operation') return true;
  return pathNames(target.operation.path).includes(parameter.name);
}
