/** A row of CSV as the input of a run: the schema says what a text stands for. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { inputFromCells } from '../../../lib/runtime/input-cells.ts';

const SCHEMA: Json = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    count: { type: 'integer' },
    price: { type: ['number', 'null'] },
    rush: { type: 'boolean' },
    tags: { type: 'array' },
    either: { type: ['string', 'integer'] },
    anything: {},
    total: { $ref: '#/$defs/Money' },
    address: { allOf: [{ type: 'object', properties: { city: { type: 'string' }, no: { type: 'integer' } } }] },
    'a.b': { type: 'integer' },
    loop: { $ref: '#/$defs/Loop' },
  },
  $defs: {
    Money: { type: 'object', properties: { value: { type: 'integer' }, currency: { type: 'string' } } },
    Loop: { $ref: '#/$defs/Loop' },
  },
};

const input = (cells: Readonly<Record<string, string>>, schema: Json | undefined = SCHEMA): Json =>
  inputFromCells(schema, new Map(Object.entries(cells)));

describe('a cell', () => {
  it.each<[string, string, Json]>([
    ['id', '007', '007'],
    ['count', '12', 12],
    ['count', '012', '012'],
    ['count', 'twelve', 'twelve'],
    ['count', '1.5', 1.5],
    ['price', '-2.5e3', -2500],
    ['price', 'null', null],
    ['rush', 'true', true],
    ['rush', 'false', false],
    ['rush', 'yes', 'yes'],
    ['tags', '["a", 1]', ['a', 1]],
    ['tags', '[a]', '[a]'],
    ['either', '5', '5'],
    ['anything', '5', '5'],
    ['unknown', '5', '5'],
    ['total', '{"value": 5}', { value: 5 }],
    ['loop', '5', '5'],
  ])('of %s: %j is %j', (name, text, value) => {
    expect(input({ [name]: text })).toEqual({ [name]: value });
  });

  it('that is empty is not given', () => {
    expect(input({ id: 'a', count: '' })).toEqual({ id: 'a' });
  });

  it('may be of a member inside, where the schema knows the way', () => {
    expect(input({ 'total.value': '5', 'total.currency': 'EUR', 'address.no': '7', 'a.b': '1', 'x.y': '2' })).toEqual({
      total: { value: 5, currency: 'EUR' },
      address: { no: 7 },
      'a.b': 1,
      'x.y': '2',
    });
  });

  it('of a member inside adds to the whole that another cell gives', () => {
    expect(input({ total: '{"currency": "EUR"}', 'total.value': '5' })).toEqual({
      total: { currency: 'EUR', value: 5 },
    });
  });

  it('is a text without a schema, and may be called __proto__', () => {
    const made = inputFromCells(undefined, new Map([['__proto__', '1']]));
    expect(Object.entries(made)).toEqual([['__proto__', '1']]);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  });
});
