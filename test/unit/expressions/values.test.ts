import { describe, expect, it, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { evaluate } from '../../../lib/expressions/evaluate.ts';
import { parseOperationPath } from '../../../lib/expressions/operation-path.ts';
import type { Scope } from '../../../lib/expressions/scope.ts';
import { stringify } from '../../../lib/expressions/stringify.ts';
import { parseCriterion, parseValue } from '../../../lib/expressions/values.ts';

const scope: Scope = { inputs: { id: 7, name: 'Ann', tags: ['a', 'b'], who: { x: 1 }, nothing: null, yes: true } };
const of = (json: Json, within: Scope = scope) => evaluate(parseValue(json), within);

describe('a value is read into its kind', () => {
  test.each<readonly [Json, Json]>([
    [1, { kind: 'literal', value: 1 }],
    ['text', { kind: 'literal', value: 'text' }],
    ['/pets/{id}', { kind: 'literal', value: '/pets/{id}' }],
    ['{"a": "{b}"}', { kind: 'literal', value: '{"a": "{b}"}' }],
    ['$100', { kind: 'literal', value: '$100' }],
    [{ a: [1, { b: null }] }, { kind: 'literal', value: { a: [1, { b: null }] } }],
    ['$inputs.id', { kind: 'expression', text: '$inputs.id' }],
    [
      'a{$inputs.id}{$url}b',
      {
        kind: 'template',
        parts: ['a', { kind: 'expression', text: '$inputs.id' }, { kind: 'expression', text: '$url' }, 'b'],
      },
    ],
    ['{$inputs.id', { kind: 'literal', value: '{$inputs.id' }],
    ['{$inputs.a{$url}', { kind: 'template', parts: ['{$inputs.a', { kind: 'expression', text: '$url' }] }],
    [
      { a: 1, b: ['$url'] },
      {
        kind: 'object',
        fields: [
          { name: 'a', value: { kind: 'literal', value: 1 } },
          { name: 'b', value: { kind: 'array', items: [{ kind: 'expression', text: '$url' }] } },
        ],
      },
    ],
    [
      { context: '$response.body', selector: '$.a', type: 'jsonpath' },
      {
        kind: 'selector',
        context: '$response.body',
        selector: '$.a',
        language: { type: 'jsonpath', version: 'rfc9535' },
      },
    ],
    [
      { context: '$response.body', selector: '/a', type: { type: 'xpath', version: 'xpath-10' }, 'x-note': 1 },
      { kind: 'selector', context: '$response.body', selector: '/a', language: { type: 'xpath', version: 'xpath-10' } },
    ],
  ])('%j', (json, value) => {
    expect(parseValue(json)).toEqual(value);
  });

  it('takes an object for data when it merely resembles a selector', () => {
    expect(parseValue({ context: 'a', selector: 'b', type: 'jsonpath' }).kind).toBe('literal');
    expect(parseValue({ context: '$inputs.a', selector: 'b', type: 'shelf' }).kind).toBe('object');
    expect(parseValue({ context: '$inputs.a', selector: 'b', type: 'jsonpath', size: 1 }).kind).toBe('object');
  });
});

describe('a value is evaluated', () => {
  test.each<readonly [Json, Json]>([
    ['$inputs.tags', ['a', 'b']],
    ['$inputs.nothing', null],
    ['{$inputs.id}', '7'],
    ['{$inputs.yes}-{$inputs.nothing}-{$inputs.name}', 'true-null-Ann'],
    ['who={$inputs.who}&tags={$inputs.tags}', 'who={"x":1}&tags=["a","b"]'],
    [
      { pet: { id: '$inputs.id', label: 'no. {$inputs.id}' }, all: ['$inputs.tags'] },
      { pet: { id: 7, label: 'no. 7' }, all: [['a', 'b']] },
    ],
  ])('%j', (json, value) => {
    expect(of(json)).toEqual({ found: true, value, missing: [] });
  });

  it('tells a missing expression from null', () => {
    expect(of('$inputs.age')).toEqual({ found: false, why: '$inputs.age is missing: the inputs hold no `age`' });
  });

  it('has no text when a part of it is missing', () => {
    expect(of('{$inputs.name} is {$inputs.age}')).toEqual({
      found: false,
      why: '$inputs.age is missing: the inputs hold no `age`',
    });
  });

  it('puts null for missing members, and lists them by their place', () => {
    expect(of({ a: '$inputs.age', b: [1, 'x{$inputs.age}'], c: '$inputs.id' })).toEqual({
      found: true,
      value: { a: null, b: [1, null], c: 7 },
      missing: [
        { path: ['a'], why: '$inputs.age is missing: the inputs hold no `age`' },
        { path: ['b', 1], why: '$inputs.age is missing: the inputs hold no `age`' },
      ],
    });
  });

  it('makes own members of hostile names', () => {
    const made = of(JSON.parse('{"__proto__": "$inputs.id", "constructor": 1}'));
    expect(made.found && Object.entries(made.value as object)).toEqual([
      ['__proto__', 7],
      ['constructor', 1],
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('never evaluates what an expression yields', () => {
    expect(of('$inputs.text', { inputs: { text: '$inputs.id' } })).toMatchObject({ value: '$inputs.id' });
    expect(of('a {$inputs.text}', { inputs: { text: '{$inputs.id}' } })).toMatchObject({ value: 'a {$inputs.id}' });
  });
});

const nested = (depth: number): Json => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('bounds', () => {
  it('reads a structure of any depth', () => {
    expect(of(nested(5_000)).found).toBe(true);
  });

  it('cannot write what is nested too deeply, and says so instead of failing', () => {
    const inputs = { deep: nested(200_000) };
    expect(stringify(inputs.deep)).toBeUndefined();
    expect(of('x{$inputs.deep}', { inputs })).toEqual({
      found: false,
      why: 'a value is nested too deeply to become text',
    });
  });

  it('stops a text that its values make too long', () => {
    const inputs = { long: 'x'.repeat(1024 * 1024) };
    expect(of('{$inputs.long}'.repeat(30), { inputs })).toEqual({
      found: false,
      why: 'the text would have more than 20971520 characters',
    });
  });
});

describe('a selector', () => {
  const body = {
    pets: [
      { id: 1, name: 'Rex' },
      { id: 2, name: 'Mia' },
    ],
  };
  const select = (selector: string, type: Json = 'jsonpath') =>
    of({ context: '$response.body', selector, type }, { ...scope, response: { body } });

  it('yields the one value that it selects', () => {
    expect(select('$.pets[0].name')).toMatchObject({ value: 'Rex' });
    expect(select('/pets/1/name', 'jsonpointer')).toMatchObject({ value: 'Mia' });
    expect(select('#/pets/1/name', 'jsonpointer')).toMatchObject({ value: 'Mia' });
  });

  it('yields a list of several', () => {
    expect(select('$.pets[*].id')).toMatchObject({ value: [1, 2] });
  });

  it('is missing when it selects nothing', () => {
    expect(select('$.cats')).toEqual({
      found: false,
      why: '$.cats of $response.body is missing: the selector selects nothing',
    });
    expect(select('/pets/2', 'jsonpointer')).toMatchObject({ found: false });
  });

  it('is missing when it is wrong, or has nothing to select from', () => {
    expect(select('$.pets[')).toMatchObject({ found: false });
    expect(select('pets', 'jsonpointer')).toMatchObject({ found: false });
    expect(of({ context: '$response.body', selector: '$', type: 'jsonpath' }, {})).toMatchObject({ found: false });
  });

  it('may have values put in, as what they are', () => {
    const within = {
      inputs: { name: "Mia' || true || '", id: 1, key: 'a/b~c' },
      response: { body: { pets: body.pets, 'a/b~c': 'found' } },
    };
    const selected = (selector: string, type: string) => of({ context: '$response.body', selector, type }, within);
    expect(selected("$.pets[?@.name == '{$inputs.name}']", 'jsonpath')).toMatchObject({ found: false });
    expect(selected('$.pets[{$inputs.id}].name', 'jsonpath')).toMatchObject({ value: 'Mia' });
    expect(selected('/{$inputs.key}', 'jsonpointer')).toMatchObject({ value: 'found' });
  });
});

describe('an operation path names a source and a pointer into it', () => {
  it('does not take the braces of a path template for an expression', () => {
    expect(parseOperationPath('{$sourceDescriptions.pets.url}#/paths/~1pets~1{petId}/get')).toEqual({
      ok: true,
      source: 'pets',
      pointer: '/paths/~1pets~1{petId}/get',
      tokens: ['paths', '/pets/{petId}', 'get'],
    });
  });

  test.each([
    ['$sourceDescriptions.pets.getPet', 0, 31],
    ['{$sourceDescriptions.pets.type}#/paths', 1, 29],
    ['{$inputs.url}#/paths', 1, 11],
    ['{$sourceDescriptions.pets}#/paths', 21, 4],
    ['{$sourceDescriptions.pets.url}/paths', 30, 6],
    ['{$sourceDescriptions.pets.url}#/a~2', 30, 5],
    ['', 0, 0],
  ])('%s is refused', (text, at, length) => {
    expect(parseOperationPath(text)).toMatchObject({ ok: false, problem: { at, length } });
  });
});

describe('a criterion is read with its type and version', () => {
  test.each<readonly [Json, Json]>([
    [{ condition: '$statusCode == 200' }, { type: 'simple', condition: '$statusCode == 200' }],
    [
      { condition: 'true', type: 'simple', context: '$url' },
      { type: 'simple', condition: 'true' },
    ],
    [
      { condition: '^a', type: 'regex', context: '$url' },
      { type: 'regex', condition: '^a', context: '$url' },
    ],
    [
      { condition: '$', type: 'jsonpath', context: '$url' },
      { type: 'jsonpath', version: 'rfc9535', condition: '$', context: '$url' },
    ],
    [
      { condition: '/a', type: { type: 'xpath', version: 'xpath-20' }, context: '$url' },
      { type: 'xpath', version: 'xpath-20', condition: '/a', context: '$url' },
    ],
  ])('%j', (json, criterion) => {
    expect(parseCriterion(json)).toEqual({ ok: true, criterion });
  });

  test.each<readonly [Json, string, Json]>([
    ['$statusCode == 200', 'bad-shape', []],
    [{ type: 'regex' }, 'bad-shape', ['condition']],
    [{ condition: 'a', type: 'regex' }, 'bad-shape', ['context']],
    [{ condition: 'a', type: 'jsonPath', context: '$url' }, 'unknown-type', ['type']],
    [{ condition: 'a', type: 'jsonpointer', context: '$url' }, 'bad-shape', ['type']],
    [
      { condition: 'a', type: { type: 'xpath', version: '2' }, context: '$url' },
      'unknown-version',
      ['type', 'version'],
    ],
    [{ condition: 'a', type: { version: 'rfc9535' }, context: '$url' }, 'bad-shape', ['type']],
    [{ condition: 'a', type: { type: '__proto__' }, context: '$url' }, 'unknown-type', ['type', 'type']],
  ])('%j is refused', (json, code, path) => {
    expect(parseCriterion(json)).toMatchObject({ ok: false, problems: [{ code, path }] });
  });
});
