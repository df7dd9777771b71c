/**
 * What an Express machine may not do, and how long it may run. It is refused where it asks for what the service has only for
 * Standard machines: tokens, the end of jobs, activities, a Distributed Map. Its five minutes become part of its definition,
 * so an execution that is taken up from a log has them without its type. What it lacks otherwise is not played: on one
 * machine an execution has one name, is durable and can be looked at, whatever its type.
 */
import type { State, StateMachineDefinition, SubMachine } from '../model/asl.ts';
import { Failure } from '../model/failure.ts';
import { isDistributed } from './query/jsonata.ts';
import { EXPRESS_SECONDS } from './quotas.ts';
import { resourceOf } from './resource.ts';

const bounded = new WeakMap<StateMachineDefinition, StateMachineDefinition>();

/** The same object for the same definition, as the registry wants it. */
export function expressDefinition(definition: StateMachineDefinition): StateMachineDefinition {
  const known = bounded.get(definition);
  if (known) return known;
  requireExpress(definition);
  const { TimeoutSeconds: seconds = Infinity } = definition;
  const express = seconds <= EXPRESS_SECONDS ? definition : { ...definition, TimeoutSeconds: EXPRESS_SECONDS };
  bounded.set(definition, express);
  return express;
}

function requireExpress({ States }: Pick<SubMachine, 'States'>): void {
  for (const [name, state] of Object.entries(States)) {
    const why = whyNot(state);
    if (why !== undefined)
      throw new Failure('InvalidDefinition', `Express state machine does not support ${why} at /States/${name}`);
    if (state.Type === 'Map') requireExpress(state.ItemProcessor);
    if (state.Type === 'Parallel') for (const branch of state.Branches) requireExpress(branch);
  }
}

function whyNot(state: State): string | undefined {
  if (state.Type === 'Map') return isDistributed(state) ? "'DISTRIBUTED' mode" : undefined;
  if (state.Type !== 'Task') return undefined;
  const resource = resourceOf(state.Resource);
  if (resource.kind === 'activity') return 'Activity ARN';
  if (resource.kind !== 'service' || resource.pattern === 'request') return undefined;
  return resource.pattern === 'waitForTaskToken'
    ? "'.waitForTaskToken' service integration"
    : "'.sync' service integration";
}
