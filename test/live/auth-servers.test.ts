/**
 * Every scheme that talks to somebody, against a server of its kind on loopback: tokens by a maintained OpenID provider,
 * certificates in a real handshake, signatures computed again by AWS's own implementation.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock, realRandom } from '../../lib/embedded/real-clock.ts';
import { nodeHttp } from '../../lib/embedded/node-http.ts';
import type { Credential } from '../../lib/model/environment.ts';
import type { SecurityRequirement, SecurityScheme } from '../../lib/model/openapi.ts';
import { Tokens } from '../../lib/runtime/auth/tokens.ts';
import { call, type CallPorts } from '../../lib/runtime/call.ts';
import { CallHarness } from '../support/call-harness.ts';
import { authority } from '../support/certificates.ts';
import { MemoryPermits, MemorySharedValues } from '../../lib/rehearse/memory-protection.ts';
import { operationOf, planOf, stepOf } from '../support/plan-fixture.ts';

const servers: Server[] = [];

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Calling {
  readonly server: string;
  readonly scheme: SecurityScheme;
  readonly credential: Credential;
  readonly scopes?: readonly string[];
  readonly secrets?: { readonly [variable: string]: string };
  readonly renewals?: Pick<CallHarness['ports'], 'clock'> & {
    readonly values: MemorySharedValues;
    readonly permits: MemoryPermits;
  };
}

/** A process: what it keeps in memory is its own. */
async function processOf(calling: Calling): Promise<{ readonly harness: CallHarness; readonly ports: CallPorts }> {
  const { server, scheme, credential, scopes = [], secrets = {}, renewals } = calling;
  const security: readonly SecurityRequirement[] = [{ it: scopes }];
  const system = { name: 'shop', title: 'Shop', servers: [], securitySchemes: { it: scheme } };
  const plan = planOf({
    steps: [stepOf({ path: 'pay', repeats: true })],
    operations: [operationOf('pay', { security })],
    rest: { systems: { shop: system } },
  });
  const harness = await new CallHarness(plan, { server, auth: { it: credential } }).start({});
  for (const [name, value] of Object.entries(secrets)) harness.secrets.set(JSON.stringify({ env: name }), value);
  const http = nodeHttp();
  const clock = realClock;
  const tokens = new Tokens({ http, clock, ...(renewals && { renewals: { ...renewals, random: realRandom } }) });
  return { harness, ports: { ...harness.ports, http, tokens } };
}

async function outcomeOf(calling: Calling, visit = 1): Promise<string> {
  return await outcomeIn(await processOf(calling), visit);
}

async function outcomeIn(
  { harness, ports }: { readonly harness: CallHarness; readonly ports: CallPorts },
  visit: number,
): Promise<string> {
  try {
    await call(harness.task('pay', { at: { visit, tries: {} } }), ports);
    return 'applied';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'no error';
  }
}

describe('tokens by an OpenID provider', () => {
  let provider: Provider;
  let issuer: string;
  let shop: string;
  const asked: string[] = [];
  const CLIENT = { clientId: 'letting', clientSecret: { env: 'SECRET' } } as const;
  const secrets = { SECRET: 'a secret +/:% of the client' };

  beforeAll(async () => {
    let answer: RequestListener = () => undefined;
    issuer = `http://${await listening(createServer((request, response) => answer(request, response)))}`;
    provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: secrets.SECRET,
          grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
          redirect_uris: ['https://letting.test/back'],
          scope: 'openid offline_access pay',
        },
      ],
      scopes: ['openid', 'offline_access', 'pay'],
      features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
      rotateRefreshToken: true,
      ttl: { AccessToken: 600, ClientCredentials: 600, Grant: 600, IdToken: 600, RefreshToken: 600 },
      findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    });
    const answering = provider.callback();
    answer = (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answering(request, response);
    };
    shop = `http://${await listening(createServer((request, response) => void admit(request).then((status) => response.writeHead(status).end())))}`;
  });

  /** Any token that the provider knows opens the shop. */
  async function admit(request: IncomingMessage): Promise<number> {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    shown.push(token);
    const known = (await provider.ClientCredentials.find(token)) ?? (await provider.AccessToken.find(token));
    return known?.isValid === true && (known.scope ?? '').includes('pay') ? 200 : 401;
  }

  const discovered = (): SecurityScheme => ({
    type: 'openIdConnect',
    url: `${issuer}/.well-known/openid-configuration`,
  });

  it('are found by discovery and got by client credentials', async () => {
    asked.length = 0;
    const calling = { server: shop, scheme: discovered(), credential: CLIENT, scopes: ['pay'], secrets };
    expect(await outcomeOf(calling)).toBe('applied');
    expect(asked).toEqual(['GET /.well-known/openid-configuration', 'POST /token']);
  });

  it('are got by client credentials from the endpoint of an OAuth 2 scheme', async () => {
    const flows = { clientCredentials: { tokenUrl: `${issuer}/token`, scopes: {} } };
    const calling = { server: shop, scheme: { type: 'oauth2', flows } as const, credential: CLIENT, secrets };
    expect(await outcomeOf({ ...calling, scopes: ['pay'] })).toBe('applied');
    expect(await outcomeOf(calling)).toContain('Interlock.Refused');
    expect(await outcomeOf({ ...calling, secrets: { SECRET: 'wrong' } })).toContain('refuses with 401');
  });

  it('are renewed once when the shop refuses one that was revoked', async () => {
    const process = await processOf({
      server: shop,
      scheme: discovered(),
      credential: CLIENT,
      scopes: ['pay'],
      secrets,
    });
    expect(await outcomeIn(process, 1)).toBe('applied');
    asked.length = 0;
    const { tokens } = process.ports;
    const client = { endpoint: { kind: 'discovered', url: `${issuer}/.well-known/openid-configuration` } } as const;
    const answer = await tokens.token(
      { ...client, clientId: 'letting', clientSecret: secrets.SECRET, scopes: ['pay'] },
      5_000,
    );
    const token = answer.ok ? await provider.ClientCredentials.find(answer.token) : undefined;
    await token?.destroy();
    expect(await outcomeIn(process, 2)).toBe('applied');
    expect(asked).toEqual(['POST /token']);
  });

  async function refreshToken(): Promise<string> {
    const client = await provider.Client.find(CLIENT.clientId);
    const grant = new provider.Grant({ accountId: 'ann', clientId: CLIENT.clientId });
    grant.addOIDCScope('openid offline_access pay');
    const grantId = await grant.save();
    const token = new provider.RefreshToken({
      accountId: 'ann',
      client,
      grantId,
      gty: 'authorization_code',
      scope: 'openid offline_access pay',
    });
    return await token.save();
  }

  it('are renewed by a refresh token that is rotated, by many processes at once, and none is used twice', async () => {
    const renewals = { values: new MemorySharedValues(), permits: new MemoryPermits(), clock: realClock };
    const calling = {
      server: shop,
      scheme: discovered(),
      credential: { ...CLIENT, refreshToken: { env: 'REFRESH' } },
      secrets: { ...secrets, REFRESH: await refreshToken() },
      renewals,
    };
    const processes = await Promise.all([1, 2, 3].map(() => processOf(calling)));
    asked.length = 0;
    expect(await Promise.all(processes.map((one) => outcomeIn(one, 1)))).toEqual(['applied', 'applied', 'applied']);
    expect(asked.filter((one) => one === 'POST /token')).toHaveLength(1);
    // The provider revokes everything where it sees a used refresh token again.
    for (const visit of [2, 3]) {
      const access = await accessTokens();
      for (const token of access) await token.destroy();
      expect(await Promise.all(processes.map((one) => outcomeIn(one, visit)))).toEqual([
        'applied',
        'applied',
        'applied',
      ]);
    }
    expect(asked.filter((one) => one === 'POST /token')).toHaveLength(3);
    for (const text of renewals.values.texts()) expect(text).not.toContain(calling.secrets.REFRESH);
  });

  /** Those that the shop was shown. */
  async function accessTokens(): Promise<readonly { destroy(): Promise<void> }[]> {
    const tokens = await Promise.all(shown.splice(0).map((token) => provider.AccessToken.find(token)));
    return tokens.flatMap((token) => token ?? []);
  }
});

const shown: string[] = [];

describe('a client certificate', () => {
  const ours = authority('Ours');
  const client = ours.issue('client');
  const scheme: SecurityScheme = { type: 'mutualTLS' };
  const credential = { cert: { env: 'CERT' }, key: { env: 'KEY' }, ca: { env: 'CA' } };
  const secrets = { CERT: client.cert, KEY: client.key, CA: ours.cert };
  const seen: string[] = [];
  let server: string;

  beforeAll(async () => {
    const options = { ...ours.issue('server'), ca: ours.cert, requestCert: true, rejectUnauthorized: true };
    const tls = createTlsServer(options, ({ socket }, response) => {
      seen.push(String((socket as TLSSocket).getPeerCertificate().subject.CN));
      response.end();
    });
    server = `https://${await listening(tls)}`;
  });

  it('is presented in the handshake', async () => {
    expect(await outcomeOf({ server, scheme, credential, secrets })).toBe('applied');
    expect(seen).toEqual(['client']);
  });

  it('of another authority is not taken, and nothing of the request is seen', async () => {
    seen.length = 0;
    const other = authority('Other').issue('stranger');
    const outcome = await outcomeOf({
      server,
      scheme,
      credential,
      secrets: { ...secrets, CERT: other.cert, KEY: other.key },
    });
    expect(outcome).toMatch(/^Interlock\.(NotSent|InDoubt): /);
    expect(seen).toEqual([]);
  });

  it('is not presented to a server whose own certificate nobody vouches for', async () => {
    const { CA: _, ...unknown } = secrets;
    const outcome = await outcomeOf({
      server,
      scheme,
      credential: { cert: { env: 'CERT' }, key: { env: 'KEY' } },
      secrets: unknown,
    });
    expect(outcome).toBe(`Interlock.NotSent: there is no secure connection to shop at ${server} (TLS)`);
  });

  it('is never sent over a connection without TLS', async () => {
    const plain = `http://${await listening(createServer((_, response) => void response.end()))}`;
    expect(await outcomeOf({ server: plain, scheme, credential, secrets })).toBe(
      'Interlock.NotSent: The server of shop takes a client certificate only with https',
    );
  });
});

describe('an AWS signature', () => {
  const keys = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    sessionToken: 'lent/by+a=role',
  };
  let server: string;

  beforeAll(async () => {
    server = `http://${await listening(createServer((request, response) => void verify(request).then((ok) => response.writeHead(ok ? 200 : 403).end())))}/st%20age`;
  });

  /** As the service does it: from what has arrived, with the headers that the signature names. */
  async function verify(request: IncomingMessage): Promise<boolean> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization = '', 'x-amz-date': date } = request.headers;
    const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
    const stamp = String(date).replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z');
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const signer = new SignatureV4({
      credentials: keys,
      region: 'eu-central-1',
      service: 'execute-api',
      sha256: Sha256,
    });
    const again = await signer.sign(
      {
        method: request.method ?? '',
        protocol: 'http:',
        hostname: '127.0.0.1',
        path: pathname,
        query: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
        headers: Object.fromEntries(names.map((name) => [name, String(request.headers[name])])),
        body: Buffer.concat(chunks),
      },
      { signingDate: new Date(stamp), unsignableHeaders: new Set(['accept', 'content-length']) },
    );
    return again.headers['authorization'] === authorization;
  }

  class Sha256 {
    private readonly hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
    constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
      this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(secret as Uint8Array));
    }
    update(data: string | ArrayBuffer | ArrayBufferView): void {
      this.hash.update(Buffer.from(data as Uint8Array));
    }
    digest(): Promise<Uint8Array> {
      return Promise.resolve(this.hash.digest());
    }
    reset(): void {
      throw new Error('asked once');
    }
  }

  it('is the one that the service computes, and of other keys or another service is not', async () => {
    const scheme: SecurityScheme = { type: 'sigv4' };
    const signing = { region: 'eu-central-1', service: 'execute-api' };
    const process = await processOf({ server, scheme, credential: signing });
    process.harness.awsKeys = keys;
    expect(await outcomeIn(process, 1)).toBe('applied');
    process.harness.awsKeys = { ...keys, secretAccessKey: 'other' };
    expect(await outcomeIn(process, 2)).toContain('Interlock.Refused');
    const other = await processOf({ server, scheme, credential: { ...signing, service: 'lambda' } });
    other.harness.awsKeys = keys;
    expect(await outcomeIn(other, 1)).toContain('Interlock.Refused');
  });
});
