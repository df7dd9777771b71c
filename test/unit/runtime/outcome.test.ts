import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lib/model/outcome.ts';
import { judge, worstOf } from '../../../lib/runtime/outcome.ts';

function response(status: number, parsed = true): Parameters<typeof judge>[0] {
  return { kind: 'response', status, parsed };
}

/** Every status of HTTP, as run-contract section 2 has it when the author gives no criteria. */
function expected(status: number): Outcome {
  if (status >= 200 && status <= 299) return 'applied';
  if (status === 429) return 'throttled';
  if (status === 408 || status === 425) return 'in-doubt';
  return status >= 400 && status <= 499 ? 'refused' : 'in-doubt';
}

const statuses = Array.from({ length: 500 }, (_, index) => index + 100);

describe('the outcome of an attempt', () => {
  it('is decided by the status alone where there are no criteria', () => {
    const judged = statuses.map((status) => [status, judge(response(status), {})]);
    expect(judged).toEqual(statuses.map((status) => [status, expected(status)]));
  });

  it('is applied for every status whose criteria hold', () => {
    expect(new Set(statuses.map((status) => judge(response(status), { criteria: true })))).toEqual(
      new Set(['applied']),
    );
  });

  it('is unwanted for a 2xx whose criteria do not hold, and what the status says for every other', () => {
    const judged = statuses.map((status) => [status, judge(response(status), { criteria: false })]);
    const wanted = statuses.map((status) => [status, expected(status) === 'applied' ? 'unwanted' : expected(status)]);
    expect(judged).toEqual(wanted);
  });

  it('is unwanted for a response that breaks the contract, although its criteria hold', () => {
    expect(judge(response(200), { contract: false })).toBe('unwanted');
    expect(judge(response(201), { criteria: true, contract: false })).toBe('unwanted');
  });

  it('is in doubt for an answer that would count and cannot be read; a refusal needs no body', () => {
    expect(judge(response(200, false), {})).toBe('in-doubt');
    expect(judge(response(200, false), { criteria: true })).toBe('in-doubt');
    expect(judge(response(200, false), { criteria: false })).toBe('in-doubt');
    expect(judge(response(422, false), {})).toBe('refused');
    expect(judge(response(429, false), {})).toBe('throttled');
  });

  it('is not sent only when nothing was sent, and in doubt when there is no answer', () => {
    expect(judge({ kind: 'not-sent' }, {})).toBe('not-sent');
    expect(judge({ kind: 'no-answer' }, {})).toBe('in-doubt');
  });
});

describe("a step's outcome is the worst of its attempts", () => {
  const outcomes = (...list: readonly Outcome[]): readonly { readonly outcome: Outcome }[] =>
    list.map((outcome) => ({ outcome }));

  it.each<readonly [readonly Outcome[], Outcome]>([
    [[], 'not-sent'],
    [['applied'], 'applied'],
    [['not-sent', 'throttled', 'refused'], 'refused'],
    [['throttled', 'not-sent'], 'not-sent'],
    [['in-doubt', 'not-sent'], 'in-doubt'],
    [['in-doubt', 'throttled'], 'in-doubt'],
    [['in-doubt', 'refused'], 'in-doubt'],
    [['in-doubt', 'applied'], 'applied'],
    [['in-doubt', 'unwanted'], 'unwanted'],
    [['in-doubt', 'applied', 'in-doubt'], 'in-doubt'],
  ])('%j gives %s', (attempts, outcome) => {
    expect(worstOf(outcomes(...attempts), false)).toBe(outcome);
  });

  it('takes a refusal for an answer only from a system that knows the key, and never one that is given before it', () => {
    const doubt = { outcome: 'in-doubt' as const };
    expect(worstOf([doubt, { outcome: 'refused', status: 422 }], true)).toBe('refused');
    for (const status of [401, 403, 407, 409]) {
      expect(worstOf([doubt, { outcome: 'refused', status }], true)).toBe('in-doubt');
    }
    expect(worstOf([doubt, { outcome: 'refused', status: 422 }], false)).toBe('in-doubt');
  });
});
