/** Examples of schemas hold to them also where the library that makes them knows nothing of the word. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lib/model/json.ts';
import { sampleOf } from '../../../lib/simulate/sample.ts';

describe('an example', () => {
  it('matches the patterns of its texts, through references, lists and alternatives', () => {
    const $defs: JsonObject = { Code: { type: 'string', pattern: '^[A-Z]{3}$' } };
    const code = { $ref: '#/$defs/Code' };
    const schema: JsonObject = {
      type: 'object',
      properties: {
        one: code,
        many: { type: 'array', items: { allOf: [{ type: 'object', properties: { code } }] } },
        either: { oneOf: [{ type: 'object', properties: { code } }, { type: 'string' }] },
        given: { type: 'string', pattern: '^x', example: 'kept' },
      },
    };
    expect(sampleOf(schema, { $defs })).toEqual({
      one: 'AAA',
      many: [{ code: 'AAA' }],
      either: { code: 'AAA' },
      given: 'kept',
    });
  });

  it.each([
    ['byte', 'c3RyaW5n'],
    ['duration', 'P1D'],
    ['url', 'https://example.com'],
    ['uuid', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['made-up', 'string'],
  ])('has the format %s', (format, made) => {
    expect(sampleOf({ type: 'string', format }, {})).toEqual(made);
    expect(sampleOf({ type: 'string', format, default: 'kept' }, {})).toBe('kept');
  });

  it('has no member that its schema forbids', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' }, b: false } };
    expect(sampleOf(schema, {})).toEqual({ a: 'string' });
  });

  it('is of a modest size, whatever is asked for', () => {
    const schema = { type: 'array', minItems: 1_000_000_000, items: { type: 'string', minLength: 1_000_000_000 } };
    const made = sampleOf(schema, {}) as readonly string[];
    expect(made.length).toBeLessThanOrEqual(100);
    expect(made[0]?.length).toBeLessThanOrEqual(10_000);
  });

  it('is not there where nothing is said, or nothing is allowed', () => {
    expect(sampleOf(undefined, {})).toBeUndefined();
    expect(sampleOf(false, {})).toBeUndefined();
  });
});
