/** Schemas that refer to each other and to themselves without end are compared all the same, each looked at once. */
import { expect, it } from 'vitest';
import { misfits } from '../../../lib/analyze/fit/fit.ts';
import { memberOf } from '../../../lib/analyze/fit/members.ts';
import { namesOf } from '../../../lib/analyze/fit/names.ts';
import type { JsonObject } from '../../../lib/model/json.ts';

const names = Array.from({ length: 40 }, (_, index) => `S${index}`);
const all = names.map((name) => ({ $ref: `#/$defs/${name}` }));
const properties: JsonObject = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
const definitions: JsonObject = Object.fromEntries(names.map((name) => [name, { anyOf: all, properties }]));

it('forty alternatives of each other, each with forty members', () => {
  const typed = { schema: { $ref: '#/$defs/S0' }, definitions };
  expect(namesOf(typed)).toHaveLength(40);
  expect(memberOf(typed, 'S7').presence).not.toBe('never');
  const given = { schema: { type: 'object', properties: { a: { $ref: '#/$defs/S1' } } }, definitions };
  const wanted = {
    schema: { type: 'object', required: ['a'], properties: { a: { $ref: '#/$defs/S2' } } },
    definitions,
  };
  expect(misfits(given, wanted, 'json')).toMatchObject([{ kind: 'absent', path: ['a'] }]);
});

it('a schema that is nothing but itself', () => {
  const self = { schema: { $ref: '#/$defs/Self' }, definitions: { Self: { allOf: [{ $ref: '#/$defs/Self' }] } } };
  expect(misfits(self, { schema: { type: 'string' }, definitions: {} }, 'json')).toEqual([]);
  expect(memberOf(self, 'a').presence).toBe('unknown');
});
