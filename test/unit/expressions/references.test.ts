import { describe, expect, it, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { Criterion, Value } from '../../../lib/model/value.ts';
import { references, stepsRead } from '../../../lib/expressions/references.ts';
import { parseValue } from '../../../lib/expressions/values.ts';

const listed = (subject: Value | Criterion) => references(subject).map(({ text, at, path }) => [text, at, path]);

describe('the expressions of a value are found with their place', () => {
  test.each<readonly [Json, Json]>([
    ['text', []],
    ['$steps.a.outputs.x#/1', [['$steps.a.outputs.x#/1', 0, []]]],
    [
      'a {$url} b {$inputs.c}',
      [
        ['$url', 3, []],
        ['$inputs.c', 12, []],
      ],
    ],
    [
      { a: [1, { b: '{$url}' }], c: '$self' },
      [
        ['$url', 1, ['a', 1, 'b']],
        ['$self', 0, ['c']],
      ],
    ],
    [
      { context: '$response.body', selector: "$[?@.a == '{$inputs.x}']", type: 'jsonpath' },
      [
        ['$response.body', 0, ['context']],
        ['$inputs.x', 12, ['selector']],
      ],
    ],
    ['$steps.broken', []],
    ['{$steps.broken} {$url}', [['$url', 17, []]]],
  ])('%j', (json, places) => {
    expect(listed(parseValue(json))).toEqual(places);
  });
});

describe('the expressions of a criterion are found with their place', () => {
  it('in every part of a simple condition', () => {
    const condition = "!($statusCode == 200) || $steps.a.outputs.x[0].y == 'b' && {$inputs.c} < ($outputs.d)";
    expect(listed({ type: 'simple', condition })).toEqual([
      ['$statusCode', 2, ['condition']],
      ['$steps.a.outputs.x', 25, ['condition']],
      ['$inputs.c', 60, ['condition']],
      ['$outputs.d', 74, ['condition']],
    ]);
  });

  it('in context and condition of the others', () => {
    expect(listed({ type: 'regex', context: '$response.body', condition: '^{$steps.s.outputs.o}$' })).toEqual([
      ['$response.body', 0, ['context']],
      ['$steps.s.outputs.o', 2, ['condition']],
    ]);
  });

  it('nowhere in a condition that cannot be read', () => {
    expect(listed({ type: 'simple', condition: '$statusCode = $inputs.a' })).toEqual([]);
  });
});

it('tells the steps of the same workflow that are read', () => {
  const value = parseValue([
    '$steps.a.outputs.x',
    'n{$steps.b.outputs.y}{$steps.a.outputs.z}',
    '$workflows.w.steps.c.outputs.x',
    '$inputs.d',
  ]);
  expect([...stepsRead(value)]).toEqual(['a', 'b']);
});
