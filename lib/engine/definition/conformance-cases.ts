/**
 * Recorded cases about definitions, replayed: kind `definitionValidation` (what the service answers to a definition)
 * and kind `variableReferences`. A case passes when our answer equals the recorded one; otherwise the first difference
 * is named. How cases are found, counted and reported is the conformance runner's business.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { firstDifference } from './first-difference.ts';
import { parseDefinition } from './parse-definition.ts';
import { creationError, type ServiceError, validationResponse } from './service-answers.ts';
import type { MachineType } from './validation.ts';
import { variableReferences } from './variable-references.ts';

export type CaseOutcome = { readonly ok: true } | { readonly ok: false; readonly difference: string };

export function runDefinitionCase(recorded: JsonObject): CaseOutcome {
  const { definition = null, op, expected = null } = recorded;
  const { findings } = parseDefinition(withoutPlaceholders(definition), { type: machineType(recorded) });
  if (op === 'validate_state_machine_definition') return compare(plain(validationResponse(findings)), expected);
  return compare(plain(creationError(findings) ?? null), plain(recordedError(expected) ?? null));
}

export function runVariableReferencesCase(recorded: JsonObject): CaseOutcome {
  const { definition, expectedVariableReferences: expected = null } = recorded;
  if (!isObject(definition)) return { ok: false, difference: 'the case has no definition' };
  return compare(plain(Object.fromEntries(variableReferences(definition))), expected);
}

/** The recordings put this word in the place of an activity's ARN, which the service saw whole. */
const ACTIVITY_PLACEHOLDER = '"activity_arn"';

function withoutPlaceholders(definition: Json): string | Json {
  if (typeof definition === 'string') return definition;
  const arn = '"arn:aws:states:us-east-1:111111111111:activity:recorded"';
  return JSON.stringify(definition).replaceAll(ACTIVITY_PLACEHOLDER, arn);
}

/** The recordings do not keep the requested type: the name of the recorded test tells it. */
function machineType(recorded: JsonObject): MachineType {
  if (typeof recorded['type'] === 'string') return recorded['type'] === 'EXPRESS' ? 'EXPRESS' : 'STANDARD';
  const name = textOf(recorded['name']);
  return name.includes('sfn_api_express') || name.includes('type_express') ? 'EXPRESS' : 'STANDARD';
}

/** An exception is recorded either as the client printed it or as the response's body. */
export function recordedError(expected: Json): ServiceError | undefined {
  if (!isObject(expected)) return undefined;
  const { Error: body, exception_typename: name, exception_value: printed } = expected;
  if (isObject(body)) return { code: textOf(body['Code']), message: textOf(body['Message']) };
  if (typeof printed !== 'string') return undefined;
  return {
    code: textOf(name),
    message: printed.replace(/^An error occurred \(\w+\) when calling the \w+ operation: /, ''),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A round trip drops what JSON has not (absent members), so that both sides of a comparison are plain JSON. */
export function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function compare(actual: Json, expected: Json): CaseOutcome {
  const difference = firstDifference(actual, expected);
  return difference === undefined ? { ok: true } : { ok: false, difference };
}
