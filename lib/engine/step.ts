/**
 * The pure core: a machine, a snapshot and an event give the next snapshot, the effects to perform and the history that
 * came of it. Async only because JSONata is: it settles in microtasks, performs nothing, reads no clock and draws no
 * randomness but the event's. The snapshot given is not changed.
 */
import { assert, unreachable } from '../model/assert.ts';
import { type Effect, MACHINE_TIMER, timerId } from './effect.ts';
import { endExecution, endForHistory } from './ending.ts';
import type { InboundEvent, StartEvent, TimerFiredEvent } from './event.ts';
import type { HistoryEvent } from './history.ts';
import { leave } from './leave.ts';
import type { CompiledState, CompiledTask, CompiledWait, Machine } from './machine.ts';
import { recover } from './recover.ts';
import { redriven } from './redrive.ts';
import type { Snapshot } from './snapshot.ts';
import { heartbeatMissed, timedOut } from './state-failure.ts';
import { attemptChoice } from './states/choice.ts';
import { attemptMap } from './states/map.ts';
import { mapRunFailed, mapRunSucceeded } from './states/map-run.ts';
import { attemptParallel } from './states/parallel.ts';
import { attemptFail, attemptPass } from './states/pass.ts';
import { attemptTask, taskFailed, taskHeartbeat, taskSubmitted, taskSucceeded, taskTimedOut } from './states/task.ts';
import { attemptWait, waited } from './states/wait.ts';
import type { Soon } from './query/soon.ts';
import { isAlive, newScope, rootStrand, stateOf, strandWaiting } from './strands.ts';
import { emit, type Strand, type Turn } from './turn.ts';

export interface Step {
  readonly snapshot: Snapshot;
  readonly effects: readonly Effect[];
  readonly history: readonly HistoryEvent[];
}

/** `snapshot` is null before the start event, and only then. */
export async function step(machine: Machine, snapshot: Snapshot | null, event: InboundEvent): Promise<Step> {
  // What comes after the end changes nothing.
  const isOver = snapshot !== null && snapshot.status !== 'RUNNING' && event.type !== 'redrive';
  if (isOver) return { snapshot, effects: [], history: [] };
  const turn = event.type === 'start' ? firstTurn(machine, event) : turnFrom(machine, snapshot, event);
  receive(turn, event);
  await drain(turn);
  return { snapshot: snapshotOf(turn), effects: turn.effects, history: turn.history };
}

function firstTurn(machine: Machine, event: StartEvent): Turn {
  const { name, machine: machineName, machineArn, input, roleArn, time, seed } = event;
  const Id = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    machine,
    event,
    context: {
      Execution: {
        Id,
        Input: input,
        StartTime: new Date(time).toISOString(),
        Name: name,
        RoleArn: roleArn,
        RedriveCount: 0,
      },
      StateMachine: { Id: machineArn, Name: machineName },
    },
    status: 'RUNNING',
    lastEventId: 0,
    variablesSize: 0,
    deadline: undefined,
    root: newScope(machine, input, 0),
    seed,
    ...EMPTY(),
  };
}

function turnFrom(machine: Machine, snapshot: Snapshot | null, event: InboundEvent): Turn {
  assert(snapshot !== null, 'an execution begins with its start event');
  const { context, status, lastEventId, variablesSize, deadline, root, seed } = snapshot;
  const end = status === 'RUNNING' ? null : snapshot;
  return { machine, event, context, status, lastEventId, variablesSize, deadline, root, seed, ...EMPTY(), end };
}

function EMPTY(): Pick<Turn, 'history' | 'effects' | 'ready' | 'end' | 'full'> {
  return { history: [], effects: [], ready: [], end: null, full: false };
}

function snapshotOf(turn: Turn): Snapshot {
  const { context, status, lastEventId, variablesSize, deadline, root, end, seed } = turn;
  return {
    status,
    context,
    definitionHash: turn.machine.hash,
    seed,
    lastEventId,
    variablesSize,
    ...(deadline !== undefined && { deadline }),
    root,
    ...(end !== null && endOf(end)),
    ...(status !== 'RUNNING' && { stopTime: turn.event.time }),
  };
}

function endOf({ output, error, cause }: NonNullable<Turn['end']>): Pick<Snapshot, 'output' | 'error' | 'cause'> {
  return {
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}

/** What the event itself changes; afterwards some strand may be able to go on. */
function receive(turn: Turn, event: InboundEvent): void {
  if (event.type === 'start') return begin(turn, event);
  if (event.type === 'redrive') return redriven(turn, event);
  switch (event.type) {
    case 'stop':
      return endExecution(turn, rootStrand(turn), { status: 'ABORTED', failure: event });
    case 'timerFired':
      return timerFired(turn, event);
    case 'taskSucceeded':
    case 'taskFailed':
    case 'taskSubmitted':
    case 'heartbeat':
      return answered(turn, event);
    default:
      return unreachable(event, 'event type');
  }
}

function begin(turn: Turn, { time, input, roleArn }: StartEvent): void {
  const { timeoutSeconds } = turn.machine;
  emit(turn, 0, 'ExecutionStarted', { input, roleArn });
  if (timeoutSeconds !== null) {
    turn.deadline = time + timeoutSeconds * 1000;
    turn.effects.push({ kind: 'timer', id: MACHINE_TIMER, at: turn.deadline });
  }
  turn.ready.push(rootStrand(turn));
}

type Answer = Extract<InboundEvent, { readonly task: string }>;

/** An answer to an attempt that nobody waits for any more changes nothing. */
function answered(turn: Turn, event: Answer): void {
  const strand = strandWaiting(turn, event.task);
  if (strand === null) return;
  const { kind } = strand.scope.frame.phase;
  if (kind === 'mapRun') mapRunAnswered(turn, strand, event);
  else if (kind === 'task') taskAnswered(turn, strand, stateOf(strand) as CompiledTask, event);
  turn.ready.push(strand);
}

function mapRunAnswered(turn: Turn, strand: Strand, event: Answer): void {
  if (event.type === 'taskSucceeded') mapRunSucceeded(turn, strand, event);
  else if (event.type === 'taskFailed') mapRunFailed(turn, strand, event);
}

function taskAnswered(turn: Turn, strand: Strand, state: CompiledTask, event: Answer): void {
  switch (event.type) {
    case 'taskSucceeded':
      return taskSucceeded(turn, strand, state, event);
    case 'taskFailed':
      return taskFailed(turn, strand, state, event);
    case 'taskSubmitted':
      return taskSubmitted(turn, strand, state, event);
    case 'heartbeat':
      return taskHeartbeat(turn, strand);
    default:
      return unreachable(event, 'answer');
  }
}

function timerFired(turn: Turn, { timer, time }: TimerFiredEvent): void {
  if (timer === MACHINE_TIMER) {
    if (turn.deadline !== undefined && turn.deadline <= time) {
      endExecution(turn, rootStrand(turn), { status: 'TIMED_OUT' });
    }
    return;
  }
  const strand = strandWaiting(turn, timer.slice(timer.indexOf(':') + 1));
  if (strand === null || !passTime(turn, strand, timer)) return;
  turn.ready.push(strand);
}

/** False where the timer is a stale one: another kind of wait, or a deadline that was moved. */
function passTime(turn: Turn, strand: Strand, timer: string): boolean {
  const { frame } = strand.scope;
  const { phase } = frame;
  const { time } = turn.event;
  switch (phase.kind) {
    case 'waiting':
      if (timer !== timerId('wait', phase.id) || phase.until > time) return false;
      waited(strand, stateOf(strand) as CompiledWait);
      return true;
    case 'retrying':
      if (timer !== timerId('retry', phase.id) || phase.until > time) return false;
      frame.phase = { kind: 'ready' };
      return true;
    case 'task': {
      const missed = timer === timerId('heartbeat', phase.id);
      const due = missed ? phase.heartbeatAt : phase.timeoutAt;
      if (due === undefined || due > time) return false;
      taskTimedOut(turn, strand, stateOf(strand) as CompiledTask, missed ? heartbeatMissed : timedOut);
      return true;
    }
    default:
      return false;
  }
}

/** Until every strand waits or has ended. */
async function drain(turn: Turn): Promise<void> {
  for (let index = 0; index < turn.ready.length; index += 1) {
    const strand = turn.ready[index] as Strand;
    if (turn.status === 'RUNNING' && isAlive(turn, strand)) await run(turn, strand);
    if (turn.full && turn.status === 'RUNNING') endForHistory(turn);
  }
}

/** One strand, state by state, until it waits or has ended. */
async function run(turn: Turn, strand: Strand): Promise<void> {
  while (turn.status === 'RUNNING' && !turn.full) {
    const { phase } = strand.scope.frame;
    if (phase.kind === 'ready') {
      const pending = attempt(turn, strand);
      if (pending instanceof Promise) await pending;
    } else if (phase.kind === 'done') {
      const ended = leave(turn, strand, phase);
      if (ended instanceof Promise ? await ended : ended) return;
    } else if (phase.kind !== 'failed' || recover(turn, strand, phase)) return;
  }
}

function attempt(turn: Turn, strand: Strand): Soon<void> {
  const state = stateOf(strand);
  if (strand.scope.frame.entered === 0) enter(turn, strand, state);
  switch (state.type) {
    case 'Task':
      return attemptTask(turn, strand, state);
    case 'Pass':
    case 'Succeed':
      return attemptPass(turn, strand, state);
    case 'Choice':
      return attemptChoice(turn, strand, state);
    case 'Wait':
      return attemptWait(turn, strand, state);
    case 'Fail':
      return attemptFail(turn, strand, state);
    case 'Parallel':
      return attemptParallel(turn, strand, state);
    case 'Map':
      return attemptMap(turn, strand, state);
    default:
      return unreachable(state, 'state');
  }
}

function enter(turn: Turn, { scope }: Strand, { type }: CompiledState): void {
  const { frame } = scope;
  frame.entered = emit(turn, scope.last, `${type}StateEntered`, { name: frame.name, input: frame.input });
  frame.enteredTime = turn.event.time;
  scope.last = frame.entered;
}
