/**
 * How each kind of security scheme is met (OpenAPI, Security Scheme Object): which credential it takes, and what that
 * adds to a request. What is not built yet is refused by name.
 */
import { Bug, unreachable } from '../../model/assert.ts';
import type { BasicCredential, ClientCredential, Credential, SecretRef } from '../../model/environment.ts';
import { isObject, own } from '../../model/json.ts';
import type { SecurityScheme } from '../../model/openapi.ts';
import { isBuilt, schemeWords } from '../../model/security.ts';

/** What to resolve for a scheme, in one word per way of authenticating. */
export type Way =
  | {
      readonly way: 'api-key';
      readonly in: 'query' | 'header' | 'cookie';
      readonly name: string;
      readonly key: SecretRef;
    }
  | { readonly way: 'bearer'; readonly token: SecretRef }
  | { readonly way: 'basic'; readonly credential: BasicCredential }
  | {
      readonly way: 'client';
      readonly credential: ClientCredential;
      readonly tokenUrl: string;
      readonly scopes: readonly string[];
    };

/** `missing`: the environment has no credential for it, and `write` says which; `unsupported`: no credential would help. */
export type Met =
  | { readonly kind: 'met'; readonly way: Way }
  | { readonly kind: 'missing'; readonly write: string }
  | { readonly kind: 'unsupported'; readonly what: string };

export interface MeetContext {
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  /** The request's own URL: a `tokenUrl` that begins with a slash is one of the same server (OpenAPI 3.1, OAuth Flow). */
  readonly url: string;
}

export function meet(scheme: SecurityScheme, context: MeetContext): Met {
  const { credential } = context;
  if (!isBuilt(scheme)) return { kind: 'unsupported', what: schemeWords(scheme) };
  switch (scheme.type) {
    case 'apiKey':
      if (!isRef(credential)) return { kind: 'missing', write: REFERENCE };
      return { kind: 'met', way: { way: 'api-key', in: scheme.in, name: scheme.name, key: credential } };
    case 'http':
      return meetHttp(scheme.scheme.toLowerCase(), credential);
    case 'oauth2':
      return meetClient(scheme.flows, context);
    default:
      return unreachable(scheme, 'security scheme');
  }
}

const REFERENCE = '{ env: NAME }';

function meetHttp(name: string, credential: Credential | undefined): Met {
  switch (name) {
    case 'bearer':
      if (!isRef(credential)) return { kind: 'missing', write: REFERENCE };
      return { kind: 'met', way: { way: 'bearer', token: credential } };
    case 'basic':
      if (!credential || !('username' in credential)) {
        return { kind: 'missing', write: `{ username: NAME, password: ${REFERENCE} }` };
      }
      return { kind: 'met', way: { way: 'basic', credential } };
    default:
      throw new Bug(`http ${name} counts as built, and is not`);
  }
}

/** A ready token instead of a client is taken as it is: some systems hand out long-lived ones. */
function meetClient(flows: { readonly [flow: string]: unknown }, { scopes, credential, url }: MeetContext): Met {
  if (isRef(credential)) return { kind: 'met', way: { way: 'bearer', token: credential } };
  const write = `{ clientId: ID, clientSecret: ${REFERENCE} }`;
  if (!credential || !('clientId' in credential)) return { kind: 'missing', write };
  const flow = own(flows, 'clientCredentials');
  const declared = isObject(flow) ? flow['tokenUrl'] : undefined;
  const tokenUrl = absolute(credential.tokenUrl ?? declared, url);
  if (tokenUrl === undefined) {
    return { kind: 'missing', write: `{ clientId: ID, clientSecret: ${REFERENCE}, tokenUrl: https://... }` };
  }
  return { kind: 'met', way: { way: 'client', credential, tokenUrl, scopes: credential.scopes ?? scopes } };
}

function absolute(tokenUrl: unknown, requestUrl: string): string | undefined {
  if (typeof tokenUrl !== 'string') return undefined;
  if (/^\/(?!\/)/.test(tokenUrl)) return URL.parse(tokenUrl, requestUrl)?.href;
  return URL.canParse(tokenUrl) ? tokenUrl : undefined;
}

function isRef(credential: Credential | undefined): credential is SecretRef {
  if (!credential) return false;
  return 'env' in credential || 'file' in credential || 'secret' in credential || 'parameter' in credential;
}
