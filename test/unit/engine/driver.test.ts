/** The engine as its host sees it: starting, asking, stopping, tokens, children, redrives. */
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../../lib/engine/history.ts';
import { serviceEvent } from '../../../lib/engine/history.ts';
import { MemoryLog } from '../../../lib/engine/memory-log.ts';
import type { TaskResult } from '../../../lib/engine/ports.ts';
import { Engine } from '../../../lib/engine/driver.ts';
import { RandomSource } from '../../../lib/engine/random-source.ts';
import type { Clock } from '../../../lib/model/time.ts';
import { engineHarness, INVOKE, machineOf, newClock, outline, START } from '../../support/engine-harness.ts';

const PASS = machineOf({ A: { Type: 'Pass', End: true } });
const WAIT = machineOf({ A: { Type: 'Wait', Seconds: 60, End: true } });

describe('starting', () => {
  test('the same name and input again is the same execution, another input a conflict', async () => {
    const { engine } = engineHarness();
    engine.register('m', WAIT);
    const first = await engine.start({ machine: 'm', name: 'n', input: { a: 1 } });
    expect(await engine.start({ machine: 'm', name: 'n', input: { a: 1 } })).toEqual(first);
    await expect(engine.start({ machine: 'm', name: 'n', input: { a: 2 } })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
    expect(await engine.list()).toHaveLength(1);
  });

  test('two starts at once of one name are one execution', async () => {
    const log = new MemoryLog();
    const { engine, calls } = engineHarness({ log });
    engine.register('m', machineOf({ A: { Type: 'Task', Resource: INVOKE, End: true } }));
    const start = (input: number): Promise<unknown> => engine.start({ machine: 'm', name: 'n', input });
    const [first, second, other] = await Promise.allSettled([start(1), start(1), start(2)]);
    expect(second).toEqual(first);
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'ExecutionAlreadyExists' } });
    const { events = [] } = (await log.read('arn:aws:states:local:000000000000:execution:m:n')) ?? {};
    expect([events.filter(({ event }) => event.type === 'start').length, calls.length]).toEqual([1, 1]);
  });

  test('goes by name or ARN, names what is missing or wrong', async () => {
    const { engine } = engineHarness();
    const { machineArn } = engine.register('m', PASS);
    expect((await engine.start({ machine: machineArn, name: 'n' })).executionId).toBe(
      'arn:aws:states:local:000000000000:execution:m:n',
    );
    await expect(engine.start({ machine: 'other' })).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
    await expect(engine.start({ machine: 'm', name: 'a b' })).rejects.toMatchObject({ code: 'InvalidName' });
    await expect(engine.start({ machine: 'm', input: 'x'.repeat(262_143) })).rejects.toMatchObject({
      code: 'InvalidExecutionInput',
    });
    await expect(engine.describe('nobody')).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
    expect(() => engine.register('a b', PASS)).toThrow('Invalid Name');
  });

  test('a new definition is for new executions only', async () => {
    const { engine, clock } = engineHarness();
    engine.register('m', WAIT);
    const { executionId } = await engine.start({ machine: 'm' });
    engine.register('m', machineOf({ B: { Type: 'Fail', Error: 'New' } }));
    expect((await clock.runUntil(engine.result(executionId))).status).toBe('SUCCEEDED');
    const next = await engine.start({ machine: 'm' });
    expect((await engine.result(next.executionId)).error).toBe('New');
  });
});

describe('asking', () => {
  test('describes a running and an ended execution', async () => {
    const { engine, clock } = engineHarness();
    engine.register('m', WAIT);
    const { executionId } = await engine.start({ machine: 'm', name: 'n', input: 1 });
    const facts = { executionId, machine: 'm', name: 'n', startTime: START, input: 1, redriveCount: 0 };
    expect(await engine.describe(executionId)).toEqual({ ...facts, status: 'RUNNING' });
    await clock.runUntil(engine.result(executionId));
    expect(await engine.describe(executionId)).toEqual({
      ...facts,
      status: 'SUCCEEDED',
      output: 1,
      stopTime: START + 60_000,
    });
  });

  test('lists the newest first, by machine and status, without children', async () => {
    for (const log of [undefined, new MemoryLog()]) {
      const { engine, clock } = engineHarness({ ...(log && { log }) });
      engine.register('m', PASS);
      engine.register('w', WAIT);
      for (const name of ['a', 'b', 'c']) {
        await engine.start({ machine: name === 'b' ? 'w' : 'm', name });
        await clock.advance(10);
      }
      const names = async (query?: Parameters<typeof engine.list>[0]): Promise<readonly string[]> =>
        (await engine.list(query)).map(({ name }) => name);
      expect(await names()).toEqual(['c', 'b', 'a']);
      expect(await names({ machine: 'm', limit: 1 })).toEqual(['c']);
      expect(await names({ status: 'RUNNING' })).toEqual(['b']);
    }
  });

  test('tells of each step as it happens, in order', async () => {
    const seen: HistoryEvent[] = [];
    const { run } = engineHarness({ onEvent: (_id, events) => seen.push(...events) });
    const { history } = await run(machineOf({ A: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: { Type: 'Succeed' } }));
    expect(seen).toEqual(history);
  });

  test('writes history events as the service does', async () => {
    const { history } = await engineHarness().run(
      machineOf({ A: { Type: 'Pass', Assign: { x: { y: 1 } }, End: true } }),
      { in: 1 },
    );
    expect(history.map(serviceEvent)).toEqual([
      {
        id: 1,
        previousEventId: 0,
        timestamp: '2026-01-01T00:00:00.000Z',
        type: 'ExecutionStarted',
        executionStartedEventDetails: {
          input: '{"in":1}',
          inputDetails: { truncated: false },
          roleArn: 'arn:aws:iam::000000000000:role/local',
        },
      },
      {
        id: 2,
        previousEventId: 0,
        timestamp: '2026-01-01T00:00:00.000Z',
        type: 'PassStateEntered',
        stateEnteredEventDetails: { name: 'A', input: '{"in":1}', inputDetails: { truncated: false } },
      },
      {
        id: 3,
        previousEventId: 2,
        timestamp: '2026-01-01T00:00:00.000Z',
        type: 'PassStateExited',
        stateExitedEventDetails: {
          name: 'A',
          output: '{"in":1}',
          outputDetails: { truncated: false },
          assignedVariables: { x: '{"y":1}' },
        },
      },
      {
        id: 4,
        previousEventId: 3,
        timestamp: '2026-01-01T00:00:00.000Z',
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output: '{"in":1}', outputDetails: { truncated: false } },
      },
    ]);
  });

  test('keeps as many ended executions as it is told', async () => {
    const { engine } = engineHarness({ keepEnded: 2 });
    engine.register('m', PASS);
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await engine.start({ machine: 'm', name })).executionId);
    await expect(engine.describe(ids[0] ?? '')).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
    expect((await engine.describe(ids[2] ?? '')).status).toBe('SUCCEEDED');
  });
});

describe('stopping', () => {
  test('aborts, cancels what is under way, and changes nothing afterwards', async () => {
    const aborted: string[] = [];
    const { engine } = engineHarness({
      task: ({ stateName }, signal) =>
        new Promise(() => signal.addEventListener('abort', () => aborted.push(stateName))),
    });
    engine.register('m', machineOf({ A: { Type: 'Task', Resource: INVOKE, TimeoutSeconds: 9, End: true } }));
    const { executionId } = await engine.start({ machine: 'm' });
    await engine.stop(executionId, { error: 'Manual', cause: 'probe' });
    await engine.stop(executionId, { error: 'Later' });
    expect(await engine.result(executionId)).toEqual({
      status: 'ABORTED',
      error: 'Manual',
      cause: 'probe',
      stopTime: START,
    });
    expect([aborted, outline(await engine.history(executionId)).at(-1)]).toEqual([['A'], '0 -> 5 ExecutionAborted']);
  });
});

describe('timers', () => {
  test('that ring before their time are set again, and the wait ends when it should', async () => {
    const inner = newClock();
    let rings = 0;
    const hasty: Clock = {
      now: () => inner.now(),
      after: (delayMs, callback) =>
        inner.after(delayMs > 1 ? delayMs - 1 : delayMs, () => {
          rings += 1;
          callback();
        }),
    };
    const engine = new Engine({
      clock: hasty,
      random: new RandomSource(7),
      tasks: { run: async () => ({ output: null }) },
    });
    engine.register('m', WAIT);
    const { executionId } = await engine.start({ machine: 'm' });
    const { stopTime } = await inner.runUntil(engine.result(executionId));
    expect([stopTime - START, rings]).toEqual([60_000, 2]);
  });
});

describe('task tokens', () => {
  const callback = machineOf({
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Arguments: { MessageBody: { token: '{% $states.context.Task.Token %}' } },
      HeartbeatSeconds: 10,
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Output: 'missed', Next: 'B' }],
      End: true,
    },
    B: { Type: 'Succeed' },
  });

  async function waiting(): Promise<
    ReturnType<typeof engineHarness> & { readonly token: string; readonly executionId: string }
  > {
    const harness = engineHarness({ task: () => ({ output: { MessageId: 'm-1' } }) });
    harness.engine.register('m', callback);
    const { executionId } = await harness.engine.start({ machine: 'm' });
    await harness.clock.advance(0);
    return { ...harness, executionId, token: harness.calls[0]?.taskToken ?? '' };
  }

  test('success goes on with what was sent, once', async () => {
    const { engine, token, executionId, calls } = await waiting();
    expect(calls[0]?.arguments).toEqual({ MessageBody: { token } });
    await engine.sendTaskSuccess(token, { approved: true });
    expect((await engine.result(executionId)).output).toEqual({ approved: true });
    await expect(engine.sendTaskSuccess(token, {})).rejects.toMatchObject({ code: 'TaskTimedOut' });
    expect(outline(await engine.history(executionId)).slice(2, 6)).toEqual([
      '2 -> 3 TaskScheduled',
      '3 -> 4 TaskStarted',
      '4 -> 5 TaskSubmitted',
      '5 -> 6 TaskSucceeded',
    ]);
  });

  test('failure may come without error and cause', async () => {
    const { engine, token, executionId } = await waiting();
    await engine.sendTaskFailure(token);
    expect(await engine.result(executionId)).toEqual({ status: 'FAILED', stopTime: START });
  });

  test('each heartbeat gives as much time again', async () => {
    const { engine, clock, token, executionId } = await waiting();
    await clock.advance(9000);
    await engine.sendTaskHeartbeat(token);
    await clock.advance(9000);
    expect((await engine.describe(executionId)).status).toBe('RUNNING');
    const outcome = await clock.runUntil(engine.result(executionId));
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: 'missed', stopTime: START + 19_000 });
  });

  test('no token of ours, or one that was guessed, is refused', async () => {
    const { engine, token } = await waiting();
    await expect(engine.sendTaskSuccess('nonsense', {})).rejects.toMatchObject({ code: 'InvalidToken' });
    const [id, task] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [string, string];
    const guessed = Buffer.from(JSON.stringify([id, task, 'guess'])).toString('base64url');
    await expect(engine.sendTaskSuccess(guessed, {})).rejects.toMatchObject({ code: 'TaskTimedOut' });
    await expect(engine.sendTaskSuccess(token, 'x'.repeat(262_143))).rejects.toMatchObject({ code: 'InvalidOutput' });
  });

  test('an answer that overtakes the submission is heard', async () => {
    const submit: ((result: TaskResult) => void)[] = [];
    const { engine, calls, clock } = engineHarness({ task: () => new Promise((resolve) => submit.push(resolve)) });
    engine.register('m', callback);
    const { executionId } = await engine.start({ machine: 'm' });
    await engine.sendTaskSuccess(calls[0]?.taskToken ?? '', 'early');
    submit[0]?.({ output: {} });
    await clock.advance(0);
    expect((await engine.result(executionId)).output).toBe('early');
  });

  test('a submission that fails is the failure of the task', async () => {
    const { engine } = engineHarness({ task: () => ({ error: 'SQS.QueueDoesNotExistException', cause: 'no queue' }) });
    engine.register('m', callback);
    const { executionId } = await engine.start({ machine: 'm' });
    expect(await engine.result(executionId)).toMatchObject({
      error: 'SQS.QueueDoesNotExistException',
      cause: 'no queue',
    });
  });
});

const parent = (pattern: string, more: object = {}): ReturnType<typeof machineOf> =>
  machineOf({
    A: {
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${pattern}`,
      Arguments: { StateMachineArn: '{% $states.input.machine %}', Input: { n: 1 }, ...more },
      End: true,
    },
  });

describe('states:startExecution', () => {
  const CHILD = 'arn:aws:states:local:000000000000:stateMachine:child';
  const described = { InputDetails: { Included: true }, RedriveCount: 0, StateMachineArn: CHILD, Name: 'kid' };
  const id = 'arn:aws:states:local:000000000000:execution:child:kid';

  test.each([
    ['', { ExecutionArn: id, StartDate: START }],
    [
      '.sync',
      {
        ...described,
        ExecutionArn: id,
        Input: '{"n":1}',
        Output: '{"n":1}',
        OutputDetails: { Included: true },
        StartDate: START,
        StopDate: START + 60_000,
        Status: 'SUCCEEDED',
      },
    ],
    [
      '.sync:2',
      {
        ...described,
        ExecutionArn: id,
        Input: { n: 1 },
        Output: { n: 1 },
        OutputDetails: { Included: true },
        StartDate: START,
        StopDate: START + 60_000,
        Status: 'SUCCEEDED',
      },
    ],
  ])('%j gives what the service gives', async (pattern, output) => {
    const { engine, clock } = engineHarness();
    engine.register('child', WAIT);
    engine.register('parent', parent(pattern, { Name: 'kid' }));
    const { executionId } = await engine.start({ machine: 'parent', input: { machine: CHILD } });
    expect((await clock.runUntil(engine.result(executionId))).output).toEqual(output);
  });

  test('a child that fails fails its parent, with the whole description as cause', async () => {
    const { engine, clock } = engineHarness();
    engine.register('child', machineOf({ A: { Type: 'Fail', Error: 'E', Cause: 'c' } }));
    engine.register('parent', parent('.sync', { Name: 'kid' }));
    const { executionId } = await engine.start({ machine: 'parent', input: { machine: CHILD } });
    const { error, cause } = await clock.runUntil(engine.result(executionId));
    expect([error, JSON.parse(cause ?? '')]).toMatchObject([
      'States.TaskFailed',
      { Error: 'E', Cause: 'c', Status: 'FAILED', Name: 'kid' },
    ]);
  });

  test('stopping the parent stops the child it waits for', async () => {
    const { engine, clock } = engineHarness();
    engine.register('child', WAIT);
    engine.register('parent', parent('.sync', { Name: 'kid' }));
    const { executionId } = await engine.start({ machine: 'parent', input: { machine: CHILD } });
    await clock.advance(1);
    await engine.stop(executionId);
    await clock.advance(0);
    expect((await engine.describe(id)).status).toBe('ABORTED');
  });

  test('a machine that is not there, a name that is taken, an input that is no JSON', async () => {
    const { engine } = engineHarness();
    engine.register('child', WAIT);
    engine.register('taken', parent('', { Name: 'kid', Input: '{}' }));
    engine.register('broken', parent('', { Input: '{' }));
    await engine.start({ machine: 'child', name: 'kid', input: 'other' });
    const errorOf = async (machine: string, child: string): Promise<string | undefined> => {
      const { executionId } = await engine.start({ machine, input: { machine: child } });
      return (await engine.result(executionId)).error;
    };
    expect(await errorOf('taken', `${CHILD}-no`)).toBe('StepFunctions.StateMachineDoesNotExistException');
    expect(await errorOf('taken', CHILD)).toBe('StepFunctions.ExecutionAlreadyExistsException');
    expect(await errorOf('broken', CHILD)).toBe('StepFunctions.InvalidExecutionInputException');
  });
});

const branch = (name: string): object => ({
  StartAt: name,
  States: { [name]: { Type: 'Task', Resource: INVOKE, End: true } },
});

describe('redriving', () => {
  test('goes on from the states that had not succeeded, with new retries', async () => {
    let broken = true;
    const { engine, clock, calls } = engineHarness({
      task: ({ arguments: given }) => (broken && given === 2 ? { error: 'Two' } : { output: given }),
    });
    engine.register(
      'm',
      machineOf({
        First: { Type: 'Task', Resource: INVOKE, Arguments: 0, Next: 'M' },
        M: {
          Type: 'Map',
          Items: [1, 2, 3],
          MaxConcurrency: 1,
          ItemProcessor: {
            StartAt: 'Item',
            States: {
              Item: { Type: 'Task', Resource: INVOKE, Retry: [{ ErrorEquals: ['Two'], MaxAttempts: 1 }], End: true },
            },
          },
          End: true,
        },
      }),
    );
    const { executionId } = await engine.start({ machine: 'm' });
    expect((await clock.runUntil(engine.result(executionId))).error).toBe('Two');
    const before = calls.length;
    broken = false;
    await engine.redrive(executionId);
    const outcome = await clock.runUntil(engine.result(executionId));
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: [1, 2, 3] });
    expect(calls.slice(before).map((call) => [call.arguments, call.attempt])).toEqual([
      [2, 1],
      [3, 1],
    ]);
    expect(await engine.describe(executionId)).toMatchObject({ redriveCount: 1 });
    const history = await engine.history(executionId);
    expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => index + 1));
    expect(history.filter(({ type }) => type === 'ExecutionRedriven')).toHaveLength(1);
  });

  test('is refused while running, after success, and after two weeks', async () => {
    const { engine, clock, run } = engineHarness();
    engine.register('w', WAIT);
    const { executionId } = await engine.start({ machine: 'w' });
    await expect(engine.redrive(executionId)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
    await clock.runUntil(engine.result(executionId));
    await expect(engine.redrive(executionId)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
    const failed = await run(machineOf({ A: { Type: 'Fail' } }));
    await clock.advance(15 * 24 * 3600 * 1000);
    await expect(engine.redrive(failed.executionId)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
  });

  test('is refused where the history has no room for it', async () => {
    const { engine, run } = engineHarness();
    const full = await run(machineOf({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }));
    expect(full.history).toHaveLength(25_000);
    await expect(engine.redrive(full.executionId)).rejects.toThrow('maximum number of history events');
  });

  test('a Parallel keeps the branches that had ended', async () => {
    let broken = true;
    const { engine, clock, calls } = engineHarness({
      task: ({ stateName }) => (broken && stateName === 'B' ? { error: 'B' } : { output: stateName }),
    });
    engine.register('m', machineOf({ P: { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true } }));
    const { executionId } = await engine.start({ machine: 'm' });
    await engine.result(executionId);
    broken = false;
    await engine.redrive(executionId);
    expect((await clock.runUntil(engine.result(executionId))).output).toEqual(['A', 'B']);
    expect(calls.map(({ stateName }) => stateName)).toEqual(['A', 'B', 'B']);
  });
});
