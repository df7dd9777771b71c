/** What the service's documents and recordings say of errors, time-outs, integrations and quotas, sentence by sentence. */
import { describe, expect, test } from 'vitest';
import type { TaskResult } from '../../../lib/engine/ports.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import {
  type Ended,
  engineHarness,
  INVOKE,
  machineOf,
  newClock,
  outline,
  START,
} from '../../support/engine-harness.ts';

const CAUGHT = { Caught: { Type: 'Pass', End: true } };
const never = (): Promise<TaskResult> => new Promise(() => undefined);

/** A Task that fails in one way, with one name to catch it by. */
async function caughtBy(name: string, fields: object, task?: () => TaskResult | Promise<TaskResult>): Promise<Ended> {
  const Catch = [{ ErrorEquals: [name], Next: 'Caught' }];
  const state = { Type: 'Task', Resource: INVOKE, Arguments: {}, ...fields, Catch, End: true };
  return engineHarness(task === undefined ? {} : { task }).run(machineOf({ A: state, ...CAUGHT }));
}

describe('which names match which errors', () => {
  const heartbeat = { HeartbeatSeconds: 5, TimeoutSeconds: 100 };
  test.each<[string, string, object, (() => TaskResult | Promise<TaskResult>) | undefined, boolean]>([
    ['States.ALL', 'a time-out', { TimeoutSeconds: 5 }, never, true],
    ['States.Timeout', 'a time-out', { TimeoutSeconds: 5 }, never, true],
    ['States.TaskFailed', 'a time-out', { TimeoutSeconds: 5 }, never, false],
    ['States.HeartbeatTimeout', 'a time-out', { TimeoutSeconds: 5 }, never, false],
    ['States.HeartbeatTimeout', 'a missed heartbeat', heartbeat, never, true],
    ['States.Timeout', 'a missed heartbeat', heartbeat, never, true],
    ['States.TaskFailed', 'an error of a function', {}, () => ({ error: 'E' }), true],
    ['States.ALL', 'an error of a function', {}, () => ({ error: 'E' }), true],
    ['Other', 'an error of a function', {}, () => ({ error: 'E' }), false],
    ['States.QueryEvaluationError', 'an expression without a value', { Output: '{% $nothing %}' }, undefined, true],
    ['States.TaskFailed', 'an expression without a value', { Output: '{% $nothing %}' }, undefined, true],
    ['States.DataLimitExceeded', 'too large a result', {}, () => ({ output: 'x'.repeat(262_143) }), true],
    ['States.ALL', 'too large a result', {}, () => ({ output: 'x'.repeat(262_143) }), true],
    ['States.ALL', 'too large an argument', { Arguments: 'x'.repeat(262_143) }, undefined, false],
    ['States.ALL', 'a runtime error', {}, () => ({ error: 'States.Runtime' }), false],
    ['States.TaskFailed', 'a runtime error', {}, () => ({ error: 'States.Runtime' }), false],
  ])('%s and %s', async (name, _what, fields, task, caught) => {
    expect((await caughtBy(name, fields, task)).outcome.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
  });

  test('a missed heartbeat is reported as a time-out, at the time that it was missed', async () => {
    const { outcome, history } = await caughtBy('Nothing', { HeartbeatSeconds: 5, TimeoutSeconds: 100 }, never);
    expect(outcome).toEqual({ status: 'FAILED', error: 'States.Timeout', stopTime: START + 5000 });
    expect(history.at(-2)).toMatchObject({ type: 'TaskTimedOut', details: { error: 'States.Timeout' } });
    expect(history.at(-2)?.details).not.toHaveProperty('cause');
  });

  test('a Choice without a match is a runtime error that no Catcher around it takes', async () => {
    const none = { Type: 'Choice', Choices: [{ Condition: false, Next: 'B' }] };
    const { outcome } = await engineHarness().run(
      machineOf({
        P: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'A', States: { A: none, B: { Type: 'Succeed' } } }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        ...CAUGHT,
      }),
    );
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('retries', () => {
  test('of a Parallel begin all its branches anew, and only the last failure is the state\u2019s', async () => {
    const branch = (name: string, state: object): object => ({ StartAt: name, States: { [name]: state } });
    const { calls, run } = engineHarness({ task: ({ attempt }) => ({ error: 'E', cause: `${attempt}` }) });
    const { history } = await run(
      machineOf({
        P: {
          Type: 'Parallel',
          Branches: [
            branch('A', { Type: 'Task', Resource: INVOKE, Arguments: {}, End: true }),
            branch('B', { Type: 'Wait', Seconds: 5, End: true }),
          ],
          Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
          End: true,
        },
      }),
    );
    expect(calls).toHaveLength(2);
    const types = history.map(({ type }) => type);
    expect(types.filter((type) => type === 'ParallelStateEntered')).toHaveLength(1);
    expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(2);
    expect(types.filter((type) => type === 'ParallelStateFailed')).toHaveLength(1);
    // The second start follows the failure that it repeats.
    expect(outline(history)).toContain('8 -> 11 ParallelStateStarted');
  });

  test('wait by their jitter, drawn from the seed: between nothing and the whole delay, never twice alike', async () => {
    const { calls, run } = engineHarness({ task: ({ attempt }) => (attempt < 6 ? { error: 'E' } : { output: 1 }) });
    const Retry = [
      { ErrorEquals: ['E'], IntervalSeconds: 100, BackoffRate: 1, MaxAttempts: 9, JitterStrategy: 'FULL' },
    ];
    const { history } = await run(
      machineOf({ A: { Type: 'Task', Resource: INVOKE, Arguments: {}, Retry, End: true } }),
    );
    const asked = history.filter(({ type }) => type === 'TaskScheduled').map(({ timestamp }) => timestamp);
    const delays = asked.slice(1).map((time, index) => time - (asked[index] as number));
    expect(calls).toHaveLength(6);
    expect(new Set(delays).size).toBe(5);
    for (const delay of delays) expect(delay >= 0 && delay <= 100_000).toBe(true);
  });
});

describe('a service integration', () => {
  test.each<[string, string, string, JsonObject]>([
    ['lambda:invoke', 'lambda', 'invoke', { FunctionName: 'f', Payload: { a: 1 } }],
    ['sqs:sendMessage', 'sqs', 'sendMessage', { QueueUrl: 'q', MessageBody: { a: 1 } }],
    ['events:putEvents', 'events', 'putEvents', { Entries: [{ Source: 's', DetailType: 'd', Detail: { a: 1 } }] }],
    ['dynamodb:getItem', 'dynamodb', 'getItem', { TableName: 't', Key: { id: { S: '1' } } }],
    ['dynamodb:putItem', 'dynamodb', 'putItem', { TableName: 't', Item: { id: { S: '1' } } }],
    ['dynamodb:updateItem', 'dynamodb', 'updateItem', { TableName: 't', Key: { id: { S: '1' } } }],
    ['dynamodb:deleteItem', 'dynamodb', 'deleteItem', { TableName: 't', Key: { id: { S: '1' } } }],
    ['aws-sdk:s3:getObject', 'aws-sdk:s3', 'getObject', { Bucket: 'b', Key: 'k' }],
  ])(
    '%s is asked for with its arguments and recorded under its service',
    async (name, resourceType, resource, given) => {
      const answer: Json = { SdkHttpMetadata: { HttpStatusCode: 200 } };
      const { calls, run } = engineHarness({ region: 'eu-west-1', task: () => ({ output: answer }) });
      const { outcome, history } = await run(
        machineOf({ A: { Type: 'Task', Resource: `arn:aws:states:::${name}`, Arguments: given, End: true } }),
      );
      expect(outcome.output).toEqual(answer);
      expect(calls[0]).toMatchObject({ resource: `arn:aws:states:::${name}`, arguments: given });
      const task = { resource, resourceType };
      expect(history.slice(2, 5).map(({ type, details }) => [type, details])).toEqual([
        ['TaskScheduled', { ...task, region: 'eu-west-1', parameters: given }],
        ['TaskStarted', task],
        ['TaskSucceeded', { ...task, output: answer }],
      ]);
    },
  );

  test('by token waits for its answer, and is asked with the token that its arguments name', async () => {
    const clock = newClock();
    const { engine, calls } = engineHarness({ clock, task: () => ({ output: { MessageId: 'm' } }) });
    const Arguments = { QueueUrl: 'q', MessageBody: { token: '{% $states.context.Task.Token %}' } };
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    engine.register('m', machineOf({ A: { Type: 'Task', Resource, Arguments, End: true } }));
    const { executionId } = await engine.start({ machine: 'm' });
    await clock.advance(86_400_000);
    const token = calls[0]?.taskToken ?? '';
    expect(calls[0]?.arguments).toEqual({ QueueUrl: 'q', MessageBody: { token } });
    await engine.sendTaskSuccess(token, { done: true });
    expect(await engine.result(executionId)).toMatchObject({ status: 'SUCCEEDED', output: { done: true } });
  });
});

describe('quotas', () => {
  const pass = (Output: Json): ReturnType<typeof machineOf> => machineOf({ A: { Type: 'Pass', Output, End: true } });

  test.each([
    ['x'.repeat(262_142), 'SUCCEEDED'],
    ['x'.repeat(262_143), 'FAILED'],
    // Two bytes a character in UTF-8.
    ['é'.repeat(131_071), 'SUCCEEDED'],
    ['é'.repeat(131_072), 'FAILED'],
  ])('a payload is measured in bytes of its JSON (%#)', async (output, status) => {
    expect((await engineHarness().run(pass(output))).outcome.status).toBe(status);
  });

  test('an input of one byte too many is refused at the start', async () => {
    const { engine } = engineHarness();
    engine.register('m', pass(1));
    await engine.start({ machine: 'm', input: 'x'.repeat(262_142) });
    await expect(engine.start({ machine: 'm', input: 'x'.repeat(262_143) })).rejects.toMatchObject({
      code: 'InvalidExecutionInput',
    });
  });

  test('a name has 80 characters and no white space, of a machine as of an execution', async () => {
    const { engine } = engineHarness();
    expect(() => engine.register('a b', pass(1))).toThrow("Invalid Name: 'a b'");
    engine.register('x'.repeat(80), pass(1));
    expect(() => engine.register('x'.repeat(81), pass(1))).toThrow('Invalid Name');
    await expect(engine.start({ machine: 'x'.repeat(80), name: 'a*b' })).rejects.toMatchObject({ code: 'InvalidName' });
  });
});
