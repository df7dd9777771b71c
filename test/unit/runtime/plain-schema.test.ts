/** The quick look at an input: what it is sure of, and that ajv is never of another opinion. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { surelyFits } from '../../../lib/runtime/plain-schema.ts';

const ORDER = {
  title: 'An order',
  type: 'object',
  required: ['id', 'lines'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 40, example: 'o-1' },
    secret: { type: 'string', format: 'password', writeOnly: true },
    priority: { enum: ['low', 'high', null] },
    version: { const: 2 },
    lines: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['sku'],
        properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1, exclusiveMaximum: 100 } },
        additionalProperties: { type: ['string', 'number'] },
      },
    },
  },
};

const FITTING = { id: 'o-1', secret: 's', priority: null, version: 2, lines: [{ sku: 'a', quantity: 3, note: 'x' }] };

describe('a plain schema', () => {
  test('is seen through where the value fits', () => {
    expect(surelyFits(ORDER, FITTING)).toBe(true);
    for (const schema of [true, {}, { type: 'object' }, { properties: { a: false } }])
      expect(surelyFits(schema, {})).toBe(true);
  });

  test('leaves every value that does not fit to somebody who can say why', () => {
    const line = FITTING.lines[0];
    const wrong: readonly Json[] = [
      null,
      [],
      { ...FITTING, id: '' },
      { ...FITTING, id: 'x'.repeat(41) },
      { ...FITTING, priority: 'middle' },
      { ...FITTING, version: '2' },
      { ...FITTING, more: 1 },
      { ...FITTING, lines: [] },
      { ...FITTING, lines: [{ ...line, quantity: 0 }] },
      { ...FITTING, lines: [{ ...line, quantity: 100 }] },
      { ...FITTING, lines: [{ ...line, quantity: 1.5 }] },
      { ...FITTING, lines: [{ ...line, note: true }] },
      { ...FITTING, lines: [{ quantity: 1 }] },
      { id: 'o-1' },
    ];
    for (const value of wrong) expect({ value, sure: surelyFits(ORDER, value) }).toEqual({ value, sure: false });
    expect(surelyFits({ properties: { a: false } }, { a: 1 })).toBe(false);
    expect(surelyFits({ maxLength: 2 }, '\u{1F600}\u{1F600}')).toBe(true);
    expect(surelyFits({ type: 'number' }, Number.POSITIVE_INFINITY)).toBe(false);
  });

  test('is none where it says anything else, or says it wrongly, even where the value has nothing there', () => {
    const others: readonly Json[] = [
      { $ref: '#/x' },
      { pattern: '^a' },
      { format: 'email' },
      { oneOf: [true] },
      { uniqueItems: true },
      { nullable: true },
      { type: 'text' },
      { type: [] },
      { type: ['string', 'string'] },
      { required: 'id' },
      { required: ['a', 'a'] },
      { enum: [] },
      { enum: [{}] },
      { const: [] },
      { minimum: '1' },
      { minLength: -1 },
      { items: [true] },
      { title: 5 },
      { constructor: true },
      { toString: {} },
      null,
      'object',
    ];
    for (const schema of others) {
      expect({ schema, sure: surelyFits(schema, 'a') }).toEqual({ schema, sure: false });
      const inside = { properties: { absent: schema } };
      expect({ inside, sure: surelyFits(inside, {}) }).toEqual({ inside, sure: false });
    }
  });

  test('takes names for names, whatever objects inherit', () => {
    expect(surelyFits({ required: ['toString'] }, {})).toBe(false);
    expect(surelyFits({ additionalProperties: false, properties: {} }, { constructor: 1 })).toBe(false);
    expect(
      surelyFits(JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'), JSON.parse('{"__proto__":1}')),
    ).toBe(false);
  });

  test('is never sure of what ajv refuses', () => {
    let sure = 0;
    const holds = fc.property(schemas, fc.jsonValue({ maxDepth: 3 }), (schema, given) => {
      for (const value of [given as Json, madeFor(schema)]) {
        if (!surelyFits(schema, value)) continue;
        sure += 1;
        const ajv = new Ajv2020({ strict: false, validateFormats: true });
        formats.default(ajv);
        expect(ajv.compile(schema as object)(value)).toBe(true);
      }
    });
    fc.assert(holds, { seed: 7, numRuns: 400 });
    expect(sure).toBeGreaterThan(200);
  });
});

const limit = fc.integer({ min: 0, max: 4 });
const NAMES = ['a', 'b', 'c'];

const { schemas } = fc.letrec<{ schemas: Json }>((tie) => ({
  schemas: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.boolean(),
    fc.record(
      {
        type: fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'boolean', 'null', ['string', 'null']),
        title: fc.constantFrom('t', 5),
        format: fc.constantFrom('password', 'date'),
        enum: fc.array(fc.constantFrom(1, 'a', null, true), { maxLength: 3 }),
        const: fc.constantFrom(1, 'a', null),
        minimum: limit,
        exclusiveMaximum: limit,
        minLength: limit,
        maxLength: limit,
        minItems: limit,
        maxItems: limit,
        required: fc.uniqueArray(fc.constantFrom(...NAMES)),
        properties: fc.dictionary(fc.constantFrom(...NAMES), tie('schemas'), { maxKeys: 2 }),
        additionalProperties: tie('schemas'),
        items: tie('schemas'),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Json>,
  ),
}));

/** Something that has a chance to fit, by the type alone. */
function madeFor(schema: Json): Json {
  const { type, properties = {} } = schema as {
    readonly type?: string;
    readonly properties?: { [name: string]: Json };
  };
  switch (type) {
    case 'object':
      return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, madeFor(inner)]));
    case 'array':
      return [1, 'a'];
    case 'string':
      return 'ab';
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 2;
  }
}
