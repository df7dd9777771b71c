/** The checked-in form of a machine: JSON, two spaces, keys in the emitter's order, one line feed at the end. */
import type { StateMachineDefinition } from '../model/asl.ts';

export function renderMachine(machine: StateMachineDefinition): string {
  return `${JSON.stringify(machine, null, 2)}\n`;
}
