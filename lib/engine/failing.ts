/** A strand's state failed: noted in its frame, for Retry and Catch to find. */
import { ErrorName } from '../model/asl.ts';
import type { Problem } from './query/language.ts';
import { type StateFailure, whileExecuting } from './state-failure.ts';
import { emit, type Strand, type Turn } from './turn.ts';

export function fail(strand: Strand, failure: StateFailure): void {
  const { frame } = strand.scope;
  frame.phase = { kind: 'failed', failure, was: frame.phase };
}

/**
 * A query of the state has no value. The event follows not the entering of the state but what came before it (recorded);
 * a Catcher's own queries cannot be caught again.
 */
export function failEvaluation(turn: Turn, strand: Strand, problem: Problem, isCatchers = false): void {
  const { scope } = strand;
  const { frame } = scope;
  const error = ErrorName.QueryEvaluationError;
  const cause = whileExecuting(frame.name, frame.entered, problem.message);
  const location = problem.location === undefined ? {} : { location: problem.location };
  scope.last = emit(turn, frame.base, 'EvaluationFailed', { error, cause, ...location, state: frame.name });
  fail(strand, { error, cause, ...(isCatchers && { fatal: 'state' as const }) });
}
