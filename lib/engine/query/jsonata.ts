/**
 * JSONata as a state's query language: which fields of a state are templates, under which names error texts call them,
 * and of which type their values must be (asl/semantics section 1).
 */
import type { FailState, MapState, State, TaskState, WaitState } from '../../model/asl.ts';
import type { JsonObject, Json } from '../../model/json.ts';
import type { ExitOwner, Query, QueryLanguage, Waiting } from './language.ts';
import { compileTemplate, compileTyped, type ResultType } from './template.ts';

export const jsonataLanguage: QueryLanguage = {
  name: 'JSONata',
  argumentsOf: (state) => optional(state.Arguments, 'Arguments'),
  outputOf: (owner, place) => optional('Output' in owner ? owner.Output : undefined, within(place, 'Output')),
  assignOf: (owner, place) => optional(assignIn(owner), within(place, 'Assign')),
  conditionOf: (rule, index) => compileTyped(rule.Condition, `Choices[${index}]/Condition`, ['boolean']),
  waitOf,
  timeoutOf: (state: TaskState) => typed(state.TimeoutSeconds, 'TimeoutSeconds', ['number']),
  heartbeatOf: (state: TaskState) => typed(state.HeartbeatSeconds, 'HeartbeatSeconds', ['number']),
  credentialsOf: (state: TaskState) => optional(state.Credentials, 'Credentials'),
  errorOf: (state: FailState) => typed(state.Error, 'Error', ['string']),
  causeOf: (state: FailState) => typed(state.Cause, 'Cause', ['string']),
  itemsOf: (state: MapState) => typed(state.Items, 'Items', isDistributed(state) ? ['array', 'object'] : ['array']),
  itemSelectorOf: (state: MapState) => optional(state.ItemSelector, 'ItemSelector'),
  numberOf: (state, field) => typed(state[field], field, ['number']),
  templateOf: (template: JsonObject, field: string) => compileTemplate(template, field),
};

export function isDistributed(state: MapState): boolean {
  return state.ItemProcessor.ProcessorConfig?.['Mode'] === 'DISTRIBUTED';
}

function assignIn(owner: ExitOwner | State): Json | undefined {
  return 'Assign' in owner ? owner.Assign : undefined;
}

function within(place: string, field: string): string {
  return place === '' ? field : `${place}/${field}`;
}

function optional(template: Json | undefined, field: string): Query | null {
  return template === undefined ? null : compileTemplate(template, field);
}

function typed(template: Json | undefined, field: string, types: readonly ResultType[]): Query | null {
  return template === undefined ? null : compileTyped(template, field, types);
}

/** The definition has exactly one of the two. */
function waitOf(state: WaitState): Waiting {
  return state.Timestamp === undefined
    ? { kind: 'seconds', query: compileTyped(state.Seconds ?? 0, 'Seconds', ['number']) }
    : { kind: 'timestamp', query: compileTyped(state.Timestamp, 'Timestamp', ['string']) };
}
