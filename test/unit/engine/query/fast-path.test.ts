/** The fast path gives what the evaluator gives, or leaves the case to it. */
import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import type { AstNode } from '../../../../lib/engine/query/ast.ts';
import { fastPathOf } from '../../../../lib/engine/query/fast-path.ts';
import { FUNCTION_NAMES } from '../../../../lib/engine/query/function-names.ts';
import type { View } from '../../../../lib/engine/query/language.ts';
import { NEEDS_EVALUATOR } from '../../../../lib/engine/query/operators.ts';
import { resultToJson } from '../../../../lib/engine/query/result.ts';
import { RandomSource } from '../../../../lib/engine/random-source.ts';
import type { Json } from '../../../../lib/model/json.ts';

const PATHS = [
  '$x',
  '$x.a',
  '$x.a.b',
  '$x[0]',
  '$x.a[1]',
  '$x.a[-1].b',
  '$states.input',
  '$states.input.a.b',
  '$states.context.State.Name',
  '$states.result.a',
  '$missing',
  '$missing.a',
  '$string',
  '$x.`a b`',
  '$x.__proto__',
  '$x.toString',
];

const COMBINED = [
  ...PATHS,
  '"text"',
  '1',
  '-1.5',
  'true',
  'null',
  ...PATHS.flatMap((path) => [`$exists(${path})`, `$not(${path})`, `$count(${path})`, `${path} & "-" & $x.s`]),
  ...PATHS.flatMap((path) => [`${path} = "one"`, `${path} != 1`, `${path} = null`, `${path} < 2`, `${path} >= "a"`]),
  ...PATHS.flatMap((path) => [
    `$exists(${path}) ? ${path} : null`,
    `${path} ? 1 : 2`,
    `${path} and true`,
    `false or ${path}`,
  ]),
  ...PATHS.flatMap((path) => [`$lookup(${path}, "a")`, `$lookup(${path}, ${path})`, `$lookup({"one": 1}, ${path})`]),
  ...PATHS.flatMap((path) => [`{"k": ${path}, "l": [${path}, 1]}`, `[${path}, "x"]`, `${path} + 1`, `2 * ${path} - 1`]),
];

const VALUES: readonly Json[] = [
  null,
  true,
  0,
  'one',
  [],
  [0],
  [1, 2],
  [[1], [2]],
  ['one', { a: 1 }],
  {},
  { a: null },
  { a: { b: 'one', c: [] } },
  { a: [{ b: 1 }, { b: 2 }], s: 'tail' },
  { a: [[1, 2]] },
  { a: [], s: 'x' },
  { a: { b: [7] } },
  [{ a: 1 }, { a: [2, 3] }],
  [{ b: 1 }, 'one', null, {}],
  [[{ a: 1 }], { b: 2 }],
  [{ b: [] }, { a: [] }],
];

function viewFor(value: Json): View {
  return {
    variables: { x: value, s: 'shadow' },
    input: value,
    result: value,
    time: 0,
    context: () => ({ State: { Name: 'Here' } }),
    random: () => new RandomSource(1),
  };
}

async function evaluated(text: string, view: View): Promise<unknown> {
  const states = { input: view.input, context: view.context(), result: view.result };
  try {
    const value: unknown = await jsonata(text).evaluate(undefined, { ...view.variables, states });
    return value === undefined ? 'nothing' : resultToJson(value);
  } catch (error) {
    return { thrown: (error as { readonly code?: string }).code };
  }
}

describe('the fast path', () => {
  test.each(COMBINED)('answers %s as the evaluator does, or not at all', async (text) => {
    const fast = fastPathOf(jsonata(text).ast() as unknown as AstNode);
    for (const value of VALUES) {
      const view = viewFor(value);
      const answer = fast === null ? NEEDS_EVALUATOR : fast(view);
      if (answer !== NEEDS_EVALUATOR)
        expect({ value, answer: answer ?? defined(answer) }).toEqual({ value, answer: await evaluated(text, view) });
    }
  });

  test.each([
    '$states.input.a.b',
    '$x',
    '$exists($why) ? $why : null',
    "'run ' & $states.context.Execution.Input.run",
    "$s.do = 'undo'",
    '$states.result[0].id',
    '$states.result.Payload.out',
    '{"step": "A", "refs": {"A": $A}}',
  ])('takes %s, of which our own machines are made', (text) => {
    expect(fastPathOf(jsonata(text).ast() as unknown as AstNode)).not.toBeNull();
  });

  test.each<readonly [string, Json, Json]>([
    ['$exists($states.result.failed)', [{ pay: { id: 1 } }, { check: {} }], false],
    ["$lookup({'stock': 'CallStock', 'bank': 'CallBank'}, $states.input.system)", { system: 'bank' }, 'CallBank'],
  ])('decides %s by itself: every join and every undo asks it', (text, value, answer) => {
    expect(fastPathOf(jsonata(text).ast() as unknown as AstNode)?.(viewFor(value))).toBe(answer);
  });

  test.each([
    '$x[a = 1]',
    '$sum($x)',
    '$x.*',
    '$$',
    '$',
    'a',
    '$x^(a)',
    '$x.a[]',
    '($y := 1; $y)',
    '$x ~> $f',
    '$x{a: b}',
    '$x@$i.a',
  ])('leaves %s to the evaluator', (text) => {
    expect(fastPathOf(jsonata(text).ast() as unknown as AstNode)).toBeNull();
  });

  test('takes data that bears the mark of a function for the data it is', () => {
    const fast = fastPathOf(jsonata('$exists($x.a) ? $x.a : null').ast() as unknown as AstNode);
    const marked = { _jsonata_function: true, b: 1 };
    expect(fast?.(viewFor({ a: marked }))).toEqual(marked);
  });

  test('a variable hides the function of its name', () => {
    const fast = fastPathOf(jsonata('$exists($x)').ast() as unknown as AstNode);
    expect(fast?.({ ...viewFor(1), variables: { exists: 1, x: 1 } })).toBe(NEEDS_EVALUATOR);
  });

  test('knows every function of the evaluator by name', async () => {
    for (const name of FUNCTION_NAMES) {
      if (['hash', 'parse', 'partition', 'range', 'uuid'].includes(name)) continue;
      const value: unknown = await jsonata(`$${name}`).evaluate(undefined, {});
      expect({ name, type: typeof value }).not.toEqual({ name, type: 'undefined' });
    }
  });
});

/** `undefined` must be told from null. */
function defined(answer: Json | undefined): unknown {
  return answer === undefined ? 'nothing' : answer;
}
