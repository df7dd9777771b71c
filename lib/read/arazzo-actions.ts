/**
 * What stands in lists in an Arazzo document: parameters, success and failure actions (each may be a reference to a
 * component instead), and criteria. Arazzo 1.1.0, sections 4.6.6 to 4.6.11.
 */
import { referenceFromRef } from '../model/component-reference.ts';
import type { Criterion, FailureAction, Parameter, ParameterIn, Reusable, SuccessAction } from '../model/arazzo.ts';
import { child, numberIn, objectOf, objects, type Spot, textIn } from './spot.ts';

const parameterPlaces: ReadonlySet<string> = new Set<ParameterIn>(['path', 'query', 'querystring', 'header', 'cookie']);

export function parameters(spot: Spot | undefined): (Parameter | Reusable)[] {
  return listOf(spot, parameterOf);
}

export function successActions(spot: Spot | undefined): (SuccessAction | Reusable)[] {
  return listOf(spot, successAction);
}

export function failureActions(spot: Spot | undefined): (FailureAction | Reusable)[] {
  return listOf(spot, failureAction);
}

export function criteria(spot: Spot | undefined): Criterion[] {
  return objects(spot).map((entry) => {
    const context = textIn(entry, 'context');
    const type = child(entry, 'type')?.value;
    return {
      at: entry.at,
      condition: textIn(entry, 'condition') ?? '',
      ...(context !== undefined && { context }),
      ...(type !== undefined && { type }),
    };
  });
}

/** The schema of Arazzo 1.1 has `channel` beside the places of its text: what stands in the braces of a channel's address. */
export function parameterOf(spot: Spot): Parameter | undefined {
  if (!objectOf(spot)) return undefined;
  const written = textIn(spot, 'in');
  const place = written === 'channel' ? 'path' : written;
  return {
    at: spot.at,
    name: textIn(spot, 'name') ?? '',
    ...(place !== undefined && parameterPlaces.has(place) && { in: place as ParameterIn }),
    value: child(spot, 'value')?.value ?? null,
  };
}

/** Undefined where the type is none of those that there are: no other may be taken for it. */
export function successAction(spot: Spot): SuccessAction | undefined {
  const type = textIn(spot, 'type');
  return type === 'end' || type === 'goto' ? { ...actionOf(spot), type } : undefined;
}

export function failureAction(spot: Spot): FailureAction | undefined {
  const type = textIn(spot, 'type');
  if (type !== 'end' && type !== 'goto' && type !== 'retry') return undefined;
  const retryAfter = numberIn(spot, 'retryAfter');
  const retryLimit = numberIn(spot, 'retryLimit');
  return {
    ...actionOf(spot),
    type,
    ...(retryAfter !== undefined && retryAfter >= 0 && { retryAfter }),
    ...(retryLimit !== undefined && Number.isSafeInteger(retryLimit) && retryLimit >= 0 && { retryLimit }),
  };
}

function actionOf(spot: Spot): Omit<SuccessAction, 'type'> {
  const stepId = textIn(spot, 'stepId');
  const workflowId = textIn(spot, 'workflowId');
  return {
    at: spot.at,
    name: textIn(spot, 'name') ?? '',
    ...(stepId !== undefined && { stepId }),
    ...(workflowId !== undefined && { workflowId }),
    parameters: parameters(child(spot, 'parameters')),
    criteria: criteria(child(spot, 'criteria')),
  };
}

/**
 * What has a `reference` is a Reusable Object, whatever else it has ("additional properties MUST be ignored"); so is what
 * has a `$ref` to a component in its place, which the check warns about.
 */
function listOf<T>(spot: Spot | undefined, read: (entry: Spot) => T | undefined): (T | Reusable)[] {
  return objects(spot).flatMap((entry): (T | Reusable)[] => {
    const reference = textIn(entry, 'reference') ?? referenceFromRef(objectOf(entry) ?? {});
    const value = child(entry, 'value')?.value;
    if (reference !== undefined) return [{ at: entry.at, reference, ...(value !== undefined && { value }) }];
    const own = read(entry);
    return own === undefined ? [] : [own];
  });
}
