/** What repeating a request may do, by its method: those of OpenAPI's own fields, registered ones, and all others. */
import { describe, expect, it } from 'vitest';
import { isIdempotentMethod, isSafeMethod } from '../../../lib/model/methods.ts';
import { mayRepeatInDoubt } from '../../../lib/runtime/retry.ts';

describe('a method', () => {
  it.each(['get', 'head', 'options', 'trace', 'query', 'PROPFIND', 'REPORT', 'SEARCH'] as const)(
    '%s is safe',
    (method) => {
      expect([isSafeMethod(method), isIdempotentMethod(method)]).toEqual([true, true]);
    },
  );

  it.each(['put', 'delete', 'COPY', 'MOVE', 'MKCOL', 'UNLOCK', 'LINK'] as const)('%s may be done twice', (method) => {
    expect([isSafeMethod(method), isIdempotentMethod(method)]).toEqual([false, true]);
  });

  it.each(['post', 'patch', 'LOCK', 'PURGE', 'NOTIFY'] as const)('%s may do something each time', (method) => {
    expect([isSafeMethod(method), isIdempotentMethod(method)]).toEqual([false, false]);
  });

  it('that may be done twice is repeated in doubt, and another one only under a key that is kept', () => {
    const age = { since: 0, now: 1_000_000 };
    const idempotency = { retentionMs: 2_000_000 };
    expect(mayRepeatInDoubt({ effect: 'idempotent' }, 'COPY', age)).toBe(true);
    expect(mayRepeatInDoubt({ effect: 'unsafe' }, 'LOCK', age)).toBe(false);
    expect(mayRepeatInDoubt({ effect: 'idempotent', idempotency }, 'LOCK', age)).toBe(true);
    expect(mayRepeatInDoubt({ effect: 'idempotent', idempotency: { retentionMs: 10 } }, 'LOCK', age)).toBe(false);
  });
});
