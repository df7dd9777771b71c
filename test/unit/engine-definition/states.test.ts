import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { machine, only, schemaFaults } from './machines.ts';

const CALL = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' } };
const NESTED = { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } };
const MAP = { Type: 'Map', ItemProcessor: NESTED };
const BOTH = { Type: 'Parallel', Branches: [NESTED] };

/** Every field that each type has in JSONata, with a value that it takes. */
const FULL: Readonly<Record<string, JsonObject>> = {
  Task: {
    ...CALL,
    Comment: 'c',
    QueryLanguage: 'JSONata',
    Credentials: { RoleArn: '{% $states.input.role %}' },
    TimeoutSeconds: '{% 10 %}',
    HeartbeatSeconds: 5,
    Retry: [
      {
        ErrorEquals: ['Busy'],
        IntervalSeconds: 0,
        MaxAttempts: 0,
        BackoffRate: 1.5,
        MaxDelaySeconds: 9,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S', Output: '{% $states.errorOutput %}', Assign: { why: 1 } }],
    Output: '{% $states.result.Payload %}',
    Assign: { paid: '{% $states.result %}' },
  },
  Pass: { Type: 'Pass', Comment: 'c', Output: { 'a.$': '$' }, Assign: { a: [1, '{% 1 %}'] } },
  Choice: {
    Type: 'Choice',
    Choices: [
      { Condition: true, Next: 'S', Comment: 'c', Output: 1, Assign: { x: 1 } },
      { Condition: '{% $states.input.ok %}', Next: 'S' },
    ],
    Default: 'S',
    Output: 2,
    Assign: { x: 2 },
  },
  Wait: { Type: 'Wait', Seconds: '{% $states.input.n %}', Output: 1, Assign: { x: 1 } },
  Succeed: { Type: 'Succeed', Output: { ok: '{% $states.context.Execution.Id %}' } },
  Fail: { Type: 'Fail', Error: '{% $states.input.error %}', Cause: 'because' },
  Parallel: { ...BOTH, Arguments: [1], Retry: [], Catch: [], Output: '{% $states.result %}', Assign: { x: 1 } },
  Map: {
    ...MAP,
    Items: '{% $states.input.items %}',
    ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
    MaxConcurrency: '{% 2 %}',
    ToleratedFailureCount: 1,
    ToleratedFailurePercentage: 12.5,
    Output: '{% $states.result %}',
    Assign: { x: '{% $states.result %}' },
    Retry: [],
    Catch: [],
  },
};

describe('fields', () => {
  test.each(Object.keys(FULL))('%s has its own', (type) => {
    const definition = only(FULL[type] ?? {});
    const stop = { ...definition, States: { ...(definition['States'] as JsonObject) } };
    // A Choice alone has no end.
    const expected = type === 'Choice' ? ['MISSING_END_STATE at no place: Workflow has no terminal state'] : [];
    expect(schemaFaults(stop)).toEqual(expected);
  });

  test.each([
    ['Task', CALL, ['Branches', 'Items', 'Result', 'Seconds']],
    ['Pass', { Type: 'Pass' }, ['TimeoutSeconds', 'Catch', 'Retry', 'Arguments', 'Resource']],
    ['Wait', { Type: 'Wait', Seconds: 1 }, ['Retry', 'TimeoutSeconds', 'Default']],
    ['Succeed', { Type: 'Succeed' }, ['Next', 'End', 'Assign']],
    ['Fail', { Type: 'Fail' }, ['Next', 'End', 'Output', 'Assign']],
    ['Parallel', BOTH, ['TimeoutSeconds', 'ItemProcessor', 'MaxConcurrency']],
    ['Map', MAP, ['TimeoutSeconds', 'Arguments', 'Branches']],
  ])('%s has no others', (_, state, foreign) => {
    const extra = Object.fromEntries(foreign.map((name) => [name, 1]));
    const faults = schemaFaults(only({ ...state, ...extra }));
    expect(faults.filter((fault) => fault.startsWith('/States/S: Field'))).toEqual(
      foreign.map((name) => `/States/S: Field '${name}' is not supported`),
    );
  });

  test('of a Choice are neither Next nor End', () => {
    const choice = { ...FULL['Choice'], Next: 'T', End: true };
    expect(schemaFaults(machine({ S: choice, T: { Type: 'Succeed' } }))).toEqual([
      "/States/S: Field 'Next' is not supported",
      "/States/S: Field 'End' is not supported",
    ]);
  });

  test('of the machine are few', () => {
    const definition = { ...only({ Type: 'Succeed' }), Version: '2.0', TimeoutSeconds: 0, Name: 'x', Comment: 1 };
    expect(schemaFaults(definition)).toEqual([
      "/: Field 'Name' is not supported",
      '/Version: Value should be one of the following: [1.0]',
      '/Comment: Expected value of type [STRING]',
    ]);
  });

  test.each([
    ['Task', { Type: 'Task' }, 'Resource'],
    ['Choice', { Type: 'Choice' }, 'Choices'],
    ['Parallel', { Type: 'Parallel' }, 'Branches'],
  ])('%s needs some', (_, state, missing) => {
    expect(schemaFaults(only(state))).toContain(`/States/S: These fields are required: [${missing}]`);
  });

  test('JSONPath has its own, which JSONata refuses by name', () => {
    const fields = ['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'Result'];
    const state = { Type: 'Pass', ...Object.fromEntries(fields.map((name) => [name, '$.x'])) };
    expect(schemaFaults(only(state))).toEqual(
      fields.map(
        (name) =>
          `/States/S: The QueryLanguage is set to 'JSONata', but field '${name}' is only supported for the 'JSONPath' QueryLanguage`,
      ),
    );
  });

  test('of JSONata are refused in a JSONPath state, and not looked into', () => {
    const state = { Type: 'Pass', Output: '{% ( %}', End: true };
    expect(schemaFaults({ StartAt: 'S', States: { S: state } })[0]).toBe(
      "/States/S: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage",
    );
  });
});

describe('the query language', () => {
  test('of a state inside a Map is the machine\u2019s, not the Map\u2019s', () => {
    const inner = { StartAt: 'In', States: { In: { Type: 'Pass', Output: 1, End: true } } };
    const map = { Type: 'Map', QueryLanguage: 'JSONata', Items: [1], ItemProcessor: inner, End: true };
    expect(schemaFaults({ QueryLanguage: 'JSONPath', StartAt: 'M', States: { M: map } })[0]).toBe(
      "/States/M/ItemProcessor/States/In: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage",
    );
  });

  test('misspelt is JSONata, and the spelling is reported', () => {
    expect(schemaFaults(only({ Type: 'Pass', QueryLanguage: 'jsonpath', InputPath: '$' }))).toEqual([
      "/States/S: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage",
      '/States/S/QueryLanguage: Value should be one of the following: [JSONPath, JSONata]',
    ]);
    expect(schemaFaults({ ...only({ Type: 'Pass', Output: 1 }), QueryLanguage: 5 })).toEqual([
      '/QueryLanguage: Expected value of type [STRING]',
    ]);
  });

  test('JSONPath under a JSONata machine is the only thing said about languages', () => {
    const map = { ...MAP, QueryLanguage: 'JSONPath', Items: [], MaxConcurrency: -1 };
    expect(schemaFaults(only(map))).toEqual([
      "/States/S: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
      '/States/S/MaxConcurrency: Minimum value is 0',
    ]);
  });
});

describe('values', () => {
  test.each([
    [{ Type: 'Wait', Seconds: 100_000_000 }, '/States/S/Seconds: Maximum value is 99999999'],
    [{ Type: 'Wait', Seconds: 1.5 }, '/States/S/Seconds: Expected value of type Integer'],
    [{ Type: 'Wait', Seconds: '1' }, '/States/S/Seconds: Expected value of type Integer'],
    [{ Type: 'Wait', Timestamp: 5 }, '/States/S/Timestamp: String does not match RFC3339 timestamp'],
    [
      { Type: 'Wait', Timestamp: '2032-02-30T00:00:00Z' },
      '/States/S/Timestamp: String does not match RFC3339 timestamp',
    ],
    [{ ...CALL, TimeoutSeconds: 0 }, '/States/S/TimeoutSeconds: Minimum value is 1'],
    [
      { ...CALL, TimeoutSeconds: 5, HeartbeatSeconds: 5 },
      '/States/S/HeartbeatSeconds: HeartbeatSeconds must be smaller than TimeoutSeconds',
    ],
    [{ ...CALL, Retry: {} }, '/States/S/Retry: Expected value of type [ARRAY]'],
    [{ ...CALL, Assign: [] }, '/States/S/Assign: Expected value of type [OBJECT]'],
    [{ Type: 'Fail', Error: 5 }, '/States/S/Error: Expected value of type [STRING]'],
    [{ Type: 'Parallel', Branches: [] }, '/States/S/Branches: Value cannot be empty'],
    [{ Type: 'Parallel', Branches: [1] }, '/States/S/Branches[0]: Expected value of type [OBJECT]'],
    [{ ...MAP, Items: 'three' }, '/States/S/Items: JSONata string must start with {% and end with %}'],
    [{ ...MAP, Items: 3 }, '/States/S/Items: Expected value of type [ARRAY]'],
    [{ ...MAP, ToleratedFailurePercentage: 101 }, '/States/S/ToleratedFailurePercentage: Maximum value is 100'],
    [
      { ...MAP, ToleratedFailurePercentage: '5' },
      '/States/S/ToleratedFailurePercentage: Expected value of type Integer',
    ],
  ])('%j', (state, fault) => {
    expect(schemaFaults(only(state))).toEqual([fault]);
  });

  test.each([[{ Type: 'Wait', Timestamp: '2032-02-29T23:59:59.123456-12:30' }], [{ ...MAP, Items: { a: 1 } }]])(
    '%j is taken',
    (state) => {
      expect(schemaFaults(only(state))).toEqual([]);
    },
  );

  test('a state is an object with a known type', () => {
    const states = { A: 1, B: { Next: 'A' }, C: { Type: 7 } };
    expect(schemaFaults({ ...machine({ A: 1 }), States: states }).slice(0, 3)).toEqual([
      '/States/A: Expected value of type [OBJECT]',
      '/States/B: These fields are required: [Type]',
      "/States/C/Type: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
    ]);
  });

  test('End: false is no end', () => {
    expect(schemaFaults(machine({ S: { Type: 'Pass', End: false }, T: { Type: 'Succeed' } }))[0]).toBe(
      '/States/S: This object should have only one of the following fields: [Next, End]',
    );
    expect(schemaFaults(machine({ S: { Type: 'Pass', End: false, Next: 'T' }, T: { Type: 'Succeed' } }))).toEqual([]);
  });
});

describe('Retry and Catch', () => {
  test.each([
    [{ Retry: [{}] }, '/States/S/Retry[0]: These fields are required: [ErrorEquals]'],
    [{ Retry: [{ ErrorEquals: [] }] }, '/States/S/Retry[0]/ErrorEquals: Value cannot be empty'],
    [{ Retry: [{ ErrorEquals: [5] }] }, '/States/S/Retry[0]/ErrorEquals[0]: Expected value of type [STRING]'],
    [{ Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5 }] }, '/States/S/Retry[0]/BackoffRate: Minimum value is 1'],
    [
      { Retry: [{ ErrorEquals: ['A'], BackoffRate: '2' }] },
      '/States/S/Retry[0]/BackoffRate: Expected value of type [NUMBER]',
    ],
    [{ Retry: [{ ErrorEquals: ['A'], MaxAttempts: -1 }] }, '/States/S/Retry[0]/MaxAttempts: Minimum value is 0'],
    [
      { Retry: [{ ErrorEquals: ['A'], MaxAttempts: '{% 1 %}' }] },
      '/States/S/Retry[0]/MaxAttempts: Expected value of type Integer',
    ],
    [
      { Retry: [{ ErrorEquals: ['A'], MaxDelaySeconds: 31_622_401 }] },
      '/States/S/Retry[0]/MaxDelaySeconds: Maximum value is 31622400',
    ],
    [
      { Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'HALF' }] },
      '/States/S/Retry[0]/JitterStrategy: Value should be one of the following: [NONE, FULL]',
    ],
    [{ Retry: [{ ErrorEquals: ['A'], Next: 'S' }] }, "/States/S/Retry[0]: Field 'Next' is not supported"],
    [
      { Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] },
      '/States/S/Retry[0]/ErrorEquals: States.ALL must appear alone and at end of list',
    ],
    [{ Catch: [{ ErrorEquals: ['States.ALL'] }] }, '/States/S/Catch[0]: These fields are required: [Next]'],
    [
      { Catch: [{ ErrorEquals: ['A'], Next: 'S', Output: '{% $states.result %}' }] },
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/S/Catch[0]/Output: Field '$states.result' does not exist.",
    ],
  ])('%j', (recovery, fault) => {
    expect(schemaFaults(only({ ...CALL, ...recovery }))).toEqual([fault]);
  });
});

function choiceFaults(rules: Json): readonly string[] {
  const states = { S: { Type: 'Choice', Choices: rules }, T: { Type: 'Succeed' } };
  return schemaFaults(machine(states)).filter((fault) => !fault.includes('is not reachable'));
}

describe('the rules of a Choice', () => {
  test.each([
    [[], ['/States/S/Choices: Value cannot be empty']],
    [[{ Condition: true }], ['/States/S/Choices[0]: These fields are required: [Next]']],
    [
      [{ Next: 'T' }],
      [
        '/States/S/Choices[0]: The object must have only one of the following fields, [And, Or, Not, Variable, Condition]',
      ],
    ],
    [
      [{ Condition: 'yes', Next: 'T' }],
      ['/States/S/Choices[0]/Condition: JSONata string must start with {% and end with %}'],
    ],
    [[{ Condition: 1, Next: 'T' }], ['/States/S/Choices[0]/Condition: Expected value of type [BOOLEAN]']],
  ])('%j', (rules, faults) => {
    expect(choiceFaults(rules)).toEqual(faults);
  });

  test('of JSONPath are trees of comparisons, only whose root goes anywhere', () => {
    const inner = [{ Variable: '$.a', IsNull: true, Next: 'T' }, { Variable: '$.b' }];
    const rules = [
      { And: inner, Next: 'T' },
      { Variable: 'c', StringEquals: 'x', IsNull: true, Next: 'T' },
    ];
    const choice = { Type: 'Choice', Choices: rules };
    expect(schemaFaults({ StartAt: 'S', States: { S: choice, T: { Type: 'Succeed' } } }).slice(0, 4)).toEqual([
      "/States/S/Choices[0]/And[0]: Field 'Next' is not supported",
      expect.stringMatching(/^\/States\/S\/Choices\[0\]\/And\[1\]: This object should have only one of/),
      '/States/S/Choices[1]/Variable: Value must be a valid JSONPath.',
      '/States/S/Choices[1]: There should only be one of the following fields: [StringEquals, IsNull]',
    ]);
  });
});
