import { assert, constantFrom, json, nat, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isServiceFinding } from '../../../lib/engine/definition/finding.ts';
import { scanJson } from '../../../lib/engine/definition/json-text.ts';
import { parseDefinition } from '../../../lib/engine/definition/parse-definition.ts';
import { findings, machine, only } from './machines.ts';

const SMALLEST = { QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };

describe('a definition without faults', () => {
  test('is given back from text as from JSON', () => {
    expect(parseDefinition(JSON.stringify(SMALLEST))).toEqual({ definition: SMALLEST, findings: [] });
    expect(parseDefinition(SMALLEST)).toEqual({ definition: SMALLEST, findings: [] });
  });

  test('is given back with its warnings', () => {
    const parsed = parseDefinition(only({ Type: 'Succeed', Output: '{% $never %}' }));
    expect(parsed.definition?.StartAt).toBe('S');
    expect(parsed.findings).toEqual([
      {
        code: 'POSSIBLY_UNDEFINED_VARIABLE',
        severity: 'WARNING',
        message: "Variable 'never' is possibly not defined.",
        location: '/States/S/Output',
      },
    ]);
  });
});

describe('a text that is no JSON', () => {
  test('is refused in the words of the service, with line and column', () => {
    expect(parseDefinition('{\n  "StartAt": oops }').findings).toEqual([
      {
        code: 'INVALID_JSON_DESCRIPTION',
        severity: 'ERROR',
        message:
          "Unrecognized token 'oops': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n" +
          ' at [Source: (String)"{\n  "StartAt": oops }"; line: 2, column: 18]',
        location: '[Source: (String)"{\n  "StartAt": oops }"; line: 2, column: 18]',
      },
    ]);
  });

  test.each([
    ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 7],
    ['{"a": 1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 10],
    ['{a: 1}', "Unexpected character ('a' (code 97)): was expecting double-quote to start field name", 3],
    ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 5],
    ['{"a": [1', 'Unexpected end-of-input: expected close marker for Array', 9],
    [
      '{"a": "b',
      "Unexpected character ('\"' (code 34)): was expecting a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      8,
    ],
  ])('%s', (text, reason, column) => {
    expect(scanJson(text).fault).toEqual({ reason, line: 1, column });
  });

  test('is quoted only in part when it is long', () => {
    const [finding] = parseDefinition(`{"Comment": "${'x'.repeat(600)}", `).findings;
    expect(finding?.location).toMatch(/x"\[truncated 116 chars\]; line: 1, column: 617\]$/);
  });

  test.each([['null'], ['7'], ['"text"'], ['[]'], [''], ['  \n ']])('%j is no object', (text) => {
    expect(findings(text)).toEqual(['SCHEMA_VALIDATION_FAILED at no place: Definition must be a valid JSON object']);
  });

  test('is found wherever JSON.parse finds one, and nowhere else', () => {
    const damaged = tuple(json(), nat(), constantFrom('', ',', '}', '"', '\\', 'x', '\u0001', '-'));
    assert(
      property(damaged, ([intact, position, insertion]) => {
        const at = position % (intact.length + 1);
        const text = intact.slice(0, at) + insertion + intact.slice(at + (position % 2));
        expect(scanJson(text).fault === undefined).toBe(parses(text));
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a hostile definition', () => {
  test('larger than the service takes is refused before it is read', () => {
    const parsed = parseDefinition({ ...SMALLEST, Comment: 'x'.repeat(1_048_576) });
    expect(parsed.findings.map((finding) => finding.code)).toEqual(['DEFINITION_TOO_LARGE']);
  });

  test('nested without end is refused by depth', () => {
    const message = 'TOO_DEEPLY_NESTED at no place: The definition nests objects and arrays more than 400 levels deep';
    expect(findings('['.repeat(200_000))).toEqual([message]);
    let deep: unknown = 0;
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(findings(deep as never)).toEqual([message]);
  });

  test('with an expression nested without end is refused by its expression', () => {
    const expression = `{% ${'('.repeat(20_000)}1${')'.repeat(20_000)} %}`;
    expect(findings(only({ Type: 'Succeed', Output: expression }))).toEqual([
      'INVALID_JSONATA_EXPRESSION at /States/S/Output: The expression is nested too deeply',
    ]);
  });

  test('with names of the language of our implementation is read as any other', () => {
    const text =
      '{"QueryLanguage":"JSONata","StartAt":"__proto__","States":{"__proto__":{"Type":"Pass","Next":"constructor"},' +
      '"constructor":{"Type":"Pass","Output":{"__proto__":1},"Next":"toString"}}}';
    expect(findings(text)).toEqual([
      "MISSING_TRANSITION_TARGET at /States/constructor/Next: Missing 'Next' target: toString",
      'MISSING_END_STATE at no place: Workflow has no terminal state',
    ]);
    expect(findings(only({ Type: 'constructor' }))).toHaveLength(1);
    expect(findings(only({ Type: 'Pass', hasOwnProperty: 1 }))).toEqual([
      "SCHEMA_VALIDATION_FAILED at /States/S: Field 'hasOwnProperty' is not supported",
    ]);
  });

  test('yields no more findings than we keep', () => {
    const fields = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`x${index}`, index]));
    expect(findings(only({ Type: 'Pass', ...fields }))).toHaveLength(1_000);
  });
});

describe('state names', () => {
  test('that stand twice in one object are seen in the text', () => {
    const text =
      '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"A":{"Type":"Pass","End":true}}}';
    expect(findings(text)).toEqual(['DUPLICATE_STATE_NAME at /States/A: Duplicate State name: A']);
  });

  test('are unique over all nested machines', () => {
    const one = { StartAt: 'Same', States: { Same: { Type: 'Pass', End: true } } };
    const parallel = { Type: 'Parallel', Branches: [one], Next: 'Same' };
    expect(findings(machine({ Both: parallel, Same: { Type: 'Succeed' } }))).toEqual([
      'DUPLICATE_STATE_NAME at /States/Same: Duplicate State name: Same',
    ]);
  });

  test('have at most 80 characters, counted as Unicode characters', () => {
    const name = '😀'.repeat(80);
    expect(findings(machine({ [name]: { Type: 'Succeed' } }))).toEqual([]);
    expect(findings(machine({ [`${name}x`]: { Type: 'Succeed' } }))).toEqual([
      `INVALID_STATE_NAME at /States/${name}x: State name '${name}x' exceeds the 80-character limit allowed by the service`,
    ]);
  });
});

describe('JSONPath', () => {
  const JSONPATH =
    "JSONPath is not supported yet: set the field 'QueryLanguage' of the state machine to 'JSONata' (JSONPath is its default)";

  test('is refused once for a machine that is JSONPath throughout, beside what the service finds', () => {
    const states = { W: { Type: 'Wait', Seconds: -1, Next: 'P' }, P: { Type: 'Pass', InputPath: 'x', End: true } };
    expect(findings({ StartAt: 'W', States: states })).toEqual([
      'SCHEMA_VALIDATION_FAILED at /States/W/Seconds: Minimum value is 0',
      'SCHEMA_VALIDATION_FAILED at /States/P/InputPath: Value must be a valid JSONPath.',
      `NOT_SUPPORTED_YET at /QueryLanguage: ${JSONPATH}`,
    ]);
  });

  test('is refused state by state in a mixed machine, at any depth', () => {
    const inner = { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } };
    const outer = { Type: 'Parallel', QueryLanguage: 'JSONata', Branches: [inner], End: true };
    expect(findings({ StartAt: 'Out', States: { Out: outer } })).toEqual([
      "NOT_SUPPORTED_YET at /States/Out/Branches[0]/States/In/QueryLanguage: JSONPath is not supported yet: set the field 'QueryLanguage' of the state 'In' to 'JSONata'",
    ]);
  });

  test('as default is no fault where every state says JSONata', () => {
    const state = { Type: 'Succeed', QueryLanguage: 'JSONata', Output: '{% $states.input %}' };
    expect(findings({ StartAt: 'S', States: { S: state } })).toEqual([]);
  });

  test('is our finding, not the service\u2019s', () => {
    const parsed = parseDefinition({ StartAt: 'S', States: { S: { Type: 'Succeed' } } });
    expect(parsed.definition).toBeUndefined();
    expect(parsed.findings.map(isServiceFinding)).toEqual([false]);
  });

  test('payload templates take paths and well-formed intrinsic calls after .$', () => {
    const parameters = {
      'path.$': '$.a',
      'call.$': "States.Format('it\\'s \\{{}\\}', $.a)",
      'plain.$': 'a',
      'escape.$': "States.Format('\\\"')",
    };
    const state = { Type: 'Pass', Parameters: { list: [parameters] }, End: true };
    expect(findings({ StartAt: 'S', States: { S: state } }).slice(0, -1)).toEqual([
      "SCHEMA_VALIDATION_FAILED at /States/S/Parameters/list[0]: The value for the field 'plain.$' must be a valid JSONPath or a valid intrinsic function call",
      "SCHEMA_VALIDATION_FAILED at /States/S/Parameters/list[0]: The value for the field 'escape.$' must be a valid JSONPath or a valid intrinsic function call",
    ]);
  });
});
