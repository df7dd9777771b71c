/**
 * Runs a recorded execution against the core alone: tasks are answered from the recording, in its order, and time jumps
 * from timer to timer. No driver, no clock, no log: what passes here is the semantics.
 */
import type { Json } from '../../model/json.ts';
import type { StateMachineDefinition } from '../../model/asl.ts';
import type { Effect } from '../effect.ts';
import type { InboundEvent, WaitId } from '../event.ts';
import type { Message } from '../execution.ts';
import type { HistoryEvent } from '../history.ts';
import { compileMachine, type Machine } from '../machine.ts';
import type { Snapshot, TaskRequest } from '../snapshot.ts';
import { step } from '../step.ts';
import type { RecordedCase } from './recorded-case.ts';

export interface ReplayedExecution {
  readonly snapshot: Snapshot;
  readonly history: readonly HistoryEvent[];
}

/** One recorded answer of a service. */
interface TaskMock {
  readonly state: string;
  readonly event: string;
  readonly submitted?: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: Json;
}

const START = Date.UTC(2024, 0, 1, 10);

export async function replayExecution(recorded: RecordedCase): Promise<ReplayedExecution> {
  const machine = compileMachine(recorded['definition'] as unknown as StateMachineDefinition, 'recorded');
  const session = new Session(machine, [...((recorded['taskMocks'] ?? []) as unknown as readonly TaskMock[])]);
  await session.send({
    type: 'start',
    time: START,
    seed: 1,
    machine: 'recorded',
    machineArn: 'arn:aws:states:us-east-1:111111111111:stateMachine:recorded',
    definitionHash: 'recorded',
    name: 'recorded',
    roleArn: 'snf_role_arn',
    input: recorded['input'] ?? {},
  });
  return session.finish();
}

class Session {
  readonly #machine: Machine;
  readonly #mocks: TaskMock[];
  readonly #history: HistoryEvent[] = [];
  readonly #tasks = new Map<WaitId, TaskRequest>();
  readonly #timers = new Map<string, number>();
  #snapshot: Snapshot | null = null;
  #now = START;

  constructor(machine: Machine, mocks: TaskMock[]) {
    this.#machine = machine;
    this.#mocks = mocks;
  }

  /** Answers what can be answered, then lets the next timer fire, until nothing is outstanding. */
  async finish(): Promise<ReplayedExecution> {
    while (this.#snapshot?.status === 'RUNNING') {
      const message = this.#nextAnswer() ?? this.#nextTimer();
      if (message === null) break;
      await this.send({ ...message, time: this.#now });
    }
    return { snapshot: this.#snapshot as Snapshot, history: this.#history };
  }

  async send(event: InboundEvent): Promise<void> {
    const { snapshot, effects, history } = await step(this.#machine, this.#snapshot, event);
    this.#snapshot = snapshot;
    this.#history.push(...history);
    for (const effect of effects) this.#note(effect);
  }

  #note(effect: Effect): void {
    if (effect.kind === 'task') this.#tasks.set(effect.id, effect.request);
    else if (effect.kind === 'timer') this.#timers.set(effect.id, effect.at);
    else if (effect.kind === 'cancelTimer') this.#timers.delete(effect.id);
    else if (effect.kind === 'cancel') this.#tasks.delete(effect.id);
  }

  #nextAnswer(): Message | null {
    for (const [task, { stateName }] of this.#tasks) {
      const index = this.#mocks.findIndex(({ state, event }) => state === stateName && !event.endsWith('TimedOut'));
      const mock = this.#mocks[index];
      if (mock === undefined) continue;
      if (mock.submitted !== undefined) return this.#submission(task, index, mock);
      this.#mocks.splice(index, 1);
      this.#tasks.delete(task);
      return answerOf(task, mock);
    }
    return null;
  }

  /** The same recording answers twice: when the request was taken, and when it was done. */
  #submission(task: WaitId, index: number, { submitted, ...rest }: TaskMock): Message {
    this.#mocks[index] = rest;
    return { type: 'taskSubmitted', task, output: submitted as Json };
  }

  #nextTimer(): Message | null {
    const [first] = [...this.#timers].toSorted(([, left], [, right]) => left - right);
    if (first === undefined) return null;
    this.#timers.delete(first[0]);
    this.#now = Math.max(this.#now, first[1]);
    return { type: 'timerFired', timer: first[0] };
  }
}

function answerOf(task: WaitId, { output, error, cause }: TaskMock): Message {
  if (output !== undefined) return { type: 'taskSucceeded', task, output };
  const text = typeof cause === 'string' || cause === undefined ? cause : JSON.stringify(cause);
  return {
    type: 'taskFailed',
    task,
    ...(error !== undefined && { error }),
    ...(text !== undefined && { cause: text }),
  };
}
