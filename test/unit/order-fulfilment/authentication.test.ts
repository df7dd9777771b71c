import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, credentials, type Demo, goodClient, requestToken, startDemo } from './demo.ts';
import { authorisationBody } from './orders.ts';

const withToken = (token: unknown) => ({ anonymous: true, headers: { Authorization: `Bearer ${String(token)}` } });

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo[Symbol.asyncDispose]());

describe('inventory, by an API key in a header', () => {
  it('takes the key', async () => {
    const { status } = await demo.send('inventory', 'GET /items');
    expect(status).toBe(200);
  });

  it.each([
    ['no key', {}],
    ['a wrong key', { 'X-Api-Key': 'demo-inventory-kez' }],
    ['an empty key', { 'X-Api-Key': '' }],
  ])('fails with 401 and its challenge for %s', async (_what, headers: Record<string, string>) => {
    const refused = await demo.send('inventory', 'GET /items', { anonymous: true, headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('ApiKey header="X-Api-Key"');
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.body).toEqual({
      type: 'https://problems.example.com/unauthorised',
      title: 'Unauthorised',
      status: 401,
      detail: 'The credentials are missing or wrong.',
    });
  });
});

describe('fraud, by a bearer token', () => {
  const target = 'GET /assessments?orderId=ORD-1';

  it('takes the token, whatever the case of the scheme', async () => {
    const headers = { Authorization: `bearer ${credentials.ORDER_DEMO_FRAUD_TOKEN}` };
    const { status } = await demo.send('fraud', target, { anonymous: true, headers });
    expect(status).toBe(200);
  });

  it.each([
    ['no token', {}],
    ['a wrong token', { Authorization: 'Bearer demo-fraud-toke' }],
    ['another scheme', { Authorization: basic('demo-shop', 'demo-fraud-token') }],
  ])('fails with 401 and its challenge for %s', async (_what, headers: Record<string, string>) => {
    const refused = await demo.send('fraud', target, { anonymous: true, headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="fraud"');
  });
});

describe('shipping, by user name and password', () => {
  const target = 'GET /shipments?orderId=ORD-1';

  it('takes both', async () => {
    const { status } = await demo.send('shipping', target);
    expect(status).toBe(200);
  });

  it.each([
    ['no login', {}],
    ['a wrong password', { Authorization: basic('demo-shop', 'demo') }],
    ['a wrong user', { Authorization: basic('demo', 'demo-shipping-password') }],
    ['a login without a colon', { Authorization: 'Basic ZGVtbw==' }],
  ])('fails with 401 and its challenge for %s', async (_what, headers: Record<string, string>) => {
    const refused = await demo.send('shipping', target, { anonymous: true, headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Basic realm="shipping", charset="UTF-8"');
  });
});

describe('payments, by OAuth2 client credentials', () => {
  const target = 'GET /authorisations?orderReference=ORD-1';

  it('issues a token that opens both scopes and is not to be stored', async () => {
    const issued = await requestToken(demo.servers.payments, goodClient);
    expect(issued.status).toBe(200);
    expect(issued.headers.get('cache-control')).toBe('no-store');
    expect(issued.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'payments:read payments:write',
    });
    const { status } = await demo.send('payments', target, withToken(issued.body.access_token));
    expect(status).toBe(200);
  });

  it('takes the client also by HTTP basic, form-encoded as RFC 6749 wants it', async () => {
    const { client_id: id = '', client_secret: secret = '' } = goodClient;
    const headers = {
      Authorization: basic(encodeURIComponent(id), encodeURIComponent(secret)),
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    const issued = await demo.send('payments', 'POST /oauth/token', { headers, body: 'grant_type=client_credentials' });
    expect(issued.status).toBe(200);
  });

  it('forgets a token when it expires', async () => {
    const issued = await requestToken(demo.servers.payments, goodClient);
    demo.clock.advance(299_999);
    const before = await demo.send('payments', target, withToken(issued.body.access_token));
    demo.clock.advance(1);
    const after = await demo.send('payments', target, withToken(issued.body.access_token));
    expect([before.status, after.status]).toEqual([200, 401]);
    expect(after.headers.get('www-authenticate')).toBe('Bearer realm="payments", error="invalid_token"');
    expect(after.body.detail).toBe('The token has expired.');
  });

  it('refuses to write with a token that may only read', async () => {
    const issued = await requestToken(demo.servers.payments, { ...goodClient, scope: 'payments:read' });
    const sent = { ...withToken(issued.body.access_token), body: authorisationBody };
    const refused = await demo.send('payments', 'POST /authorisations', sent);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="payments", error="insufficient_scope", scope="payments:write"',
    );
  });

  it.each([
    ['no token', {}],
    ['an invented token', { Authorization: 'Bearer 00000000-0000-4000-8000-000000000000' }],
  ])('fails with 401 and its challenge for %s', async (_what, headers: Record<string, string>) => {
    const refused = await demo.send('payments', target, { anonymous: true, headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="payments"');
  });

  it.each([
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['an unknown scope', { scope: 'payments:read refunds' }, 400, 'invalid_scope'],
  ])('fails for %s in the words of RFC 6749', async (_what, change: Record<string, string>, status, error) => {
    const refused = await requestToken(demo.servers.payments, { ...goodClient, ...change });
    expect([refused.status, refused.body]).toEqual([status, { error }]);
  });
});

describe('health', () => {
  it.each(['inventory', 'payments', 'fraud', 'shipping'] as const)('of %s is told to anybody', async (system) => {
    const { status, body } = await demo.send(system, 'GET /health', { anonymous: true });
    expect([status, body.status]).toEqual([200, 'up']);
  });
});
