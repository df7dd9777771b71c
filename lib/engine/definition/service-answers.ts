/**
 * Findings in the two shapes in which the service gives them: the response of ValidateStateMachineDefinition, and the
 * InvalidDefinition exception of CreateStateMachine, UpdateStateMachine and TestState. Our own findings are left out:
 * the service does not have them.
 */
import { type Finding, type FindingSeverity, isError, isServiceFinding } from './finding.ts';
import { MAX_DIAGNOSTICS } from './limits.ts';

export interface Diagnostic {
  readonly severity: FindingSeverity;
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

export interface ValidationResponse {
  readonly result: 'OK' | 'FAIL';
  readonly diagnostics: readonly Diagnostic[];
  readonly truncated: boolean;
}

export interface ValidationOptions {
  /** The least severity reported; ERROR unless said. */
  readonly severity?: FindingSeverity;
  /** At most 100; 0 or absent is 100. */
  readonly maxResults?: number;
}

export interface ServiceError {
  readonly code: string;
  readonly message: string;
}

export function validationResponse(findings: readonly Finding[], options: ValidationOptions = {}): ValidationResponse {
  const relevant = findings.filter(
    (finding) => isServiceFinding(finding) && (options.severity === 'WARNING' || isError(finding)),
  );
  const limit = Math.min(options.maxResults || MAX_DIAGNOSTICS, MAX_DIAGNOSTICS);
  return {
    result: relevant.some(isError) ? 'FAIL' : 'OK',
    diagnostics: relevant.slice(0, limit),
    truncated: relevant.length > limit,
  };
}

/** What CreateStateMachine throws for these findings, or undefined if it would accept the definition. */
export function creationError(findings: readonly Finding[]): ServiceError | undefined {
  const oversized = findings.find((finding) => finding.code === 'DEFINITION_TOO_LARGE');
  if (oversized !== undefined) return { code: 'ValidationException', message: oversized.message };
  const errors = findings.filter((finding) => isError(finding) && isServiceFinding(finding));
  return errors.length === 0 ? undefined : invalidDefinition(errors);
}

/** "CODE: message at location", joined by commas; a finding without a location is said to be "at null". */
export function invalidDefinition(errors: readonly Finding[]): ServiceError {
  const sentences = errors.map((error) => `${error.code}: ${error.message} at ${error.location ?? 'null'}`);
  return { code: 'InvalidDefinition', message: `Invalid State Machine Definition: '${sentences.join(', ')}'` };
}
