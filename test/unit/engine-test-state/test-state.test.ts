import { describe, expect, test } from 'vitest';
import type { TestStateAnswer, TestStateRequest, TestStateResponse } from '../../../lib/engine/test-state/request.ts';
import { testState, type TestStatePorts } from '../../../lib/engine/test-state/test-state.ts';
import type { JsonObject } from '../../../lib/model/json.ts';

const PORTS: TestStatePorts = {
  clock: { now: () => Date.UTC(2031, 3, 1, 8) },
  random: { next: () => 0.25, uuid: () => '11111111-2222-4333-8444-555555555555' },
};

const CALL = { Type: 'Task', QueryLanguage: 'JSONata', Resource: 'arn:aws:states:::lambda:invoke' };
const NESTED = { StartAt: 'In', States: { In: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } } };

function jsonata(state: JsonObject): JsonObject {
  return { QueryLanguage: 'JSONata', ...state };
}

async function tested(request: TestStateRequest, ports: Partial<TestStatePorts> = {}): Promise<TestStateResponse> {
  const answer = await testState(request, { ...PORTS, ...ports });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.response;
}

async function refusal(request: TestStateRequest): Promise<Extract<TestStateAnswer, { ok: false }>['error']> {
  const answer = await testState(request, PORTS);
  if (answer.ok) throw new Error(`not refused: ${answer.response.status}`);
  return answer.error;
}

describe('states that call nothing', () => {
  test('Pass gives its output, its variables and where it goes', async () => {
    const definition = jsonata({
      Type: 'Pass',
      Output: { total: '{% $states.input.a + $b %}' },
      Assign: { c: '{% $b * 2 %}' },
      Next: 'Ship',
    });
    expect(await tested({ definition, input: { a: 1 }, variables: { b: 2 }, inspectionLevel: 'TRACE' })).toEqual({
      status: 'SUCCEEDED',
      output: { total: 3 },
      nextState: 'Ship',
      inspectionData: { input: { a: 1 }, variables: { b: 2, c: 4 } },
    });
  });

  const CHOICE = {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.again %}', Next: 'A' }],
    Default: 'Done',
    Output: 'over',
  };

  test('a state that goes to itself is left all the same', async () => {
    const definition = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: CHOICE, Done: { Type: 'Succeed' } } };
    expect(await tested({ definition, stateName: 'A', input: { again: true } })).toEqual({
      status: 'SUCCEEDED',
      output: { again: true },
      nextState: 'A',
    });
  });

  test('Choice takes the rule that holds, or Default with its own output', async () => {
    expect(await tested({ definition: jsonata(CHOICE), input: { again: false } })).toEqual({
      status: 'SUCCEEDED',
      output: 'over',
      nextState: 'Done',
    });
  });

  test('Choice without a rule that holds fails, without the sentence about events', async () => {
    const { Default: _default, ...rest } = CHOICE;
    expect(await tested({ definition: jsonata(rest), input: { again: false } })).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'Failed to transition out of the state. The state does not point to a next state.',
    });
  });

  test('Wait of a year takes no time', async () => {
    const definition = jsonata({ Type: 'Wait', Seconds: 31_536_000, Next: 'Later' });
    expect(await tested({ definition })).toEqual({ status: 'SUCCEEDED', output: {}, nextState: 'Later' });
  });

  test('Fail without error and cause has neither', async () => {
    expect(await tested({ definition: jsonata({ Type: 'Fail' }), inspectionLevel: 'DEBUG' })).toEqual({
      status: 'FAILED',
      inspectionData: { input: {} },
    });
  });

  test('an expression without a value fails the state', async () => {
    expect(await tested({ definition: jsonata({ Type: 'Succeed', Output: { x: '{% $states.input.y %}' } }) })).toEqual({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause:
        "The JSONata expression '$states.input.y' specified for the field 'Output/x' returned nothing (undefined).",
    });
  });

  test('a state is found at any depth of a machine', async () => {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'Both',
      States: { Both: { Type: 'Parallel', Branches: [NESTED], End: true } },
    };
    expect(await tested({ definition: JSON.stringify(definition), stateName: 'In', input: 5 })).toEqual({
      status: 'SUCCEEDED',
      output: 5,
    });
  });
});

describe('a Task', () => {
  const task = { ...CALL, Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' }, End: true };

  test('gets its mocked result', async () => {
    const definition = { ...task, Output: '{% $states.result.Payload.ok %}' };
    const mock = { result: { Payload: { ok: true }, StatusCode: 200 } };
    expect(await tested({ definition, input: 1, mock, inspectionLevel: 'DEBUG' })).toEqual({
      status: 'SUCCEEDED',
      output: true,
      inspectionData: {
        input: 1,
        afterArguments: { FunctionName: 'f', Payload: 1 },
        result: { Payload: { ok: true }, StatusCode: 200 },
      },
    });
  });

  test('is performed once by the runner without a mock', async () => {
    const calls: unknown[] = [];
    const runner = {
      run: async (call: { readonly arguments: unknown }) => {
        calls.push(call.arguments);
        return { output: { Payload: 'done' } };
      },
    };
    const response = await tested({ definition: task, input: 7, roleArn: 'arn:aws:iam::1:role/r' }, { runner });
    expect(response).toEqual({ status: 'SUCCEEDED', output: { Payload: 'done' } });
    expect(calls).toEqual([{ FunctionName: 'f', Payload: 7 }]);
  });

  test('fails as the runner fails', async () => {
    const runner = { run: () => Promise.reject(new Error('no route')) };
    const request = { definition: task, roleArn: 'arn:aws:iam::1:role/r' };
    expect(await tested(request, { runner })).toMatchObject({ error: 'States.TaskFailed', cause: 'no route' });
    expect(await tested(request)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  const retrying = {
    ...task,
    Retry: [
      { ErrorEquals: ['Other'] },
      { ErrorEquals: ['Busy'], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 3, MaxDelaySeconds: 10 },
    ],
    Catch: [
      { ErrorEquals: ['Other'], Next: 'No' },
      { ErrorEquals: ['States.ALL'], Next: 'Yes', Output: '{% $states.errorOutput.Cause %}', Assign: { why: 'busy' } },
    ],
  };
  const mock = { errorOutput: { error: 'Busy', cause: 'too many' } };

  test.each([
    [0, 3],
    [1, 6],
    [2, 10],
  ])('is retriable after %i retries, in %i seconds', async (retrierRetryCount, seconds) => {
    const request = { definition: retrying, mock, stateConfiguration: { retrierRetryCount } };
    expect(await tested({ ...request, inspectionLevel: 'DEBUG' })).toEqual({
      status: 'RETRIABLE',
      error: 'Busy',
      cause: 'too many',
      inspectionData: {
        input: {},
        afterArguments: { FunctionName: 'f', Payload: {} },
        errorDetails: { retryIndex: 1, retryBackoffIntervalSeconds: seconds },
      },
    });
  });

  test('is caught when the retries are used up', async () => {
    const request = { definition: retrying, mock, stateConfiguration: { retrierRetryCount: 3 } };
    expect(await tested({ ...request, inspectionLevel: 'TRACE' })).toEqual({
      status: 'CAUGHT_ERROR',
      error: 'Busy',
      cause: 'too many',
      output: 'too many',
      nextState: 'Yes',
      inspectionData: {
        input: {},
        afterArguments: { FunctionName: 'f', Payload: {} },
        variables: { why: 'busy' },
        errorDetails: { catchIndex: 1, retryIndex: 1 },
      },
    });
  });

  test('sees the given context object in the place of all of it', async () => {
    const context = { Execution: { Name: 'mine' }, State: { RetryCount: 2 } };
    const definition = { ...task, Output: '{% $states.context %}' };
    expect(await tested({ definition, context, mock: { result: {} } })).toMatchObject({ output: context });
  });

  test('sees an Express execution where no context is given', async () => {
    const definition = { ...task, Output: '{% $states.context %}' };
    const { output } = await tested({ definition, mock: { result: {} }, roleArn: 'arn:aws:iam::1:role/r' });
    expect(output).toEqual({
      Execution: {
        Id: 'arn:aws:states:local:000000000000:express:11111111-2222-4333-8444-555555555555:11111111-2222-4333-8444-555555555555',
        Input: {},
        Name: '11111111-2222-4333-8444-555555555555',
        RoleArn: 'arn:aws:iam::1:role/r',
        StartTime: '2031-04-01T08:00:00.000Z',
      },
      StateMachine: {
        Id: 'arn:aws:states:local:000000000000:stateMachine:11111111-2222-4333-8444-555555555555',
        Name: '11111111-2222-4333-8444-555555555555',
      },
      State: { Name: 'StateName', EnteredTime: '2031-04-01T08:00:00.000Z', RetryCount: 0 },
    });
  });
});

describe('a Map', () => {
  const map = jsonata({ Type: 'Map', Items: '{% $states.input %}', ItemProcessor: NESTED, End: true });

  test('shows its numbers and what ItemSelector makes of its items', async () => {
    const definition = {
      ...map,
      MaxConcurrency: '{% 1 + 1 %}',
      ToleratedFailurePercentage: 50,
      ItemSelector: { n: '{% $states.context.Map.Item.Value * $factor %}', at: '{% $states.context.Map.Item.Index %}' },
    };
    const request = { definition, input: [1, 2], variables: { factor: 10 }, mock: { result: ['a', 'b'] } };
    expect(await tested({ ...request, inspectionLevel: 'DEBUG' })).toEqual({
      status: 'SUCCEEDED',
      output: ['a', 'b'],
      inspectionData: {
        input: [1, 2],
        maxConcurrency: 2,
        toleratedFailurePercentage: 50,
        variables: { factor: 10 },
        afterItemSelector: [
          { n: 10, at: 0 },
          { n: 20, at: 1 },
        ],
      },
    });
  });

  test.each([
    [{ ToleratedFailureCount: 1 }, 1, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 1 }, 2, 'FAILED'],
    [{ ToleratedFailurePercentage: 50 }, 2, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 50 }, 3, 'FAILED'],
    [{}, 4, 'SUCCEEDED'],
  ])('with %j and %i failures of 4: %s', async (tolerance, mapIterationFailureCount, status) => {
    const request = { definition: { ...map, ...tolerance }, input: [1, 2, 3, 4], mock: { result: [] } };
    expect(await tested({ ...request, stateConfiguration: { mapIterationFailureCount } })).toMatchObject({ status });
  });

  test.each([
    ['JSON', {}, '[1, 2, 3]'],
    ['JSON', {}, '{"a": 1, "b": 2, "c": 3}'],
    ['JSONL', {}, '{"a": 1}\n{"a": 2}\n{"a": 3}\n'],
    ['CSV', { CSVHeaderLocation: 'FIRST_ROW' }, 'a,b\n1,2\n3,4\n5,6'],
  ])('counts the rows of %s data with %j', async (InputType, options, mapItemReaderData) => {
    const definition = {
      ...map,
      ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType, ...options }, Arguments: {} },
    };
    const request = { definition, input: [], mock: { result: [] } };
    const configured = (count: number): TestStateRequest => ({
      ...request,
      stateConfiguration: { mapItemReaderData, mapIterationFailureCount: count },
    });
    expect(await tested(configured(3))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await refusal(configured(4))).toEqual({
      code: 'ValidationException',
      message: 'Map iteration failure count must be less than or equal to the number of Map iterations',
    });
  });

  test('fails with the expression of its ItemSelector', async () => {
    const definition = { ...map, ItemSelector: '{% $nothing %}' };
    expect(await tested({ definition, input: [1], mock: { result: [1] } })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });

  test('fails before anything is mocked when its items are none', async () => {
    const definition = { ...map, Items: '{% $states.input.list %}' };
    const request = { definition, input: { list: 5 }, mock: { result: [] }, inspectionLevel: 'DEBUG' as const };
    expect(await tested(request)).toMatchObject({ status: 'FAILED', inspectionData: { input: { list: 5 } } });
  });
});

describe('a Parallel', () => {
  test('gets its mocked branches, and retries and catches as itself', async () => {
    const definition = jsonata({
      Type: 'Parallel',
      Branches: [NESTED],
      Output: '{% $states.result[0] %}',
      Catch: [{ ErrorEquals: ['Busy'], Next: 'Later' }],
      Next: 'After',
    });
    expect(await tested({ definition, mock: { result: ['x'] } })).toEqual({
      status: 'SUCCEEDED',
      output: 'x',
      nextState: 'After',
    });
    expect(await tested({ definition, mock: { errorOutput: { error: 'Busy', cause: 'c' } } })).toMatchObject({
      status: 'CAUGHT_ERROR',
      output: { Error: 'Busy', Cause: 'c' },
      nextState: 'Later',
    });
  });
});

function invalid(message: string): object {
  return { code: 'ValidationException', message };
}

describe('a request is refused', () => {
  const parallel = jsonata({ Type: 'Parallel', Branches: [NESTED], End: true });

  test.each<[string, TestStateRequest, object]>([
    [
      'with a definition that has faults',
      { definition: jsonata({ Type: 'Pass' }) },
      {
        code: 'InvalidDefinition',
        message:
          "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /'",
      },
    ],
    [
      'with a text that is no definition',
      { definition: ' ' },
      {
        code: 'InvalidDefinition',
        message:
          "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null'",
      },
    ],
    [
      'for a state that is not there',
      { definition: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Succeed' } } }, stateName: 'B' },
      invalid("State not found in the state machine definition: 'B'"),
    ],
    [
      'for branches that nobody mocks',
      { definition: parallel },
      {
        code: 'InvalidDefinition',
        message:
          'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
      },
    ],
    [
      'with fewer results than branches',
      { definition: parallel, mock: { result: [] } },
      invalid('Mocked result must contain the same number of items as number of Parallel branches.'),
    ],
    [
      'with a result and an error',
      { definition: parallel, mock: { result: [1], errorOutput: {} } },
      invalid('A test mock should have only one of the following fields: [result, errorOutput].'),
    ],
    [
      'for a Wait with a mock',
      { definition: jsonata({ Type: 'Wait', Seconds: 1, End: true }), mock: { result: 1 } },
      invalid("State type 'Wait' is not supported when a mock is specified"),
    ],
    [
      'for a callback that nobody mocks',
      {
        definition: {
          ...CALL,
          Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
          Arguments: { QueueUrl: 'q', MessageBody: '{% $states.context.Task.Token %}' },
          End: true,
        },
        roleArn: 'r',
      },
      {
        code: 'InvalidDefinition',
        message: "TestState API does not support '.sync' or '.waitForTaskToken' integration patterns.",
      },
    ],
    [
      'for a JSONPath state, by its field',
      { definition: { Type: 'Succeed' } },
      {
        code: 'NotSupportedYet',
        message: "JSONPath is not supported yet: set the field 'QueryLanguage' of the state 'StateName' to 'JSONata'",
      },
    ],
  ])('%s', async (_, request, error) => {
    expect(await refusal(request)).toEqual(error);
  });

  test.each([
    [{ Pokedex: {} }, "Field 'Pokedex' is not allowed"],
    [{ Execution: { Weight: 1 } }, "Field 'Weight' is not allowed"],
    [{ Map: { Item: {} } }, "'Map' field is not supported when mocking a Context object"],
    [
      { Task: { Token: 't' } },
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    ],
  ])('with the context %j', async (context, fault) => {
    const definition = { ...CALL, Arguments: { FunctionName: 'f' }, End: true };
    expect(await refusal({ definition, context, mock: { result: {} } })).toEqual(
      invalid(`Invalid Context object provided: ${fault}`),
    );
  });

  const RESULTS: readonly [resource: string, given: JsonObject, result: JsonObject, fault: string][] = [
    ['states:startExecution', { StateMachineArn: 'a' }, { ExecutionArn: 'e' }, "Required field 'StartDate' is missing"],
    [
      'states:startExecution',
      { StateMachineArn: 'a' },
      { ExecutionArn: 1, StartDate: 's' },
      "Field 'ExecutionArn' must be a string",
    ],
    ['events:putEvents', { Entries: [] }, { Entries: {} }, "Field 'Entries' must be an array"],
    ['events:putEvents', { Entries: [] }, { Entries: [1] }, "Field 'Entries' must be an object"],
    ['dynamodb:getItem', { TableName: 't', Key: {} }, { Item: { a: { BOOL: 'x' } } }, "Field 'BOOL' must be a boolean"],
    ['dynamodb:getItem', { TableName: 't', Key: {} }, { Item: [] }, "Field 'Item' must be an object"],
    ['aws-sdk:kms:encrypt', {}, { CiphertextBlob: '' }, "Field 'CiphertextBlob' is smaller than the minimum length"],
    ['aws-sdk:s3:getObject', {}, { StorageClass: 'Papyrus' }, "Field 'StorageClass' is not an expected value"],
    [
      'aws-sdk:lambda:getFunction',
      {},
      { Configuration: { MemorySize: 1 } },
      "Field 'MemorySize' is less than the minimum value",
    ],
  ];

  test.each(RESULTS)('with a mocked result of %s not of its shape', async (resource, given, result, fault) => {
    const definition = { ...CALL, Resource: `arn:aws:states:::${resource}`, Arguments: given, End: true };
    expect(await refusal({ definition, mock: { result } })).toEqual(
      invalid(`Mock result schema validation error: ${fault}`),
    );
    expect(await tested({ definition, mock: { result, fieldValidationMode: 'NONE' } })).toMatchObject({
      output: result,
    });
  });

  test('with a required field missing only when mocks are STRICT', async () => {
    const definition = {
      ...CALL,
      Resource: 'arn:aws:states:::states:startExecution',
      Arguments: { StateMachineArn: 'a' },
      End: true,
    };
    const mock = { result: { StartDate: 's', Extra: 1 }, fieldValidationMode: 'PRESENT' as const };
    expect(await tested({ definition, mock })).toMatchObject({ status: 'SUCCEEDED' });
  });
});
