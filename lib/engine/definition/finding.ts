/**
 * What is wrong with a definition, as the service says it: a code, a sentence and a location (`/States/X/Field`).
 * Findings are data, collected in the order in which the service reports them; nothing here throws. The list is
 * bounded, because a hostile definition of a megabyte could otherwise yield one finding for every few bytes.
 * This file does not know the rules, only how a finding is put down.
 */
import { MAX_FINDINGS } from './limits.ts';

export type FindingSeverity = 'ERROR' | 'WARNING';

/** The codes of ValidateStateMachineDefinition that a definition can earn. */
export type ServiceCode =
  | 'DUPLICATE_LABEL_NAME'
  | 'DUPLICATE_STATE_NAME'
  | 'DUPLICATE_VARIABLE_NAME'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'INVALID_JSON_DESCRIPTION'
  | 'INVALID_LABEL_NAME'
  | 'INVALID_STATE_NAME'
  | 'INVALID_VARIABLE_NAME'
  | 'MISSING_END_STATE'
  | 'MISSING_TRANSITION_TARGET'
  | 'POSSIBLY_UNDEFINED_VARIABLE'
  | 'RESERVED_VARIABLE_NAME'
  | 'SCHEMA_VALIDATION_FAILED'
  | 'TOO_DEEPLY_NESTED'
  | 'UNSUPPORTED_JSONATA_EXPRESSION';

/** Findings that the service would not give: it runs JSONPath, and refuses an oversized request before it reads it. */
export type OwnCode = 'DEFINITION_TOO_LARGE' | 'INEFFECTIVE_FIELD' | 'NOT_SUPPORTED_YET';

export type FindingCode = ServiceCode | OwnCode;

export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  readonly message: string;
  /** Absent where the service names no place (a machine without an end, a text that is no object). */
  readonly location?: string;
}

const OWN_CODES: ReadonlySet<FindingCode> = new Set<OwnCode>([
  'DEFINITION_TOO_LARGE',
  'INEFFECTIVE_FIELD',
  'NOT_SUPPORTED_YET',
]);

/** Whether the service itself would report this. */
export function isServiceFinding(finding: Finding): boolean {
  return !OWN_CODES.has(finding.code);
}

export function isError(finding: Finding): boolean {
  return finding.severity === 'ERROR';
}

/** Adds a finding unless the list is full. */
export function put(findings: Finding[], finding: Finding): void {
  if (findings.length < MAX_FINDINGS) findings.push(finding);
}
