import { describe, expect, it } from 'vitest';
import type { Credential, SystemEnvironment } from '../../../lib/model/environment.ts';
import type { SecurityRequirement, SecurityScheme } from '../../../lib/model/openapi.ts';
import type { HttpRequest } from '../../../lib/runtime/ports/http.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
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
    ['mutual TLS', { type: 'mutualTLS' }, 'The scheme it of shop is of a kind (mutualTLS) that is not supported yet'],
    [
      'OpenID Connect',
      { type: 'openIdConnect', url: '' },
      'The scheme it of shop is of a kind (openIdConnect) that is not supported yet',
    ],
    ['SigV4', { type: 'sigv4' }, 'The scheme it of shop is of a kind (sigv4) that is not supported yet'],
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
