import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { Credential, SystemEnvironment } from '../../../lib/model/environment.ts';
import type { SecurityRequirement, SecurityScheme } from '../../../lib/model/openapi.ts';
import type { HttpRequest } from '../../../lib/runtime/ports/http.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { Tokens } from '../../../lib/runtime/auth/tokens.ts';
import { authority } from '../../support/certificates.ts';
import { MemoryPermits, MemorySharedValues } from '../../../lib/rehearse/memory-protection.ts';
import { fixedRandom } from '../../support/stepping-clock.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, planOf, type StepFixture, stepOf } from '../../support/plan-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const CANARY = 's3cr3t-canary';
const REF = { env: 'KEY' };

interface Asked {
  readonly schemes: { readonly [name: string]: SecurityScheme };
  readonly security: readonly SecurityRequirement[];
  readonly auth?: { readonly [name: string]: Credential };
  readonly step?: Omit<StepFixture, 'path'>;
}

async function harnessFor({ schemes, security, auth = {}, step = {} }: Asked): Promise<CallHarness> {
  const plan = planOf({
    steps: [stepOf({ path: 'pay', ...step })],
    operations: [operationOf('pay', { security })],
    rest: {
      systems: {
        shop: {
          name: 'shop',
          title: 'Shop',
          servers: [{ url: 'https://shop.test/v1', variables: {} }],
          securitySchemes: schemes,
        },
      },
    },
  });
  const environment: SystemEnvironment = { auth };
  const harness = await new CallHarness(plan, environment).start({ token: 'from-login' });
  harness.secrets.set(JSON.stringify(REF), CANARY);
  harness.http.on('/v1/pay', answered(200)).on('/token', answered(200, TOKEN('t1')));
  return harness;
}

function TOKEN(
  token: string,
  expiresIn = 3_600,
): { readonly access_token: string; readonly token_type: string; readonly expires_in: number } {
  return { access_token: token, token_type: 'Bearer', expires_in: expiresIn };
}

async function sentFor(asked: Asked): Promise<HttpRequest> {
  const harness = await harnessFor(asked);
  await harness.call('pay');
  return harness.http.request(-1);
}

function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}

const API_KEY = (where: 'query' | 'header' | 'cookie'): SecurityScheme => ({
  type: 'apiKey',
  in: where,
  name: 'X-Key',
});
const BEARER: SecurityScheme = { type: 'http', scheme: 'bearer' };
const BASIC: SecurityScheme = { type: 'http', scheme: 'Basic' };
const OAUTH: SecurityScheme = {
  type: 'oauth2',
  flows: { clientCredentials: { tokenUrl: 'https://auth.test/token', scopes: {} } },
};
const CLIENT = { clientId: 'me', clientSecret: REF };

describe('credentials', () => {
  it.each([
    ['header', 'https://shop.test/v1/pay', CANARY, undefined],
    ['query', `https://shop.test/v1/pay?X-Key=${CANARY}`, undefined, undefined],
    ['cookie', 'https://shop.test/v1/pay', undefined, `X-Key=${CANARY}`],
  ] as const)('of an API key travel in the %s', async (where, url, header, cookie) => {
    const sent = await sentFor({ schemes: { key: API_KEY(where) }, security: [{ key: [] }], auth: { key: REF } });
    expect([sent.url, headerOf(sent, 'X-Key'), headerOf(sent, 'Cookie')]).toEqual([url, header, cookie]);
  });

  it('of http bearer and basic travel in the Authorization header', async () => {
    const bearer = await sentFor({ schemes: { token: BEARER }, security: [{ token: [] }], auth: { token: REF } });
    expect(headerOf(bearer, 'Authorization')).toBe(`Bearer ${CANARY}`);
    const auth = { login: { username: 'zoë', password: REF } };
    const basic = await sentFor({ schemes: { login: BASIC }, security: [{ login: [] }], auth });
    const expected = Buffer.from(`zoë:${CANARY}`, 'utf8').toString('base64');
    expect(headerOf(basic, 'Authorization')).toBe(`Basic ${expected}`);
  });

  it('of several schemes are combined', async () => {
    const sent = await sentFor({
      schemes: { key: API_KEY('header'), token: BEARER },
      security: [{ key: [], token: [] }],
      auth: { key: REF, token: REF },
    });
    expect([headerOf(sent, 'X-Key'), headerOf(sent, 'Authorization')]).toEqual([CANARY, `Bearer ${CANARY}`]);
  });

  it('are those of the first alternative that the environment can meet', async () => {
    const schemes = { key: API_KEY('header'), token: BEARER, tls: { type: 'mutualTLS' } as const };
    const security = [{ tls: [] }, { key: [], token: [] }, { token: [] }];
    const sent = await sentFor({ schemes, security, auth: { token: REF } });
    expect([headerOf(sent, 'X-Key'), headerOf(sent, 'Authorization')]).toEqual([undefined, `Bearer ${CANARY}`]);
  });

  it('are not needed where an alternative is empty, or where there is no security', async () => {
    expect(
      headerOf(await sentFor({ schemes: { token: BEARER }, security: [{ token: [] }, {}] }), 'Authorization'),
    ).toBeUndefined();
    expect(headerOf(await sentFor({ schemes: {}, security: [] }), 'Authorization')).toBeUndefined();
  });

  it('are sent where the environment has them, although the document lists calling without any first', async () => {
    const asked = { schemes: { token: BEARER }, security: [{}, { token: [] }] };
    expect(headerOf(await sentFor({ ...asked, auth: { token: REF } }), 'Authorization')).toBe(`Bearer ${CANARY}`);
    expect(headerOf(await sentFor(asked), 'Authorization')).toBeUndefined();
  });

  it('of two schemes that write the same header are not combined: the next alternative is taken, or nothing sent', async () => {
    const schemes = { token: BEARER, login: BASIC, key: API_KEY('header') };
    const auth = { token: REF, login: { username: 'me', password: REF }, key: REF };
    const both = { token: [], login: [] };
    const sent = await sentFor({ schemes, security: [both, { key: [] }], auth });
    expect([headerOf(sent, 'X-Key'), headerOf(sent, 'Authorization')]).toEqual([CANARY, undefined]);
    const harness = await harnessFor({ schemes, security: [both], auth });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.NotSent',
      cause: 'The schemes token and login of shop both need the header Authorization',
    });
  });

  it('may come from the step itself: a token that a login step gave', async () => {
    const parameters = [{ in: 'header', name: 'Authorization', value: parseValue('Bearer {$inputs.token}') }] as const;
    const sent = await sentFor({ schemes: { token: BEARER }, security: [{ token: [] }], step: { parameters } });
    expect(headerOf(sent, 'Authorization')).toBe('Bearer from-login');
  });
});

describe('without credentials nothing is sent, and the failure says what to write', () => {
  it.each<readonly [string, SecurityScheme, string]>([
    [
      'an API key',
      API_KEY('header'),
      'The environment has no credential for the scheme it of shop: write systems.shop.auth.it: { env: NAME }',
    ],
    [
      'basic',
      BASIC,
      'The environment has no credential for the scheme it of shop: write systems.shop.auth.it: { username: NAME, password: { env: NAME } }',
    ],
    [
      'OAuth 2',
      OAUTH,
      'The environment has no credential for the scheme it of shop: write systems.shop.auth.it: { clientId: ID, clientSecret: { env: NAME } }',
    ],
    [
      'mutual TLS',
      { type: 'mutualTLS' },
      'The environment has no credential for the scheme it of shop: write systems.shop.auth.it: { cert: { file: PATH }, key: { file: PATH } }',
    ],
    [
      'OpenID Connect',
      { type: 'openIdConnect', url: 'https://id.test/.well-known/openid-configuration' },
      'The environment has no credential for the scheme it of shop: write systems.shop.auth.it: { clientId: ID, clientSecret: { env: NAME } }',
    ],
    [
      'SigV4',
      { type: 'sigv4' },
      'The environment has no credential for the scheme it of shop: write systems.shop.auth.it: { region: REGION, service: execute-api }',
    ],
    [
      'digest',
      { type: 'http', scheme: 'digest' },
      'The scheme it of shop is of a kind (http digest) that is not supported yet',
    ],
  ])('%s', async (_, scheme, cause) => {
    const harness = await harnessFor({ schemes: { it: scheme }, security: [{ it: [] }] });
    expect(await harness.failing('pay')).toEqual({ error: 'Interlock.NotSent', cause });
    expect(harness.http.requests).toEqual([]);
  });

  it('names a secret that cannot be resolved, never its value', async () => {
    const harness = await harnessFor({
      schemes: { token: BEARER },
      security: [{ token: [] }],
      auth: { token: { env: 'OTHER' } },
    });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.NotSent',
      cause: 'The credential {"env":"OTHER"} is missing',
    });
  });

  it('refuses a secret with a line break, which would begin a header', async () => {
    const harness = await harnessFor({ schemes: { token: BEARER }, security: [{ token: [] }], auth: { token: REF } });
    harness.secrets.set(JSON.stringify(REF), `${CANARY}\r\nX-Evil: 1`);
    const { cause } = await harness.failing('pay');
    expect(cause).toBe(
      'The credential for shop: the value of the header `Authorization` holds a line break or another control character',
    );
  });
});

describe('OAuth 2.0 client credentials', () => {
  const oauth: Asked = { schemes: { oauth: OAUTH }, security: [{ oauth: ['pay', 'read'] }], auth: { oauth: CLIENT } };

  it('fetches a token for the scopes of the operation, and keeps it', async () => {
    const harness = await harnessFor({ ...oauth, step: { repeats: true } });
    await harness.call('pay');
    await harness.call('pay', { at: { visit: 2, tries: {} } });
    expect(harness.http.requests.map(({ url }) => url)).toEqual([
      'https://auth.test/token',
      'https://shop.test/v1/pay',
      'https://shop.test/v1/pay',
    ]);
    const { method, body } = harness.http.request(0);
    const form = new URLSearchParams(new TextDecoder().decode(body));
    expect([method, Object.fromEntries(form)]).toEqual([
      'POST',
      { grant_type: 'client_credentials', scope: 'pay read' },
    ]);
    expect(harness.http.header(0, 'authorization')).toBe(`Basic ${btoa(`me:${CANARY.replaceAll('-', '%2D')}`)}`);
    expect(harness.http.header(2, 'authorization')).toBe('Bearer t1');
  });

  it('fetches anew shortly before the token expires', async () => {
    const harness = await harnessFor({ ...oauth, step: { repeats: true } });
    harness.http.on('/token', answered(200, TOKEN('t1', 120)), answered(200, TOKEN('t2')));
    await harness.call('pay');
    harness.clock.pass(89_999);
    await harness.call('pay', { at: { visit: 2, tries: {} } });
    harness.clock.pass(1);
    await harness.call('pay', { at: { visit: 3, tries: {} } });
    const tokens = harness.http.requests
      .filter(({ url }) => url.endsWith('/pay'))
      .map((sent) => headerOf(sent, 'Authorization'));
    expect(tokens).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('fetches once for many that need it at the same time', async () => {
    const harness = await harnessFor({ ...oauth, step: { repeats: true } });
    await Promise.all([1, 2, 3, 4].map((visit) => harness.call('pay', { at: { visit, tries: {} } })));
    expect(harness.http.requests.filter(({ url }) => url.endsWith('/token')).length).toBe(1);
  });

  it('renews a token that the system refuses, once', async () => {
    const harness = await harnessFor(oauth);
    harness.http
      .on('/v1/pay', answered(401), answered(200))
      .on('/token', answered(200, TOKEN('t1')), answered(200, TOKEN('t2')));
    expect(await harness.call('pay')).toEqual({ out: {}, go: 'next' });
    expect(headerOf(harness.http.request(-1), 'Authorization')).toBe('Bearer t2');
    const stubborn = await harnessFor(oauth);
    stubborn.http.on('/v1/pay', answered(401));
    expect((await stubborn.failing('pay')).error).toBe('Interlock.Refused');
    expect(stubborn.http.requests.filter(({ url }) => url.endsWith('/pay')).length).toBe(2);
  });

  it('authenticates in the body where the server refuses a header', async () => {
    const harness = await harnessFor(oauth);
    harness.http.on('/token', answered(401, { error: 'invalid_client' }), answered(200, TOKEN('t1')));
    await harness.call('pay');
    const form = new URLSearchParams(new TextDecoder().decode(harness.http.request(1).body));
    expect([form.get('client_id'), form.get('client_secret')]).toEqual(['me', CANARY]);
  });

  it.each([
    ['refuses', answered(400, { error: 'invalid_scope' }), 'refuses with 400 invalid_scope'],
    ['is broken', answered(500), 'does not answer as OAuth 2.0 has it'],
    ['echoes the secret', answered(400, { error: CANARY }), 'refuses with 400 error'],
    ['cannot be reached', { kind: 'not-sent', why: 'dns' }, 'cannot be reached: there is no answer (dns)'],
    ['gives no token', answered(200, { token_type: 'Bearer' }), 'does not answer as OAuth 2.0 has it'],
  ] as const)('is not sent when the token endpoint %s', async (_, answer, why) => {
    const harness = await harnessFor(oauth);
    harness.http.on('/token', answer);
    const failure = await harness.failing('pay');
    expect(failure).toEqual({
      error: 'Interlock.NotSent',
      cause: `There is no token for shop: The token endpoint auth.test ${why}`,
    });
    expect(harness.http.requests.every(({ url }) => url.endsWith('/token'))).toBe(true);
  });

  it('takes the token endpoint and scopes of the environment before those of the document', async () => {
    const auth = { oauth: { ...CLIENT, tokenUrl: 'https://other.test/token', scopes: ['all'] } };
    const harness = await harnessFor({ ...oauth, auth });
    await harness.call('pay');
    const { url, body } = harness.http.request(0);
    expect([url, new URLSearchParams(new TextDecoder().decode(body)).get('scope')]).toEqual([
      'https://other.test/token',
      'all',
    ]);
  });
});

describe('OAuth 2.0 by a refresh token', () => {
  const REFRESH = { env: 'REFRESH' };
  const oauth: Asked = {
    schemes: { oauth: { type: 'oauth2', flows: { authorizationCode: { tokenUrl: 'https://auth.test/token' } } } },
    security: [{ oauth: ['pay'] }],
    auth: { oauth: { ...CLIENT, refreshToken: REFRESH } },
    step: { repeats: true },
  };

  async function refreshing(): Promise<CallHarness> {
    const harness = await harnessFor(oauth);
    harness.secrets.set(JSON.stringify(REFRESH), 'r0');
    harness.http.on(
      '/token',
      answered(200, { ...TOKEN('t1', 60), refresh_token: 'r1' }),
      answered(200, { ...TOKEN('t2', 60), refresh_token: 'r2' }),
      answered(200, TOKEN('t3', 60)),
      answered(200, TOKEN('t4', 60)),
    );
    return harness;
  }

  function sentTokens({ http }: CallHarness): readonly (string | null)[] {
    return http.requests
      .filter(({ url }) => url.endsWith('/token'))
      .map(({ body }) => new URLSearchParams(new TextDecoder().decode(body)).get('refresh_token'));
  }

  it('uses each refresh token that the server gives once, and the last one where it gives none', async () => {
    const harness = await refreshing();
    for (const visit of [1, 2, 3, 4]) {
      await harness.call('pay', { at: { visit, tries: {} } });
      harness.clock.pass(60_000);
    }
    expect(sentTokens(harness)).toEqual(['r0', 'r1', 'r2', 'r2']);
    expect(headerOf(harness.http.request(-1), 'Authorization')).toBe('Bearer t4');
  });

  it('goes on in another process with what the first one got, and asks for nothing while that is fresh', async () => {
    const harness = await refreshing();
    const { http, clock } = harness;
    const client = {
      endpoint: { kind: 'known', url: 'https://auth.test/token' },
      clientId: 'me',
      clientSecret: CANARY,
      scopes: [],
      refreshToken: 'r0',
    } as const;
    const renewals = { values: new MemorySharedValues(), permits: new MemoryPermits(), clock, random: fixedRandom() };
    const [one, other] = [new Tokens({ http, clock, renewals }), new Tokens({ http, clock, renewals })];
    expect(await one.token(client, 1_000)).toEqual({ ok: true, token: 't1' });
    expect(await other.token(client, 1_000)).toEqual({ ok: true, token: 't1' });
    other.forget(client, 't1');
    expect(await other.token(client, 1_000)).toEqual({ ok: true, token: 't2' });
    one.forget(client, 't1');
    expect(await one.token(client, 1_000)).toEqual({ ok: true, token: 't2' });
    expect(sentTokens(harness)).toEqual(['r0', 'r1']);
    expect(JSON.stringify([...renewals.values.texts()])).not.toMatch(/r[012]"|t[12]"/);
  });

  it('keeps a rotated token that the store could not take until the store can', async () => {
    const harness = await refreshing();
    const { http, clock } = harness;
    const values = new MemorySharedValues();
    const renewals = { values, permits: new MemoryPermits(), clock, random: fixedRandom() };
    const endpoint = { kind: 'known', url: 'https://auth.test/token' } as const;
    const client = { endpoint, clientId: 'me', clientSecret: CANARY, scopes: [], refreshToken: 'r0' };
    const tokens = new Tokens({ http, clock, renewals });
    values.failing = 3;
    await expect(tokens.token(client, 1_000)).rejects.toThrow('the store of the test does not answer');
    expect(await tokens.token(client, 1_000)).toEqual({ ok: true, token: 't2' });
    expect(sentTokens(harness)).toEqual(['r0', 'r1']);
  });

  it('says what to do when the server takes the refresh token no more', async () => {
    const harness = await refreshing();
    harness.http.on('/token', answered(400, { error: 'invalid_grant' }));
    expect((await harness.failing('pay')).cause).toBe(
      'There is no token for shop: The token endpoint auth.test refuses with 400 invalid_grant: put a new refresh token where the environment names it',
    );
  });
});

describe('OpenID Connect discovery', () => {
  const issuer = 'https://id.test';
  const CONNECT: SecurityScheme = { type: 'openIdConnect', url: `${issuer}/.well-known/openid-configuration` };
  const asked: Asked = {
    schemes: { it: CONNECT },
    security: [{ it: ['pay'] }],
    auth: { it: CLIENT },
    step: { repeats: true },
  };

  async function discovering(document: Json, more: Partial<Asked> = {}): Promise<CallHarness> {
    const harness = await harnessFor({ ...asked, ...more });
    harness.http.on('/.well-known/openid-configuration', answered(200, document));
    return harness;
  }

  it('asks the document once for where tokens are', async () => {
    const harness = await discovering({ issuer, token_endpoint: `${issuer}/token` });
    await harness.call('pay');
    harness.clock.pass(3_590_000);
    await harness.call('pay', { at: { visit: 2, tries: {} } });
    expect(harness.http.requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/.well-known/openid-configuration',
      '/token',
      '/v1/pay',
      '/token',
      '/v1/pay',
    ]);
  });

  it.each([
    [
      'of another issuer',
      { issuer: 'https://evil.test', token_endpoint: 'https://evil.test/token' },
      'does not describe the server that it stands at',
    ],
    ['without a token endpoint', { issuer }, 'names no token endpoint'],
    [
      'whose token endpoint has no TLS',
      { issuer, token_endpoint: 'http://id.test/token' },
      'names a token endpoint without TLS',
    ],
    ['that is none', ['x'], 'does not describe the server that it stands at'],
  ])('sends no secret by a document %s', async (_, document, why) => {
    const harness = await discovering(document);
    expect((await harness.failing('pay')).cause).toBe(
      `There is no token for shop: The discovery document at id.test ${why}`,
    );
    expect(harness.http.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('is not asked where the environment says where tokens are', async () => {
    const harness = await discovering({}, { auth: { it: { ...CLIENT, tokenUrl: 'https://other.test/token' } } });
    await harness.call('pay');
    expect(harness.http.request(0).url).toBe('https://other.test/token');
  });

  it('also finds the server of an OAuth 2 scheme by its metadata', async () => {
    const metadataUrl = 'https://auth.test/.well-known/oauth-authorization-server';
    const harness = await harnessFor({ ...asked, schemes: { it: { type: 'oauth2', flows: {}, metadataUrl } } });
    const document = { issuer: 'https://auth.test', token_endpoint: 'https://auth.test/token' };
    harness.http.on('/.well-known/oauth-authorization-server', answered(200, document));
    await harness.call('pay');
    expect(harness.http.request(1).url).toBe('https://auth.test/token');
  });
});

describe('a client certificate', () => {
  const TLS: SecurityScheme = { type: 'mutualTLS' };
  const one = authority('one').issue('client');
  const other = authority('other').issue('client');
  const auth = { tls: { cert: { env: 'CERT' }, key: { env: 'PRIVATE' } } };

  async function presenting(cert: string, key: string): Promise<CallHarness> {
    const harness = await harnessFor({
      schemes: { tls: TLS, token: BEARER },
      security: [{ tls: [], token: [] }],
      auth: { ...auth, token: REF },
    });
    harness.secrets.set(JSON.stringify({ env: 'CERT' }), cert).set(JSON.stringify({ env: 'PRIVATE' }), key);
    return harness;
  }

  it('is presented by the connection, beside what another scheme sends', async () => {
    const harness = await presenting(one.cert, one.key);
    await harness.call('pay');
    expect(harness.http.request(-1).certificate).toEqual(one);
    expect(headerOf(harness.http.request(-1), 'Authorization')).toBe(`Bearer ${CANARY}`);
  });

  it.each([
    ['is none', 'x', one.key, '`cert` is no certificate in PEM'],
    ['has no key', one.cert, 'x', '`key` is no private key in PEM (one with a passphrase is not taken)'],
    ['has the key of another', one.cert, other.key, '`key` does not belong to `cert`'],
  ])('that %s keeps the request from being sent, and says why', async (_, cert, key, why) => {
    const harness = await presenting(cert, key);
    expect((await harness.failing('pay')).cause).toBe(`The credential for shop: ${why}`);
    expect(harness.http.requests).toEqual([]);
  });

  it('is never taken as given because a step passes a token', async () => {
    const parameters = [{ in: 'header', name: 'Authorization', value: parseValue('Bearer x') }] as const;
    const harness = await harnessFor({ schemes: { tls: TLS }, security: [{ tls: [] }], step: { parameters } });
    expect((await harness.failing('pay')).cause).toContain('no credential for the scheme tls of shop');
  });
});

describe('an AWS signature', () => {
  const auth = { it: { region: 'eu-central-1', service: 'execute-api' } };
  const asked: Asked = { schemes: { it: { type: 'sigv4' } }, security: [{ it: [] }], auth };

  it('is made of the request as it goes out, with the keys of the process', async () => {
    const harness = await harnessFor(asked);
    harness.awsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: CANARY, sessionToken: 'lent' };
    await harness.call('pay');
    const sent = harness.http.request(-1);
    const signature =
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=host;idempotency-key;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/;
    expect(headerOf(sent, 'authorization')).toMatch(signature);
    expect(headerOf(sent, 'x-amz-security-token')).toBe('lent');
  });

  it('is made anew for each attempt, at its time', async () => {
    const harness = await harnessFor({ ...asked, step: { effect: 'safe', retry: RETRY } });
    harness.http.on('/v1/pay', answered(503), answered(200));
    await harness.call('pay');
    const [first, second] = [0, 1].map((index) => headerOf(harness.http.request(index), 'authorization'));
    expect(first).not.toBe(second);
  });
});

const RETRY = { attempts: 3, intervalMs: 2_000, backoff: 1, capMs: 2_000, jitter: 'none' } as const;

describe('a credential is seen by the system alone', () => {
  it.each<readonly [string, SecurityScheme, Credential]>([
    ['API key in the query', API_KEY('query'), REF],
    ['bearer', BEARER, REF],
    ['basic', BASIC, { username: REF, password: REF }],
    ['OAuth 2', OAUTH, CLIENT],
  ])('%s', async (_, scheme, credential) => {
    const criteria = [{ type: 'simple', condition: "$request.header.Authorization == 'x' && $url == 'y'" }] as const;
    const harness = await harnessFor({
      schemes: { it: scheme },
      security: [{ it: [] }],
      auth: { it: credential },
      step: { criteria },
    });
    harness.http.on('/token', answered(200, TOKEN(CANARY)));
    const failure = await harness.failing('pay');
    const settled = await harness.core({ op: 'settle', why: failure.error });
    const seen = JSON.stringify([failure, settled, harness.events, harness.log, await harness.journal.record(RUN)]);
    expect(seen).not.toContain(CANARY);
    expect(seen).not.toContain(Buffer.from(`:${CANARY}`).toString('base64').slice(4, 12));
  });
});
