/**
 * How each kind of security scheme is met (OpenAPI, Security Scheme Object): which credential it takes, and what that
 * adds to a request. What is not built is refused by name. An OpenID Connect scheme and OAuth2 are one way: a client that
 * gets tokens, from an endpoint that is written down or one that is looked up.
 */
import { unreachable } from '../../model/assert.ts';
import type {
  BasicCredential,
  CertificateCredential,
  ClientCredential,
  Credential,
  SecretRef,
  SigningCredential,
} from '../../model/environment.ts';
import { isObject, type JsonObject, own } from '../../model/json.ts';
import type { SecurityScheme } from '../../model/openapi.ts';
import { isBuilt, schemeWords } from '../../model/security.ts';

/** Where tokens come from: an address, or the document that tells it (OpenID Connect Discovery, RFC 8414). */
export type TokenEndpoint =
  | { readonly kind: 'known'; readonly url: string }
  | { readonly kind: 'discovered'; readonly url: string };

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
      readonly endpoint: TokenEndpoint;
      readonly scopes: readonly string[];
    }
  | { readonly way: 'certificate'; readonly credential: CertificateCredential }
  | { readonly way: 'signature'; readonly credential: SigningCredential };

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
  const { credential, url } = context;
  if (!isBuilt(scheme)) return { kind: 'unsupported', what: schemeWords(scheme) };
  switch (scheme.type) {
    case 'apiKey':
      if (!isRef(credential)) return { kind: 'missing', write: REFERENCE };
      return { kind: 'met', way: { way: 'api-key', in: scheme.in, name: scheme.name, key: credential } };
    case 'http':
      return scheme.scheme.toLowerCase() === 'basic' ? meetBasic(credential) : meetBearer(credential);
    case 'oauth2':
      return meetClient(endpointOfFlows(scheme, context), context);
    case 'openIdConnect': {
      const discovery = absolute(scheme.url, url);
      return meetClient(discovery === undefined ? undefined : { kind: 'discovered', url: discovery }, context);
    }
    case 'mutualTLS':
      if (!credential || !('cert' in credential)) {
        return { kind: 'missing', write: '{ cert: { file: PATH }, key: { file: PATH } }' };
      }
      return { kind: 'met', way: { way: 'certificate', credential } };
    case 'sigv4':
      if (!credential || !('region' in credential)) {
        return { kind: 'missing', write: '{ region: REGION, service: execute-api }' };
      }
      return { kind: 'met', way: { way: 'signature', credential } };
    default:
      return unreachable(scheme, 'security scheme');
  }
}

const REFERENCE = '{ env: NAME }';

function meetBearer(credential: Credential | undefined): Met {
  if (!isRef(credential)) return { kind: 'missing', write: REFERENCE };
  return { kind: 'met', way: { way: 'bearer', token: credential } };
}

function meetBasic(credential: Credential | undefined): Met {
  if (!credential || !('username' in credential)) {
    return { kind: 'missing', write: `{ username: NAME, password: ${REFERENCE} }` };
  }
  return { kind: 'met', way: { way: 'basic', credential } };
}

/** A ready token instead of a client is taken as it is: some systems hand out long-lived ones. */
function meetClient(declared: TokenEndpoint | undefined, { scopes, credential, url }: MeetContext): Met {
  if (isRef(credential)) return { kind: 'met', way: { way: 'bearer', token: credential } };
  const write = `{ clientId: ID, clientSecret: ${REFERENCE} }`;
  if (!credential || !('clientId' in credential)) return { kind: 'missing', write };
  const given = absolute(credential.tokenUrl, url);
  const endpoint: TokenEndpoint | undefined = given === undefined ? declared : { kind: 'known', url: given };
  if (endpoint === undefined) {
    return { kind: 'missing', write: `{ clientId: ID, clientSecret: ${REFERENCE}, tokenUrl: https://... }` };
  }
  return { kind: 'met', way: { way: 'client', credential, endpoint, scopes: credential.scopes ?? scopes } };
}

type OAuth = Extract<SecurityScheme, { type: 'oauth2' }>;

/** In this order, where the credential holds a refresh token: what other flows have given is renewed at `refreshUrl`. */
const FLOWS = ['clientCredentials', 'authorizationCode', 'deviceAuthorization', 'password'] as const;

function endpointOfFlows({ flows, metadataUrl }: OAuth, { credential, url }: MeetContext): TokenEndpoint | undefined {
  const renews = credential !== undefined && 'refreshToken' in credential;
  for (const name of renews ? FLOWS : FLOWS.slice(0, 1)) {
    const flow = flowOf(flows, name);
    const known = flow && absolute(renews ? (flow['refreshUrl'] ?? flow['tokenUrl']) : flow['tokenUrl'], url);
    if (known !== undefined) return { kind: 'known', url: known };
  }
  const metadata = absolute(metadataUrl, url);
  return metadata === undefined ? undefined : { kind: 'discovered', url: metadata };
}

function flowOf(flows: JsonObject, name: string): JsonObject | undefined {
  const flow = own(flows, name);
  return isObject(flow) ? flow : undefined;
}

function absolute(written: unknown, requestUrl: string): string | undefined {
  if (typeof written !== 'string') return undefined;
  if (/^\/(?!\/)/.test(written)) return URL.parse(written, requestUrl)?.href;
  return URL.canParse(written) ? written : undefined;
}

function isRef(credential: Credential | undefined): credential is SecretRef {
  if (!credential) return false;
  return 'env' in credential || 'file' in credential || 'secret' in credential || 'parameter' in credential;
}
