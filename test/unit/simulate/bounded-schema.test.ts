/** Examples of schemas that have more ways through them than anybody can walk are made all the same, and soon. */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { answerBody } from '../../../lib/simulate/answer-body.ts';
import { boundedSchema } from '../../../lib/simulate/bounded-schema.ts';
import { sampleInput } from '../../../lib/simulate/sample-input.ts';

const COUNT = 40;
const numbers: readonly number[] = Array.from({ length: COUNT }, (_, at) => at);
const referring = (at: number): Json => ({ $ref: `#/$defs/S${at}` });

function web(keyword: string): JsonObject {
  const schemaAt = (at: number): JsonObject => ({
    type: 'object',
    ...(at < COUNT - 1 && { [keyword]: numbers.slice(at + 1).map(referring) }),
    properties: Object.fromEntries(numbers.map((name) => [`p${name}`, referring((at + name) % COUNT)])),
  });
  return Object.fromEntries(numbers.map((at) => [`S${at}`, schemaAt(at)]));
}

describe('an example', () => {
  it.each(['allOf', 'anyOf', 'oneOf'])('of schemas that are each %s all that follow is made', (keyword) => {
    const $defs = web(keyword);
    expect(answerBody({ contentType: 'application/json', schema: referring(0) }, $defs, {})).toBeTypeOf('object');
    expect(sampleInput({ ...($defs['S0'] as JsonObject), $defs })).toBeTypeOf('object');
  });

  it('of a chain of references that is longer than the stack is deep is made', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`S${at}`, { allOf: [referring(at + 1)] }]),
    );
    expect(answerBody({ contentType: 'application/json', schema: referring(0) }, chain, {})).toBeDefined();
  });

  it('of a schema with few ways is made of the schema itself, also where it contains itself', () => {
    const Node = { type: 'object', properties: { next: { $ref: '#/$defs/Node' }, id: { type: 'string' } } };
    const schema = { $ref: '#/$defs/Node' };
    expect(boundedSchema(schema, { $defs: { Node } })).toBe(schema);
  });

  it('of a schema with too many ways has those that come first', () => {
    const properties = Object.fromEntries(Array.from({ length: 6_000 }, (_, at) => [`p${at}`, { type: 'integer' }]));
    const made = answerBody({ contentType: 'application/json', schema: { properties } }, {}, {}) as JsonObject;
    expect([made['p0'], made['p4000'], made['p5999']]).toEqual([0, 0, null]);
  });
});
