/**
 * OAuth 2.0 access tokens, by client credentials (RFC 6749 section 4.4) or by a refresh token (section 6), fetched through
 * the HTTP port. A token is kept until shortly before it expires, and many callers that need it at once wait for one
 * fetch. The protocol itself is oauth4webapi's, loaded on first use; here is only when to ask. Tokens and secrets are in
 * memory; what has to outlive the process is sealed (renewal.ts). No message holds one.
 */
import type { Clock } from '../../model/time.ts';
import { sha256 } from '../digest.ts';
import type { Http } from '../ports/http.ts';
import { type Renewals, renewed } from './renewal.ts';
import type { TokenEndpoint } from './schemes.ts';
import { type Metadata, requestMetadata, requestToken, type TokenAsk, type TokenResponse } from './token-request.ts';

export interface TokenClient {
  readonly endpoint: TokenEndpoint;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly refreshToken?: string;
}

export type TokenAnswer = { readonly ok: true; readonly token: string } | { readonly ok: false; readonly why: string };

export interface FreshToken {
  readonly token: string;
  readonly freshUntil: number;
}

/** Without `expires_in` the server promises nothing. */
const UNKNOWN_LIFETIME_MS = 60_000;
/** Clocks differ, and the request that uses the token takes its time. */
const SAFETY_MS = 30_000;
/** Clients of one deployment are few; this only bounds a mistake. */
const MAX_KEPT = 1_000;
/** Servers move rarely, and a document that is asked for at each token doubles the work. */
const DISCOVERED_MS = 3_600_000;

const RENEW_BY_HAND = ': put a new refresh token where the environment names it';

export interface TokenPorts {
  readonly http: Http;
  readonly clock: Clock;
  /** Left out: what a server rotates is known to this process alone. */
  readonly renewals?: Renewals;
}

export class Tokens {
  private readonly ports: TokenPorts;
  private readonly kept = new Map<string, FreshToken>();
  private readonly refused = new Map<string, string>();
  private readonly underWay = new Map<string, Promise<TokenAnswer>>();
  private readonly servers = new Map<string, { readonly metadata: Promise<Metadata>; readonly until: number }>();
  private readonly rotated = new Map<string, string>();

  constructor(ports: TokenPorts) {
    this.ports = ports;
  }

  async token(client: TokenClient, timeoutMs: number): Promise<TokenAnswer> {
    const name = nameOf(client);
    const kept = this.kept.get(name);
    if (kept && this.ports.clock.now() < kept.freshUntil) return { ok: true, token: kept.token };
    const waiting = this.underWay.get(name);
    if (waiting) return await waiting;
    const fetching = this.fetch(name, client, timeoutMs).finally(() => this.underWay.delete(name));
    this.underWay.set(name, fetching);
    return await fetching;
  }

  /** The system refused this very token: the next caller fetches anew. One that was fetched meanwhile stays. */
  forget(client: TokenClient, token: string): void {
    const name = nameOf(client);
    if (this.kept.get(name)?.token !== token) return;
    this.kept.delete(name);
    // Others may have kept it, too, where tokens are shared.
    keepIn(this.refused, name, token);
  }

  private async fetch(name: string, client: TokenClient, timeoutMs: number): Promise<TokenAnswer> {
    const tokenUrl = await this.tokenUrl(client.endpoint, timeoutMs);
    if (!tokenUrl.ok) return tokenUrl;
    const { clientId, clientSecret, scopes, refreshToken } = client;
    const ask = { tokenUrl: tokenUrl.url, clientId, clientSecret, scopes };
    const request = (more: Partial<TokenAsk> = {}): Promise<Fetched> => this.request({ ...ask, ...more }, timeoutMs);
    const answer =
      refreshToken === undefined
        ? await request()
        : await this.renew({ name, client, refreshToken, request, timeoutMs });
    if (!answer.ok) return answer;
    keepIn(this.kept, name, answer.fresh);
    return { ok: true, token: answer.fresh.token };
  }

  /** Where nothing is shared, or the store does not answer, the token that was rotated last lives here. */
  private async renew({ name, client, refreshToken, request, timeoutMs }: Renewing): Promise<Fetched> {
    const { renewals } = this.ports;
    const use = async (token: string): Promise<Fetched> => {
      const answer = await request({ refreshToken: this.rotated.get(name) ?? token });
      if (!answer.ok)
        return answer.refusedGrant === true ? { ...answer, why: `${answer.why}${RENEW_BY_HAND}` } : answer;
      if (answer.refreshToken !== undefined) keepIn(this.rotated, name, answer.refreshToken);
      return answer;
    };
    if (!renewals) return await use(refreshToken);
    const refused = this.refused.get(name);
    const answer = await renewed(renewals, {
      name,
      secret: `${client.clientSecret}\n${refreshToken}`,
      refreshToken,
      timeoutMs,
      ...(refused !== undefined && { refused }),
      request: use,
    });
    // From here on the store has it.
    if (answer.ok) {
      this.rotated.delete(name);
      this.refused.delete(name);
    }
    return answer;
  }

  private async request(ask: TokenAsk, timeoutMs: number): Promise<Fetched> {
    const { http, clock } = this.ports;
    const asked = clock.now();
    const answer = await requestToken(ask, { http, timeoutMs });
    if (!answer.ok) return answer;
    const lifetime = answer.expiresIn === undefined ? UNKNOWN_LIFETIME_MS : answer.expiresIn * 1000;
    const freshUntil = asked + lifetime - Math.min(SAFETY_MS, lifetime / 2);
    return { ...answer, fresh: { token: answer.token, freshUntil } };
  }

  private async tokenUrl(
    endpoint: TokenEndpoint,
    timeoutMs: number,
  ): Promise<{ readonly ok: true; readonly url: string } | { readonly ok: false; readonly why: string }> {
    if (endpoint.kind === 'known') return { ok: true, url: endpoint.url };
    const metadata = await this.metadata(endpoint.url, timeoutMs);
    // requestMetadata refuses one without it.
    return metadata.ok ? { ok: true, url: metadata.server.token_endpoint ?? '' } : metadata;
  }

  private async metadata(url: string, timeoutMs: number): Promise<Metadata> {
    const { http, clock } = this.ports;
    const known = this.servers.get(url);
    if (known && clock.now() < known.until) return await known.metadata;
    const metadata = requestMetadata(url, { http, timeoutMs });
    const entry = { metadata, until: clock.now() + DISCOVERED_MS };
    keepIn(this.servers, url, entry);
    const found = await metadata;
    if (!found.ok && this.servers.get(url) === entry) this.servers.delete(url);
    return found;
  }
}

export type Fetched =
  | (Extract<TokenResponse, { ok: true }> & { readonly fresh: FreshToken })
  | Extract<TokenResponse, { ok: false }>;

interface Renewing {
  readonly name: string;
  readonly client: TokenClient;
  readonly refreshToken: string;
  readonly request: (more: Partial<TokenAsk>) => Promise<Fetched>;
  readonly timeoutMs: number;
}

function keepIn<T>(map: Map<string, T>, name: string, value: T): void {
  if (map.size >= MAX_KEPT) map.clear();
  map.set(name, value);
}

/** A changed secret is another client: its old token is not used again. */
function nameOf({ endpoint, clientId, clientSecret, scopes, refreshToken }: TokenClient): string {
  return sha256(JSON.stringify([endpoint.url, clientId, clientSecret, scopes, refreshToken ?? null]));
}
