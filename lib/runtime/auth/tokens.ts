/**
 * OAuth 2.0 access tokens by client credentials (RFC 6749 section 4.4), fetched through the HTTP port. A token is kept
 * until shortly before it expires, and many callers that need it at once wait for one fetch. The protocol itself is
 * oauth4webapi's, loaded on first use; here is only when to ask. Tokens and secrets are in memory only, and no message
 * holds one.
 */
import type { Clock } from '../../model/time.ts';
import { sha256 } from '../digest.ts';
import type { Http } from '../ports/http.ts';
import { requestToken } from './token-request.ts';

export interface TokenClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

export type TokenAnswer = { readonly ok: true; readonly token: string } | { readonly ok: false; readonly why: string };

interface Kept {
  readonly token: string;
  readonly freshUntil: number;
}

/** Without `expires_in` the server promises nothing. */
const UNKNOWN_LIFETIME_MS = 60_000;
/** Clocks differ, and the request that uses the token takes its time. */
const SAFETY_MS = 30_000;
/** Clients of one deployment are few; this only bounds a mistake. */
const MAX_KEPT = 1_000;

export class Tokens {
  private readonly http: Http;
  private readonly clock: Clock;
  private readonly kept = new Map<string, Kept>();
  private readonly underWay = new Map<string, Promise<TokenAnswer>>();

  constructor(ports: { readonly http: Http; readonly clock: Clock }) {
    this.http = ports.http;
    this.clock = ports.clock;
  }

  async token(client: TokenClient, timeoutMs: number): Promise<TokenAnswer> {
    const name = nameOf(client);
    const kept = this.kept.get(name);
    if (kept && this.clock.now() < kept.freshUntil) return { ok: true, token: kept.token };
    const waiting = this.underWay.get(name);
    if (waiting) return await waiting;
    const fetching = this.fetch(name, client, timeoutMs).finally(() => this.underWay.delete(name));
    this.underWay.set(name, fetching);
    return await fetching;
  }

  /** The system refused this very token: the next caller fetches anew. One that was fetched meanwhile stays. */
  forget(client: TokenClient, token: string): void {
    const name = nameOf(client);
    if (this.kept.get(name)?.token === token) this.kept.delete(name);
  }

  private async fetch(name: string, client: TokenClient, timeoutMs: number): Promise<TokenAnswer> {
    const asked = this.clock.now();
    const answer = await requestToken(client, this.http, timeoutMs);
    if (!answer.ok) return answer;
    const lifetime = answer.expiresIn === undefined ? UNKNOWN_LIFETIME_MS : answer.expiresIn * 1000;
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(name, { token: answer.token, freshUntil: asked + lifetime - Math.min(SAFETY_MS, lifetime / 2) });
    return { ok: true, token: answer.token };
  }
}

/** A changed secret is another client: its old token is not used again. */
function nameOf({ tokenUrl, clientId, clientSecret, scopes }: TokenClient): string {
  return sha256(JSON.stringify([tokenUrl, clientId, clientSecret, scopes]));
}
