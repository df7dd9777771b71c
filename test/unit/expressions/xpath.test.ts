import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { XPathVersion } from '../../../lib/model/value.ts';
import { evaluateCriterion } from '../../../lib/expressions/criterion.ts';
import { xpathWithin } from '../../../lib/expressions/xpath/engine.ts';
import { evaluate } from '../../../lib/expressions/evaluate.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { loadXPath, usesXPath, type XPath } from '../../../lib/expressions/xpath.ts';

const order = `<?xml version="1.0"?>
<order id="7" xmlns:m="urn:money"><status>Placed</status>
  <item sku="a"><m:price>10</m:price></item><item sku="b"><m:price>5</m:price></item>
  <note>it's "fine"</note><empty/></order>`;

let xpath: XPath;
beforeAll(async () => {
  xpath = await loadXPath();
});

const verdict = (
  condition: string,
  version: XPathVersion = 'xpath-31',
  inputs: { readonly [name: string]: Json } = {},
  body: Json = order,
) =>
  evaluateCriterion(
    { type: 'xpath', version, context: '$response.body', condition },
    { response: { body }, inputs, xpath },
  );

describe('an XPath criterion has the effective boolean value', () => {
  test.each([
    '/order',
    '/order/@id',
    "/order/status = 'Placed'",
    '/order/@id = 7',
    'count(//item) > 1',
    "/order/status[text()='Placed']",
    '//m:price = 5',
    '1',
    "'text'",
    'true()',
    'not(//missing)',
    "contains(/order/note, 'fine')",
    'some $p in //m:price satisfies $p > 9',
    "matches(/order/status, '^Pl')",
    "replace(/order/status, '(l)(a)', '$2$1') = 'Palced'",
    "count(tokenize('a,b,c', ',')) = 3",
    "map { 'a': 1 }?a = 1",
    "upper-case(/order/status) eq 'PLACED'",
    'sum(//m:price) = 15',
    'count(1 to 5) = 5',
  ])('%s holds', (condition) => {
    expect(verdict(condition)).toEqual({ met: true, notes: [] });
  });

  test.each([
    '/order/missing',
    '0',
    "''",
    'false()',
    "/order/status = 'placed'",
    '()',
    'count(//item) > 2',
    'number("x")',
  ])('%s does not hold', (condition) => {
    expect(verdict(condition)).toEqual({
      met: false,
      why: `\`${condition}\` is not true in $response.body`,
      notes: [],
    });
  });
});

describe('what cannot be evaluated is not met, with a reason that holds no data', () => {
  test.each([
    ['//item[', 'this is not valid XPath from here on'],
    ['nowhere()', 'the XPath fails with XPST0017: it calls a function that does not exist'],
    ['//x:item', 'the XPath fails with XPST0081: it uses a prefix that the document does not declare'],
    ['$secret', 'there is no variable `$secret`'],
    [
      'xs:integer(/order/status)',
      'the XPath fails with FORG0001: a value cannot be converted to the type that is asked for',
    ],
    ['(1, 2)', 'the XPath fails with FORG0006: the result is neither true nor false'],
    [
      "contains(//item/@sku, 'a')",
      'the XPath fails with XPTY0004: a function or operator was given values of the wrong type or number',
    ],
    ['1 idiv 0', 'the XPath fails with FOAR0001: it divides by zero'],
    ['current-dateTime()', 'the function `current-dateTime` is not available here'],
    ['fn:doc("file:///etc/passwd")', 'the function `doc` is not available here'],
    ['unparsed-text("x")', 'the function `unparsed-text` is not available here'],
    ['random-number-generator()', 'the function `random-number-generator` is not available here'],
    ['Q{urn:x}f()', 'the function `f` is not available here'],
    ['fontoxpath:evaluate("1", map{})', 'the function `evaluate` is not available here'],
    ['let $f := function($x) { $x } return $f(1)', 'an XPath cannot define functions here, so that it surely ends'],
    ['count(1 to 2000000000) > 0', 'a range goes from one number to another, at most 1000 apart'],
    ['count(1 to count(//item)) > 0', 'a range goes from one number to another, at most 1000 apart'],
  ])('%s', (condition, why) => {
    expect(verdict(condition)).toEqual({ met: false, why: `the XPath \`${condition}\` fails: ${why}`, notes: [] });
  });

  test.each<readonly [Json, string]>([
    [{ a: 1 }, '$response.body is no XML text'],
    [null, 'its context $response.body is null'],
    ['{"a": 1}', 'the XPath `/a` fails: the context is not well-formed XML'],
    ['<a><b></a>', 'the XPath `/a` fails: the context is not well-formed XML'],
    ['', 'the XPath `/a` fails: the context is not well-formed XML'],
  ])('over %j', (body, why) => {
    expect(verdict('/a', 'xpath-31', {}, body)).toEqual({ met: false, why, notes: [] });
  });
});

describe('paying for its rounds changes nothing about what an XPath means', () => {
  test.each([
    ["//item[@sku = ('b', 'c')][1]/@sku = 'b'", true],
    ["//item[position() = (1 to 2)][last()]/@sku = 'b'", true],
    ['count(//item[number(@n) = 2]) = 0', true],
    ["(//item/@sku)[2] = 'b'", true],
    ["//item[count(//item)]/@sku = 'b'", true],
    ["string-join(//item ! concat(@sku, position()), ',') = 'a1,b2'", true],
    ["string-join(for $i in //item, $p in $i/* return concat($i/@sku, $p), ',') = 'a10,b5'", true],
    ['count(distinct-values((1, 1, 2, //m:price, //m:price))) = 4', true],
    ['some $a in //item, $b in //item satisfies $a/@sku < $b/@sku', true],
    ['every $a in //item satisfies $a/m:price > /order/@id', false],
    ['let $all := //item return $all[2]/@sku = $all[last()]/@sku', true],
    ['() = //item', false],
    ['not(//x = //y)', true],
    ['//x != //item', false],
  ])('%s is %s', (condition, met) => {
    expect(verdict(condition).met).toBe(met);
  });
});

describe('versions differ in their vocabulary', () => {
  test.each<readonly [XPathVersion, string]>([
    ['xpath-10', '/order/status | //item'],
    ['xpath-10', 'count(//item[position() = last()]) = 1 and not(//item[3])'],
    ['xpath-20', 'if (//item) then true() else false()'],
    ['xpath-20', 'every $i in //item satisfies $i/@sku'],
    ['xpath-30', "let $s := /order/status return $s = 'Placed'"],
    ['xpath-30', "'a' || 'b' = 'ab'"],
    ['xpath-31', 'array:size([1, 2]) = 2'],
  ])('%s has %s', (version, condition) => {
    expect(xpath.check(condition, version)).toEqual([]);
    expect(verdict(condition, version).met).toBe(true);
  });

  test.each<readonly [XPathVersion, string, string]>([
    ['xpath-10', 'if (//item) then 1 else 0', '`ifThenElseExpr` came with XPath 2.0, which `xpath-10` is not'],
    ['xpath-10', 'count(1 to 2) = 2', '`rangeSequenceExpr` came with XPath 2.0, which `xpath-10` is not'],
    ['xpath-10', 'a eq 1', '`eqOp` came with XPath 2.0, which `xpath-10` is not'],
    ['xpath-10', "upper-case('a')", 'XPath 1.0 has no function `upper-case`'],
    ['xpath-20', "'a' || 'b'", '`stringConcatenateOp` came with XPath 3.0, which `xpath-20` is not'],
    ['xpath-20', 'let $a := 1 return $a', '`letClause` came with XPath 3.0, which `xpath-20` is not'],
    ['xpath-30', 'map { }', '`mapConstructor` came with XPath 3.1, which `xpath-30` is not'],
    ['xpath-30', 'array:size(())', '`array:size` came with XPath 3.1'],
  ])('%s lacks %s', (version, condition, message) => {
    expect(xpath.check(condition, version)).toMatchObject([{ code: 'unsupported-xpath', message }]);
  });
});

describe('XPath 1.0 converts as it always did', () => {
  test.each([
    ["contains(//item/@sku, 'a')", 'takes the first of several nodes'],
    ["string(//item/@sku) = 'a'", 'takes the first of several nodes'],
    ['//item/@sku', 'a node-set is true when it has nodes'],
    ["//m:price > '9'", 'orders as numbers, and any node will do'],
    ['//m:price + 1 = 11', 'calculates with the first node'],
    ["number('x') != number('x')", 'NaN differs from itself'],
    ['sum(//m:price) = 15', 'sums all nodes'],
    ["substring-before(/order/status, 'c') = 'Pla'", 'has the string functions'],
    ['boolean(//item) and not(boolean(//x))', 'has the boolean functions'],
    ['true() > false()', 'orders booleans as numbers'],
    ["concat(/order/@id, '-', //item/@sku) = '7-a'", 'joins the first nodes'],
  ])('%s: %s', (condition) => {
    expect(verdict(condition, 'xpath-10')).toMatchObject({ met: true });
  });
});

describe('a default namespace', () => {
  const body = '<Reply xmlns="urn:bank"><Total>3</Total></Reply>';

  it('does not hide the document from plain paths, and it is said', () => {
    expect(verdict('/Reply/Total = 3', 'xpath-31', {}, body)).toEqual({
      met: true,
      notes: ['the XPath matched only in the default namespace of the document'],
    });
  });

  it('is not tried when no name is in it either', () => {
    expect(verdict('/Reply/Sum', 'xpath-31', {}, body)).toMatchObject({ met: false, notes: [] });
  });

  it('leaves names without a namespace alone', () => {
    expect(verdict("//*[local-name() = 'Total'] = 3", 'xpath-31', {}, body)).toEqual({ met: true, notes: [] });
  });
});

describe('values are put in as literals', () => {
  const inputs = {
    status: 'Placed',
    quote: `it's "fine"`,
    hostile: "x' or '1'='1",
    n: 9,
    negative: -1,
    numeric: '9',
    yes: true,
    name: 'status',
    path: '*',
  };
  test.each([
    ["/order/status = '{$inputs.status}'", true],
    ['/order/status = {$inputs.status}', true],
    ["/order/note = '{$inputs.quote}'", true],
    ['/order/note = "{$inputs.quote}"', true],
    ['/order/note = {$inputs.quote}', true],
    ["/order/status = '{$inputs.hostile}'", false],
    ['/order/status = {$inputs.hostile}', false],
    ['//m:price > {$inputs.n}', true],
    ['//m:price > {$inputs.numeric}', true],
    ['//m:price > {$inputs.negative}', true],
    ['{$inputs.yes}', true],
    ['/order/{$inputs.name}', true],
  ])('%s', (condition, met) => {
    expect(verdict(condition, 'xpath-31', inputs).met).toBe(met);
  });

  it('cannot become a path', () => {
    expect(verdict('/order/{$inputs.path}', 'xpath-31', inputs).why).toBe(
      'the value of $inputs.path cannot stand there',
    );
  });
});

function select(selector: string, version: XPathVersion = 'xpath-31') {
  const value = parseValue({ context: '$response.body', selector, type: { type: 'xpath', version } });
  return evaluate(value, { response: { body: order }, xpath });
}

describe('a selector', () => {
  test.each<readonly [string, Json]>([
    ['/order/status', 'Placed'],
    ['/order/status/text()', 'Placed'],
    ['/order/@id', '7'],
    ['//item/@sku', ['a', 'b']],
    ['count(//item)', 2],
    ['//item = 5', true],
    ['/order/empty', ''],
    ['//item[1]', '<item sku="a"><m:price xmlns:m="urn:money">10</m:price></item>'],
    ["xs:date('2024-05-01')", '2024-05-01T00:00:00.000Z'],
    ['1 div 0', 'Infinity'],
    ["map { 'a': (1), 'b': [2, 'x'] }", { a: 1, b: [2, 'x'] }],
  ])('%s', (selector, value) => {
    const outcome = select(selector);
    expect(outcome.found && JSON.parse(JSON.stringify(outcome.value))).toEqual(value);
  });

  it('is missing when it selects nothing or fails', () => {
    expect(select('//missing')).toEqual({
      found: false,
      why: '//missing of $response.body is missing: the selector selects nothing',
    });
    expect(select('//item[')).toMatchObject({ found: false });
    expect(select('if (1) then 2 else 3', 'xpath-10')).toMatchObject({ found: false });
  });
});

describe('bounds', () => {
  it('refuses nesting without end', () => {
    for (const token of ['(', '[', 'a[', 'not(', '-', "concat('a',"]) {
      expect(xpath.check(token.repeat(4_000), 'xpath-31').length).toBe(1);
    }
    expect(verdict(`${'('.repeat(4_000)}1${')'.repeat(4_000)}`).met).toBe(false);
  });

  it('refuses a document that is too long, and one whose entities explode', () => {
    const entities = Array.from({ length: 8 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join('');
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "xxxxxxxxxx">${entities}]><a>&e8;</a>`;
    expect(verdict('/a', 'xpath-31', {}, bomb).why).toBe('the XPath `/a` fails: the context is not well-formed XML');
    expect(verdict('/a', 'xpath-31', {}, `<a>${' '.repeat(2_100_000)}</a>`).why).toBe(
      'the XPath `/a` fails: XML of more than 2097152 characters is not evaluated',
    );
  });

  it('does not read external entities', () => {
    const external = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
    expect(verdict("contains(/a, 'root')", 'xpath-31', {}, external).met).toBe(false);
  });

  it.each([
    'every $x in //b satisfies every $y in //b satisfies $x',
    '//b = //c',
    '//b[. = //c]',
    'count(//b ! //c) = 0',
    'count((1 to 1000)[count((1 to 1000)[. = (1 to 1000)]) = 0]) = 0',
    "count(distinct-values(string-to-codepoints(string-join(/a/b, ',')))) < 3",
    'for $x in //b, $y in //c return ()',
  ])('gives up on %s over a document that is large enough', (condition) => {
    const body = `<a>${Array.from({ length: 300 }, (_, n) => `<b>${n}</b><c>x${n}</c>`).join('')}</a>`;
    expect(xpathWithin(100_000).test(condition, body, 'xpath-31')).toEqual({
      ok: false,
      why: 'it takes more than 100000 steps',
    });
  });

  it('replaces and splits in linear time', () => {
    const body = `<a>${'a'.repeat(20_000)}!</a>`;
    expect(verdict("replace(/a, '^(a+)+$', 'b') = 'b'", 'xpath-31', {}, body).met).toBe(false);
    expect(verdict("count(tokenize(/a, '^(a+)+$')) > 1", 'xpath-31', {}, body).met).toBe(false);
    expect(verdict("matches(/a, '^(a+)+$')", 'xpath-31', {}, body).met).toBe(false);
  });
});

describe('the engine is loaded only for those who use it', () => {
  test.each<readonly [Json, boolean]>([
    ['$inputs.a', false],
    [{ a: ['x{$url}', { context: '$response.body', selector: '$', type: 'jsonpath' }, '$url'] }, false],
    [{ a: ['$url', { context: '$response.body', selector: '/a', type: 'xpath' }] }, true],
  ])('%j', (json, uses) => {
    expect(usesXPath(parseValue(json))).toBe(uses);
  });

  it('also by a criterion', () => {
    expect(usesXPath({ type: 'xpath', version: 'xpath-31', context: '$url', condition: '/a' })).toBe(true);
    expect(usesXPath({ type: 'simple', condition: 'true' })).toBe(false);
  });

  it('and is a broken invariant when it was forgotten', () => {
    const criterion = { type: 'xpath', version: 'xpath-31', context: '$url', condition: '/a' } as const;
    expect(() => evaluateCriterion(criterion, { url: '<a/>' })).toThrow(
      'XPath is loaded before a criterion that uses it is evaluated',
    );
  });
});
