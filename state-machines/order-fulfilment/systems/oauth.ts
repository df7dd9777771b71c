/**
 * OAuth2 client credentials (RFC 6749, 4.4): a token endpoint that issues expiring tokens, and the guard that checks
 * them (RFC 6750). Errors of the endpoint have the RFC's own form, not problem details. Tokens are random; a reset of
 * the system's state keeps them, as a reset is about effects.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../lib/model/time.ts';
import { basicLogin, bearerToken, type Guard, type Login, sameLogin, unauthorised } from './auth.ts';
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
  const tokens = new Map<string, Token>();
  return {
    guard: { admit: (headers, scope) => admit({ tokens, clock: options.clock }, headers.authorization, scope) },
    tokenRoute: {
      method: 'POST',
      path: '/oauth/token',
      operation: 'issueToken',
      open: true,
      handle: (call) => issue(tokens, options, call),
    },
  };
}

function admit(
  { tokens, clock }: { tokens: Map<string, Token>; clock: Clock },
  authorization: string | undefined,
  scope: string | undefined,
): void {
  const token = tokens.get(bearerToken(authorization) ?? '');
  if (token === undefined) throw unauthorised('Bearer realm="payments"');
  if (token.expiresAt <= clock.now()) {
    throw unauthorised('Bearer realm="payments", error="invalid_token"', 'The token has expired.');
  }
  if (scope === undefined || token.scopes.includes(scope)) return;
  const challenge = `Bearer realm="payments", error="insufficient_scope", scope="${scope}"`;
  const headers = { 'WWW-Authenticate': challenge };
  throw new Problem(403, 'insufficient-scope', `The token lacks the scope ${scope}.`, { headers });
}

function issue(
  tokens: Map<string, Token>,
  { client, scopes, lifetimeSeconds, clock }: OAuthOptions,
  call: Call,
): Answer {
  const form = new Map(Object.entries(call.body ?? {}));
  const expected = { username: client.clientId, password: client.clientSecret };
  if (!sameLogin(clientLogin(call, form), expected)) return oauthError(401, 'invalid_client');
  if (form.get('grant_type') !== 'client_credentials') return oauthError(400, 'unsupported_grant_type');
  const asked = String(form.get('scope') ?? scopes.join(' '))
    .split(' ')
    .filter(Boolean);
  if (!asked.every((scope) => scopes.includes(scope))) return oauthError(400, 'invalid_scope');
  forgetExpired(tokens, clock.now());
  const token = randomUUID();
  tokens.set(token, { expiresAt: clock.now() + lifetimeSeconds * 1000, scopes: asked });
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope: asked.join(' ') },
  };
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

function oauthError(status: number, error: string): Answer {
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Basic realm="payments"' } : {};
  return { status, headers: { 'Cache-Control': 'no-store', ...challenge }, body: { error } };
}

function forgetExpired(tokens: Map<string, Token>, now: number): void {
  for (const [token, { expiresAt }] of tokens) if (expiresAt <= now) tokens.delete(token);
}
