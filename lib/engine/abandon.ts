/**
 * What happens to scopes that nobody needs any more, because a sibling failed or the execution ended: what they wait for
 * is cancelled, and where the service says so their states are recorded as aborted, the innermost first.
 */
import { type Effect, timerId } from './effect.ts';
import type { Phase } from './snapshot.ts';
import { innerScopes, type Visited } from './strands.ts';
import { emit, type Turn } from './turn.ts';

/** Cancels all that a scope and those inside it wait for. */
export function abandon(turn: Turn, visited: Pick<Visited, 'region' | 'scope'>): void {
  for (const inner of innerScopes(visited)) abandon(turn, inner);
  turn.effects.push(...cancellations(visited.scope.frame.phase));
}

/** As abandon, with the events of an abort. */
export function abort(turn: Turn, visited: Visited): void {
  const { region, scope } = visited;
  const { frame } = scope;
  const type = region.states.get(frame.name)?.type;
  turn.variablesSize -= scope.size;
  turn.effects.push(...cancellations(frame.phase));
  for (const inner of innerScopes(visited)) {
    abort(turn, inner);
    if (type === 'Map') emitIterationAborted(turn, frame.name, inner);
  }
  if (frame.entered === 0) return;
  const reported = frame.phase.kind === 'failed' && (type === 'Map' || type === 'Parallel');
  if (type === 'Task' || type === 'Wait') emit(turn, scope.last, `${type}StateAborted`);
  else if ((type === 'Map' || type === 'Parallel') && !reported) emit(turn, scope.last, `${type}StateAborted`);
}

export function emitIterationAborted(turn: Turn, name: string, { scope, index }: Visited): void {
  emit(turn, scope.last, 'MapIterationAborted', { name, index });
}

function cancellations(phase: Phase): readonly Effect[] {
  switch (phase.kind) {
    case 'waiting':
      return [{ kind: 'cancelTimer', id: timerId('wait', phase.id) }];
    case 'retrying':
      return [{ kind: 'cancelTimer', id: timerId('retry', phase.id) }];
    case 'task':
      return [{ kind: 'cancel', id: phase.id }, ...taskTimers(phase)];
    case 'mapRun':
      return [{ kind: 'cancel', id: phase.id }];
    default:
      return [];
  }
}

/** The timers of a task that are no longer needed. */
export function taskTimers(phase: Extract<Phase, { kind: 'task' }>): readonly Effect[] {
  const timers: Effect[] = [];
  if (phase.timeoutAt !== undefined) timers.push({ kind: 'cancelTimer', id: timerId('timeout', phase.id) });
  if (phase.heartbeatAt !== undefined) timers.push({ kind: 'cancelTimer', id: timerId('heartbeat', phase.id) });
  return timers;
}
