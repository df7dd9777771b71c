/** Signatures of webhooks: what is right, and everything near it that is not. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSigned, signatureFor } from '../../../lib/runtime/signature.ts';

const BODY = '{"order":"o-1"}';
const SECRET = 'canary-5521';
const NOW = 1_700_000_000_000;

function hmac(encoding: 'hex' | 'base64', key: string | Buffer = SECRET, text = BODY): string {
  return createHmac('sha256', key).update(text).digest(encoding);
}

function message(headers: { readonly [name: string]: string }, body = BODY): Parameters<typeof isSigned>[1] {
  return { headers: new Map(Object.entries(headers)), body };
}

describe('an HMAC in a header', () => {
  it('is right over the very characters, in hex or base64, behind its prefix', () => {
    expect(isSigned({ secret: SECRET }, message({ 'x-signature': hmac('hex') }), NOW)).toBe(true);
    expect(isSigned({ secret: SECRET }, message({ 'x-signature': hmac('hex').toUpperCase() }), NOW)).toBe(true);
    const hub = { secret: SECRET, header: 'X-Hub-Signature-256', prefix: 'sha256=' };
    expect(isSigned(hub, message({ 'x-hub-signature-256': `sha256=${hmac('hex')}` }), NOW)).toBe(true);
    const base64 = { secret: SECRET, encoding: 'base64' } as const;
    expect(isSigned(base64, message({ 'x-signature': hmac('base64') }), NOW)).toBe(true);
  });

  it.each([
    ['no header', message({})],
    ['an empty one', message({ 'x-signature': '' })],
    ['another body', message({ 'x-signature': hmac('hex') }, `${BODY} `)],
    ['another secret', message({ 'x-signature': hmac('hex', 'other') })],
    ['another encoding', message({ 'x-signature': hmac('base64') })],
    ['its beginning', message({ 'x-signature': hmac('hex').slice(0, 32) })],
  ])('is wrong with %s', (_, wrong) => {
    expect(isSigned({ secret: SECRET }, wrong, NOW)).toBe(false);
  });
});

describe('a Standard Webhooks signature', () => {
  const key = Buffer.from('a key of some bytes');
  const check = { scheme: 'standard-webhooks', secret: `whsec_${key.toString('base64')}` } as const;
  const signed = (time: number, id = 'msg_1'): Parameters<typeof isSigned>[1] => {
    const seconds = String(Math.floor(time / 1000));
    const signature = `v1,${hmac('base64', key, `${id}.${seconds}.${BODY}`)}`;
    return message({ 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,old ${signature}` });
  };

  it('is right among several, within five minutes of its time', () => {
    expect(isSigned(check, signed(NOW), NOW)).toBe(true);
    expect(isSigned(check, signed(NOW - 299_000), NOW)).toBe(true);
  });

  it('is wrong when it is old, from the future, without its id or with another one', () => {
    expect(isSigned(check, signed(NOW - 301_000), NOW)).toBe(false);
    expect(isSigned(check, signed(NOW + 301_000), NOW)).toBe(false);
    const { headers, body } = signed(NOW);
    expect(isSigned(check, { headers: new Map([...headers].slice(1)), body }, NOW)).toBe(false);
    expect(isSigned(check, { headers: new Map([...headers, ['webhook-id', 'msg_2']]), body }, NOW)).toBe(false);
    expect(isSigned(check, { headers: new Map([...headers, ['webhook-timestamp', '1e3']]), body }, NOW)).toBe(false);
  });
});

it('a shared text is right when it is the very text', () => {
  const check = { scheme: 'token', header: 'Authorization', prefix: 'Bearer ', secret: SECRET } as const;
  expect(isSigned(check, message({ authorization: `Bearer ${SECRET}` }), NOW)).toBe(true);
  expect(isSigned(check, message({ authorization: SECRET }), NOW)).toBe(false);
  expect(isSigned(check, message({ authorization: `Bearer ${SECRET}x` }), NOW)).toBe(false);
});

it('the environment says how a channel is signed, and where its secret is', async () => {
  const signature = { header: 'x-shop', secret: { env: 'SHOP' } };
  const place = {
    environments: { system: () => ({ channels: { paid: { signature }, plain: 'https://shop.example.com' } }) },
    secrets: { resolve: () => Promise.resolve(SECRET), awsKeys: () => Promise.reject(new Error('none')) },
  };
  expect(await signatureFor(place, 'shop', 'paid')).toEqual({ header: 'x-shop', secret: SECRET });
  expect(await signatureFor(place, 'shop', 'plain')).toBeUndefined();
  expect(await signatureFor(place, 'shop', 'toString')).toBeUndefined();
});
