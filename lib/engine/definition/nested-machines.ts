/** The state machines inside a state: the branches of a Parallel, the processor of a Map. */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';

export interface NestedMachine {
  /** Where it stands in its state: `Branches[0]`, `ItemProcessor`. */
  readonly field: string;
  readonly machine: JsonObject;
  /** Its states are executions of their own, which read no variables from outside. */
  readonly distributed: boolean;
  readonly express: boolean;
}

export function nestedMachines(state: JsonObject): readonly NestedMachine[] {
  return [...branches(state), ...processors(state)];
}

function branches(state: JsonObject): readonly NestedMachine[] {
  if (state['Type'] !== 'Parallel' || !Array.isArray(state['Branches'])) return [];
  return state['Branches'].flatMap((machine, index) =>
    isObject(machine) ? [{ field: `Branches[${index}]`, machine, distributed: false, express: false }] : [],
  );
}

function processors(state: JsonObject): readonly NestedMachine[] {
  if (state['Type'] !== 'Map') return [];
  return ['ItemProcessor', 'Iterator'].flatMap((field) => {
    const machine = state[field];
    if (!isObject(machine)) return [];
    return [{ field, machine, distributed: isDistributed(machine), express: isExpressProcessor(machine) }];
  });
}

/** "Mode: INLINE or DISTRIBUTED; absent, it is INLINE." */
export function isDistributed(processor: Json | undefined): boolean {
  const config = isObject(processor) ? processor['ProcessorConfig'] : undefined;
  return isObject(config) && config['Mode'] === 'DISTRIBUTED';
}

function isExpressProcessor(processor: Json): boolean {
  const config = isObject(processor) ? processor['ProcessorConfig'] : undefined;
  return isObject(config) && config['Mode'] === 'DISTRIBUTED' && config['ExecutionType'] === 'EXPRESS';
}
