/**
 * The parameters that apply to a step: those of its workflow that fit its target, each replaced by the step's own of
 * the same name and place, never removed (Arazzo 1.1, sections 3 and 6). An operation takes those with `in`, a called
 * workflow those without; a path parameter of the workflow applies where the path has it. A path parameter that is
 * spelt a little otherwise than in the path gets the path's spelling, and one without `in` that of the only parameter of its
 * name, with a warning.
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
  for (const linked of linkParameters(linking, own, 'step', operation)) {
    const meant = operation ? withPlace(linking, linked, operation) : linked;
    effective.set(keyOf(meant.parameter), meant);
  }
  return operation === undefined ? [...effective.values()] : respelled(linking, [...effective.values()], operation);
}

/** One without `in` has that of the only parameter of its name that the operation declares. */
function withPlace(linking: Linking, linked: LinkedParameter, operation: Operation): LinkedParameter {
  const { parameter, at } = linked;
  if (parameter.in !== undefined) return linked;
  const [declared, ...others] = operation.parameters.filter(({ name }) => name === parameter.name);
  if (declared === undefined || others.length > 0) return linked;
  linking.report('ARZ079', at, { name: parameter.name, in: declared.in, operation: titleOf(operation) });
  return { ...linked, parameter: { ...parameter, in: declared.in }, declared };
}

/** A path parameter that is not the path's, but like the only one of it that is not given. */
function respelled(linking: Linking, given: readonly LinkedParameter[], operation: Operation): LinkedParameter[] {
  const names = pathNames(operation.path);
  const inPath = given.filter(({ parameter }) => parameter.in === 'path').map(({ parameter }) => parameter.name);
  const missing = names.filter((name) => !inPath.includes(name));
  return given.map((linked) => {
    const { parameter } = linked;
    if (parameter.in !== 'path' || names.includes(parameter.name)) return linked;
    const name = onlyAlike(parameter.name, missing);
    if (name === undefined) return linked;
    linking.report('ARZ077', linked.at, { given: parameter.name, name, operation: titleOf(operation) });
    const meant = { ...parameter, name };
    const declared = declaredAs(operation, meant);
    return { ...linked, parameter: meant, ...(declared && { declared }) };
  });
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
