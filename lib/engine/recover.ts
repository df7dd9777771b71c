/**
 * After a failure: Retry first, then Catch, then the enclosing Parallel or Map fails with the same error, then the
 * execution. A retry is a phase of the frame with a timer; the failure of a Parallel or Map is recorded only when no
 * retry takes it.
 */
import { abort, emitIterationAborted } from './abandon.ts';
import { timerId } from './effect.ts';
import { endExecution } from './ending.ts';
import { fail } from './failing.ts';
import { decideRetry, matches } from './retry.ts';
import type { Failed } from './snapshot.ts';
import { errorOutput, type StateFailure } from './state-failure.ts';
import { innerScopes, stateOf } from './strands.ts';
import { emit, nextWaitId, randomOf, type Strand, type Turn } from './turn.ts';

/** True when the strand is at its end. */
export function recover(turn: Turn, strand: Strand, { failure }: Failed): boolean {
  if (failure.fatal === 'execution') {
    endExecution(turn, strand, { status: 'FAILED', failure });
    return true;
  }
  if (retried(turn, strand, failure)) return false;
  const state = stateOf(strand);
  const { scope } = strand;
  scope.frame.base = scope.last;
  if (state.type === 'Map' || state.type === 'Parallel')
    scope.last = emit(turn, scope.last, `${state.type}StateFailed`);
  const catcher =
    failure.fatal === 'state' ? undefined : state.catchers.find((one) => matches(one.errorEquals, failure));
  if (catcher === undefined) {
    failStrand(turn, strand, failure);
    return true;
  }
  const output = errorOutput(failure);
  scope.frame.phase = { kind: 'done', exit: catcher.exit, errorOutput: output, fallback: output };
  return false;
}

function retried(turn: Turn, strand: Strand, failure: StateFailure): boolean {
  const { frame, last } = strand.scope;
  const decision = decideRetry(stateOf(strand).retriers, failure, frame.retries, () => randomOf(turn, strand));
  if (decision === null) return false;
  const id = nextWaitId(strand);
  const until = turn.event.time + decision.delayMs;
  frame.retries = decision.retries;
  frame.retryCount += 1;
  frame.base = last;
  frame.phase = { kind: 'retrying', id, until };
  turn.effects.push({ kind: 'timer', id: timerId('retry', id), at: until });
  return true;
}

/** A sequence cannot go on: what encloses it fails with the same error. */
function failStrand(turn: Turn, strand: Strand, failure: StateFailure): void {
  const { outer, scope } = strand;
  if (outer === null) return endExecution(turn, strand, { status: 'FAILED', failure });
  const { frame } = outer.scope;
  if (frame.phase.kind === 'map')
    emit(turn, scope.last, 'MapIterationFailed', { name: frame.name, index: strand.index });
  abortInner(turn, outer, strand);
  outer.scope.last = scope.last;
  const { fatal: _own, ...passedOn } = failure;
  fail(outer, passedOn);
  turn.ready.push(outer);
}

/**
 * The siblings are aborted, and in a Parallel the failing branch's own task too (recorded); a failing iteration has
 * its own event instead.
 */
function abortInner(turn: Turn, outer: Strand, failing: Strand): void {
  const { frame } = outer.scope;
  for (const inner of innerScopes(outer)) {
    const own = inner.scope === failing.scope;
    if (own && frame.phase.kind === 'map') {
      turn.variablesSize -= inner.scope.size;
      continue;
    }
    abort(turn, inner);
    if (frame.phase.kind === 'map') emitIterationAborted(turn, frame.name, inner);
  }
}
