/** Every state of a machine, those of branches and iterations too. State names are unique within a machine (ASL). */
import type { State, StateMachineDefinition } from './asl.ts';

/** By name, outer ones before those inside of them. */
export function statesOf(machine: Pick<StateMachineDefinition, 'States'>): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  const walk = (within: { readonly [name: string]: State }): void => {
    for (const [name, state] of Object.entries(within)) {
      states.set(name, state);
      if (state.Type === 'Parallel') for (const branch of state.Branches) walk(branch.States);
      if (state.Type === 'Map') walk(state.ItemProcessor.States);
    }
  };
  walk(machine.States);
  return states;
}
