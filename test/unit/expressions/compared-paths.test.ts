/** Conditions of type jsonpath that compare, and the simple condition that each is read as. */
import { expect, test } from 'vitest';
import { comparedPaths } from '../../../lib/expressions/compared-paths.ts';
import { problemsOf } from '../../../lib/expressions/problems.ts';

const over = (condition: string, context = '$response.body') =>
  ({ type: 'jsonpath', version: 'rfc9535', context, condition }) as const;

test.each([
  ['$.state == "open"', '$response.body#/state == "open"'],
  [
    "$.lines[0].sku != null && ($['a-b'].c >= 3 || $.d<4)",
    '$response.body#/lines/0/sku != null && ($response.body#/a-b/c >= 3 || $response.body#/d<4)',
  ],
  ["'$.a' == $.a", "'$.a' == $response.body#/a"],
  ['$.lines.length == 5', '$response.body.lines.length == 5'],
  ['$[1].lines.length > 0', '$response.body[1].lines.length > 0'],
])('%s is read as %s', (condition, simple) => {
  expect(comparedPaths(over(condition))).toBe(simple);
});

test('a pointer of the context goes before the path', () => {
  expect(comparedPaths(over("$.sku == 'a'", '$message.payload#/lines/0'))).toBe("$message.payload#/lines/0/sku == 'a'");
  expect(comparedPaths(over('$.length == 2', '$response.body#/lines'))).toBe('$response.body.lines.length == 2');
});

test('a pointer of the context is taken whole, and only where a condition would read it whole', () => {
  expect(comparedPaths(over('$.sku == 1', '$response.body#/line#1'))).toBe('$response.body#/line#1/sku == 1');
  expect(comparedPaths(over('$.sku == 1', '$response.body#/a==1||1'))).toBeUndefined();
});

test.each([
  ['$.state', 'is a JSONPath'],
  ['$[?@.state == 1]', 'is a JSONPath'],
  ['$.lines[*].sku == 1', 'leads to several places'],
  ['$..sku == 1', 'leads to several places'],
  ['$.lines[-1].sku == 1', 'has no pointer'],
  ['$.a && $.b', 'compares nothing'],
  ['$.a == $inputs.b', 'reads something else'],
  ["$.a == '{$inputs.b}'", 'has a value put into it'],
  ['@.a == 1', 'begins elsewhere'],
  ['$.a = 1', 'is no condition'],
  [String.raw`$.a == 'C:\\temp'`, 'has an escape, which a simple condition would take for two backslashes'],
  ['$["a==1||1"] == 1', 'has a name that would be a condition of its own'],
  ["$['a.b'].length == 1", 'has a name that dots would make two of'],
  ['$.lines[01].sku == 1', 'has an index with a leading zero'],
])('%s is not: it %s', (condition) => {
  expect(comparedPaths(over(condition))).toBeUndefined();
});

test('is told, with the condition to write', () => {
  expect(problemsOf(over("$.state == 'open'"))).toEqual([
    {
      severity: 'warning',
      code: 'compared-path',
      message: 'a JSONPath selects and does not compare, so this is read as a simple condition',
      at: 0,
      length: 17,
      path: ['condition'],
      instead: "$response.body#/state == 'open'",
    },
  ]);
});
