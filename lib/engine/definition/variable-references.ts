/**
 * Which variables each state reads, as DescribeStateMachine lists them: state name to sorted names, for the states of
 * every nested machine too, and only for states that read any. Nothing is evaluated: it is what the text names.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { expressionIn, readExpression } from './expression-reading.ts';
import { jsonPathVariables } from './jsonpath-references.ts';
import { isLanguageFunction } from './language-functions.ts';
import { nestedMachines } from './nested-machines.ts';
import type { VariableScope } from './place.ts';
import { isInScope, scopeOf } from './variable-scope.ts';

export type VariableReferences = ReadonlyMap<string, readonly string[]>;

export function variableReferences(machine: JsonObject): VariableReferences {
  const references = new Map<string, readonly string[]>();
  addReferences(machine, { language: machine['QueryLanguage'] ?? 'JSONPath', scope: undefined }, references);
  return references;
}

interface Surroundings {
  readonly language: Json;
  readonly scope: VariableScope | undefined;
}

function addReferences(machine: JsonObject, around: Surroundings, references: Map<string, readonly string[]>): void {
  const states = machine['States'];
  if (!isObject(states)) return;
  const scope = scopeOf(states, around.scope);
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    const names = new Set(namesRead(state, { language: state['QueryLanguage'] ?? around.language, scope }));
    if (names.size > 0) references.set(name, [...names].sort());
    for (const nested of nestedMachines(state)) addReferences(nested.machine, { ...around, scope }, references);
  }
}

function namesRead(
  state: JsonObject,
  { language, scope }: Surroundings & { readonly scope: VariableScope },
): readonly string[] {
  if (language !== 'JSONata') return jsonPathVariables(state);
  // An assigned variable hides the language's function of the same name.
  return jsonataVariables(state).filter((name) => !isLanguageFunction(name) || isInScope(name, scope));
}

/** Fields whose strings are never expressions of this state. */
const OPAQUE: ReadonlySet<string> = new Set(['Branches', 'Comment', 'ItemProcessor', 'Iterator', 'Next', 'Default']);

function jsonataVariables(state: JsonObject): readonly string[] {
  return Object.entries(state).flatMap(([name, value]) => (OPAQUE.has(name) ? [] : templateVariables(value)));
}

function templateVariables(value: Json): readonly string[] {
  if (typeof value === 'string') return expressionVariables(value);
  const inner = Array.isArray(value) || isObject(value) ? Object.values(value) : [];
  return inner.flatMap((item: Json) => templateVariables(item));
}

function expressionVariables(text: string): readonly string[] {
  const source = expressionIn(text);
  if (source === undefined) return [];
  const reading = readExpression(source);
  return reading.ok ? [...reading.references.variables] : [];
}
