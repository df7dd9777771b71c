/** What each state does and records, run through the engine in virtual time. */
import { describe, expect, test } from 'vitest';
import type { TaskCall, TaskResult } from '../../../lib/engine/ports.ts';
import { engineHarness, INVOKE, machineOf, outline, START } from '../../support/engine-harness.ts';

const QUERY_ERROR = 'States.QueryEvaluationError';
const seconds = (time: number): number => (time - START) / 1000;

describe('Pass, Succeed and variables', () => {
  test('assignments see the variables as they were, and apply together', async () => {
    const { outcome } = await engineHarness().run(
      machineOf({
        A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'Swap' },
        Swap: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: ['{% $x %}', '{% $y %}'], Next: 'B' },
        B: { Type: 'Succeed', Output: { before: '{% $states.input %}', after: ['{% $x %}', '{% $y %}'] } },
      }),
    );
    expect(outcome.output).toEqual({ before: [1, 2], after: [2, 1] });
  });

  test('an Assign that assigns nothing is not recorded', async () => {
    const { history } = await engineHarness().run(machineOf({ A: { Type: 'Pass', Assign: {}, End: true } }));
    expect(history.map(({ details }) => details)).not.toContainEqual(
      expect.objectContaining({ assignedVariables: {} }),
    );
  });

  test('the context object names execution, machine and state', async () => {
    const { outcome } = await engineHarness({ region: 'eu-west-1', accountId: '123456789012', roleArn: 'role' }).run(
      machineOf({ A: { Type: 'Pass', Output: '{% $states.context %}', End: true } }),
      { order: 7 },
    );
    expect(outcome.output).toEqual({
      Execution: {
        Id: 'arn:aws:states:eu-west-1:123456789012:execution:machine:one',
        Input: { order: 7 },
        Name: 'one',
        RoleArn: 'role',
        StartTime: '2026-01-01T00:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine', Name: 'machine' },
      State: { Name: 'A', EnteredTime: '2026-01-01T00:00:00.000Z' },
    });
  });

  test('fails when a value is larger than the quota, and nobody can catch that', async () => {
    const large = 'x'.repeat(262_143);
    const { outcome, history } = await engineHarness().run(
      machineOf({
        P: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', Output: large, End: true } } }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      }),
    );
    expect(outcome).toEqual({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit.",
      stopTime: START,
    });
    expect(outline(history).slice(-2)).toEqual(['3 -> 4 PassStateEntered A', '4 -> 5 ExecutionFailed']);
  });

  test('fails when all variables together are larger than the quota', async () => {
    const chunk = 'x'.repeat(250_000);
    const { outcome } = await engineHarness().run(
      machineOf({
        Init: { Type: 'Pass', Assign: { n: 0, all: [] }, Next: 'Grow' },
        Grow: { Type: 'Pass', Assign: { n: '{% $n + 1 %}', more: chunk }, Next: 'Fan' },
        Fan: {
          Type: 'Parallel',
          Branches: Array.from({ length: 45 }, (_, index) => ({
            StartAt: `B${index}`,
            States: {
              [`B${index}`]: { Type: 'Pass', Assign: { [`v${index}`]: chunk }, Next: `C${index}` },
              [`C${index}`]: { Type: 'Wait', Seconds: 1, End: true },
            },
          })),
          End: true,
        },
      }),
    );
    expect(outcome.error).toBe('States.DataLimitExceeded');
  });
});

describe('Choice', () => {
  const choice = {
    A: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Assign: { size: 'large' }, Output: 'rule', Next: 'B' },
        { Condition: '{% $states.input.n %}', Next: 'B' },
      ],
      Default: 'B',
      Assign: { size: 'small' },
      Output: 'default',
    },
    B: { Type: 'Succeed', Output: ['{% $states.input %}', '{% $size %}'] },
  };

  test('leaves with the Assign and Output of the rule, or with its own for Default', async () => {
    expect((await engineHarness().run(machineOf(choice), { n: 11 })).outcome.output).toEqual(['rule', 'large']);
    expect((await engineHarness().run(machineOf(choice), { n: false })).outcome.status).toBe('FAILED');
    const without = { ...choice, A: { ...choice.A, Choices: choice.A.Choices.slice(0, 1) } };
    expect((await engineHarness().run(machineOf(without), { n: 1 })).outcome.output).toEqual(['default', 'small']);
  });

  test('a condition must be a boolean', async () => {
    const { outcome } = await engineHarness().run(machineOf(choice), { n: 1 });
    expect(outcome).toMatchObject({
      error: QUERY_ERROR,
      cause:
        "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.input.n' " +
        "specified for the field 'Choices[1]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
    });
  });

  test('no match and no Default ends the execution', async () => {
    const { outcome, history } = await engineHarness().run(
      machineOf({ A: { Type: 'Choice', Choices: [{ Condition: false, Next: 'B' }] }, B: { Type: 'Succeed' } }),
    );
    expect(outcome).toMatchObject({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'A' (entered at the event id #2). " +
        'Failed to transition out of the state. The state does not point to a next state.',
    });
    expect(outline(history).at(-1)).toBe('2 -> 3 ExecutionFailed');
  });
});

describe('Wait', () => {
  test.each([
    [{ Seconds: 90 }, 90],
    [{ Seconds: '{% $states.input.n * 2 %}' }, 10],
    [{ Timestamp: '2026-01-01T01:00:00+00:30' }, 1800],
    [{ Timestamp: '2020-01-01T00:00:00Z' }, 0],
    [{ Seconds: 0 }, 0],
    [{ Seconds: 31_536_000 }, 31_536_000],
  ])('with %j waits %i seconds', async (fields, expected) => {
    const { outcome } = await engineHarness().run(machineOf({ A: { Type: 'Wait', ...fields, End: true } }), { n: 5 });
    expect([outcome.status, seconds(outcome.stopTime)]).toEqual(['SUCCEEDED', expected]);
  });

  test.each([
    ['{% -1 %}', 'The Seconds field references a negative value: -1'],
    ['{% 1.5 %}', 'The Seconds field cannot be parsed as a long value: 1.5'],
    ['{% 100000000 %}', 'Wait state delay is too long.'],
  ])('fails with Seconds %s', async (Seconds, message) => {
    const { outcome } = await engineHarness().run(machineOf({ A: { Type: 'Wait', Seconds, End: true } }));
    expect(outcome.cause).toBe(
      `An error occurred while executing the state 'A' (entered at the event id #2). ${message}`,
    );
  });
});

const failing = (times: number, error = 'Busy'): ((call: TaskCall) => TaskResult) => {
  return ({ attempt, arguments: given }) => (attempt <= times ? { error, cause: `try ${attempt}` } : { output: given });
};

describe('Task', () => {
  test('is asked with its evaluated arguments, once per attempt, and counts them', async () => {
    const { run, calls } = engineHarness({ task: failing(2) });
    const { outcome, history } = await run(
      machineOf({
        A: {
          Type: 'Task',
          Resource: INVOKE,
          Arguments: { FunctionName: 'f', Payload: { try: '{% $states.context.State.RetryCount %}' } },
          Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3 }],
          End: true,
        },
      }),
    );
    expect(calls.map((call) => [call.attempt, call.arguments])).toEqual([
      [1, { FunctionName: 'f', Payload: { try: 0 } }],
      [2, { FunctionName: 'f', Payload: { try: 1 } }],
      [3, { FunctionName: 'f', Payload: { try: 2 } }],
    ]);
    expect(seconds(outcome.stopTime)).toBe(2 + 6);
    expect(outline(history)).toEqual([
      '0 -> 1 ExecutionStarted',
      '0 -> 2 TaskStateEntered A',
      '2 -> 3 TaskScheduled',
      '3 -> 4 TaskStarted',
      '4 -> 5 TaskFailed',
      '5 -> 6 TaskScheduled',
      '6 -> 7 TaskStarted',
      '7 -> 8 TaskFailed',
      '8 -> 9 TaskScheduled',
      '9 -> 10 TaskStarted',
      '10 -> 11 TaskSucceeded',
      '11 -> 12 TaskStateExited A',
      '12 -> 13 ExecutionSucceeded',
    ]);
  });

  test('retries begin anew with the next visit', async () => {
    const { run, calls } = engineHarness({ task: failing(1) });
    const { outcome } = await run(
      machineOf({
        A: {
          Type: 'Task',
          Resource: INVOKE,
          Arguments: {},
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
          Assign: { n: '{% $exists($n) ? $n + 1 : 1 %}' },
          Next: 'Again',
        },
        Again: { Type: 'Choice', Choices: [{ Condition: '{% $n < 3 %}', Next: 'A' }], Default: 'B' },
        B: { Type: 'Succeed' },
      }),
    );
    expect([outcome.status, calls.map(({ attempt }) => attempt)]).toEqual(['SUCCEEDED', [1, 2, 1, 2, 1, 2]]);
  });

  test('a Catcher assigns and puts out in place of the state', async () => {
    const { run } = engineHarness({ task: failing(9, 'Refused') });
    const { outcome } = await run(
      machineOf({
        A: {
          Type: 'Task',
          Resource: INVOKE,
          Assign: { ok: true },
          Output: 'never',
          Catch: [
            { ErrorEquals: ['Other'], Next: 'B' },
            {
              ErrorEquals: ['States.TaskFailed'],
              Assign: { why: '{% $states.errorOutput %}' },
              Output: '{% $states.input.id %}',
              Next: 'B',
            },
          ],
          Next: 'B',
        },
        B: { Type: 'Succeed', Output: ['{% $states.input %}', '{% $why %}', '{% $exists($ok) %}'] },
      }),
      { id: 'i-1' },
    );
    expect(outcome.output).toEqual(['i-1', { Error: 'Refused', Cause: 'try 1' }, false]);
  });

  test("an error in the state's own Output is retried and caught like the task's", async () => {
    const { run, calls } = engineHarness();
    const { outcome, history } = await run(
      machineOf({
        A: {
          Type: 'Task',
          Resource: INVOKE,
          Output: '{% $states.result.absent %}',
          Retry: [{ ErrorEquals: [QUERY_ERROR], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
          End: true,
        },
        B: { Type: 'Succeed', Output: '{% $states.input.Error %}' },
      }),
    );
    expect([outcome.output, calls.length]).toEqual([QUERY_ERROR, 2]);
    expect(outline(history).filter((line) => line.includes('Evaluation') || line.includes('Scheduled'))).toEqual([
      '2 -> 3 TaskScheduled',
      '5 -> 6 EvaluationFailed',
      '6 -> 7 TaskScheduled',
      '9 -> 10 EvaluationFailed',
    ]);
  });

  test("a Catcher's own error is not caught by it again", async () => {
    const { run } = engineHarness({ task: failing(9) });
    const { outcome } = await run(
      machineOf({
        A: {
          Type: 'Task',
          Resource: INVOKE,
          Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $absent %}', Next: 'A' }],
          End: true,
        },
      }),
    );
    expect(outcome).toMatchObject({
      error: QUERY_ERROR,
      cause: expect.stringContaining("'Catch[0]/Output' returned nothing"),
    });
  });

  test('times out per attempt, is cancelled, and the Catcher sees an empty cause', async () => {
    const aborted: number[] = [];
    const { run } = engineHarness({
      task: ({ attempt }, signal) => new Promise(() => signal.addEventListener('abort', () => aborted.push(attempt))),
    });
    const { outcome, history } = await run(
      machineOf({
        A: {
          Type: 'Task',
          Resource: 'arn:aws:lambda:local:0:function:slow',
          TimeoutSeconds: '{% 5 * 2 %}',
          Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'B' }],
          End: true,
        },
        B: { Type: 'Succeed' },
      }),
    );
    expect([outcome.output, seconds(outcome.stopTime), aborted]).toEqual([
      { Error: 'States.Timeout', Cause: '' },
      21,
      [1, 2],
    ]);
    expect(outline(history).slice(2, 6)).toEqual([
      '2 -> 3 LambdaFunctionScheduled',
      '3 -> 4 LambdaFunctionStarted',
      '4 -> 5 LambdaFunctionTimedOut',
      '5 -> 6 LambdaFunctionScheduled',
    ]);
    expect(history[4]?.details).toEqual({ error: 'States.Timeout' });
  });

  test('a result over the quota fails the task and can be caught', async () => {
    const { run } = engineHarness({ task: () => ({ output: 'x'.repeat(262_143) }) });
    const { outcome } = await run(
      machineOf({
        A: {
          Type: 'Task',
          Resource: INVOKE,
          Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'B' }],
          End: true,
        },
        B: { Type: 'Succeed' },
      }),
    );
    expect(outcome.output).toEqual({
      Error: 'States.DataLimitExceeded',
      Cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });

  test('a runner that throws is a task that failed', async () => {
    const { run } = engineHarness({ task: () => Promise.reject(new Error('socket hang up')) });
    const { outcome } = await run(machineOf({ A: { Type: 'Task', Resource: INVOKE, End: true } }));
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed', cause: 'socket hang up' });
  });

  test('credentials are evaluated, recorded and handed on', async () => {
    const { run, calls } = engineHarness();
    const { history } = await run(
      machineOf({
        A: { Type: 'Task', Resource: INVOKE, Credentials: { RoleArn: '{% $states.input.role %}' }, End: true },
      }),
      { role: 'r' },
    );
    expect(calls[0]?.credentials).toEqual({ RoleArn: 'r' });
    expect(history[2]?.details).toMatchObject({ taskCredentials: { roleArn: 'r' } });
  });

  test.each(['TimeoutSeconds', 'HeartbeatSeconds'])('%s must be a positive integer', async (field) => {
    const { outcome } = await engineHarness().run(
      machineOf({ A: { Type: 'Task', Resource: INVOKE, [field]: '{% 0 %}', End: true } }),
    );
    expect(outcome).toMatchObject({
      error: QUERY_ERROR,
      cause: expect.stringContaining(`${field} field must be a positive integer but was: 0`),
    });
  });
});

const wait = (Seconds: number, more: object = {}): object => ({ Type: 'Wait', Seconds, End: true, ...more });

const branch = (name: string, state: object): object => ({ StartAt: name, States: { [name]: state } });

describe('Parallel', () => {
  test('runs its branches at once and gives their outputs in order', async () => {
    const { outcome, history } = await engineHarness().run(
      machineOf({
        P: {
          Type: 'Parallel',
          Arguments: { n: '{% $states.input.n + 1 %}' },
          Branches: [
            branch('A', wait(20, { Output: '{% $states.input.n %}' })),
            branch('B', { Type: 'Pass', Output: 'b', End: true }),
          ],
          Assign: { all: '{% $states.result %}' },
          Output: '{% $count($states.result) %}',
          Next: 'End',
        },
        End: { Type: 'Succeed', Output: ['{% $states.input %}', '{% $all %}'] },
      }),
      { n: 1 },
    );
    expect([outcome.output, seconds(outcome.stopTime)]).toEqual([[2, [2, 'b']], 20]);
    expect(outline(history)).toEqual([
      '0 -> 1 ExecutionStarted',
      '0 -> 2 ParallelStateEntered P',
      '2 -> 3 ParallelStateStarted',
      '3 -> 4 WaitStateEntered A',
      '3 -> 5 PassStateEntered B',
      '5 -> 6 PassStateExited B',
      '4 -> 7 WaitStateExited A',
      '7 -> 8 ParallelStateSucceeded',
      '7 -> 9 ParallelStateExited P',
      '9 -> 10 SucceedStateEntered End',
      '10 -> 11 SucceedStateExited End',
      '11 -> 12 ExecutionSucceeded',
    ]);
  });

  test('the first failure aborts the others, innermost first, and keeps its error', async () => {
    const { outcome, history } = await engineHarness({ task: () => new Promise(() => undefined) }).run(
      machineOf({
        P: {
          Type: 'Parallel',
          Branches: [
            branch('Task', { Type: 'Task', Resource: INVOKE, End: true }),
            branch('Inner', { Type: 'Map', Items: [1, 2], ItemProcessor: branch('Item', wait(60)), End: true }),
            branch('Boom', { Type: 'Fail', Error: 'Boom', Cause: 'why' }),
          ],
          Catch: [{ ErrorEquals: ['Boom'], Next: 'End' }],
          End: true,
        },
        End: { Type: 'Succeed' },
      }),
    );
    expect(outcome.output).toEqual({ Error: 'Boom', Cause: 'why' });
    expect(outline(history).slice(5)).toEqual([
      '5 -> 6 TaskStarted',
      '3 -> 7 MapStateEntered Inner',
      '7 -> 8 MapStateStarted',
      '8 -> 9 MapIterationStarted Inner[0]',
      '8 -> 10 MapIterationStarted Inner[1]',
      '3 -> 11 FailStateEntered Boom',
      '6 -> 12 TaskStateAborted',
      '9 -> 13 MapIterationAborted Inner[0]',
      '10 -> 14 MapIterationAborted Inner[1]',
      '8 -> 15 MapStateAborted',
      '11 -> 16 ParallelStateFailed',
      '16 -> 17 ParallelStateExited P',
      '17 -> 18 SucceedStateEntered End',
      '18 -> 19 SucceedStateExited End',
      '19 -> 20 ExecutionSucceeded',
    ]);
  });

  test('inner variables vanish, outer ones are read', async () => {
    const { outcome } = await engineHarness().run(
      machineOf({
        Init: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
        P: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'A',
              States: {
                A: { Type: 'Pass', Assign: { y: '{% $x + 1 %}' }, Next: 'A2' },
                A2: { Type: 'Pass', Output: ['{% $x %}', '{% $y %}'], End: true },
              },
            },
            branch('B', wait(1, { Output: '{% $exists($y) %}' })),
          ],
          Next: 'End',
        },
        End: { Type: 'Succeed', Output: ['{% $states.input %}', '{% $exists($y) %}'] },
      }),
    );
    expect(outcome.output).toEqual([[[1, 2], false], false]);
  });
});

const body = (state: object): object => ({ StartAt: 'Item', States: { Item: state } });

describe('Map', () => {
  test('keeps the order of the items and the limit of concurrency', async () => {
    let running = 0;
    let most = 0;
    const { run, clock } = engineHarness({
      task: async ({ arguments: given }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => clock.after(((given as number) % 3) * 1000, resolve));
        running -= 1;
        return { output: given };
      },
    });
    const { outcome } = await run(
      machineOf({
        M: {
          Type: 'Map',
          Items: '{% [1..10] %}',
          MaxConcurrency: 3,
          ItemSelector: '{% $states.context.Map.Item.Value * 10 + $states.context.Map.Item.Index %}',
          ItemProcessor: body({ Type: 'Task', Resource: INVOKE, End: true }),
          End: true,
        },
      }),
    );
    expect([outcome.output, most]).toEqual([[10, 21, 32, 43, 54, 65, 76, 87, 98, 109], 3]);
  });

  test('runs forty at once at most', async () => {
    const { run, calls, clock, engine } = engineHarness({ task: () => new Promise(() => undefined) });
    void run(
      machineOf({
        M: {
          Type: 'Map',
          Items: '{% [1..100] %}',
          ItemProcessor: body({ Type: 'Task', Resource: INVOKE, End: true }),
          End: true,
        },
      }),
    ).catch(() => undefined);
    await clock.advance(1);
    expect(calls).toHaveLength(40);
    engine.close();
  });

  test('a failing iteration ends it, aborts the others and starts no more', async () => {
    const { run, calls } = engineHarness({
      task: ({ arguments: given }) => (given === 2 ? { error: 'Two' } : new Promise(() => undefined)),
    });
    const { outcome, history } = await run(
      machineOf({
        M: {
          Type: 'Map',
          Items: [1, 2, 3],
          MaxConcurrency: 2,
          ItemProcessor: body({ Type: 'Task', Resource: INVOKE, End: true }),
          End: true,
        },
      }),
    );
    expect([outcome.error, calls.length]).toEqual(['Two', 2]);
    expect(outline(history).slice(-6)).toEqual([
      '11 -> 12 TaskFailed',
      '12 -> 13 MapIterationFailed M[1]',
      '8 -> 14 TaskStateAborted',
      '8 -> 15 MapIterationAborted M[0]',
      '12 -> 16 MapStateFailed',
      '16 -> 17 ExecutionFailed',
    ]);
  });

  test('is retried from its beginning', async () => {
    const { run, calls } = engineHarness({
      task: ({ arguments: given }) => (calls.length === 2 ? { error: 'Once' } : { output: given }),
    });
    const { outcome, history } = await run(
      machineOf({
        M: {
          Type: 'Map',
          Items: [1, 2],
          MaxConcurrency: 1,
          ItemProcessor: body({ Type: 'Task', Resource: INVOKE, End: true }),
          Retry: [{ ErrorEquals: ['Once'] }],
          End: true,
        },
      }),
    );
    expect([outcome.output, calls.length]).toEqual([[1, 2], 4]);
    expect(outline(history).filter((line) => line.includes('MapState'))).toEqual([
      '0 -> 2 MapStateEntered M',
      '2 -> 3 MapStateStarted',
      '15 -> 17 MapStateStarted',
      '31 -> 32 MapStateSucceeded',
      '31 -> 33 MapStateExited M',
    ]);
  });

  test('takes a thousand items of plain states in one step', async () => {
    const { outcome, history } = await engineHarness().run(
      machineOf({
        M: {
          Type: 'Map',
          Items: '{% [1..1000] %}',
          ItemProcessor: body({ Type: 'Pass', End: true }),
          Output: '{% $sum($states.result) %}',
          End: true,
        },
      }),
    );
    expect([outcome.output, history.length]).toEqual([500_500, 4 * 1000 + 6]);
  });

  test.each([
    ['MaxConcurrency', -1, 'MaxConcurrency cannot be negative.'],
    ['ToleratedFailureCount', -1, 'ToleratedFailureCount cannot be negative.'],
    ['ToleratedFailurePercentage', 101, 'ToleratedFailurePercentage must be between 0 and 100.'],
  ])('%s must not be %i', async (field, value, message) => {
    const { outcome } = await engineHarness().run(
      machineOf({
        M: {
          Type: 'Map',
          Items: [1],
          [field]: `{% ${value} %}`,
          ItemProcessor: body({ Type: 'Pass', End: true }),
          End: true,
        },
      }),
    );
    expect(outcome.cause).toBe(
      `An error occurred while executing the state 'M' (entered at the event id #2). ${message}`,
    );
  });

  test('an error of the ItemSelector fails it and can be caught', async () => {
    const { outcome } = await engineHarness().run(
      machineOf({
        M: {
          Type: 'Map',
          Items: [1],
          ItemSelector: { v: '{% $absent %}' },
          ItemProcessor: body({ Type: 'Pass', End: true }),
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
          End: true,
        },
        B: { Type: 'Succeed', Output: '{% $states.input.Error %}' },
      }),
    );
    expect(outcome.output).toBe(QUERY_ERROR);
  });
});

describe('the whole machine', () => {
  test('times out without error in its outcome, with one in its history', async () => {
    const { outcome, history } = await engineHarness().run(
      machineOf({ A: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 10 }),
    );
    expect(outcome).toEqual({ status: 'TIMED_OUT', stopTime: START + 10_000 });
    expect(history.at(-1)).toEqual({
      id: 3,
      previousEventId: 0,
      timestamp: START + 10_000,
      type: 'ExecutionTimedOut',
      details: { error: 'States.Timeout' },
    });
  });

  test('event number 25,000 is the last, and only a success may be it', async () => {
    const { outcome, history } = await engineHarness().run(
      machineOf({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
    );
    expect(outcome).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect([history.length, outline(history).at(-1)]).toEqual([25_000, '24999 -> 25000 ExecutionFailed']);
  });

  test('refuses a JSONPath machine by the field that makes it one', async () => {
    const { engine } = engineHarness();
    expect(() => engine.register('m', { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } })).toThrow(
      "state 'A' uses JSONPath, which the engine does not run (field /QueryLanguage)",
    );
    const inner = machineOf({
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', QueryLanguage: 'JSONPath', End: true } } }],
        End: true,
      },
    });
    expect(() => engine.register('m', inner)).toThrow('(field /States/P/Branches/0/States/A/QueryLanguage)');
  });
});
