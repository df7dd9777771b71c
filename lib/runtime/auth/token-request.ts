/**
 * One token request by oauth4webapi, whose fetch is replaced by the HTTP port. Clients authenticate by Basic, as every
 * server must understand (RFC 6749 section 2.3.1), and once more in the body where a server refuses that.
 */
import type { Http, HttpAnswer, HttpResponse } from '../ports/http.ts';
import type { TokenClient } from './tokens.ts';

export type TokenResponse =
  | { readonly ok: true; readonly token: string; readonly expiresIn?: number }
  | { readonly ok: false; readonly why: string };

type Library = typeof import('oauth4webapi');

const MAX_TOKEN_BYTES = 256 * 1_024;

export async function requestToken(client: TokenClient, http: Http, timeoutMs: number): Promise<TokenResponse> {
  const library = await import('oauth4webapi');
  const byHeader = await attempt({ library, client, http, timeoutMs }, library.ClientSecretBasic(client.clientSecret));
  if (byHeader.ok || !byHeader.refusedClient) return byHeader;
  const byBody = await attempt({ library, client, http, timeoutMs }, library.ClientSecretPost(client.clientSecret));
  return byBody.ok ? byBody : byHeader;
}

interface Request {
  readonly library: Library;
  readonly client: TokenClient;
  readonly http: Http;
  readonly timeoutMs: number;
}

type Attempt = TokenResponse & { readonly refusedClient?: boolean };

async function attempt(request: Request, authentication: ReturnType<Library['ClientSecretPost']>): Promise<Attempt> {
  const { library, client } = request;
  const server = { issuer: client.tokenUrl, token_endpoint: client.tokenUrl };
  const own = { client_id: client.clientId };
  const parameters = new URLSearchParams(client.scopes.length > 0 ? { scope: client.scopes.join(' ') } : {});
  try {
    const response = await library.clientCredentialsGrantRequest(server, own, authentication, parameters, {
      [library.customFetch]: (url, options) => fetchThrough(request, url, options),
      // Whether a system may be called without TLS is decided where its server is written, as for the call itself.
      [library.allowInsecureRequests]: true,
    });
    const answer = await library.processClientCredentialsResponse(server, own, response);
    return {
      ok: true,
      token: answer.access_token,
      ...(answer.expires_in !== undefined && { expiresIn: answer.expires_in }),
    };
  } catch (error) {
    return failed(library, error, client.tokenUrl);
  }
}

interface FetchOptions {
  readonly method: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: URLSearchParams;
}

async function fetchThrough({ http, timeoutMs }: Request, url: string, options: FetchOptions): Promise<Response> {
  const answer = await http.send(
    {
      method: options.method,
      url,
      headers: Object.entries(options.headers),
      body: new TextEncoder().encode(options.body.toString()),
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

/** The reason in our words and OAuth's error code; never what the server wrote, which might echo a secret. */
function failed(library: Library, error: unknown, tokenUrl: string): Attempt {
  const at = `The token endpoint ${URL.parse(tokenUrl)?.host ?? 'of the environment'}`;
  if (error instanceof Unreachable) return { ok: false, why: `${at} cannot be reached: ${error.message}` };
  if (error instanceof library.ResponseBodyError) {
    const code = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'error';
    return { ok: false, why: `${at} refuses with ${error.status} ${code}`, refusedClient: code === 'invalid_client' };
  }
  if (error instanceof library.WWWAuthenticateChallengeError) {
    return { ok: false, why: `${at} refuses with ${error.status}`, refusedClient: true };
  }
  return { ok: false, why: `${at} does not answer as OAuth 2.0 has it` };
}
