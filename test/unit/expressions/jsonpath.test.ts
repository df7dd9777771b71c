import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { queryJson } from '../../../lib/expressions/jsonpath/evaluate.ts';
import { locationOf } from '../../../lib/expressions/jsonpath/nodes.ts';
import { parseJsonPath } from '../../../lib/expressions/jsonpath/parse.ts';
import { Work } from '../../../lib/expressions/work.ts';
import { loadRegex } from '../../../lib/expressions/regex.ts';

await loadRegex();

/** The JSONPath working group's own suite, which travels with a development dependency. */
interface ComplianceCase {
  readonly name: string;
  readonly selector: string;
  readonly document?: Json;
  readonly result?: readonly Json[];
  readonly results?: readonly (readonly Json[])[];
  readonly invalid_selector?: boolean;
}

function complianceCases(): readonly ComplianceCase[] {
  const library = dirname(createRequire(import.meta.url).resolve('jsonpath-rfc9535/package.json'));
  const file = join(library, 'src/__tests__/jsonpath-compliance-test-suite/cts.json');
  expect(existsSync(file)).toBe(true);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly tests: readonly ComplianceCase[] }).tests;
}

const values = (query: string, argument: Json, work?: Work) => {
  const selected = queryJson(query, argument, 'rfc9535', work);
  return selected.ok ? selected.nodes.map(({ value }) => value) : selected.why;
};

describe('the compliance suite of RFC 9535', () => {
  const cases = complianceCases();

  it('has the size that it had when all of it passed', () => {
    expect(cases.length).toBe(687);
  });

  it('accepts none of its invalid queries', () => {
    const accepted = cases.filter(
      ({ invalid_selector, selector }) => invalid_selector === true && parseJsonPath(selector).ok,
    );
    expect(accepted.map(({ name, selector }) => `${name}: ${selector}`)).toEqual([]);
  });

  it('selects what it says', () => {
    const wrong = cases.filter(({ invalid_selector, selector, document = null, result, results }) => {
      const expected = (results ?? [result]).map((each) => JSON.stringify(each));
      return invalid_selector !== true && !expected.includes(JSON.stringify(values(selector, document)));
    });
    expect(wrong.map(({ name, selector }) => `${name}: ${selector}`)).toEqual([]);
  });
});

describe('what the suite leaves out', () => {
  const shop = {
    books: [
      { p: 8, a: 1, b: 1 },
      { p: 12, a: 1, b: 1, c: 1 },
    ],
    __proto__x: 1,
  };

  test.each<readonly [string, Json]>([
    ['$.books[?@.a && @.b && @.c].p', [12]],
    ['$.books[?@.a == 1 && @.b == 1 && @.c == 1 && @.p == 12].p', [12]],
    ['$.books[?@.c || @.d || @.p == 8].p', [8, 12]],
    ['$.books[?!(@.c && @.p == 12)].p', [8]],
    ["$['__proto__']", []],
    ['$.constructor', []],
    ['$..toString', []],
    ['$.books[?@.constructor]', []],
  ])('%s', (query, expected) => {
    expect(values(query, shop)).toEqual(expected);
  });

  it('finds members with hostile names when the data has them', () => {
    expect(values("$['__proto__'].x", JSON.parse('{"__proto__": {"x": 1}}'))).toEqual([1]);
  });

  it('orders strings by code points', () => {
    expect(values("$[?@ < '\uffff']", ['\u{1f600}', 'a', '\ufffe'])).toEqual(['a', '\ufffe']);
    expect(values("$[?@ > '\\ud83d\\ude00']", ['\u{1f601}', '\uffff'])).toEqual(['\u{1f601}']);
  });

  it('tells where each node stands', () => {
    const selected = queryJson('$.books[?@.p > 10].p', shop);
    expect(selected.ok && selected.nodes.map(locationOf)).toEqual([['books', 1, 'p']]);
  });
});

describe('the dispatch draft', () => {
  const data = { list: [{ tags: ['a', 'b'] }, { tags: [] }], n: [1, 2, 3] };
  const dispatch = (query: string) => {
    const selected = queryJson(query, data, 'draft-goessner-dispatch-jsonpath-00');
    return selected.ok ? selected.nodes.map(({ value }) => value) : selected.why;
  };

  test.each<readonly [string, Json]>([
    ['$.n[(@.length-1)]', [3]],
    ['$.n[( @.length - 2 )]', [2]],
    ['$.list[?(@.tags.length > 1)].tags[0]', ['a']],
    ['$.n[?(@ === 2)]', [2]],
    ['$.n[?(@ !== 2)]', [1, 3]],
    ['$..tags[0,1]', ['a', 'b']],
    ['$.n[-1:]', [3]],
  ])('%s', (query, expected) => {
    expect(dispatch(query)).toEqual(expected);
  });

  test.each(['$.n[(@.length/2)]', '$.n[(process.exit())]', '$.n[?(@.x =~ /a/)]', '$.list[?(@.tags.map(x => x))]'])(
    '%s is refused',
    (query) => {
      expect(dispatch(query)).toEqual(expect.any(String));
    },
  );

  it('is not read in queries of RFC 9535', () => {
    expect(parseJsonPath('$.n[(@.length-1)]').ok).toBe(false);
    expect(parseJsonPath('$.n[?@ === 2]').ok).toBe(false);
    expect(values('$.list[?@.tags.length > 1]', data)).toEqual([]);
  });
});

describe('a fault is told at its place', () => {
  test.each([
    ['', 0, 'a JSONPath begins with `$`'],
    ['a', 0, 'a JSONPath begins with `$`'],
    ['$.', 2, 'a name or `*` is missing after the dot'],
    ['$[', 2, 'a selector is a name in quotes, an index, a slice, `*` or a filter `?...`'],
    ['$[0', 3, 'a bracket is not closed here'],
    ['$[?@.a = 1]', 7, 'a bracket is not closed here'],
    ['$[?@.a == ]', 10, '`]` cannot stand here'],
    ['$[?@.a == b]', 11, '`b` is neither a literal nor a query'],
    ['$[?@.* == 1]', 11, 'a query that can select several nodes is no value here'],
    ['$[?len(@)]', 3, 'there is no function `len`, only length, count, value, match, search'],
    ['$[?match(@.a)]', 3, '`match` takes 2 arguments'],
    ['$[?true]', 7, 'a value by itself is no condition; compare it with something'],
    ['$[?@.a > $inputs.least]', 9, '`$inputs.least` is no part of a JSONPath; an expression stands in braces there'],
    ['$response.body#/a', 0, '`$response.body#/a` is no part of a JSONPath; an expression stands in braces there'],
    ['$.a and b', 3, '` and b` cannot follow a JSONPath'],
    ['$.a == 1', 0, 'a JSONPath selects and does not compare, but for its filters'],
  ])('%s', (query, at, message) => {
    expect(parseJsonPath(query)).toMatchObject({ ok: false, problem: { code: 'bad-jsonpath', at, message } });
  });
});

it('proposes a filter where a comparison was written', () => {
  expect(parseJsonPath("$.status == 'ok'")).toMatchObject({
    problem: { at: 0, length: 16, instead: "$[?@.status == 'ok']" },
  });
  expect(parseJsonPath('$.list[0].tags.length > 1')).toMatchObject({
    problem: { instead: '$[?length(@.list[0].tags) > 1]' },
  });
});

describe('bounds', () => {
  it.each(['[?(', '[?@', '[?!(', '[?count(', '[', '(', '$[?'])('refuses nesting of %s without end', (token) => {
    expect(parseJsonPath(`$${token.repeat(3_000)}`).ok).toBe(false);
    expect(parseJsonPath(`$${token.repeat(10_000)}`).ok).toBe(false);
  });

  it('walks data of any depth', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    expect((values('$..a', deep) as readonly Json[]).length).toBe(50_000);
  });

  it('gives up on a query that would take for ever', () => {
    const list = Array.from({ length: 300 }, (_, index) => ({ n: index }));
    expect(values('$..[?count($..[?count($..*) > 0]) > 0]', list, new Work(200_000))).toBe(
      'it takes more than 200000 steps',
    );
  });

  it('matches patterns in linear time', () => {
    const list = [`${'a'.repeat(20_000)}!`];
    expect(values("$[?search(@, '^(a+)+$')]", list)).toEqual([]);
    expect(values("$[?match(@, '(a|aa)+')]", list)).toEqual([]);
    expect(values("$[?match(@, '[')]", list)).toEqual([]);
  });
});
