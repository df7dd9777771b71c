/** The recorded cases' common format, as far as a runner needs it, and which of them we have to answer for. */
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
  const requires = recorded['requires'];
  const asks = (what: string): boolean => Array.isArray(requires) && requires.includes(what);
  return recorded.kind === 'execution' && asks('distributedMap') && asks('s3') ? 'Distributed Map from S3' : null;
}
