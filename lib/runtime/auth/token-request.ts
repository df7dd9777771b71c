/**
 * The requests of OAuth 2.0 by oauth4webapi, whose fetch is replaced by the HTTP port: for a token, by client credentials
 * or by a refresh token, and for the metadata of a server. Clients authenticate by Basic, as every server must understand
 * (RFC 6749 section 2.3.1), and once more in the body where a server refuses that.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Http, HttpAnswer, HttpResponse } from '../ports/http.ts';

export interface TokenAsk {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  /** Renews what somebody has consented to; without one the client asks for itself. */
  readonly refreshToken?: string;
}

export type TokenResponse =
  | {
      readonly ok: true;
      readonly token: string;
      readonly expiresIn?: number;
      /** Instead of the one that was sent, which is used up. */
      readonly refreshToken?: string;
    }
  | {
      readonly ok: false;
      readonly why: string;
      /** The refresh token is not accepted any more: asking again cannot help. */
      readonly refusedGrant?: boolean;
    };

export interface Asking {
  readonly http: Http;
  readonly timeoutMs: number;
}

type Library = typeof import('oauth4webapi');

const MAX_TOKEN_BYTES = 256 * 1_024;

export async function requestToken(ask: TokenAsk, asking: Asking): Promise<TokenResponse> {
  const library = await import('oauth4webapi');
  const byHeader = await attempt({ library, ask, asking }, library.ClientSecretBasic(ask.clientSecret));
  if (byHeader.ok || !byHeader.refusedClient) return byHeader;
  const byBody = await attempt({ library, ask, asking }, library.ClientSecretPost(ask.clientSecret));
  return byBody.ok ? byBody : byHeader;
}

interface Request {
  readonly library: Library;
  readonly ask: TokenAsk;
  readonly asking: Asking;
}

type Attempt = TokenResponse & { readonly refusedClient?: boolean };

async function attempt(request: Request, authentication: ReturnType<Library['ClientSecretPost']>): Promise<Attempt> {
  const { library, ask } = request;
  try {
    const answer = await granted(request, authentication);
    return {
      ok: true,
      token: answer.access_token,
      ...(answer.expires_in !== undefined && { expiresIn: answer.expires_in }),
      ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
    };
  } catch (error) {
    return failed(library, error, `The token endpoint ${hostOf(ask.tokenUrl)}`);
  }
}

async function granted({ library, ask, asking }: Request, authentication: ReturnType<Library['ClientSecretPost']>) {
  const { tokenUrl, clientId, scopes, refreshToken } = ask;
  const server = { issuer: tokenUrl, token_endpoint: tokenUrl };
  const own = { client_id: clientId };
  const parameters = new URLSearchParams(scopes.length > 0 ? { scope: scopes.join(' ') } : {});
  const options = optionsOf(library, asking);
  if (refreshToken === undefined) {
    const answer = await library.clientCredentialsGrantRequest(server, own, authentication, parameters, options);
    return await library.processClientCredentialsResponse(server, own, answer);
  }
  const more = { ...options, additionalParameters: parameters };
  const answer = await library.refreshTokenGrantRequest(server, own, authentication, refreshToken, more);
  // An ID token that comes along tells who the user is, which no request of ours depends on.
  return await library.processRefreshTokenResponse(server, own, await withoutIdToken(answer));
}

async function withoutIdToken(answer: Response): Promise<Response> {
  if (!answer.ok) return answer;
  const text = await answer.text();
  const { id_token: _, ...rest } = membersOf(text);
  return new Response(Object.keys(rest).length > 0 ? JSON.stringify(rest) : text, answer);
}

function membersOf(text: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

export type Metadata =
  | { readonly ok: true; readonly server: AuthorizationServer }
  | { readonly ok: false; readonly why: string };

const WELL_KNOWN = '/.well-known/openid-configuration';

/** What the document at this URL says of its server (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). */
export async function requestMetadata(url: string, asking: Asking): Promise<Metadata> {
  const library = await import('oauth4webapi');
  const at = `The discovery document at ${hostOf(url)}`;
  try {
    const answer = await fetchThrough(asking, url, { method: 'GET', headers: { accept: 'application/json' } });
    const server = await library.processDiscoveryResponse(await issuerOf(url, answer.clone()), answer);
    const endpoint = URL.parse(server.token_endpoint ?? '');
    if (!endpoint) return { ok: false, why: `${at} names no token endpoint` };
    // A secret goes there next.
    if (url.startsWith('https:') && endpoint.protocol !== 'https:')
      return { ok: false, why: `${at} names a token endpoint without TLS` };
    return { ok: true, server };
  } catch (error) {
    const { why } = failed(library, error, at);
    return { ok: false, why: why.endsWith(NOT_OAUTH) ? `${at} does not describe the server that it stands at` : why };
  }
}

/** The standard's own address proves the issuer by itself; of any other one the host has to be the issuer's. */
async function issuerOf(url: string, answer: Response): Promise<URL> {
  if (url.endsWith(WELL_KNOWN)) return new URL(url.slice(0, -WELL_KNOWN.length));
  const issuer = URL.parse(String(membersOf(await answer.text())['issuer']));
  return issuer?.origin === new URL(url).origin ? issuer : new URL(url);
}

function optionsOf(library: Library, asking: Asking) {
  return {
    [library.customFetch]: (url: string, options: FetchOptions) => fetchThrough(asking, url, options),
    // Whether a system may be called without TLS is decided where its server is written, as for the call itself.
    [library.allowInsecureRequests]: true,
  };
}

interface FetchOptions {
  readonly method: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: URLSearchParams | undefined;
}

async function fetchThrough({ http, timeoutMs }: Asking, url: string, options: FetchOptions): Promise<Response> {
  const { method, headers, body } = options;
  const answer = await http.send(
    {
      method,
      url,
      headers: Object.entries(headers),
      ...(body && { body: new TextEncoder().encode(body.toString()) }),
    },
    { timeoutMs, maxResponseBytes: MAX_TOKEN_BYTES },
  );
  if (answer.kind !== 'response') throw new Unreachable(answer);
  return responseOf(answer);
}

function responseOf({ status, headers, body }: HttpResponse): Response {
  const empty = status === 101 || status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : Buffer.from(body), {
    status,
    headers: headers.map(([name, value]) => [name, value]),
  });
}

class Unreachable extends Error {
  constructor(answer: Exclude<HttpAnswer, HttpResponse>) {
    super(`there is no answer (${answer.why})`);
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'of the environment';
}

const NOT_OAUTH = 'does not answer as OAuth 2.0 has it';

/** The reason in our words and OAuth's error code; never what the server wrote, which might echo a secret. */
function failed(library: Library, error: unknown, at: string): Extract<Attempt, { ok: false }> {
  if (error instanceof Unreachable) return { ok: false, why: `${at} cannot be reached: ${error.message}` };
  if (error instanceof library.ResponseBodyError) {
    const code = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'error';
    const why = `${at} refuses with ${error.status} ${code}`;
    return { ok: false, why, refusedClient: code === 'invalid_client', refusedGrant: code === 'invalid_grant' };
  }
  if (error instanceof library.WWWAuthenticateChallengeError) {
    return { ok: false, why: `${at} refuses with ${error.status}`, refusedClient: true };
  }
  return { ok: false, why: `${at} ${NOT_OAUTH}` };
}
