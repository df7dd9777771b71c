/**
 * Redrive: an execution that ended without success goes on from the states that had not succeeded. What had succeeded
 * (states before, branches and iterations beside, children of a Map run) keeps its results; retry counts begin anew.
 */
import { assert } from '../model/assert.ts';
import { MACHINE_TIMER } from './effect.ts';
import type { RedriveEvent } from './event.ts';
import type { Iterating, MapRunning, Phase, Scope } from './snapshot.ts';
import { childStrand, placeInner, rootStrand } from './strands.ts';
import { emit, nextWaitId, type Strand, type Turn } from './turn.ts';

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
  if (frame.phase.kind === 'mapRun') return resumeMapRun(turn, strand, frame.phase);
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

/** The same Map run goes on: the driver redrives those of its children that ended without success. */
function resumeMapRun(turn: Turn, strand: Strand, phase: MapRunning): void {
  const { scope } = strand;
  const { mapRunArn } = phase.request;
  const count = turn.context.Execution.RedriveCount;
  const request = { ...phase.request, redriven: { count, time: turn.event.time } };
  const id = nextWaitId(strand);
  scope.last = emit(turn, scope.last, 'MapRunRedriven', { mapRunArn, redriveCount: count });
  scope.frame.base = scope.last;
  scope.frame.phase = { kind: 'mapRun', id, request };
  turn.effects.push({ kind: 'mapRun', id, request });
}

function copied(outer: Strand, index: number, scope: Scope): Strand {
  const copy: Scope = { ...scope, frame: { ...scope.frame } };
  placeInner(outer, index, copy);
  return childStrand(outer, index, copy);
}
