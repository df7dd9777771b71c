/**
 * Variables by name: which names a container's states assign, whether a name may be assigned, and whether it can be
 * read. "An inner scope can read the variables of an outer one, but not assign them"; the states of a Distributed Map
 * are executions of their own and read nothing from outside.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { edgesOf } from './edges.ts';
import { MAX_VARIABLE_NAME_LENGTH } from './limits.ts';
import { nestedMachines } from './nested-machines.ts';
import * as messages from './messages.ts';
import { type Place, report, type VariableScope } from './place.ts';

/** "The first character must be Unicode ID_Start, the others ID_Continue": no dots, so no sub-paths either. */
const IDENTIFIER = /^\p{ID_Start}\p{ID_Continue}*$/u;

const RESERVED = 'states';

/** The scope of a container's states inside an enclosing one. */
export function scopeOf(states: JsonObject, enclosing: VariableScope | undefined): VariableScope {
  const names = new Set(Object.values(states).flatMap(assignsOf).flatMap(namesIn));
  return { names, parent: enclosing, taken: enclosing?.taken ?? new Set() };
}

/**
 * From the name of a state to the scope within it, for its own states. Taken are the names that may have a value when
 * the state begins: assigned on some way that leads to it. What the state itself assigns when it is over (its Assign,
 * its catchers') is not, and the service lets the inner states use such a name.
 */
export function scopesWithin(states: JsonObject, scope: VariableScope): (name: string) => VariableScope {
  const incoming = edgesByTarget(states);
  return (name) => {
    const state = states[name];
    // Most machines never come near: then there is no need to walk.
    if (!isObject(state) || !assignsWithin(state, scope.names)) return scope;
    return { ...scope, taken: new Set([...scope.taken, ...assignedBefore(name, incoming)]) };
  };
}

/** Whether any state inside this one assigns one of the names. */
function assignsWithin(state: JsonObject, names: ReadonlySet<string>): boolean {
  const inner = nestedMachines(state).flatMap(({ machine }) =>
    Object.values(isObject(machine['States']) ? machine['States'] : {}),
  );
  return inner.some(
    (one) =>
      assignsOf(one)
        .flatMap(namesIn)
        .some((name) => names.has(name)) ||
      (isObject(one) && assignsWithin(one, names)),
  );
}

/** For the states of a Distributed Map. */
export const EMPTY_SCOPE: VariableScope = { names: new Set(), parent: undefined, taken: new Set() };

/** Walks the transitions backwards from the state and collects what they assign. */
function assignedBefore(name: string, incoming: ReadonlyMap<string, readonly IncomingEdge[]>): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const pending = [name];
  for (let target = pending.pop(); target !== undefined; target = pending.pop()) {
    for (const { source, variables } of incoming.get(target) ?? []) {
      for (const variable of variables) names.add(variable);
      if (!seen.has(source)) pending.push(source);
      seen.add(source);
    }
  }
  return names;
}

function edgesByTarget(states: JsonObject): ReadonlyMap<string, readonly IncomingEdge[]> {
  const incoming = new Map<string, IncomingEdge[]>();
  for (const [source, state] of Object.entries(states)) {
    for (const { target, assign } of edgesOf(state)) {
      const edges = incoming.get(target) ?? [];
      edges.push({ source, variables: namesIn(assign) });
      incoming.set(target, edges);
    }
  }
  return incoming;
}

interface IncomingEdge {
  readonly source: string;
  readonly variables: readonly string[];
}

/** The state's own Assign, those of its choice rules, those of its catchers. */
function assignsOf(state: Json): readonly (Json | undefined)[] {
  return isObject(state) ? [state['Assign'], ...edgesOf(state).map((edge) => edge.assign)] : [];
}

function namesIn(assign: Json | undefined): readonly string[] {
  return isObject(assign) ? Object.keys(assign).map(variableOf) : [];
}

/** The variable that a key of Assign names: JSONPath marks computed values with `.$`. */
export function variableOf(key: string): string {
  return key.endsWith('.$') ? key.slice(0, -2) : key;
}

export function isInScope(name: string, scope: VariableScope): boolean {
  return scope.names.has(name) || (scope.parent !== undefined && isInScope(name, scope.parent));
}

export function checkVariableName(name: string, place: Place): void {
  if (name === RESERVED) report(place, 'RESERVED_VARIABLE_NAME', messages.reservedVariable(name));
  else if (!IDENTIFIER.test(name)) report(place, 'INVALID_VARIABLE_NAME', messages.invalidVariableName(name));
  else if (Array.from(name).length > MAX_VARIABLE_NAME_LENGTH) {
    report(place, 'INVALID_VARIABLE_NAME', messages.longVariableName(name, MAX_VARIABLE_NAME_LENGTH));
  } else if (place.scope.taken.has(name)) {
    report(place, 'DUPLICATE_VARIABLE_NAME', messages.shadowingVariable(name));
  }
}
