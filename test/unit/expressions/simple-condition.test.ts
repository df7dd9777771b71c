import { describe, expect, it, test } from 'vitest';
import { evaluateCriterion } from '../../../lib/expressions/criterion.ts';
import type { Scope } from '../../../lib/expressions/scope.ts';
import { parseCondition } from '../../../lib/expressions/simple/parse.ts';

const scope: Scope = {
  statusCode: 200,
  method: 'POST',
  response: {
    header: { 'Content-Type': 'application/json; charset=utf-8', 'X-Rate-Limit': '5' },
    body: {
      a: { b: 3 },
      list: [{ id: 'x' }, { id: 'y' }],
      empty: [],
      status: 'Placed',
      none: null,
      zero: 0,
      blank: '',
      yes: true,
      no: false,
      big: '1e3',
      'x-y': 1,
      date: '2024-05-01',
      same: { p: [1, { q: null }] },
      twin: { p: [1, { q: null }] },
    },
  },
  inputs: { a: 1, threshold: '2', name: "O'Neil", 'a.b': 2 },
  steps: new Map([['s', { n: 10 }]]),
};

const verdict = (condition: string, within: Scope = scope) => evaluateCriterion({ type: 'simple', condition }, within);

describe('a simple condition that holds', () => {
  test.each([
    // Literals and truthiness: only false and null are falsy.
    'true',
    '0',
    "''",
    "'false'",
    '-1.5e-3',
    '$response.body',
    '$response.body#/zero',
    '$response.body#/blank',
    '$response.body#/empty',
    '!false',
    '!null',
    '!$response.body#/nothing',
    '!!$response.body#/yes',
    // Equality.
    '$statusCode == 200',
    "$statusCode == '200'",
    "'200' == 200",
    "$response.body#/status == 'placed'",
    "$response.body#/status == 'PLACED'",
    "'ä' == 'Ä'",
    "$inputs.name == 'o''neil'",
    "'' == ''",
    'null == null',
    '$response.body#/none == null',
    '$response.body#/nothing == null',
    '$response.body != null',
    '0 != null',
    "'' != null",
    'false != null',
    '0 != false',
    "'true' != true",
    "'1.0' != '1'",
    "'1.0' == 1",
    '$response.body#/same == $response.body#/twin',
    '$response.body#/same != $response.body#/list',
    // Order.
    '$response.body#/a/b >= 3',
    '$response.body#/a/b > $inputs.threshold',
    "'10' > '9'",
    "'b' > 'A'",
    "$response.body#/date < '2024-06-01'",
    '$response.body#/big == 1000',
    '$response.header.X-RATE-LIMIT <= 5',
    // Logic.
    'true || false && false',
    '(true || false) && true',
    '!(true && false)',
    '!$response.body#/no == true',
    "$statusCode >= 200 && $statusCode < 300 && ($response.body#/status == 'x' || $response.body#/yes)",
    '($statusCode == 200) == true',
    // Members.
    '$response.body.a.b == 3',
    "$response.body.list[1].id == 'y'",
    "$response.body#/list[0].id == 'x'",
    '$response.body.list.length > 0',
    '$response.body && $response.body.list.length == 2',
    "$response.body['x-y'] == 1",
    '$response.body.x-y == 1',
    '($response.body).a.b == 3',
    "'abc'.length == 3",
    '$inputs.a.b == 2',
    // Blanks and the end of an expression.
    '$statusCode==200&&$inputs.a==1',
    '  $statusCode\n==\t200  ',
    '!($inputs.a>=2)',
    '$response.body#/list[ 1 ] != null',
    '$steps.s.outputs.n>=10',
    // Tolerated.
    '$response.body#/status == "placed"',
    '$response.body#/status == "pla""ced" || true',
    '{$statusCode} == 200',
  ])('%s', (condition) => {
    expect(verdict(condition)).toMatchObject({ met: true });
  });
});

describe('a simple condition that does not hold', () => {
  test.each([
    'false',
    'null',
    '$response.body#/none',
    '$response.body#/nothing',
    '$response.body#/no',
    '!0',
    "!''",
    'null != null',
    '0 == null',
    "'' == null",
    'false == null',
    '0 == false',
    "'' == 0",
    "'true' == true",
    'null < 1',
    'null >= null',
    "'abc' > 5",
    'true > false',
    '$response.body#/list > 1',
    '$response.body#/same == $response.body#/list',
    '$response.body#/list == 2',
    'true && false',
    'false || null',
    "$response.body.list[5].id == 'x'",
    '$response.body.list.size > 0',
    "'abc'.constructor",
    '$inputs.__proto__',
    '$response.body.list.constructor',
  ])('%s', (condition) => {
    expect(verdict(condition)).toMatchObject({ met: false, why: expect.any(String) });
  });
});

describe('a verdict explains itself without telling values', () => {
  test.each([
    ['$statusCode == 404', '`$statusCode == 404` does not hold: $statusCode is 200'],
    ["$method == 'GET' && $statusCode == 200", '`$method == \'GET\'` does not hold: $method is "POST"'],
    [
      "$statusCode == 200 && $response.body#/status == 'ok'",
      "`$response.body#/status == 'ok'` does not hold: $response.body#/status is text",
    ],
    [
      '$response.body#/a == $response.body#/none',
      '`$response.body#/a == $response.body#/none` does not hold: $response.body#/a is an object, $response.body#/none is null',
    ],
    ['$inputs.a > 1', '`$inputs.a > 1` does not hold: $inputs.a is a number'],
    ['$statusCode == 1 || $statusCode == 2', 'neither part of `$statusCode == 1 || $statusCode == 2` holds'],
    ['!$response.body', '`!$response.body` is not true'],
    ['$response.body#/no', '`$response.body#/no` is not true'],
  ])('%s', (condition, why) => {
    expect(verdict(condition)).toEqual({ met: false, why, notes: [] });
  });

  it('notes what was missing, also where the condition holds', () => {
    expect(verdict('$response.body#/nothing == null')).toEqual({
      met: true,
      notes: ['$response.body#/nothing is missing: the body of the response has nothing at /nothing'],
    });
  });

  it('is false and says why where there is no response', () => {
    expect(verdict('$statusCode == 200', {})).toEqual({
      met: false,
      why: '`$statusCode == 200` does not hold: $statusCode is null',
      notes: ['$statusCode is missing: there is no $statusCode here'],
    });
  });

  it.each(['$statusCode != 200', '$statusCode == null', '$response.body#/a != 1', '$response.body.a == null'])(
    'is false of an answer that there is not: %s',
    (condition) => {
      expect(verdict(condition, {}).met).toBe(false);
      expect(verdict(`${condition} || 1 == 1`, {}).met).toBe(true);
    },
  );

  it('notes an order between what has none', () => {
    expect(verdict("$response.body#/a > 'x'").notes).toEqual([
      "`$response.body#/a > 'x'` compares what has no order: $response.body#/a is an object",
    ]);
  });

  it('holds no value of inputs or bodies in any of its texts', () => {
    const canary = 'canary-5f2a';
    const within: Scope = {
      inputs: { secret: canary },
      response: { header: { k: canary }, body: { s: canary, l: [canary] } },
    };
    const readings = [
      '$inputs.secret',
      '$response.header.k',
      '$response.body#/s',
      '$response.body',
      '$response.body.l',
    ];
    const operators = ['==', '<', '>=', '!=', '&&', '||'];
    const texts = readings.flatMap((left) =>
      operators.flatMap((operator) =>
        ['null', '5', ...readings].map((right) => verdict(`${left} ${operator} ${right}`, within)),
      ),
    );
    expect(JSON.stringify(texts)).not.toContain(canary);
  });
});

describe('what is no condition is refused at its place', () => {
  test.each([
    ['', 'bad-condition', 0, 0, undefined],
    ['   ', 'bad-condition', 3, 0, undefined],
    ['$statusCode = 200', 'bad-condition', 12, 1, '=='],
    ['$statusCode === 200', 'bad-condition', 14, 1, ''],
    ['$a == 1', 'unknown-source', 0, 2, undefined],
    ['$body.score > 90', 'unknown-source', 0, 5, '$response.body'],
    ['NEW == $response.body#/status', 'bare-word', 0, 3, "'NEW'"],
    ['$response.body == NEW YORK', 'bare-word', 18, 3, "'NEW'"],
    ['$response.body == NULL', 'bare-word', 18, 4, 'null'],
    ['$statusCode == 200 and true', 'bad-condition', 19, 3, '&&'],
    ['$statusCode == 200 & true', 'bad-condition', 19, 1, '&&'],
    ['$statusCode == 200 | true', 'bad-condition', 19, 1, '||'],
    ['1 < 2 < 3', 'chained-comparison', 6, 1, undefined],
    ['1 <', 'bad-condition', 3, 0, undefined],
    ['(1', 'bad-condition', 2, 0, undefined],
    ['1)', 'bad-condition', 1, 1, undefined],
    ["'open", 'bad-condition', 0, 5, undefined],
    ['01 == 1', 'bad-condition', 0, 2, "'01'"],
    ['200OK', 'bad-condition', 0, 5, "'200OK'"],
    ['1e999 > 1', 'bad-condition', 0, 5, "'1e999'"],
    ['$response.body. == 1', 'incomplete', 15, 0, undefined],
    ['$response.body[x] == 1', 'bad-condition', 15, 7, undefined],
    ['$response.body[0 == 1', 'bad-condition', 17, 4, undefined],
    ['$.id == 4', 'unknown-source', 0, 9, undefined],
    ['$[?@.id == 4]', 'unknown-source', 0, 13, undefined],
    ['#/petId == 4', 'bad-condition', 0, 12, undefined],
    ['alert(1)', 'bare-word', 0, 5, "'alert'"],
    ['$inputs.constructor.constructor("return 1")()', 'bad-condition', 31, 1, undefined],
    ['{$statusCode == 200', 'unexpected-text', 12, 7, undefined],
    ['`${process.exit()}`', 'bad-condition', 0, 19, undefined],
  ])('%s', (text, code, at, length, instead) => {
    const parsed = parseCondition(text);
    expect(parsed).toMatchObject({ ok: false, problem: { code, at, length } });
    expect(!parsed.ok && parsed.problem.instead).toBe(instead);
  });

  it('is not met when it is evaluated all the same', () => {
    expect(verdict('$statusCode = 200')).toEqual({
      met: false,
      why: 'the condition cannot be read: `=` is no operator',
      notes: [],
    });
  });
});

describe('what is tolerated is remarked upon', () => {
  test.each([
    ['$statusCode == "200"', 'double-quotes', 15, 5, "'200'"],
    ['$response.body == "it\'s"', 'double-quotes', 18, 6, "'it''s'"],
    ['{$statusCode} == 200', 'braces', 0, 13, '$statusCode'],
    ['$response.body#/status == NEW', 'bare-word', 26, 3, "'NEW'"],
    ['($url != IN-STOCK) && true', 'bare-word', 9, 8, "'IN-STOCK'"],
    ['true && $inputs.a.b == 1', 'dotted-name', 16, 3, 'a#/b'],
  ])('%s', (text, code, at, length, instead) => {
    expect(parseCondition(text)).toMatchObject({
      ok: true,
      tolerated: [{ severity: 'warning', code, at, length, instead }],
    });
  });

  it('but not the dots and brackets that are operators here', () => {
    expect(parseCondition('$response.body.items[0].id == 1')).toMatchObject({ ok: true, tolerated: [] });
  });
});

const nested = (depth: number) => `${'('.repeat(depth)}true${')'.repeat(depth)}`;

describe('bounds', () => {
  it.each(['(', '!', '!(', '[', '$inputs.a[', '{$', "'", '$a.', '((($statusCode'])(
    'refuses ten thousand of %s',
    (token) => {
      expect(parseCondition(token.repeat(1_601)).ok).toBe(false);
      expect(parseCondition(token.repeat(10_001)).ok).toBe(false);
    },
  );

  it('takes 64 levels and refuses 65', () => {
    expect(verdict(nested(64)).met).toBe(true);
    expect(parseCondition(nested(65))).toMatchObject({ ok: false, problem: { code: 'too-deep', at: 65 } });
    expect(parseCondition(`${'!'.repeat(65)}true`)).toMatchObject({ ok: false, problem: { code: 'too-deep' } });
  });

  it('takes a chain of any width', () => {
    expect(verdict(Array.from({ length: 1_000 }, () => 'true').join(' && ')).met).toBe(true);
    expect(verdict(Array.from({ length: 1_000 }, () => 'false').join(' || ')).met).toBe(false);
  });

  it('compares structures of any depth, and gives up on endless ones', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    const wide = Array.from({ length: 3_000_000 }, () => 0);
    expect(verdict('$inputs.a == $inputs.b', { inputs: { a: deep, b: deep } }).met).toBe(true);
    expect(verdict('$inputs.a == $inputs.b', { inputs: { a: wide, b: wide } })).toEqual({
      met: false,
      why: 'comparing was given up: it takes more than 2000000 steps',
      notes: [],
    });
  });
});
