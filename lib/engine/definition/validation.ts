/**
 * The walk over a definition: the machine, its states, the machines inside them, then the transitions. The rules
 * themselves are tables (state-rules.ts, map-rules.ts, choice-rules.ts, recovery-rules.ts); this file decides which
 * table applies where, and what a state's place is: its language, its variables, Standard or Express.
 */
import type { QueryLanguage, StateType } from '../../model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { anObject, choiceOf, integer, text } from './field-checks.ts';
import { MAX_STATE_NAME_LENGTH } from './limits.ts';
import { SECONDS } from '../quotas.ts';
import * as messages from './messages.ts';
import { type NestedMachine, nestedMachines } from './nested-machines.ts';
import { checkObject, has, type ObjectRule } from './object-rule.ts';
import { machinePlace, member, type Place, report, reportSchema, type VariableScope } from './place.ts';
import { STATE_RULES, STATE_TYPES } from './state-rules.ts';
import { checkTransitions } from './transitions.ts';
import type { Finding } from './finding.ts';
import { EMPTY_SCOPE, scopeOf, scopesWithin } from './variable-scope.ts';

export type MachineType = 'STANDARD' | 'EXPRESS';

const MACHINE: ObjectRule = {
  fields: {
    Comment: { check: text },
    QueryLanguage: { check: choiceOf(['JSONPath', 'JSONata']) },
    Version: { check: choiceOf(['1.0']) },
    // The service takes 0 here, though not in a state.
    TimeoutSeconds: { check: integer({ minimum: 0, maximum: SECONDS }) },
    StartAt: { check: text },
    States: { check: anObject },
  },
  required: ['States', 'StartAt'],
};

/** Everything that is wrong with a state machine, in the service's order. */
export function machineFindings(machine: JsonObject, type: MachineType): readonly Finding[] {
  const place = machinePlace(languageOf(machine['QueryLanguage'], 'JSONPath'), type === 'EXPRESS');
  checkObject(machine, MACHINE, place);
  checkStates(machine, place);
  checkTransitions(machine, place);
  reportJsonPath(machine, place);
  return place.inspection.findings;
}

/** What is wrong with a single state that stands for itself: its transitions lead nowhere, and that is no fault. */
export function stateFindings(state: JsonObject): readonly Finding[] {
  const scope = scopeOf({ state }, undefined);
  const place: Place = { ...machinePlace('JSONPath', false), scope };
  checkState(state, place);
  for (const nested of nestedMachines(state)) {
    checkStates(nested.machine, placeWithin(nested, place, scope));
    checkTransitions(nested.machine, member(place, nested.field));
  }
  return place.inspection.findings;
}

/** "Absent, it is inherited." Present, the service takes anything but the exact word JSONPath for JSONata. */
function languageOf(declared: Json | undefined, inherited: QueryLanguage): QueryLanguage {
  if (declared === undefined) return inherited;
  return declared === 'JSONPath' ? 'JSONPath' : 'JSONata';
}

function checkStates(machine: JsonObject, place: Place): void {
  const states = machine['States'];
  if (!isObject(states)) return;
  const scope = scopeOf(states, place.scope);
  const scopeWithin = scopesWithin(states, scope);
  for (const [name, state] of Object.entries(states)) {
    const here: Place = { ...member(member(place, 'States'), name), scope };
    checkName(name, here);
    if (!isObject(state)) {
      reportSchema(here, messages.wrongType('OBJECT'));
      continue;
    }
    checkState(state, here);
    const nested = nestedMachines(state);
    const within = nested.length === 0 ? scope : scopeWithin(name);
    for (const inner of nested) checkStates(inner.machine, placeWithin(inner, here, within));
  }
}

/** "State names MUST be unique within the scope of the whole state machine" and at most 80 characters long. */
function checkName(name: string, place: Place): void {
  const { stateNames } = place.inspection;
  if (Array.from(name).length > MAX_STATE_NAME_LENGTH) {
    report(place, 'INVALID_STATE_NAME', messages.longStateName(name, MAX_STATE_NAME_LENGTH));
  }
  if (stateNames.has(name)) report(place, 'DUPLICATE_STATE_NAME', messages.duplicateStateName(name));
  stateNames.add(name);
}

function checkState(state: JsonObject, place: Place): void {
  const type = state['Type'];
  if (!has(state, 'Type')) reportSchema(place, messages.requiredFields(['Type']));
  else if (!isStateType(type)) reportSchema(member(place, 'Type'), messages.unknownType(STATE_TYPES));
  else checkFields(state, STATE_RULES[type], place);
}

function isStateType(type: Json | undefined): type is StateType {
  return typeof type === 'string' && Object.hasOwn(STATE_RULES, type);
}

function checkFields(state: JsonObject, rule: ObjectRule, place: Place): void {
  const isDowngrade = place.machineLanguage === 'JSONata' && state['QueryLanguage'] === 'JSONPath';
  if (isDowngrade) reportSchema(place, messages.languageDowngrade);
  const language = languageOf(state['QueryLanguage'], place.machineLanguage);
  checkObject(state, rule, { ...place, language }, { ignoreLanguages: isDowngrade });
}

/** States inside a state inherit the machine's language, not that of the state around them. */
function placeWithin(nested: NestedMachine, place: Place, within: VariableScope): Place {
  return {
    ...member(place, nested.field),
    language: place.machineLanguage,
    express: place.express || nested.express,
    scope: nested.distributed ? EMPTY_SCOPE : within,
  };
}

/** Our own limit: said once for a machine that is JSONPath throughout, state by state for a mixed one. */
function reportJsonPath(machine: JsonObject, place: Place): void {
  const all = statesWithin(machine, '');
  const unsupported = all.filter(
    ([, state]) => languageOf(state['QueryLanguage'], place.machineLanguage) === 'JSONPath',
  );
  if (unsupported.length === 0) return;
  if (unsupported.length === all.length && place.machineLanguage === 'JSONPath') {
    report(member(place, 'QueryLanguage'), 'NOT_SUPPORTED_YET', messages.jsonPathMachine);
    return;
  }
  for (const [location, state, name] of unsupported) {
    // Under a JSONata machine the service has said it already.
    if (place.machineLanguage === 'JSONata' && state['QueryLanguage'] === 'JSONPath') continue;
    report({ ...place, location: `${location}/QueryLanguage` }, 'NOT_SUPPORTED_YET', messages.jsonPathState(name));
  }
}

type LocatedState = readonly [location: string, state: JsonObject, name: string];

function statesWithin(machine: JsonObject, location: string): readonly LocatedState[] {
  const states = machine['States'];
  if (!isObject(states)) return [];
  return Object.entries(states).flatMap(([name, state]): LocatedState[] => {
    if (!isObject(state)) return [];
    const here = `${location}/States/${name}`;
    const nested = nestedMachines(state).flatMap((inner) => statesWithin(inner.machine, `${here}/${inner.field}`));
    return [[here, state, name], ...nested];
  });
}
