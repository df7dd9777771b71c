/** What is made of a connection, a certificate and the headers of an answer: by the clock, to the day. */
import { describe, expect, it } from 'vitest';
import { clockCheck, limitCheck } from '../../../lib/verify/answer-checks.ts';
import type { Connection } from '../../../lib/verify/connecting.ts';
import { connectionChecks } from '../../../lib/verify/reachable.ts';
import type { HttpResponse } from '../../../lib/runtime/ports/http.ts';
import { answered } from '../../support/scripted-http.ts';

const NOW = Date.UTC(2030, 0, 31);
const DAY = 86_400_000;

function response(headers: { readonly [name: string]: string }): HttpResponse {
  // A response is what it makes.
  return answered(200, {}, headers) as HttpResponse;
}

function tls(validTo: number, more: Partial<Extract<Connection, { kind: 'tls' }>> = {}): Connection {
  const certificate = { subject: 'shop', issuer: 'An Authority', validFrom: NOW - 9 * DAY, validTo };
  return { kind: 'tls', ms: 3, protocol: 'TLSv1.3', certificate, ...more };
}

const verdictOf = (connection: Connection, url = 'https://shop.example.com'): string =>
  connectionChecks(connection, { now: NOW, warnDays: 21, url })
    .map(({ name, verdict, says }) => `${name} ${verdict}: ${says}`)
    .at(-1) ?? '';

describe('a connection', () => {
  it.each([
    [tls(NOW + 90 * DAY), 'tls ok: TLSv1.3, a certificate of An Authority with 90 days left'],
    [tls(NOW + 20 * DAY), 'tls warning: TLSv1.3, a certificate of An Authority with 20 days left'],
    [tls(NOW + 2 * DAY), 'tls failed: TLSv1.3, a certificate of An Authority with 2 days left'],
    [tls(NOW - 3 * DAY), 'tls failed: its certificate ended 3 days ago'],
    [
      tls(NOW + DAY, { distrust: 'unknown authority' }),
      'tls failed: its certificate is not trusted: unknown authority',
    ],
    [
      tls(NOW + 9 * DAY, { certificate: { subject: '', issuer: '', validFrom: NOW + 1, validTo: NOW + 9 * DAY } }),
      'tls failed: its certificate is not valid yet',
    ],
    [{ kind: 'failed', why: 'nobody listens there' } as const, 'reachable failed: nobody listens there'],
  ])('%#: is judged as it is', (connection, expected) => {
    expect(verdictOf(connection)).toBe(expected);
  });

  it.each([
    ['http://shop.example.com', 'warning'],
    ['http://127.0.0.1:4101', 'ok'],
    ['http://localhost:4101', 'ok'],
    ['http://[::1]:4101', 'ok'],
    ['http://127.evil.example.com', 'warning'],
  ])('in clear is told of, but on this machine: %s', (url, verdict) => {
    const [, check] = connectionChecks({ kind: 'plain', ms: 1 }, { now: NOW, warnDays: 21, url });
    expect(check?.verdict).toBe(verdict);
  });
});

describe('the clock of a system', () => {
  const check = (date: string): string | undefined => {
    const found = clockCheck({ response: response({ date }), sentAt: NOW, answeredAt: NOW + 400 });
    return found && `${found.verdict}: ${found.says}`;
  };

  it.each([
    [0, "ok: as this machine's"],
    [-1_000, "ok: as this machine's"],
    [30_400, "warning: its clock is 30 s ahead of this machine's"],
    [-31_000, "warning: its clock is 30 s behind this machine's"],
    [-1_801_000, "failed: its clock is 1800 s behind this machine's"],
  ])('is compared by the Date header: %i ms', (offset, expected) => {
    expect(check(new Date(NOW + offset).toUTCString().replace(/(\d\d) GMT/, (text) => text))).toBe(expected);
  });

  it('is not guessed where an answer has no date, or one that is none', () => {
    expect(check('yesterday')).toBeUndefined();
    expect(clockCheck({ response: response({}), sentAt: NOW, answeredAt: NOW })).toBeUndefined();
  });
});

describe('the limits of a system', () => {
  const declared = { requests: 50, perMs: 60_000, burst: 50 };

  it.each([
    [{ 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' }, 'warning', '99 requests left of 100'],
    [{ 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '0' }, 'warning', 'the next request is refused'],
    [{ ratelimit: '"default";r=7;t=30' }, 'warning', '7 requests left'],
  ])('are told where nothing declares them: %j', (headers, verdict, says) => {
    const check = limitCheck(response(headers), undefined);
    expect(check?.verdict).toBe(verdict);
    expect(check?.says).toContain(says);
  });

  it('are well where the description declares them, and nothing where no header says any', () => {
    expect(limitCheck(response({ 'ratelimit-remaining': '9' }), declared)).toMatchObject({ verdict: 'ok' });
    expect(limitCheck(response({ 'ratelimit-remaining': 'many' }), declared)).toBeUndefined();
    expect(limitCheck(response({}), declared)).toBeUndefined();
  });
});
