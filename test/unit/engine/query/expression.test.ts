/** Expressions with the service's dialect, its bounds and its words. */
import { describe, expect, test } from 'vitest';
import { compileExpression } from '../../../../lib/engine/query/expression.ts';
import { Problem, type View } from '../../../../lib/engine/query/language.ts';
import { compileTemplate, compileTyped, expressionIn } from '../../../../lib/engine/query/template.ts';
import { RandomSource } from '../../../../lib/engine/random-source.ts';
import type { Json, JsonObject } from '../../../../lib/model/json.ts';

const TIME = Date.UTC(2026, 4, 17, 12, 30, 15, 250);

function viewOf(variables: JsonObject = {}, input: Json = {}): View {
  const random = new RandomSource(42);
  return { variables, input, time: TIME, context: () => ({ State: { Name: 'S' } }), random: () => random };
}

async function value(text: string, variables?: JsonObject, input?: Json): Promise<Json> {
  const evaluated = await compileExpression(text, 'Output').evaluate(viewOf(variables, input));
  if (evaluated instanceof Problem) throw new Error(evaluated.message);
  return evaluated;
}

async function problem(text: string, variables?: JsonObject): Promise<string> {
  const evaluated = await compileExpression(text, 'Output/v').evaluate(viewOf(variables));
  return evaluated instanceof Problem ? evaluated.message : `no problem: ${JSON.stringify(evaluated)}`;
}

/** What stands between the quoted expression and the reason. */
function failed(text: string, reason: string): string {
  return `The JSONata expression '${text}' specified for the field 'Output/v' threw an error during evaluation${reason}`;
}

describe('the added functions', () => {
  test.each<[string, Json]>([
    ['$partition([1,2,3,4], 3)', [[1, 2, 3], [4]]],
    ['$partition([0], 5)', [[0]]],
    ['$partition([1,2,3], 2.9)', [[1, 2], [3]]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(1, 9, 9)', 1],
    ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$hash("input", "SHA-1")', '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'],
    ['$hash("", "MD5")', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['$random(42)', 0.7275636800328681],
    ['$parse("{\\"a\\": [1, null]}")', { a: [1, null] }],
    ['$parse("-0")', -0],
    ['$length($hash("x", "SHA-512"))', 128],
  ])('%s is %j', async (text, expected) => {
    expect(await value(text)).toEqual(expected);
  });

  test.each([
    '$partition([], 2)',
    '$partition([1], 0)',
    '$range(0, 3)',
    '$range(0, 3, -1)',
    '$range(0, 3, 0)',
    '$hash("x")',
    '$parse($absent)',
  ])('%s is nothing', async (text) => {
    expect(await problem(text)).toBe(
      `The JSONata expression '${text}' specified for the field 'Output/v' returned nothing (undefined).`,
    );
  });

  test('$partition refuses a negative size, $hash an unknown algorithm, $parse what is not JSON', async () => {
    expect(await problem('$partition([1], -1)')).toMatch(/threw an error during evaluation/);
    expect(await problem('$hash("x", "sha-1")')).toMatch(/threw an error during evaluation/);
    expect(await problem('$parse("{")')).toMatch(/threw an error during evaluation/);
  });

  test('$eval is taken away', async () => {
    expect(await problem('$eval("1+1")')).toBe(failed('$eval("1+1")', '. T1006: Attempted to invoke a non-function'));
  });
});

describe('time and randomness come from the event', () => {
  test('$now and $millis are its time, also in a picture', async () => {
    expect(await value('$now()')).toBe('2026-05-17T12:30:15.250Z');
    expect(await value('$millis()')).toBe(TIME);
    expect(await value('$now("[D01].[M01].[Y]")')).toBe('17.05.2026');
  });

  test('what a date leaves open is filled from it', async () => {
    expect(await value('$fromMillis($toMillis("10:00", "[H]:[m]"))')).toBe('2026-05-17T10:00:00.000Z');
  });

  test('$random, $uuid and $shuffle repeat with the seed', async () => {
    const text = '[$random(), $random(), $uuid(), $shuffle([1..20])]';
    expect(await value(text)).toEqual(await value(text));
    expect(await value('$random()')).toBe(0.7275636800328681);
    expect(await value('$uuid()')).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

describe('bounds of one expression', () => {
  const STACK =
    ': Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive. Depth=101 max=100';
  const MEMORY = ': Expression evaluation memory limit exceeded: Check for excessive memory usage';

  test('a hundred terms pass and one more does not', async () => {
    expect(await value(Array.from({ length: 100 }, () => '1').join('+'))).toBe(100);
    const tooMany = Array.from({ length: 101 }, () => '1').join('+');
    expect(await problem(tooMany)).toBe(failed(tooMany, STACK));
  });

  test('a wide constructor is not a deep one', async () => {
    const wide = `[${Array.from({ length: 300 }, (_, index) => `$sum([${index}])`).join(',')}]`;
    expect(await value(wide)).toHaveLength(300);
  });

  test('recursion without an end stops, with and without a tail call', async () => {
    const looping = '($f := function($n) { $f($n + 1) }; $f(1))';
    expect(await problem(looping)).toBe(failed(looping, ': Expression evaluation timeout: Check for infinite loop'));
    const deepening = '($f := function($n) { 1 + $f($n + 1) }; $f(1))';
    expect(await problem(deepening)).toBe(failed(deepening, STACK));
  });

  test('the largest range passes and one more does not', async () => {
    expect(await value('$count([1..873782])')).toBe(873_782);
    expect(await problem('$count([1..873783])')).toBe(failed('$count([1..873783])', MEMORY));
    expect(await value('$count($range(1, 360145, 1))')).toBe(360_145);
    expect(await problem('$range(1, 360146, 1)')).toBe(failed('$range(1, 360146, 1)', MEMORY));
  });

  test('a text of 2^22 characters passes and one of 2^23 does not', async () => {
    expect(await value('$length($pad("", 4194304, "x"))')).toBe(4_194_304);
    expect(await problem('$pad("", 8388608, "x")')).toBe(failed('$pad("", 8388608, "x")', MEMORY));
  });
});

describe('results', () => {
  test.each<[string, Json]>([
    ['1/0', 'Infinity'],
    ['[1/0, {"k": 0/0}]', ['Infinity', { k: 'NaN' }]],
    ['$x.a', [1, 2]],
    ['$x[]', [{ a: 1 }, { a: 2 }]],
    ['$v := 1', 1],
    ['null', null],
  ])('%s is %j', async (text, expected) => {
    expect(await value(text, { x: [{ a: 1 }, { a: 2 }] })).toEqual(expected);
  });

  test('a sequence becomes a plain array', async () => {
    const [first] = [(await value('$x.a', { x: [{ a: 1 }, { a: 2 }] })) as object];
    expect(Object.getOwnPropertyNames(first)).toEqual(['0', '1', 'length']);
  });

  test('an expression that marks an array of the input does not change it for the next one', async () => {
    const input = { list: [1] };
    expect(await value('$states.input.list[]', {}, input)).toEqual([1]);
    expect(Object.getOwnPropertyNames(input.list)).toEqual(['0', 'length']);
  });

  test('a function is no result, wherever it is', async () => {
    const unsupported =
      "The JSONata expression '$sum' specified for the field 'Output/v' returned an unsupported result type.";
    expect(await problem('$sum')).toBe(unsupported);
    expect(await problem('{"f": function($x) { $x }}')).toMatch(/returned an unsupported result type\.$/);
  });

  test('data that bears the mark of a function is data', async () => {
    const marked = { _jsonata_function: true, _jsonata_lambda: true };
    expect(await value('{"k": $x.m, "n": $count($x.l)}', { x: { m: marked, l: [1] } })).toEqual({ k: marked, n: 1 });
  });

  test('the error of an expression is quoted with its code', async () => {
    expect(await problem('$number("x")')).toBe(
      failed('$number("x")', '. D3030: Unable to cast value to a number: "x"'),
    );
  });
});

describe('templates', () => {
  test.each([
    ['{% 1 %}', '1'],
    ['{%1%}', '1'],
    [' {% 1 %} ', null],
    ['{% 1 %} ', null],
    ['{%}', null],
    ['x {% 1 %}', null],
  ])('%j holds %j', (text, expected) => {
    expect(expressionIn(text)).toBe(expected);
  });

  test('expressions are found at any depth, keys are never one, literals are shared', async () => {
    const literal = { deep: [1, { two: 2 }] };
    const template = { '{% 1 %}': '{% $states.input.a %}', list: ['{% $x %}', null], literal, __proto__x: 1 };
    const evaluated = await compileTemplate(template, 'Output').evaluate(viewOf({ x: 'ex' }, { a: 1 }));
    expect(evaluated).toEqual({ '{% 1 %}': 1, list: ['ex', null], literal, __proto__x: 1 });
    expect((evaluated as { readonly literal: unknown }).literal).toBe(literal);
  });

  test('a key may be called __proto__', async () => {
    const template = JSON.parse('{"__proto__": "{% 1 %}"}') as Json;
    const evaluated = await compileTemplate(template, 'Output').evaluate(viewOf());
    expect(JSON.stringify(evaluated)).toBe('{"__proto__":1}');
  });

  test('the place of a problem is its path', async () => {
    const evaluated = await compileTemplate({ a: [{ b: '{% $x %}' }] }, 'Arguments').evaluate(viewOf());
    expect((evaluated as Problem).location).toBe('Arguments/a[0]/b');
  });

  test('the first problem in order is the one reported', async () => {
    const evaluated = await compileTemplate({ a: '{% $sum([1]) %}', b: '{% $x %}', c: '{% $y %}' }, 'Output').evaluate(
      viewOf(),
    );
    expect((evaluated as Problem).location).toBe('Output/b');
  });

  test('a typed field says what it wanted and what it got', async () => {
    const evaluated = await compileTyped('{% {"foo": "bar"} %}', 'Items', ['array']).evaluate(viewOf());
    expect((evaluated as Problem).message).toBe(
      `The JSONata expression '{"foo": "bar"}' specified for the field 'Items' returned an unexpected result type. ` +
        `Expected 'array', but was 'object' for value: {"foo":"bar"}`,
    );
  });
});
