/** The recorded cases' common format, as far as a runner needs it, and which of them we have to answer for. */
import { nestedMachines } from '../definition/nested-machines.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';

export interface RecordedCase extends JsonObject {
  readonly name: string;
  readonly kind: string;
}

/** What one runner makes of one case: passed only when every part did. */
export interface CaseVerdict {
  /** null: passed. */
  readonly difference: string | null;
  /** Named parts that are counted on their own, as the outcome and the history of an execution. */
  readonly parts?: { readonly [part: string]: boolean };
}

export type CaseRunner = (recorded: RecordedCase) => Promise<CaseVerdict> | CaseVerdict;

export function isCase(value: Json): value is RecordedCase {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['kind'] === 'string';
}

/** Why a case is none of ours: by kind only, never by name. null: it is ours. */
export function outOfScope(recorded: RecordedCase): string | null {
  if (recorded['queryLanguage'] === 'JSONPath') return 'JSONPath';
  if (recorded.kind === 'execution' && hasJsonPathState(recorded['definition'] ?? null)) return 'JSONPath states';
  const requires = recorded['requires'];
  const asks = (what: string): boolean => Array.isArray(requires) && requires.includes(what);
  return recorded.kind === 'execution' && asks('distributedMap') && asks('s3') ? 'Distributed Map from S3' : null;
}

/**
 * Whether a machine that says JSONata has states that speak JSONPath: then it cannot be run whole, and running half of
 * it shows nothing. Read from the definition, not from the case's label, so that no label takes a case out of the count.
 * (Validation looks at such a machine without running it: those cases stay ours.)
 */
function hasJsonPathState(machine: Json): boolean {
  const language = isObject(machine) ? machine['QueryLanguage'] : undefined;
  return isObject(machine) && statesOf(machine).some((state) => (state['QueryLanguage'] ?? language) !== 'JSONata');
}

/** At every depth: they inherit from the machine, not from the state around them. */
function statesOf(machine: JsonObject): readonly JsonObject[] {
  const states = isObject(machine['States']) ? Object.values(machine['States']).filter(isObject) : [];
  return states.flatMap((state) => [state, ...nestedMachines(state).flatMap((nested) => statesOf(nested.machine))]);
}
