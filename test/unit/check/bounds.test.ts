/**
 * Schemas may lead to each other in more ways than anybody can walk: each is looked at once, whatever the ways. What asks too
 * often of a web of schemas fails here instead of hanging, since the definitions count how often they are asked.
 */
import { describe, expect, it } from 'vitest';
import { payloadFaults } from '../../../lib/check/payload-faults.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { assert } from '../../../lib/model/assert.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { membersOf, partsOf } from '../../../lib/model/schema-members.ts';
import { isSensitiveAt, sensitiveMembers } from '../../../lib/plan/sensitive-schema.ts';
import { found, workflow } from '../../support/checking.ts';

const COUNT = 40;
const START: Json = { $ref: '#/$defs/S0' };
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const leadingTo = (count: number, from = 0): readonly Json[] =>
  numbers(count)
    .slice(from)
    .map((at) => ({ $ref: `#/$defs/S${at}` }));

/** Every schema is combined of all that follow it, and its members are again such schemas. */
function web(keywords: readonly string[], member: (at: number) => Json, count = COUNT): JsonObject {
  const schemaAt = (at: number): JsonObject => ({
    type: 'object',
    ...(at < count - 1 && Object.fromEntries(keywords.map((key) => [key, leadingTo(count, at + 1)]))),
    properties: Object.fromEntries(numbers(count).map((name) => [`p${name}`, member((at + name) % count)])),
  });
  return Object.fromEntries(numbers(count).map((at) => [`S${at}`, schemaAt(at)]));
}

/** Definitions that are asked no more often than that. */
function patient(definitions: JsonObject, most = 1_000_000): JsonObject {
  let asked = 0;
  return new Proxy(definitions, {
    get(target, name) {
      asked += 1;
      assert(asked <= most, `the definitions are asked at most ${most} times`);
      return Reflect.get(target, name) as unknown;
    },
  });
}

const text = (): Json => ({ type: 'string' });
const another = (at: number): Json => ({ $ref: `#/$defs/S${at}` });
const WEBS = [['anyOf'], ['oneOf'], ['allOf'], ['anyOf', 'oneOf', 'allOf']].map((keywords) => [keywords] as const);

function nested(depth: number, innermost: Json): Json {
  return numbers(depth).reduce((inner: Json) => ({ p1: inner }), innermost);
}

describe('the members of a web of schemas', () => {
  it.each(WEBS)('are found, each schema looked at once: %s', (keywords) => {
    const definitions = patient(web(keywords, text), 100_000);
    expect([...(membersOf(START, definitions)?.keys() ?? [])]).toEqual(numbers(COUNT).map((at) => `p${at}`));
  });

  it('are not known beyond the bound', () => {
    const alternatives = (count: number): Json => ({
      anyOf: numbers(count).map((at) => ({ properties: { [`p${at}`]: {} } })),
    });
    expect(membersOf(alternatives(9_000), {})?.size).toBe(9_000);
    expect(membersOf(alternatives(11_000), {})).toBeUndefined();
  });

  it('of schemas that apply each other to themselves are those of both', () => {
    const definitions = {
      S0: { allOf: [another(1)], properties: { a: {} } },
      S1: { allOf: [another(0)], properties: { b: {} } },
    };
    expect([...(membersOf(START, definitions)?.keys() ?? [])]).toEqual(['a', 'b']);
  });

  it('are found at the end of a long chain, and not known where it leads nowhere', () => {
    const chain = Object.fromEntries(numbers(5_000).map((at) => [`S${at}`, { allOf: [another(at + 1)] }]));
    expect(partsOf(START, { ...chain, S5000: { properties: { a: {} } } })?.at(-1)).toEqual({ properties: { a: {} } });
    expect(partsOf(START, chain)).toBeUndefined();
  });
});

describe('a payload against a web of schemas', () => {
  const faultsOf = (payload: Json, definitions: JsonObject) =>
    payloadFaults(parseValue(payload), START, { definitions, put: new Set() });

  it.each(WEBS)('is compared with each once: %s', (keywords) => {
    expect(faultsOf(nested(50, {}), patient(web(keywords, another)))).toEqual([]);
  });

  it('has each fault told once, in however many ways its schema is reached', () => {
    const definitions = patient({
      S0: { allOf: [another(1), another(2)] },
      S1: { type: 'object', properties: { p1: another(0) } },
      S2: { type: 'object', properties: { p1: another(0) } },
    });
    const [first, ...more] = faultsOf(nested(100, 'no object'), definitions);
    expect(first).toMatchObject({ kind: 'wrong-type', value: 'no object', path: numbers(100).map(() => 'p1') });
    expect(more).toEqual([]);
  });
});

describe('what is sensitive in a web of schemas', () => {
  const tokens = numbers(50).map(() => 'p1');

  it.each(WEBS)('is found, each schema looked at once for each member on the way: %s', (keywords) => {
    const plain = web(keywords, another);
    const marked = { ...plain, [`S${COUNT - 1}`]: { properties: { secret: { format: 'password' } } } };
    expect(isSensitiveAt({ schema: START, root: { $defs: patient(plain) } }, tokens)).toBe(false);
    expect(isSensitiveAt({ schema: START, root: { $defs: patient(marked) } }, ['p1'])).toBe(true);
    expect(sensitiveMembers({ schema: START, root: { $defs: patient(plain) } })).toEqual([]);
  });

  it('is found at the end of a chain that is longer than the stack is deep', () => {
    const chain = Object.fromEntries(numbers(20_000).map((at) => [`S${at}`, { properties: { p1: another(at + 1) } }]));
    const $defs = { ...chain, S20000: { writeOnly: true } };
    expect(isSensitiveAt({ schema: START, root: { $defs } }, ['p1'])).toBe(true);
    expect(isSensitiveAt({ schema: START, root: { $defs: chain } }, ['p1'])).toBe(false);
  });
});

describe('a description', () => {
  it.each([['anyOf'], ['oneOf'], ['allOf']])('whose schemas are each %s all of them is checked', async (keyword) => {
    const all = numbers(COUNT).map((at) => ({ $ref: `#/components/schemas/S${at}` }));
    const properties = Object.fromEntries(numbers(COUNT).map((at) => [`p${at}`, all[at]]));
    const schemas = Object.fromEntries(numbers(COUNT).map((at) => [`S${at}`, { [keyword]: all, properties }]));
    const content = { 'application/json': { schema: all[0] } };
    const post = { operationId: 'give', requestBody: { content }, responses: { 200: { description: 'D', content } } };
    const api = {
      openapi: '3.1.0',
      info: { title: 'A', version: '1' },
      paths: { '/a': { post } },
      components: { schemas },
    };
    const steps = `- { stepId: a, operationId: give, requestBody: { payload: ${JSON.stringify(nested(50, {}))} }, outputs: { x: $response.body#/p1/p2/none } }`;
    const all116 = await found({ workflows: workflow('main', steps), sources: { api: JSON.stringify(api) } });
    expect(all116.filter((line) => /ARZ11[67]/.test(line)).length).toBeLessThan(2);
  });

  it('with a long text full of what is odd is checked', async () => {
    const odd = '{$inputs.}'.repeat(20_000);
    const steps = `- { stepId: a, operationId: placeOrder, requestBody: { payload: { a: '${odd}' } } }`;
    const lines = await found({ workflows: workflow('main', steps) });
    expect(lines.length).toBeGreaterThan(0);
  });

  it('of 1,000 steps that read one another is checked', async () => {
    const stepAt = (at: number): string => {
      const read = at === 0 ? 'open' : `$steps.s${at - 1}.outputs.x`;
      return `- { stepId: s${at}, operationId: listOrders, parameters: [{ name: state, in: query, value: ${read} }], outputs: { x: $response.body#/0/id } }`;
    };
    expect(await found({ workflows: workflow('main', numbers(1_000).map(stepAt).join('\n')) })).toEqual([]);
  });
});
