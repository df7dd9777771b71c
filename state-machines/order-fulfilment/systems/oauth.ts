/**
 * OAuth2 client credentials (RFC 6749, 4.4): a token endpoint that issues expiring tokens, and the guard that checks
 * them (RFC 6750). Errors of the endpoint have the RFC's own form, not problem details. A token says what it is good for
 * and is signed, so nobody has to remember it: every process of the system takes it, and a reset, which is about effects,
 * does not end it.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '../../../lib/model/time.ts';
import { basicLogin, bearerToken, type Guard, type Login, same, sameLogin, unauthorised } from './auth.ts';
import { Problem } from './problem.ts';
import type { Answer, Call, Route } from './router.ts';

export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface OAuthOptions {
  readonly client: OAuthClient;
  readonly scopes: readonly string[];
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
  /** Named in its challenges. */
  readonly realm: string;
}

interface Token {
  readonly expiresAt: number;
  readonly scopes: readonly string[];
}

export interface OAuth {
  readonly guard: Guard;
  readonly tokenRoute: Route;
}

export function createOAuth(options: OAuthOptions): OAuth {
  return {
    guard: { admit: (headers, scope) => admit(options, headers.authorization, scope) },
    tokenRoute: {
      method: 'POST',
      path: '/oauth/token',
      operation: 'issueToken',
      open: true,
      handle: (call) => issue(options, call),
    },
  };
}

function admit(
  { client, clock, realm }: OAuthOptions,
  authorization: string | undefined,
  scope: string | undefined,
): void {
  const token = read(bearerToken(authorization) ?? '', client);
  if (token === undefined) throw unauthorised(`Bearer realm="${realm}"`);
  if (token.expiresAt <= clock.now()) {
    throw unauthorised(`Bearer realm="${realm}", error="invalid_token"`, 'The token has expired.');
  }
  if (scope === undefined || token.scopes.includes(scope)) return;
  const challenge = `Bearer realm="${realm}", error="insufficient_scope", scope="${scope}"`;
  const headers = { 'WWW-Authenticate': challenge };
  throw new Problem(403, 'insufficient-scope', `The token lacks the scope ${scope}.`, { headers });
}

function issue({ client, scopes, lifetimeSeconds, clock, realm }: OAuthOptions, call: Call): Answer {
  const form = new Map(Object.entries(call.body ?? {}));
  const expected = { username: client.clientId, password: client.clientSecret };
  if (!sameLogin(clientLogin(call, form), expected)) return oauthError(401, 'invalid_client', realm);
  if (form.get('grant_type') !== 'client_credentials') return oauthError(400, 'unsupported_grant_type', realm);
  const asked = String(form.get('scope') ?? scopes.join(' '))
    .split(' ')
    .filter(Boolean);
  if (!asked.every((scope) => scopes.includes(scope))) return oauthError(400, 'invalid_scope', realm);
  const token = written({ expiresAt: clock.now() + lifetimeSeconds * 1000, scopes: asked }, client);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope: asked.join(' ') },
  };
}

/** The nonce makes each of them another, as clients expect. */
function written(token: Token, client: OAuthClient): string {
  const claims = Buffer.from(JSON.stringify({ ...token, nonce: randomUUID() })).toString('base64url');
  return `${claims}.${signature(claims, client)}`;
}

function read(text: string, client: OAuthClient): Token | undefined {
  const [claims = '', signed = ''] = text.split('.');
  if (!same(signed, signature(claims, client))) return undefined;
  // Nobody else can sign, so it is what `written` wrote.
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Token;
}

function signature(claims: string, { clientSecret }: OAuthClient): string {
  return createHmac('sha256', clientSecret).update(claims).digest('base64url');
}

/** RFC 6749, 2.3.1: by HTTP basic (each half form-encoded), or in the form. */
function clientLogin(call: Call, form: ReadonlyMap<string, unknown>): Login | undefined {
  const basic = basicLogin(call.authorization);
  if (basic !== undefined) return { username: formDecoded(basic.username), password: formDecoded(basic.password) };
  const [username, password] = [form.get('client_id'), form.get('client_secret')];
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined;
}

function formDecoded(value: string): string {
  return new URLSearchParams(`v=${value}`).get('v') ?? '';
}

function oauthError(status: number, error: string, realm: string): Answer {
  const challenge = status === 401 ? { 'WWW-Authenticate': `Basic realm="${realm}"` } : {};
  return { status, headers: { 'Cache-Control': 'no-store', ...challenge }, body: { error } };
}
