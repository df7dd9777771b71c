/**
 * Schemas that refer to each other in more ways than anybody can walk: what is found out of them is found in bounded work,
 * and less is said where it would take more.
 */
import { describe, expect, it } from 'vitest';
import { combined } from '../../../lib/analyze/fit/combined.ts';
import { misfits } from '../../../lib/analyze/fit/fit.ts';
import { memberAt } from '../../../lib/analyze/fit/members.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { inputProblems } from '../../../lib/runtime/input.ts';
import { firstBreak } from '../../../lib/runtime/contract/validate.ts';

const COUNT = 30;
const numbers: readonly number[] = Array.from({ length: COUNT }, (_, at) => at);
const referring = (at: number): Json => ({ $ref: `#/$defs/S${at}` });

/** Each of all that follow, with members that are each of all others. */
function web(keyword: string): JsonObject {
  const schemaAt = (at: number): JsonObject => ({
    type: 'object',
    ...(at < COUNT - 1 && { [keyword]: numbers.slice(at + 1).map(referring) }),
    properties: Object.fromEntries(numbers.map((name) => [`p${name}`, referring((at + name) % COUNT)])),
  });
  return Object.fromEntries(numbers.map((at) => [`S${at}`, schemaAt(at)]));
}

const DEEP: Json = { p1: { p2: { p3: { p4: { p5: { p6: 'a text' } } } } } };

describe.each(['allOf', 'anyOf', 'oneOf'])('in a web of %s', (keyword) => {
  it('members are found and two schemas compared', () => {
    const definitions = web(keyword);
    const [given, wanted] = [0, 1].map((at) => ({ schema: referring(at), definitions }));
    if (!given || !wanted) throw new Error('there are two');
    expect(memberAt(given, ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']).presence).toMatch(/maybe|unknown/);
    expect(misfits(given, wanted, 'json').length).toBeLessThan(2_000);
  });

  it('a message and an input are judged, or nothing is said of them', async () => {
    const definitions = web(keyword);
    const held = { schema: referring(0), definitions, direction: 'request', value: DEEP } as const;
    expect((await firstBreak(held))?.rule ?? 'nothing').toMatch(/^(type|anyOf|oneOf|nothing)$/);
    const problems = await inputProblems({ ...(definitions['S0'] as JsonObject), $defs: definitions }, DEEP);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe('schemas that are combined', () => {
  it('are one object for the same ones, each once, however they come together', () => {
    const [one, two, three] = [{ type: 'string' }, { minLength: 1 }, { maxLength: 9 }];
    const definitions = {};
    const pair = combined([one, two], 'allOf', definitions);
    expect(combined([two, one, two], 'allOf', definitions)).toBe(pair);
    const all = combined([one, two, three], 'allOf', definitions);
    expect(combined([pair ?? true, three, one], 'allOf', definitions)).toBe(all);
    expect(combined([pair ?? true, three], 'anyOf', definitions)).toEqual({ anyOf: [pair, three] });
  });

  it('stay what they are where there is one, or none', () => {
    expect(combined([{ type: 'string' }], 'anyOf', {})).toEqual({ type: 'string' });
    expect(combined([], 'anyOf', {})).toBeUndefined();
  });

  it('say nothing where they are too many', () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ minLength: at }));
    expect(combined(many, 'allOf', {})).toBe(true);
  });
});
