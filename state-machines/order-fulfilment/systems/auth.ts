/**
 * Guards: one for each way in which a system asks who is calling. A guard throws 401 with the WWW-Authenticate
 * challenge of its scheme, or 403 where the credentials are good but not enough. OAuth2 tokens live in oauth.ts.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from './problem.ts';

export interface Guard {
  admit(headers: IncomingHttpHeaders, scope: string | undefined): void;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export function apiKeyGuard(header: string, key: string): Guard {
  return {
    admit: (headers) => {
      const given = headers[header.toLowerCase()];
      if (!same(typeof given === 'string' ? given : '', key)) throw unauthorised(`ApiKey header="${header}"`);
    },
  };
}

export function bearerGuard(realm: string, token: string): Guard {
  return {
    admit: (headers) => {
      if (!same(bearerToken(headers.authorization) ?? '', token)) throw unauthorised(`Bearer realm="${realm}"`);
    },
  };
}

export function basicGuard(realm: string, login: Login): Guard {
  return {
    admit: (headers) => {
      const given = basicLogin(headers.authorization);
      if (!sameLogin(given, login)) throw unauthorised(`Basic realm="${realm}", charset="UTF-8"`);
    },
  };
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization ?? '')?.[1];
}

export function basicLogin(authorization: string | undefined): Login | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

export function sameLogin(given: Login | undefined, expected: Login): boolean {
  const name = same(given?.username ?? '', expected.username);
  return same(given?.password ?? '', expected.password) && name;
}

export function unauthorised(challenge: string, detail = 'The credentials are missing or wrong.'): Problem {
  return new Problem(401, 'unauthorised', detail, { headers: { 'WWW-Authenticate': challenge } });
}

/** Compares digests, so that the time taken tells nothing about the secret or its length. */
export function same(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
