import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../lib/model/canonical.ts';
import { digestOfValue, idempotencyKey, traceparentOf } from '../../../lib/runtime/digest.ts';

describe('canonical JSON (RFC 8785)', () => {
  /** Appendix B: IEEE 754 bits to text. */
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it('sorts members by UTF-16 code units (section 3.2.3)', () => {
    const object = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(object)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
  });

  it('keeps a member named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"b":[],"__proto__":{"a":null}}'))).toBe('{"__proto__":{"a":null},"b":[]}');
  });
});

describe('digests and keys', () => {
  it('are equal for equal values within a run, and not across runs', () => {
    expect(digestOfValue('r1', { a: 1, b: 2 })).toBe(digestOfValue('r1', { b: 2, a: 1 }));
    expect(digestOfValue('r1', { a: 1 })).not.toBe(digestOfValue('r2', { a: 1 }));
  });

  it('are a function of run, step, visit and generation: never changed, since systems remember them', () => {
    const key = { step: 'pay', visit: 1, gen: 0 };
    expect(idempotencyKey('run-1', key)).toBe(idempotencyKey('run-1', key));
    const others = [
      { ...key, step: 'p' },
      { ...key, visit: 2 },
      { ...key, gen: 1 },
    ].map((other) => idempotencyKey('run-1', other));
    expect(new Set([idempotencyKey('run-1', key), idempotencyKey('run-2', key), ...others]).size).toBe(5);
    expect(idempotencyKey('run-1', key)).toBe('6e2725b8-0ace-85e7-bcce-ed62b94fb0a6');
  });

  it('make a trace of their own where the run has none', () => {
    const attempt = { step: 'pay', visit: 1, gen: 0, attempt: 1 };
    const made = traceparentOf('r1', undefined, attempt);
    expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceparentOf('r1', 'nonsense', attempt)).toBe(made);
  });
});
