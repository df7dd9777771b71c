/**
 * The machines that run while their engine is killed, and the answers that their tasks get: together they wait on tasks,
 * timers, retries, tokens and children, and put out what tells whether each answer was heard once.
 */
import type { State, StateMachineDefinition } from '../../lib/model/asl.ts';
import type { Json } from '../../lib/model/json.ts';
import type { TaskResult } from '../../lib/engine/ports.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const SEND = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
const CHILD = 'arn:aws:states:::states:startExecution.sync:2';

const QUICKLY = [
  { ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 4, MaxDelaySeconds: 1, JitterStrategy: 'FULL' },
];

function task(what: string, more: object): State {
  const payload = { of: '{% $states.context.Execution.Name %}', what, n: '{% $n %}' };
  return { Type: 'Task', Resource: INVOKE, Arguments: payload, Retry: QUICKLY, ...more } as State;
}

function machine(states: { readonly [name: string]: object }): StateMachineDefinition {
  const Begin = { Type: 'Pass', Assign: { n: '{% $states.input.n %}' }, Next: Object.keys(states)[0] };
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: { Begin, ...states } as { readonly [name: string]: State },
  };
}

function branch(what: string): object {
  return { StartAt: what, States: { [what]: task(what, { Output: '{% $states.result.n %}', End: true }) } };
}

const SUM = '{% $n + $states.result.n %}';

/** Six tasks, a Parallel of three; one of them fails at first. */
const SAGA = machine({
  Reserve: task('Reserve', { Assign: { n: SUM }, Next: 'Together' }),
  Together: {
    Type: 'Parallel',
    Branches: [branch('Charge'), branch('Busy'), branch('Notify')],
    Assign: { n: '{% $n + $sum($states.result) %}' },
    Next: 'Ship',
  },
  Ship: task('Ship', { Assign: { n: SUM }, Next: 'Close' }),
  Close: task('Close', { Output: SUM, End: true }),
});

/** Items, timers, and a token that somebody else answers. */
const PATIENT = machine({
  Each: {
    Type: 'Map',
    Items: [1, 2, 3, 4],
    MaxConcurrency: 2,
    ItemProcessor: {
      StartAt: 'Nap',
      States: {
        Nap: { Type: 'Wait', Seconds: 1, Next: 'Item' },
        Item: task('Item', { Output: '{% $states.result.n %}', End: true }),
      },
    },
    Assign: { n: '{% $n + $sum($states.result) %}' },
    Next: 'Ask',
  },
  Ask: {
    Type: 'Task',
    Resource: SEND,
    Arguments: { QueueUrl: 'questions', MessageBody: { n: '{% $n %}', token: '{% $states.context.Task.Token %}' } },
    Assign: { n: SUM },
    Next: 'After',
  },
  After: task('After', { Output: SUM, End: true }),
});

const PARENT = machine({
  Child: {
    Type: 'Task',
    Resource: CHILD,
    Arguments: {
      StateMachineArn: 'saga',
      Name: '{% $states.context.Execution.Name & "-child" %}',
      Input: { n: '{% $n %}' },
    },
    Assign: { n: '{% $n + $states.result.Output %}' },
    Next: 'Last',
  },
  Last: task('Last', { Output: SUM, End: true }),
});

export const MACHINES: { readonly [name: string]: StateMachineDefinition } = {
  saga: SAGA,
  patient: PATIENT,
  parent: PARENT,
};

export interface Asked {
  readonly resource: string;
  readonly arguments: Json;
  readonly attempt: number;
}

/** Decided by what is asked alone, so that it is the same whoever asks, and whenever. */
export function answerTo({ resource, arguments: given, attempt }: Asked): TaskResult {
  if (resource === SEND) return { output: { MessageId: 'm' } };
  const { what = '', n = 0 } = given as { readonly what?: string; readonly n?: number };
  if (what === 'Busy' && attempt < 3) return { error: 'Busy', cause: `attempt ${attempt}` };
  return { output: { n: valueOf(what) + (n % 7) } };
}

/** What the one behind a token is told. */
export function answerToToken(given: Json): Json {
  const { MessageBody: body } = given as { readonly MessageBody: { readonly n: number } };
  return { n: 3 + (body.n % 5) };
}

function valueOf(what: string): number {
  let value = 0;
  for (const letter of what) value = (value * 31 + letter.charCodeAt(0)) % 1009;
  return value;
}
