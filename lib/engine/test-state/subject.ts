/**
 * The state under test: a definition by itself, or found by its name at any depth of a state machine. The definition
 * is validated as for CreateStateMachine; a JSONPath state is found and named, but not run.
 */
import type { QueryLanguage, State } from '../../model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Finding, isError, isServiceFinding } from '../definition/finding.ts';
import { nestedMachines } from '../definition/nested-machines.ts';
import { definitionObject } from '../definition/parse-definition.ts';
import { invalidDefinition, type ServiceError } from '../definition/service-answers.ts';
import { machineFindings, stateFindings } from '../definition/validation.ts';

export interface Subject {
  readonly name: string;
  readonly state: State;
  readonly language: QueryLanguage;
}

/** What the service calls a state that is given without a machine. */
const UNNAMED = 'StateName';

export type Found<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ServiceError };

export function subjectOf(definition: string | JsonObject, stateName: string | undefined): Found<Subject> {
  const parsed = definitionObject(definition);
  if (!parsed.ok) return refused(parsed.findings);
  const { value } = parsed;
  return stateName === undefined ? loneState(value) : stateOfMachine(value, stateName);
}

function loneState(state: JsonObject): Found<Subject> {
  const errors = serviceErrors(stateFindings(state));
  return errors.length > 0 ? refused(errors) : subject(UNNAMED, state, 'JSONPath');
}

function stateOfMachine(machine: JsonObject, name: string): Found<Subject> {
  const errors = serviceErrors(machineFindings(machine, 'STANDARD'));
  if (errors.length > 0) return refused(errors);
  const state = findState(machine, name);
  if (state === undefined) {
    const message = `State not found in the state machine definition: '${name}'`;
    return { ok: false, error: { code: 'ValidationException', message } };
  }
  return subject(name, state, machine['QueryLanguage'] ?? 'JSONPath');
}

function subject(name: string, state: JsonObject, inherited: Json): Found<Subject> {
  const language = (state['QueryLanguage'] ?? inherited) === 'JSONata' ? 'JSONata' : 'JSONPath';
  // Its findings are none, which is what the type says.
  return { ok: true, value: { name, state: state as unknown as State, language } };
}

export function findState(machine: JsonObject, name: string): JsonObject | undefined {
  const states = machine['States'];
  if (!isObject(states)) return undefined;
  const own = Object.hasOwn(states, name) ? states[name] : undefined;
  if (isObject(own)) return own;
  for (const state of Object.values(states).filter(isObject)) {
    for (const nested of nestedMachines(state)) {
      const found = findState(nested.machine, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function serviceErrors(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((finding) => isError(finding) && isServiceFinding(finding));
}

function refused(findings: readonly Finding[]): Found<Subject> {
  return { ok: false, error: invalidDefinition(findings) };
}
