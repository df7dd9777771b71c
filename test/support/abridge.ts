/**
 * A machine without what every machine has: the settlement states, and in each Task the resource, the run's name and the
 * standard Retry of its kind. Only what is exactly the standard is left out, so what differs from it stays to be seen.
 */
import { deepStrictEqual } from 'node:assert';
import { callRetriers, CLOSE_RETRIERS, LOCK_RETRIERS, RAISE_RETRIERS } from '../../lib/emit/retriers.ts';
import { settlementStates } from '../../lib/emit/settlement.ts';
import { INVOKE, payload } from '../../lib/emit/tasks.ts';
import type { State, StateMachineDefinition, TaskState } from '../../lib/model/asl.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import type { Plan } from '../../lib/model/plan.ts';

type States = { readonly [name: string]: State };

export function abridged(machine: StateMachineDefinition, plan: Plan): object {
  // Few machines are express: theirs stay to be seen.
  const common = plan.mode === 'express' ? {} : settlementStates(plan);
  const own = Object.entries(machine.States).filter(([name, state]) => !same(state, common[name]));
  return { StartAt: machine.StartAt, States: abridgedStates(Object.fromEntries(own), plan) };
}

function abridgedStates(states: States, plan: Plan): object {
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, abridgedState(state, plan)]));
}

function abridgedState(state: State, plan: Plan): object {
  switch (state.Type) {
    case 'Task':
      return abridgedTask(state, plan);
    case 'Parallel':
      return {
        ...state,
        Branches: state.Branches.map(({ StartAt, States }) => ({ StartAt, States: abridgedStates(States, plan) })),
      };
    case 'Map': {
      const { StartAt, States, ...rest } = state.ItemProcessor;
      return { ...state, ItemProcessor: { ...rest, StartAt, States: abridgedStates(States, plan) } };
    }
    default:
      return state;
  }
}

function abridgedTask(task: TaskState, plan: Plan): object {
  const { Type, Resource, Retry, Arguments, ...kept } = task;
  if (Resource !== INVOKE && !('FunctionName' in (Arguments as JsonObject))) return task;
  const { FunctionName, Payload } = Arguments as { readonly FunctionName: string; readonly Payload: JsonObject };
  const { op, step, ...more } = Payload;
  const run = payload(String(op), {});
  const sent = Object.entries(more).filter(([key, value]) => !same(value, run[key]));
  return {
    Type,
    ...(Resource !== INVOKE && { Resource }),
    [FunctionName]: { op, ...(step !== undefined && { step }), ...Object.fromEntries(sent) },
    ...kept,
    ...(!same(Retry, standardRetry(op, step, plan)) && { Retry }),
  };
}

function standardRetry(op: Json | undefined, step: Json | undefined, plan: Plan): TaskState['Retry'] {
  const planned = plan.steps[String(step)];
  if (op === 'call' && planned) return callRetriers(planned.leaseMs, planned.graceMs);
  if (op === 'each' || op === 'gather') return LOCK_RETRIERS;
  return op === 'close' ? CLOSE_RETRIERS : RAISE_RETRIERS;
}

function same(one: unknown, other: unknown): boolean {
  try {
    deepStrictEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
