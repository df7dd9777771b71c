/** Small machines for the tests, and findings as one line each. */
import { parseDefinition } from '../../../lib/engine/definition/parse-definition.ts';
import type { MachineType } from '../../../lib/engine/definition/validation.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';

/** A JSONata machine whose first state is its start. */
export function machine(states: JsonObject): JsonObject {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0] ?? '', States: states };
}

/** A machine of one state, which ends it unless it says where it goes. */
export function only(state: JsonObject): JsonObject {
  const ends = state['Type'] === 'Succeed' || state['Type'] === 'Fail' || state['Type'] === 'Choice';
  return machine({ S: ends ? state : { ...state, End: true } });
}

/** `CODE at location: message`, warnings marked with a question mark. */
export function findings(definition: string | Json, type: MachineType = 'STANDARD'): readonly string[] {
  return parseDefinition(definition, { type }).findings.map(
    ({ code, severity, location, message }) =>
      `${severity === 'WARNING' ? '? ' : ''}${code} at ${location ?? 'no place'}: ${message}`,
  );
}

/** For faults of the schema: what is wrong, and where. */
export function schemaFaults(definition: string | Json, type: MachineType = 'STANDARD'): readonly string[] {
  return findings(definition, type).map((line) => line.replace(/^SCHEMA_VALIDATION_FAILED at /, ''));
}
