/**
 * The credentials of one request. Of the operation's alternatives (OR) the first is taken for which the environment has
 * every credential (AND), or for which the author passes it as a parameter of the step; calling without any comes last. If
 * there is none, the reason says what to write where. Secrets are resolved now and end up in the request only.
 */
import { unreachable } from '../../model/assert.ts';
import type { Credential, SecretRef } from '../../model/environment.ts';
import { Failure } from '../../model/failure.ts';
import { own } from '../../model/json.ts';
import type { SecurityRequirement, SecurityScheme } from '../../model/openapi.ts';
import type { PlanOperation, PlanSystem } from '../../model/plan.ts';
import { oncePer } from '../../model/once-per.ts';
import type { SystemEnvironment } from '../ports/environment.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Credentials, PreparedRequest } from '../request/build.ts';
import { signingOf } from '../carriers/envelope.ts';
import { carrierOf } from '../../model/carriers.ts';
import { sha256 } from '../digest.ts';
import { percentEncode } from '../request/encode.ts';
import { cookieProblem, headerProblem } from '../request/headers.ts';
import { certificateProblem } from './certificates.ts';
import { meet, type Way } from './schemes.ts';
import type { TokenClient, Tokens } from './tokens.ts';

export interface AuthPorts {
  readonly secrets: Secrets;
  readonly tokens: Tokens;
}

export interface AuthContext {
  readonly operation: PlanOperation;
  readonly system: PlanSystem;
  readonly environment: SystemEnvironment;
  readonly request: PreparedRequest;
  readonly timeoutMs: number;
}

export type Authorised =
  | { readonly ok: true; readonly credentials: Credentials; readonly forget: () => boolean }
  | { readonly ok: false; readonly why: string; readonly again: boolean };

export async function authorise(context: AuthContext, ports: AuthPorts): Promise<Authorised> {
  const chosen = choose(context);
  if (!chosen.ok) return { ok: false, why: chosen.why, again: false };
  const parts: Part[] = [];
  try {
    for (const way of chosen.ways) parts.push(await partOf(way, context, ports));
  } catch (error) {
    if (error instanceof Unusable) return { ok: false, why: error.message, again: false };
    if (error instanceof Failure || error instanceof NoToken) return { ok: false, why: error.message, again: true };
    throw error;
  }
  const problem = problemOf(parts);
  if (problem !== undefined)
    return { ok: false, why: `The credential for ${context.system.name}: ${problem}`, again: false };
  return { ok: true, credentials: joined(parts), forget: () => forgetTokens(parts, ports.tokens) };
}

/** A secret with a line break (a file's, mostly) is refused like any other header value, and never shown. */
function problemOf(parts: readonly Credentials[]): string | undefined {
  const inHeaders = parts.flatMap(({ headers }) =>
    headers.flatMap(([name, value]) => headerProblem(name, value) ?? []),
  );
  const inCookies = parts.flatMap(({ cookies }) =>
    cookies.flatMap((pair) => cookieProblem(pair.split('=', 1)[0] ?? '', pair) ?? []),
  );
  return [...inHeaders, ...inCookies][0];
}

type Chosen = { readonly ok: true; readonly ways: readonly Way[] } | { readonly ok: false; readonly why: string };

function choose(context: AuthContext): Chosen {
  const signing = context.operation.message && signingOf(context.request.url);
  if (signing) return { ok: true, ways: [{ way: 'signature', credential: signing }] };
  if (context.operation.message && carrierOf(context.request.url)?.kind === 'queue') return { ok: true, ways: [] };
  const reasons: string[] = [];
  for (const requirement of alternativesOf(context.operation)) {
    const alternative = waysOf(requirement, context);
    if (alternative.ok) return alternative;
    reasons.push(alternative.why);
  }
  return reasons.length === 0 ? { ok: true, ways: [] } : { ok: false, why: reasons.join(', or ') };
}

/** Who has written a credential down wants it sent, also where the document lists calling without one first. */
const alternativesOf = oncePer(({ security }: PlanOperation): readonly SecurityRequirement[] => {
  const isAnonymous = (requirement: SecurityRequirement): boolean => Object.keys(requirement).length === 0;
  return [...security.filter((one) => !isAnonymous(one)), ...security.filter(isAnonymous)];
});

function waysOf(requirement: SecurityRequirement, context: AuthContext): Chosen {
  const { system, environment } = context;
  const ways: Way[] = [];
  const reasons: string[] = [];
  for (const [name, scopes] of Object.entries(requirement)) {
    const scheme = own(system.securitySchemes, name);
    if (scheme && isGiven(scheme, context.request)) continue;
    const met =
      scheme && meet(scheme, { scopes, credential: credentialOf(environment, name), url: context.request.url });
    if (met?.kind === 'met') ways.push(met.way);
    else reasons.push(reasonOf(system.name, name, met));
  }
  if (reasons.length > 0) return { ok: false, why: reasons.join(' and ') };
  const clashing = Object.keys(requirement).filter((name) => writesAuthorization(own(system.securitySchemes, name)));
  if (ways.length < 2 || clashing.length < 2) return { ok: true, ways };
  return {
    ok: false,
    why: `The schemes ${clashing.join(' and ')} of ${system.name} both need the header Authorization`,
  };
}

/** A message has one of it (RFC 9110 section 11.6.2). */
function writesAuthorization(scheme: SecurityScheme | undefined): boolean {
  if (scheme?.type === 'apiKey') return scheme.in === 'header' && scheme.name.toLowerCase() === 'authorization';
  return scheme !== undefined && scheme.type !== 'mutualTLS';
}

function reasonOf(system: string, scheme: string, met: ReturnType<typeof meet> | undefined): string {
  if (met?.kind === 'missing') {
    return `The environment has no credential for the scheme ${scheme} of ${system}: write systems.${system}.auth.${scheme}: ${met.write}`;
  }
  const what = met?.kind === 'unsupported' ? `is of a kind (${met.what}) that is not supported yet` : 'is not declared';
  return `The scheme ${scheme} of ${system} ${what}`;
}

function credentialOf({ auth }: SystemEnvironment, name: string): Credential | undefined {
  return auth && own(auth, name);
}

/** A step that logs in and passes its token as a parameter needs no credential of the environment. */
function isGiven(scheme: SecurityScheme, request: PreparedRequest): boolean {
  const inHeader = (name: string): boolean =>
    request.headers.some(([given]) => given.toLowerCase() === name.toLowerCase());
  if (scheme.type === 'mutualTLS') return false;
  if (scheme.type !== 'apiKey') return inHeader('authorization');
  const pairs = scheme.in === 'query' ? request.query : request.cookies;
  const name = scheme.in === 'query' ? percentEncode(scheme.name) : scheme.name;
  return scheme.in === 'header' ? inHeader(scheme.name) : pairs.some((pair) => pair.startsWith(`${name}=`));
}

interface Part extends Credentials {
  readonly used?: { readonly client: TokenClient; readonly token: string };
}

const NOTHING: Credentials = { headers: [], query: [], cookies: [] };

async function partOf(way: Way, context: AuthContext, ports: AuthPorts): Promise<Part> {
  switch (way.way) {
    case 'api-key':
      return apiKeyPart(way, await ports.secrets.resolve(way.key));
    case 'bearer':
      return bearerPart(await ports.secrets.resolve(way.token));
    case 'basic': {
      const username = await textOf(way.credential.username, ports);
      const password = await ports.secrets.resolve(way.credential.password);
      const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
      return { ...NOTHING, headers: [['Authorization', `Basic ${pair}`]] };
    }
    case 'client':
      return await clientPart(way, context, ports);
    case 'certificate':
      return await certificatePart(way, context, ports);
    case 'signature':
      return { ...NOTHING, signing: { ...way.credential, keys: await ports.secrets.awsKeys() } };
    default:
      return unreachable(way, 'way to authenticate');
  }
}

function apiKeyPart(way: Extract<Way, { way: 'api-key' }>, key: string): Part {
  switch (way.in) {
    case 'header':
      return { ...NOTHING, headers: [[way.name, key]] };
    case 'query':
      return { ...NOTHING, query: [`${percentEncode(way.name)}=${percentEncode(key)}`] };
    case 'cookie':
      return { ...NOTHING, cookies: [`${way.name}=${key}`] };
    default:
      return unreachable(way.in, 'place of a key');
  }
}

function bearerPart(token: string): Part {
  return { ...NOTHING, headers: [['Authorization', `Bearer ${token}`]] };
}

async function clientPart(way: Extract<Way, { way: 'client' }>, context: AuthContext, ports: AuthPorts): Promise<Part> {
  const { clientId, clientSecret, refreshToken } = way.credential;
  const client: TokenClient = {
    endpoint: way.endpoint,
    clientId: await textOf(clientId, ports),
    clientSecret: await ports.secrets.resolve(clientSecret),
    scopes: way.scopes,
    ...(refreshToken && { refreshToken: await ports.secrets.resolve(refreshToken) }),
  };
  const answer = await ports.tokens.token(client, context.timeoutMs);
  if (!answer.ok) throw new NoToken(`There is no token for ${context.system.name}: ${answer.why}`);
  return { ...bearerPart(answer.token), used: { client, token: answer.token } };
}

async function certificatePart(
  { credential: { cert, key, ca } }: Extract<Way, { way: 'certificate' }>,
  { system, request }: AuthContext,
  { secrets }: AuthPorts,
): Promise<Part> {
  if (!request.url.startsWith('https:'))
    throw new Unusable(`The server of ${system.name} takes a client certificate only with https`);
  const certificate = {
    cert: await secrets.resolve(cert),
    key: await secrets.resolve(key),
    ...(ca && { ca: await secrets.resolve(ca) }),
  };
  const problem = certificateProblem(certificate);
  if (problem !== undefined) throw new Unusable(`The credential for ${system.name}: ${problem}`);
  return { ...NOTHING, certificate };
}

/** Trying again does not mend it. */
class Unusable extends Error {}

/** Carries the reason up to `authorise`, which answers with it. */
class NoToken extends Error {}

async function textOf(text: string | SecretRef, { secrets }: AuthPorts): Promise<string> {
  return typeof text === 'string' ? text : await secrets.resolve(text);
}

function joined(parts: readonly Part[]): Credentials {
  const certificate = parts.find((part) => part.certificate)?.certificate;
  const signing = parts.find((part) => part.signing)?.signing;
  return {
    ...(parts.length > 0 && { identity: () => sha256(JSON.stringify(parts.map(identityOf))) }),
    ...(certificate && { certificate }),
    ...(signing && { signing }),
    headers: parts.flatMap(({ headers }) => headers),
    query: parts.flatMap(({ query }) => query),
    cookies: parts.flatMap(({ cookies }) => cookies),
  };
}

/** A token is its client's; keys that a role has lent are the role's. */
function identityOf({ used, signing, ...rest }: Part): unknown {
  if (used) return used.client;
  if (!signing) return rest;
  const { region, service, keys } = signing;
  return keys.sessionToken === undefined ? [region, service, keys] : [region, service];
}

/** Was there anything to forget, so that asking again can help? */
function forgetTokens(parts: readonly Part[], tokens: Tokens): boolean {
  const used = parts.flatMap((part) => part.used ?? []);
  for (const { client, token } of used) tokens.forget(client, token);
  return used.length > 0;
}
