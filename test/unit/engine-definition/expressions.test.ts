import { describe, expect, test } from 'vitest';
import { expressionIn, readExpression } from '../../../lib/engine/definition/expression-reading.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { findings, machine, only } from './machines.ts';

function references(source: string): {
  readonly variables: string;
  readonly topLevel: string;
  readonly states: string;
} {
  const reading = readExpression(source);
  if (!reading.ok) throw new Error(reading.message);
  const { variables, topLevel, statesFields } = reading.references;
  return {
    variables: [...variables].join(' '),
    topLevel: [...topLevel].join(' '),
    states: [...statesFields].join(' '),
  };
}

describe('an expression', () => {
  test.each([
    ['{% $x %}', '$x'],
    ['{%$x%}', '$x'],
    ['{%%}', ''],
    [' {% $x %}', undefined],
    ['{% $x %} ', undefined],
    ['{%}', undefined],
    ['a {% $x %}', undefined],
  ])('in %j is %j', (text, source) => {
    expect(expressionIn(text)).toBe(source);
  });

  test.each([
    ['a[1,2)', 'Expected "]", got ","'],
    ['"unterminated', 'String literal must be terminated by a matching quote'],
    ['1 +', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['$match("a", /abc', 'No terminating / in regular expression'],
    ['phone %.other', 'The symbol "." cannot be used as a unary operator'],
    ['', 'Unexpected end of expression'],
  ])('%j does not parse, in the words of the parser', (source, message) => {
    expect(readExpression(source)).toEqual({ ok: false, message });
  });
});

describe('free variables', () => {
  test.each([
    ['$a + $b.c[$d = 1]', 'a b d'],
    ['($x := $y; $x + $z)', 'y z'],
    ['($f := function($n) { $n = 0 ? 1 : $f($n - 1) }; $f($k))', 'k'],
    ['$x := $x + 1', 'x'],
    ['($x := 1; ($y := $x); $y)', 'y'],
    ['$map($list, function($v, $i) { $v & $i & $w })', 'map list w'],
    ['$states.input.rows@$r.cells#$i.{ "r": $r, "i": $i, "o": $o }', 'o'],
    ['$rows#$i[$i < $n]', 'rows n'],
    ['$list ~> $sort(function($l, $r) { $l > $r })', 'list sort'],
    ['$doc ~> | $states.input.path | { "a": $v }, $gone |', 'doc v gone'],
    ['$rows^(>$key){ $group: $sum($) }', 'rows key group sum'],
    ['[$a, -$b, $c ? $d]', 'a b c d'],
    ['$substring(?, $n)', 'substring n'],
    ['$states.input ~> $f', 'f'],
  ])('of %s', (source, variables) => {
    expect(references(source).variables).toBe(variables);
  });
});

describe('names in the outer context', () => {
  test.each([
    ['phone', 'phone'],
    ['a.b.c', 'a'],
    ['`odd name`', 'odd name'],
    ['aaa + bbb', 'aaa bbb'],
    ['$.phone', '$'],
    ['*', '*'],
    ['**.x', '**'],
    ['$states.input.phone', ''],
    ['$states.input.items[phone > 3]', ''],
    ['$v[phone]', ''],
    ['$states.input.a.{ "k": k }', ''],
    ['{ "k": k }', 'k'],
    ['[k]', 'k'],
    ['$rows{ id: $sum(total) }', ''],
    ['$map($states.input.a, function($x) { b })', 'b'],
    ['$states.input.a.$map($, function($x) { b })', ''],
    ['(a).b', 'a'],
    ['[1..3][$ > 1]', ''],
    ['$sum(n)', 'n'],
    ['x in $list', 'x'],
  ])('of %s', (source, topLevel) => {
    expect(references(source).topLevel).toBe(topLevel);
  });
});

describe('parts of $states', () => {
  test.each([
    ['$states.input.a & $states.context.b', 'input context'],
    ['$states', ''],
    ['$states."result"', 'result'],
    ['function($states) { $states.errorOutput }', ''],
  ])('of %s', (source, states) => {
    expect(references(source).states).toBe(states);
  });

  test('result is there after success of Task, Parallel and Map only', () => {
    const said = "UNSUPPORTED_JSONATA_EXPRESSION at /States/S/Output: Field '$states.result' does not exist.";
    expect(findings(only({ Type: 'Pass', Output: '{% $states.result %}' }))).toEqual([said]);
    const call = { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:s3:listBuckets' };
    expect(findings(only({ ...call, Arguments: '{% $states.result %}' }))).toEqual([
      said.replace('Output', 'Arguments'),
    ]);
    expect(findings(only({ ...call, Arguments: {}, Output: '{% $states.result %}' }))).toEqual([]);
  });

  test('are four', () => {
    expect(findings(only({ Type: 'Succeed', Output: '{% $states.output %}' }))).toEqual([
      "UNSUPPORTED_JSONATA_EXPRESSION at /States/S/Output: Field '$states.output' does not exist.",
    ]);
  });
});

describe('the place of an expression', () => {
  test.each([
    [{ Type: 'Pass', Output: { a: { b: [0, '{% x %}'] } } }, '/States/S/Output/a/b[1]'],
    [{ Type: 'Pass', Assign: { Next: '{% x %}' } }, '/States/S/Assign/Next'],
    [{ Type: 'Wait', Seconds: '{% x %}' }, '/States/S/Seconds'],
    [{ Type: 'Fail', Cause: '{% x %}' }, '/States/S/Cause'],
    [
      { Type: 'Choice', Choices: [{ Condition: '{% x = 1 %}', Next: 'S' }], Default: 'S' },
      '/States/S/Choices[0]/Condition',
    ],
  ])('of %j is %s', (state, location) => {
    expect(findings(only(state))).toContain(
      `UNSUPPORTED_JSONATA_EXPRESSION at ${location}: Reference to 'x' at the top level is not supported.`,
    );
  });
});

/** A machine of one Pass that assigns. */
function inner(assign: JsonObject, output: Json = 1): JsonObject {
  return { StartAt: 'In', States: { In: { Type: 'Pass', Assign: assign, Output: output, End: true } } };
}

describe('variables', () => {
  test.each([
    ['states', "RESERVED_VARIABLE_NAME at /States/S/Assign/states: Cannot assign to reserved variable '$states'."],
    [
      'a.b',
      "INVALID_VARIABLE_NAME at /States/S/Assign/a.b: Invalid variable name 'a.b': the variable name contains invalid characters.",
    ],
    [
      '1st',
      "INVALID_VARIABLE_NAME at /States/S/Assign/1st: Invalid variable name '1st': the variable name contains invalid characters.",
    ],
    [
      '',
      "INVALID_VARIABLE_NAME at /States/S/Assign/: Invalid variable name '': the variable name contains invalid characters.",
    ],
    [
      'x'.repeat(81),
      `INVALID_VARIABLE_NAME at /States/S/Assign/${'x'.repeat(81)}: Invalid variable name '${'x'.repeat(81)}': the variable name exceeds the 80-character limit.`,
    ],
  ])('cannot be called %s', (name, finding) => {
    expect(findings(only({ Type: 'Pass', Assign: { [name]: 1 } }))).toEqual([finding]);
  });

  test('can be called by any Unicode identifier of 80 characters', () => {
    expect(findings(only({ Type: 'Pass', Assign: { größe_2: 1, ['変'.repeat(80)]: 2 } }))).toEqual([]);
  });

  test('of an outer scope are read and not assigned in an inner one', () => {
    const set = { Type: 'Pass', Assign: { total: 1 }, Next: 'Both' };
    const both = { Type: 'Parallel', Branches: [inner({ total: 2 }, '{% $total %}')], End: true };
    expect(findings(machine({ S: set, Both: both }))).toEqual([
      "DUPLICATE_VARIABLE_NAME at /States/Both/Branches[0]/States/In/Assign/total: The variable name 'total' was already defined in a parent scope.",
    ]);
  });

  test('assigned only afterwards, or on another way, do not count', () => {
    const which = {
      Type: 'Choice',
      Choices: [{ Condition: true, Assign: { total: 1 }, Next: 'Last' }],
      Default: 'Both',
    };
    const both = { Type: 'Parallel', Branches: [inner({ total: 2 })], Assign: { total: 3 }, Next: 'Last' };
    const last = { Type: 'Pass', Assign: { total: 4 }, End: true };
    expect(findings(machine({ S: which, Both: both, Last: last }))).toEqual([]);
  });

  test('assigned afterwards count where the way leads back', () => {
    const both = { Type: 'Parallel', Branches: [inner({ total: 2 })], Assign: { total: 3 }, Next: 'Again' };
    const again = { Type: 'Choice', Choices: [{ Condition: '{% $total > 2 %}', Next: 'S' }], Default: 'End' };
    expect(findings(machine({ S: both, Again: again, End: { Type: 'Succeed' } }))).toEqual([
      expect.stringMatching(/^DUPLICATE_VARIABLE_NAME at \/States\/S\/Branches/),
    ]);
  });

  test('of outside are unknown to the executions of a Distributed Map', () => {
    const set = { Type: 'Pass', Assign: { total: 1 }, Next: 'Each' };
    const config = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    const processor = { ...config, ...inner({ total: 2, other: '{% $sum($all) %}' }) };
    const each = { Type: 'Map', Items: [1], ItemProcessor: processor, End: true };
    expect(findings(machine({ S: set, Each: each }))).toEqual([
      "? POSSIBLY_UNDEFINED_VARIABLE at /States/Each/ItemProcessor/States/In/Assign/other: Variable 'all' is possibly not defined.",
    ]);
  });
});
