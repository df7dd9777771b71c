import { describe, expect, it, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { evaluateCriteria, evaluateCriterion } from '../../../lib/expressions/criterion.ts';
import type { Scope } from '../../../lib/expressions/scope.ts';
import { loadRegex } from '../../../lib/expressions/regex.ts';

await loadRegex();

const over = (body: Json, inputs: { readonly [name: string]: Json } = {}): Scope => ({
  statusCode: 200,
  inputs,
  response: { body },
});

const matches = (condition: string, body: Json, inputs = {}) =>
  evaluateCriterion({ type: 'regex', context: '$response.body', condition }, over(body, inputs));

const selects = (condition: string, body: Json, inputs = {}) =>
  evaluateCriterion({ type: 'jsonpath', version: 'rfc9535', context: '$response.body', condition }, over(body, inputs));

describe('a regex criterion', () => {
  test.each<readonly [string, Json]>([
    ['^200$', 200],
    ['^2\\d{2}$', 204],
    ['bc', 'abcd'],
    ['^$', ''],
    ['true', true],
    ['"id":4', { id: 4 }],
    ['(?i).*LOGGED in.*', 'You are logged In now'],
    ['^[\\s\\S]*404 - not found\\.[\\s\\S]*$', 'x\n404 - not found.\ny'],
    ['/^abc$/i', 'ABC'],
    ['/b$/m', 'ab\nc'],
    ['/a.b/s', 'a\nb'],
    ['/a\\/b/g', 'a/b'],
    ['/api/v1/i', 'x/api/v1/i'],
    ['^/cookies/4711/eat$', '/cookies/4711/eat'],
    ['(?<=USD )\\d+', 'USD 12'],
    ['^\\u0041\\p{L}$', 'Aé'],
    ['^(?<year>\\d{4})-', '2024-01'],
    ['^[0-9A-F]{8}-[0-9A-F]{4}-[4][0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$', '0B8B8F6D-9B1A-4C3E-8F0A-1B2C3D4E5F60'],
  ])('%s matches %j', (condition, body) => {
    expect(matches(condition, body)).toEqual({ met: true, notes: [] });
  });

  test.each<readonly [string, Json, string]>([
    ['^b', 'ab', '$response.body does not match the pattern `^b`'],
    ['B', 'b', '$response.body does not match the pattern `B`'],
    ['x', null, 'its context $response.body is null'],
    ['(?=a)a', 'a', 'look-ahead is not supported, because patterns are matched in linear time'],
    ['(?!a)b', 'b', 'look-ahead is not supported, because patterns are matched in linear time'],
    ['(a)\\1', 'aa', 'back-references are not supported, because patterns are matched in linear time'],
    ['(?<x>a)\\k<x>', 'aa', 'back-references are not supported, because patterns are matched in linear time'],
    ['/a/y', 'a', 'the flag `y` is not supported'],
    ['[', '[', 'the pattern is not valid: missing closing ]'],
    ['a{1001}', 'a', 'the pattern is not valid: invalid repeat count'],
    ['('.repeat(2_000), 'a', 'the pattern is not valid: missing closing )'],
    ['a'.repeat(5_000), 'a', 'a pattern has at most 4096 characters, not 5000'],
  ])('%s does not match %j', (condition, body, why) => {
    expect(matches(condition, body)).toEqual({ met: false, why, notes: [] });
  });

  it('puts values in as plain text', () => {
    const inputs = { name: 'a.b|(c', n: 3, quote: '\\' };
    expect(matches('^{$inputs.name}$', 'a.b|(c', inputs).met).toBe(true);
    expect(matches('^{$inputs.name}$', 'axb|(c', inputs).met).toBe(false);
    expect(matches('^x{{$inputs.n}}$', 'xxx', inputs).met).toBe(true);
    expect(matches('^[{$inputs.name}]$', '|', inputs).met).toBe(true);
    expect(matches('^{$inputs.quote}$', '\\', inputs).met).toBe(true);
    expect(matches('\\{$inputs.n', '{$inputs.n', inputs).met).toBe(false);
    expect(matches('{$inputs.none}', 'x', inputs)).toMatchObject({
      met: false,
      why: '$inputs.none is missing: the inputs hold no `none`',
    });
  });

  it('answers patterns that ruin backtracking engines', () => {
    const text = `${'a'.repeat(50_000)}!`;
    for (const condition of ['^(a+)+$', '^(a|aa)+$', '^(.*a){20}$', '(x+x+)+y', '^([a-z]*)*$']) {
      expect(matches(condition, text).met).toBe(false);
    }
  });

  it('does not begin what would take too long', () => {
    expect(matches('^(.*a){200}$', 'a'.repeat(1_000_000))).toEqual({
      met: false,
      why: '$response.body is too long for this pattern',
      notes: [],
    });
  });
});

describe('a jsonpath criterion', () => {
  test.each<readonly [string, Json]>([
    ['$.data', { data: null }],
    ['$.pets[*]', { pets: [1] }],
    ["$[?@.title == 'x']", [{ title: 'x' }]],
    [
      "$.data[?(@.price > 10 && @.brand.name == 'F' && @.ok == true)]",
      { data: [{ price: 11, brand: { name: 'F' }, ok: true }] },
    ],
    ["$.pets[?search(@.name, '^R.x$')]", { pets: [{ name: 'Rex' }] }],
  ])('%s holds for %j', (condition, body) => {
    expect(selects(condition, body)).toEqual({ met: true, notes: [] });
  });

  test.each<readonly [string, Json, string]>([
    ['$.pets[*]', { pets: [] }, '`$.pets[*]` selects nothing in $response.body'],
    ['$.a', null, 'its context $response.body is null'],
    ['$.a', 'text', '`$.a` selects nothing in $response.body'],
    [
      '$.length == 5',
      [1, 2, 3, 4, 5],
      'the JSONPath `$.length == 5` fails: a JSONPath selects and does not compare, but for its filters',
    ],
    ['$[?@.a && @.b && @.c]', [{ a: 1, b: 1 }], '`$[?@.a && @.b && @.c]` selects nothing in $response.body'],
    ['#/status', {}, 'the JSONPath `#/status` fails: a JSONPath begins with `$`'],
  ])('%s does not hold for %j', (condition, body, why) => {
    expect(selects(condition, body)).toEqual({ met: false, why, notes: [] });
  });

  it('tries a filter at the root on the context itself when no member passes, and says so', () => {
    expect(selects('$[?count(@.pets) > 0]', { pets: [1] })).toEqual({
      met: true,
      notes: ['`$[?count(@.pets) > 0]` holds for $response.body itself, not for a member of it as RFC 9535 has it'],
    });
    expect(selects('$[?@.access_token != null]', { access_token: 't' }).met).toBe(true);
    expect(selects('$[?@.a == 1]', { a: 2 }).met).toBe(false);
  });

  it('puts values in as literals, so that data cannot rewrite the query', () => {
    const hostile = "x' || true || 'x";
    const inputs = { hostile, text: 'it\'s "b\\n"', n: 5, numeric: '5', name: 'status', yes: true, list: [1] };
    expect(selects("$[?@.a == '{$inputs.hostile}']", [{ a: 1 }], inputs).met).toBe(false);
    expect(selects("$[?@.a == '{$inputs.hostile}']", [{ a: hostile }], inputs).met).toBe(true);
    expect(selects('$[?@.a == "{$inputs.text}"]', [{ a: inputs.text }], inputs).met).toBe(true);
    expect(selects('$[?@.a == {$inputs.hostile}]', [{ a: hostile }], inputs).met).toBe(true);
    expect(selects('$[?@.a > {$inputs.n}]', [{ a: 6 }], inputs).met).toBe(true);
    expect(selects('$[?@.a > {$inputs.numeric}]', [{ a: 6 }], inputs).met).toBe(true);
    expect(selects('$[?@.a == {$inputs.yes}]', [{ a: true }], inputs).met).toBe(true);
    expect(selects('$.{$inputs.name}', { status: 1 }, inputs).met).toBe(true);
    expect(selects('$.{$inputs.hostile}', {}, inputs).why).toBe('the value of $inputs.hostile cannot stand there');
    expect(selects('$[?@ == {$inputs.list}]', [[1]], inputs).why).toBe('the value of $inputs.list cannot stand there');
  });

  it('quotes the condition as written, without the values', () => {
    const verdict = selects("$[?@.a == '{$inputs.secret}' x]", [{}], { secret: 'canary-77' });
    expect(verdict.met).toBe(false);
    expect(JSON.stringify(verdict)).not.toContain('canary-77');
  });
});

describe('a context that is not there', () => {
  test.each(['regex', 'jsonpath'] as const)('is not met for %s', (type) => {
    const version = type === 'jsonpath' ? { version: 'rfc9535' as const } : {};
    const criterion = { type, ...version, context: '$response.body', condition: '$' } as Parameters<
      typeof evaluateCriterion
    >[0];
    expect(evaluateCriterion(criterion, {})).toEqual({
      met: false,
      why: 'its context $response.body is missing: there is no response here',
      notes: [],
    });
  });
});

describe('several criteria', () => {
  const ok = { type: 'simple', condition: '$statusCode == 200' } as const;
  const not = { type: 'simple', condition: '$statusCode == 500' } as const;
  const noted = { type: 'simple', condition: '$response.body#/x == null' } as const;

  it('are met when there are none', () => {
    expect(evaluateCriteria([], {})).toEqual({ met: true, notes: [] });
  });

  it('are met when all are, with all their notes', () => {
    expect(evaluateCriteria([ok, noted], over({}))).toEqual({
      met: true,
      notes: ['$response.body#/x is missing: the body of the response has nothing at /x'],
    });
  });

  it('fail with the first that fails', () => {
    expect(evaluateCriteria([ok, not, noted], over({}))).toEqual({
      met: false,
      why: '`$statusCode == 500` does not hold: $statusCode is 200',
      notes: [],
    });
  });
});
