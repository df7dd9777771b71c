import { describe, expect, test } from 'vitest';
import { stateFindings } from '../../../lib/engine/definition/validation.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { findings, machine, only, schemaFaults } from './machines.ts';

const STATES = { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } };
const DISTRIBUTED = { ...STATES, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };

function map(fields: JsonObject): JsonObject {
  return { Type: 'Map', ItemProcessor: STATES, ...fields };
}

function call(resource: string, given: Json = {}): JsonObject {
  return { Type: 'Task', Resource: resource, Arguments: given };
}

describe('a Map', () => {
  test.each([
    [{ ItemProcessor: { StartAt: 'In' } }, '/States/S/ItemProcessor: These fields are required: [States]'],
    [
      { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'PARALLEL' } } },
      '/States/S/ItemProcessor/ProcessorConfig/Mode: Value should be one of the following: [INLINE, DISTRIBUTED]',
    ],
    [
      { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'INLINE', ExecutionType: 'STANDARD' } } },
      "/States/S/ItemProcessor/ProcessorConfig: Field 'ExecutionType' is not supported",
    ],
    [
      { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'FAST' } } },
      '/States/S/ItemProcessor/ProcessorConfig/ExecutionType: Value should be one of the following: [STANDARD, EXPRESS]',
    ],
    [
      { ItemProcessor: DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:headObject' } },
      "/States/S/ItemReader/Resource: The field 'Resource' does not match any of the allowed values",
    ],
    [
      {
        ItemProcessor: DISTRIBUTED,
        ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'CSV' } },
      },
      "/States/S/ItemReader/ReaderConfig: The field 'CSVHeaderLocation' is required",
    ],
    [
      {
        ItemProcessor: DISTRIBUTED,
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSON', CSVHeaders: ['a'] },
        },
      },
      "/States/S/ItemReader/ReaderConfig: Field 'CSVHeaders' is not supported",
    ],
    [
      { ItemProcessor: DISTRIBUTED, ResultWriter: { WriterConfig: { OutputType: 'JSON' } } },
      '/States/S/ResultWriter/WriterConfig: These fields are required: [Transformation]',
    ],
    [
      { ItemProcessor: DISTRIBUTED, ItemBatcher: { MaxItemsPerBatch: 0 } },
      '/States/S/ItemBatcher/MaxItemsPerBatch: Minimum value is 1',
    ],
    [
      { ItemProcessor: DISTRIBUTED, Label: 'x'.repeat(41) },
      `INVALID_LABEL_NAME at /States/S/Label: Label '${'x'.repeat(41)}' exceeds the 40-character limit allowed by the service`,
    ],
    [
      { MaxConcurrency: 1, MaxConcurrencyPath: '$.n' },
      "/States/S: The QueryLanguage is set to 'JSONata', but field 'MaxConcurrencyPath' is only supported for the 'JSONPath' QueryLanguage",
    ],
  ])('%j', (fields, fault) => {
    expect(schemaFaults(only(map(fields)))[0]).toBe(fault);
  });

  test('needs a processor, by its present name', () => {
    expect(schemaFaults(only({ Type: 'Map' }))).toEqual([
      '/States/S: This object should have only one of the following fields: [ItemProcessor, Iterator]',
    ]);
    expect(findings(only({ Type: 'Map', Iterator: STATES }))).toEqual([
      "NOT_SUPPORTED_YET at /States/S/Iterator: The field 'Iterator' is not supported yet: its present name is 'ItemProcessor'",
    ]);
  });

  test('has labels that no other Map has', () => {
    const first = { ...map({ ItemProcessor: DISTRIBUTED, Label: 'L' }), Next: 'T' };
    const inner = { StartAt: 'Other', States: { Other: { Type: 'Pass', End: true } } };
    const second = { ...map({ ItemProcessor: { ...DISTRIBUTED, ...inner }, Label: 'L' }), End: true };
    expect(findings(machine({ S: first, T: second }))).toEqual([
      'DUPLICATE_LABEL_NAME at /States/T/Label: Duplicate Label name: L',
    ]);
  });

  test('is warned of fields that only a Distributed one heeds', () => {
    expect(findings(only(map({ Label: 'L' })))).toEqual([
      "? INEFFECTIVE_FIELD at /States/S/Label: The field 'Label' has an effect only where the field 'Mode' of the ProcessorConfig is 'DISTRIBUTED'",
    ]);
  });

  test('takes names of CSV columns as they are', () => {
    const config = { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['{% broken( %}'] };
    const reader = { Resource: 'arn:aws:states:::s3:getObject', Arguments: { Bucket: 'b' }, ReaderConfig: config };
    expect(findings(only(map({ ItemProcessor: DISTRIBUTED, ItemReader: reader })))).toEqual([]);
  });
});

describe('a resource', () => {
  test.each([
    ['arn:aws:states:::lambda:invoke.waitForTaskToken', { FunctionName: 'f' }],
    ['arn:aws-cn:states:::states:startExecution.sync:2', { StateMachineArn: 'a' }],
    ['arn:aws:states:::aws-sdk:s3:listBuckets.waitForTaskToken', {}],
    ['arn:aws:states:::http:invoke', { ApiEndpoint: 'https://x' }],
    ['arn:aws:lambda:eu-west-1:111122223333:function:f:live', {}],
    ['arn:aws:states:eu-west-1:111122223333:activity:a', {}],
    ['${CallStock}', {}],
  ])('%s is taken', (resource, given) => {
    expect(findings(only(call(resource, given)))).toEqual([]);
  });

  test.each([
    'arn:aws:states:::lambda:invoke.sync',
    'arn:aws:states:::dynamodb:query',
    'arn:aws:states:::sqs:sendMessage.sync:2',
    'arn:aws:states:::lamda:invoke',
  ])('%s is not offered', (resource) => {
    expect(schemaFaults(only(call(resource)))[0]).toBe(
      `/States/S/Resource: The resource provided ${resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
    );
  });

  test('is an ARN', () => {
    expect(schemaFaults(only(call('createOrder')))).toEqual(['/States/S/Resource: Value is not a valid resource ARN']);
    expect(schemaFaults(only({ Type: 'Task', Resource: 5 }))).toEqual([
      '/States/S/Resource: Expected value of type [STRING]',
    ]);
  });

  test('of an optimised integration needs arguments', () => {
    const resource = 'arn:aws:states:::sqs:sendMessage';
    expect(schemaFaults(only({ Type: 'Task', Resource: resource }))).toEqual([
      `/States/S: Arguments field is required for resource ARN: ${resource}`,
    ]);
    expect(schemaFaults(only(call(resource, { QueueUrl: 'q' })))).toEqual([
      "/States/S/Arguments: The field 'MessageBody' is required but was missing",
    ]);
    expect(schemaFaults(only(call(resource, '{% $states.input %}')))).toEqual([]);
  });

  test('that is an activity takes no credentials', () => {
    const state = { ...call('arn:aws:states:eu-west-1:1:activity:a'), Credentials: { RoleArn: 'r' } };
    expect(schemaFaults(only(state))).toEqual([
      "/States/S/Credentials: The field 'Credentials' is not supported for activities",
    ]);
  });
});

describe('an Express machine', () => {
  test('has no Distributed Map', () => {
    expect(schemaFaults(only(map({ ItemProcessor: DISTRIBUTED })), 'EXPRESS')).toEqual([
      "/States/S/ItemProcessor/ProcessorConfig/Mode: The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines",
    ]);
  });

  test('is what the Express children of a Distributed Map are', () => {
    const wait = {
      ...call('arn:aws:states:::sqs:sendMessage.waitForTaskToken', { QueueUrl: 'q', MessageBody: 'm' }),
      End: true,
    };
    const processor = {
      StartAt: 'In',
      States: { In: wait },
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
    };
    expect(schemaFaults(only(map({ ItemProcessor: processor })))).toEqual([
      "/States/S/ItemProcessor/States/In/Resource: Express state machine does not support '.waitForTaskToken' service integration ",
    ]);
  });
});

describe('transitions', () => {
  test('lead to states of the same container', () => {
    const branch = { StartAt: 'In', States: { In: { Type: 'Pass', Next: 'T' } } };
    const parallel = { Type: 'Parallel', Branches: [branch], Next: 'T' };
    expect(findings(machine({ S: parallel, T: { Type: 'Succeed' } }))).toEqual([
      "MISSING_TRANSITION_TARGET at /States/S/Branches[0]/States/In/Next: Missing 'Next' target: T",
    ]);
  });

  test('are named by their field, and called Next whatever the field', () => {
    const choice = { Type: 'Choice', Choices: [{ Condition: true, Next: 'X' }], Default: 'Y' };
    const task = {
      ...call('arn:aws:states:::lambda:invoke', { FunctionName: 'f' }),
      Catch: [{ ErrorEquals: ['A'], Next: 'Z' }],
      Next: 'C',
    };
    expect(findings({ ...machine({ S: task, C: choice, E: { Type: 'Succeed' } }) })).toEqual([
      "MISSING_TRANSITION_TARGET at /States/S/Catch[0]/Next: Missing 'Next' target: Z",
      "MISSING_TRANSITION_TARGET at /States/C/Default: Missing 'Next' target: Y",
      "MISSING_TRANSITION_TARGET at /States/C/Choices[0]/Next: Missing 'Next' target: X",
      'MISSING_TRANSITION_TARGET at /States/E: State "E" is not reachable.',
    ]);
  });

  test('may go in circles inside a nested machine', () => {
    const circle = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } } };
    expect(findings(only({ Type: 'Parallel', Branches: [circle] }))).toEqual([]);
  });

  test('of a machine without an end hide what is unreachable', () => {
    const states = { A: { Type: 'Pass', Next: 'A' }, Lost: { Type: 'Pass', Next: 'A' } };
    expect(findings(machine(states))).toEqual(['MISSING_END_STATE at no place: Workflow has no terminal state']);
  });
});

describe('a state by itself', () => {
  test('may lead anywhere, but its nested machines may not', () => {
    const branch = { StartAt: 'In', States: { In: { Type: 'Pass', QueryLanguage: 'JSONata', Next: 'Out' } } };
    const state = { Type: 'Parallel', QueryLanguage: 'JSONata', Branches: [branch], Next: 'Anywhere' };
    expect(stateFindings(state)).toEqual([
      {
        code: 'MISSING_TRANSITION_TARGET',
        severity: 'ERROR',
        message: "Missing 'Next' target: Out",
        location: '/Branches[0]/States/In/Next',
      },
    ]);
  });
});
