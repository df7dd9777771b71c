/**
 * The graph of a state machine: every target exists in its own container, every state is reached from StartAt, and
 * the machine has an end. The service calls any missing target a 'Next' target, whatever field names it, and asks for
 * an end only of the outermost machine; without one it does not look for unreachable states there.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Edge, edgesOf } from './edges.ts';
import { put } from './finding.ts';
import * as messages from './messages.ts';
import { nestedMachines } from './nested-machines.ts';
import { member, type Place, report } from './place.ts';

export function checkTransitions(machine: JsonObject, place: Place): void {
  checkGraph(machine, place);
  const states = machine['States'];
  if (!isObject(states)) return;
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    for (const nested of nestedMachines(state)) {
      checkTransitions(nested.machine, member(member(member(place, 'States'), name), nested.field));
    }
  }
}

function checkGraph(machine: JsonObject, place: Place): void {
  const { StartAt: start, States: states } = machine;
  if (!isObject(states) || typeof start !== 'string') return;
  checkTargets(states, [{ field: 'StartAt', target: start }], place);
  for (const [name, state] of Object.entries(states)) {
    checkTargets(states, edgesOf(state), member(member(place, 'States'), name));
  }
  const isOutermost = place.location === '';
  if (isOutermost && !Object.values(states).some(isTerminal)) reportNoEnd(place);
  else checkReachable(states, start, place);
}

function checkTargets(states: JsonObject, edges: readonly Pick<Edge, 'field' | 'target'>[], place: Place): void {
  for (const { field, target } of edges) {
    if (!Object.hasOwn(states, target)) {
      report(member(place, field), 'MISSING_TRANSITION_TARGET', messages.missingTarget(target));
    }
  }
}

/** "A state with End: true, a Succeed state or a Fail state." */
function isTerminal(state: Json): boolean {
  return isObject(state) && (state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail');
}

/** The one finding that has no location. */
function reportNoEnd(place: Place): void {
  const message = messages.noTerminalState;
  put(place.inspection.findings, { code: 'MISSING_END_STATE', severity: 'ERROR', message });
}

function checkReachable(states: JsonObject, start: string, place: Place): void {
  const reached = reachedFrom(start, states);
  for (const name of Object.keys(states)) {
    if (!reached.has(name)) {
      report(member(member(place, 'States'), name), 'MISSING_TRANSITION_TARGET', messages.unreachableState(name));
    }
  }
}

function reachedFrom(start: string, states: JsonObject): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [start];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const state = Object.hasOwn(states, name) ? states[name] : undefined;
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    for (const { target } of edgesOf(state)) pending.push(target);
  }
  return reached;
}
