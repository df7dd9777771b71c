/**
 * Redrive: an execution that ended without success goes on from the states that had not succeeded. What had succeeded
 * (states before, branches and iterations beside) keeps its results; retry counts begin anew.
 */
import { assert } from '../model/assert.ts';
import { MACHINE_TIMER } from './effect.ts';
import type { RedriveEvent } from './event.ts';
import type { Iterating, Phase, Scope } from './snapshot.ts';
import { childStrand, placeInner, rootStrand } from './strands.ts';
import { emit, type Strand, type Turn } from './turn.ts';

export function redriven(turn: Turn, { time }: RedriveEvent): void {
  assert(turn.status !== 'RUNNING' && turn.status !== 'SUCCEEDED', 'only an unsuccessful execution is redriven');
  const { Execution, StateMachine } = turn.context;
  const RedriveCount = Execution.RedriveCount + 1;
  turn.context = { Execution: { ...Execution, RedriveCount, RedriveTime: new Date(time).toISOString() }, StateMachine };
  turn.status = 'RUNNING';
  turn.end = null;
  emit(turn, turn.lastEventId, 'ExecutionRedriven', { redriveCount: RedriveCount });
  if (turn.machine.timeoutSeconds !== null) {
    turn.deadline = time + turn.machine.timeoutSeconds * 1000;
    turn.effects.push({ kind: 'timer', id: MACHINE_TIMER, at: turn.deadline });
  }
  resume(turn, rootStrand(turn));
}

/** Down to the innermost scopes that had not succeeded. */
function resume(turn: Turn, strand: Strand): void {
  const { frame } = strand.scope;
  frame.phase = standing(frame.phase);
  frame.retryCount = 0;
  delete frame.retries;
  if (frame.phase.kind === 'parallel') return resumeBranches(turn, strand);
  if (frame.phase.kind === 'map') return resumeIterations(turn, strand, frame.phase);
  frame.phase = { kind: 'ready' };
  turn.ready.push(strand);
}

/** What the state was doing when it failed. */
function standing(phase: Phase): Phase {
  return phase.kind === 'failed' ? standing(phase.was) : { ...phase };
}

function resumeBranches(turn: Turn, strand: Strand): void {
  const { phase } = strand.scope.frame;
  if (phase.kind !== 'parallel') return;
  for (const [index, branch] of phase.branches.entries()) {
    if (branch.scope !== undefined) resume(turn, copied(strand, index, branch.scope));
  }
}

function resumeIterations(turn: Turn, strand: Strand, phase: Iterating): void {
  for (const [index, scope] of Object.entries(phase.active)) resume(turn, copied(strand, Number(index), scope));
}

function copied(outer: Strand, index: number, scope: Scope): Strand {
  const copy: Scope = { ...scope, frame: { ...scope.frame } };
  placeInner(outer, index, copy);
  return childStrand(outer, index, copy);
}
