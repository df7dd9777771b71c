import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { Criterion, Value } from '../../../lib/model/value.ts';
import { problemsOf, type Tools } from '../../../lib/expressions/problems.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { loadXPath } from '../../../lib/expressions/xpath.ts';
import { loadRegex } from '../../../lib/expressions/regex.ts';

await loadRegex();

let tools: Tools;
beforeAll(async () => {
  tools = { xpath: await loadXPath() };
});

const listed = (subject: Value | Criterion) =>
  problemsOf(subject, tools).map(({ severity, code, at, length, path, instead }) => [
    severity,
    code,
    at,
    length,
    path,
    ...(instead === undefined ? [] : [instead]),
  ]);

describe('a value without fault has no problems', () => {
  test.each<Json>([
    null,
    '$100',
    '/pets/{id}',
    '{"a": "{b}"}',
    'mutation($id: ID!) { f(id: $id) }',
    '$inputs.a',
    'a {$inputs.a} b',
    'US$inputs.a, $5, $inputs and $steps',
    { a: ['$steps.s.outputs.o#/x', { b: '{$url}/x' }] },
    { context: '$response.body', selector: '$.a[?@.b > 1]', type: 'jsonpath' },
    { context: '$response.body', selector: '', type: 'jsonpointer' },
    { context: '$response.body', selector: '//a[b]', type: 'xpath' },
    { context: 'shop', selector: 'x', type: 'shelf' },
  ])('%j', (json) => {
    expect(listed(parseValue(json))).toEqual([]);
  });
});

describe('a fault in a value is told at its place', () => {
  test.each<readonly [Json, Json]>([
    ['$steps.login.token', [['warning', 'outputs-omitted', 7, 11, [], 'login.outputs.token']]],
    ['$steps.login.output', [['warning', 'outputs-omitted', 7, 12, [], 'login.outputs.output']]],
    [
      '$steps.login.output.token',
      [
        ['warning', 'outputs-omitted', 7, 18, [], 'login.outputs.token'],
        ['warning', 'dotted-name', 13, 12, [], 'output#/token'],
      ],
    ],
    [{ a: [0, 'x {$inputs.} y'] }, [['error', 'incomplete', 11, 0, ['a', 1]]]],
    ['a {$response.body.x}', [['warning', 'dotted-body', 17, 2, [], '#/x']]],
    ['{$inputs.items}', [['warning', 'braces', 0, 15, [], '$inputs.items']]],
    ['Bearer $inputs.token', [['warning', 'bare-expression', 7, 13, [], '{$inputs.token}']]],
    ['{$inputs.a}-$steps.s.outputs.b#/c.', [['warning', 'bare-expression', 12, 21, [], '{$steps.s.outputs.b#/c}']]],
    ['Hi {$inputs.name', [['error', 'unclosed-brace', 3, 2, []]]],
    ['Hi {$inputs.name and more', [['error', 'unclosed-brace', 3, 2, []]]],
    ['{$env.TOKEN}', [['warning', 'unknown-source', 0, 12, []]]],
    ['$env.TOKEN', [['warning', 'unknown-source', 0, 4, []]]],
    ['$workflow.w.outputs.o', [['warning', 'unknown-source', 0, 9, [], '$workflows']]],
    [['{$url} {$faker.name}'], [['warning', 'unknown-source', 7, 13, [0]]]],
    [
      { context: '$response.body', selector: '$.a[', type: 'jsonpath' },
      [['error', 'bad-jsonpath', 4, 0, ['selector']]],
    ],
    [
      { context: '$response.', selector: '/a', type: 'jsonpointer' },
      [['error', 'unexpected-text', 10, 0, ['context']]],
    ],
    [
      { context: '$response.body', selector: 'a/b', type: 'jsonpointer' },
      [['error', 'bad-pointer', 0, 3, ['selector'], '/a/b']],
    ],
    [{ context: '$response.body', selector: '//a[', type: 'xpath' }, [['error', 'bad-xpath', 3, 1, ['selector']]]],
    [
      { p: { context: '$response.body', selector: '$', type: 'jsonPath' } },
      [['error', 'unknown-type', 0, 0, ['p', 'type']]],
    ],
    [
      { context: '$response.body', selector: '$.a == {$inputs.}', type: 'jsonpath' },
      [['error', 'incomplete', 16, 0, ['selector']]],
    ],
  ])('%j', (json, problems) => {
    expect(listed(parseValue(json))).toEqual(problems);
  });
});

describe('a fault in a criterion is told at its place', () => {
  test.each<readonly [Criterion, Json]>([
    [{ type: 'simple', condition: '$statusCode == 200' }, []],
    [{ type: 'simple', condition: '$statusCode = 200' }, [['error', 'bad-condition', 12, 1, ['condition'], '==']]],
    [
      { type: 'simple', condition: '$steps.a.x == "b"' },
      [
        ['warning', 'outputs-omitted', 7, 3, ['condition'], 'a.outputs.x'],
        ['warning', 'double-quotes', 14, 3, ['condition'], "'b'"],
      ],
    ],
    [{ type: 'simple', condition: '$url == "b"' }, [['warning', 'double-quotes', 8, 3, ['condition'], "'b'"]]],
    [{ type: 'regex', context: '$url', condition: '^{$inputs.x}$' }, []],
    [{ type: 'regex', context: '$url', condition: '(?=a)' }, [['error', 'unsupported-regex', 0, 5, ['condition']]]],
    [
      { type: 'regex', context: '$uri', condition: '^{$inputs.}$' },
      [
        ['error', 'unknown-source', 0, 4, ['context']],
        ['error', 'incomplete', 10, 0, ['condition']],
      ],
    ],
    [
      { type: 'jsonpath', version: 'rfc9535', context: '$response.body', condition: '$[?count(@.a) > 0]' },
      [['warning', 'filter-on-root', 0, 3, ['condition']]],
    ],
    [
      { type: 'jsonpath', version: 'rfc9535', context: '$response.body', condition: '#/id == 4' },
      [['error', 'bad-jsonpath', 0, 9, ['condition']]],
    ],
    [
      { type: 'xpath', version: 'xpath-10', context: '$response.body', condition: 'if (1) then 2 else 3' },
      [['error', 'unsupported-xpath', 0, 20, ['condition']]],
    ],
  ])('%j', (criterion, problems) => {
    expect(listed(criterion)).toEqual(problems);
  });
});

it('does not judge an XPath while the engine is not loaded', () => {
  expect(problemsOf({ type: 'xpath', version: 'xpath-31', context: '$response.body', condition: '//a[' })).toEqual([]);
});

it('goes no deeper into a literal than a document may be', () => {
  const deep = JSON.parse(`${'['.repeat(5_000)}"$env.X"${']'.repeat(5_000)}`);
  expect(problemsOf(parseValue(deep))).toEqual([]);
});
