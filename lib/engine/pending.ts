/**
 * The effects outstanding at a snapshot, found from it alone: how a driver takes an execution up again after a crash. A
 * task under way is asked for again, because nothing tells whether its answer was lost.
 */
import { type Effect, MACHINE_TIMER, timerId } from './effect.ts';
import type { Machine } from './machine.ts';
import type { WaitId } from './event.ts';
import type { Phase, Snapshot, TaskRequest } from './snapshot.ts';
import { innerScopes, type Visited } from './strands.ts';

export function pendingEffects(machine: Machine, snapshot: Snapshot): readonly Effect[] {
  if (snapshot.status !== 'RUNNING') return [];
  const inside = pendingIn({ region: machine, scope: snapshot.root });
  return snapshot.deadline === undefined
    ? inside
    : [{ kind: 'timer', id: MACHINE_TIMER, at: snapshot.deadline }, ...inside];
}

function pendingIn(visited: Pick<Visited, 'region' | 'scope'>): readonly Effect[] {
  return [...effectsOf(visited.scope.frame.phase), ...innerScopes(visited).flatMap(pendingIn)];
}

function effectsOf(phase: Phase): readonly Effect[] {
  switch (phase.kind) {
    case 'waiting':
      return [{ kind: 'timer', id: timerId('wait', phase.id), at: phase.until }];
    case 'retrying':
      return [{ kind: 'timer', id: timerId('retry', phase.id), at: phase.until }];
    case 'mapRun':
      return [{ kind: 'mapRun', id: phase.id, request: phase.request }];
    case 'task':
      return taskEffects(phase);
    default:
      return [];
  }
}

/** A task that was submitted already waits for its token: asking again would send its message twice. */
function taskEffects(phase: Extract<Phase, { kind: 'task' }>): readonly Effect[] {
  const { id, request, timeoutAt, heartbeatAt, submitted } = phase;
  const effects: Effect[] = [];
  if (submitted !== true || request.taskToken === undefined) effects.push({ kind: 'task', id, request });
  if (timeoutAt !== undefined) effects.push({ kind: 'timer', id: timerId('timeout', id), at: timeoutAt });
  if (heartbeatAt !== undefined) effects.push({ kind: 'timer', id: timerId('heartbeat', id), at: heartbeatAt });
  return effects;
}

/** What is asked of the task that waits under this id; null when none does. */
export function taskAt(machine: Machine, snapshot: Snapshot, id: WaitId): TaskRequest | null {
  return snapshot.status === 'RUNNING' ? taskIn({ region: machine, scope: snapshot.root }, id) : null;
}

function taskIn(visited: Pick<Visited, 'region' | 'scope'>, id: WaitId): TaskRequest | null {
  const { phase } = visited.scope.frame;
  if (phase.kind === 'task') return phase.id === id ? phase.request : null;
  for (const inner of innerScopes(visited)) {
    const found = taskIn(inner, id);
    if (found !== null) return found;
  }
  return null;
}
