/**
 * A step's request, from its operation and the values of the run. It is complete but for the credentials, which join it
 * at the last moment (`withCredentials`): whatever is digested, logged or seen by expressions has never held one. A request that
 * lacks what it must have is not built; every reason is named (run-contract section 2, "not sent").
 */
import { assert } from '../../model/assert.ts';
import { own } from '../../model/json.ts';
import type { MessageExchange } from '../../model/message.ts';
import type { Plan, PlanCall, PlanOperation, PlanSystem } from '../../model/plan.ts';
import { oncePer } from '../../model/once-per.ts';
import type { Message, Scope } from '../../expressions/scope.ts';
import type { SystemEnvironment } from '../ports/environment.ts';
import type { ClientCertificate, HttpHeader, HttpRequest } from '../ports/http.ts';
import type { Signing } from '../auth/sigv4.ts';
import { carrierProblem } from '../carriers/envelope.ts';
import { carrierOf, isServed, placeSaid } from '../../model/carriers.ts';
import { type Body, bodyOf } from './body.ts';
import { RequestDraft, type Spending } from './draft.ts';
import { isJson } from './media-type.ts';
import { placeParameters } from './parameters.ts';
import { urlOf } from './url.ts';
import type { XmlWriter } from './xml.ts';

/** What of a plan a request is built by. */
export type Calls = Pick<Plan, 'operations' | 'systems' | 'schemas'>;

export interface RequestContext {
  readonly plan: Calls;
  readonly step: Pick<PlanCall, 'operation' | 'effect' | 'parameters' | 'body' | 'idempotency'>;
  readonly environment: SystemEnvironment;
  /** Values as the step's scope sees them. */
  readonly scope: Scope;
  readonly idempotencyKey: string;
  /** Whatever has no value keeps the request from being sent: in an undo and a probe nothing is left out or null. */
  readonly strict?: boolean;
  /** For a body of XML (`xmlWriterFor`). */
  readonly xml?: XmlWriter;
  readonly work?: Spending;
}

/** Everything but credentials. */
export interface PreparedRequest {
  readonly method: string;
  /** Without query. */
  readonly url: string;
  readonly query: readonly string[];
  readonly headers: readonly HttpHeader[];
  readonly cookies: readonly string[];
  readonly body?: Uint8Array;
  /** What `$request` and `$url` see. */
  readonly seen: {
    readonly url: string;
    readonly method: string;
    readonly request: Message;
    /** Where it is one, as `$message` sees it. */
    readonly message?: Message;
  };
}

export type Built =
  | { readonly ok: true; readonly request: PreparedRequest; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string; readonly notes: readonly string[] };

const KEY_HEADER = 'Idempotency-Key';

export function buildRequest(context: RequestContext): Built {
  const { step, scope, environment } = context;
  const { operation, system } = targetOf(context.plan, step);
  const draft = new RequestDraft(context.work);
  const keyHeader = step.idempotency?.header ?? KEY_HEADER;
  placeParameters(draft, step.parameters, { operation, scope, keyHeader });
  const { field } = step.idempotency ?? {};
  const key = field === undefined ? {} : { key: { pointer: field, value: context.idempotencyKey } };
  const correlation = correlationFor(draft, operation, context.idempotencyKey);
  const definitions = context.plan.schemas[operation.system] ?? {};
  const xml = context.xml && { xml: context.xml };
  const body = bodyOf(draft, { operation, body: step.body, scope, definitions, ...key, ...correlation, ...xml });
  const target = { operation, system, environment };
  const url = operation.message
    ? placeFor(draft, { ...target, message: operation.message, body })
    : urlOf(draft, target);
  const problems = context.strict === true ? [...draft.problems, ...draft.notes] : draft.problems;
  if (problems.length > 0 || url === undefined) return { ok: false, why: problems.join('; '), notes: draft.notes };
  if (step.effect !== 'safe' && draft.header(keyHeader) === undefined) {
    draft.headers.push([keyHeader, context.idempotencyKey]);
  }
  return { ok: true, request: assemble(draft, { operation, url, body }), notes: draft.notes };
}

/**
 * A message says whose it is where its channel has one place for that. What the author has put there stands; else it is the
 * effect's key, which a later step may wait for (`$message`).
 */
function correlationFor(
  draft: RequestDraft,
  { message }: PlanOperation,
  value: string,
): { readonly correlation?: { readonly pointer: string; readonly value: string } } {
  const [place, ...others] = message?.correlations ?? [];
  if (!place || others.length > 0) return {};
  if (place.in === 'payload') return { correlation: { pointer: place.pointer, value } };
  if (draft.header(place.name) === undefined) draft.headers.push([place.name, value]);
  return {};
}

interface Carried {
  readonly operation: PlanOperation;
  readonly system: PlanSystem;
  readonly environment: SystemEnvironment;
  readonly message: MessageExchange;
  readonly body: Body | undefined;
}

/** Where a message goes: what the environment says of its channel, else behind a server that speaks HTTP. */
function placeFor(draft: RequestDraft, { operation, system, environment, message, body }: Carried): string | undefined {
  const said = placeSaid(environment, message.channel);
  const isAt = environment.server !== undefined || environment.servers !== undefined;
  if (said === undefined && !isAt && !isServed(operation, system)) {
    const where = `systems.${system.name}.channels.${message.channel}`;
    draft.problems.push(
      `nobody says where the channel \`${message.channel}\` is: write ${where} in the environment file`,
    );
    return undefined;
  }
  const place = said ?? urlOf(draft, { operation: overHttp(operation), system, environment });
  const carrier = place === undefined ? undefined : carrierOf(place);
  if (place !== undefined && !carrier)
    draft.problems.push(`nobody carries messages of \`${message.channel}\` to its place`);
  const problem = carrier && carrierProblem(carrier, { headers: draft.headers, body: body?.value });
  if (problem !== undefined) draft.problems.push(`the channel \`${message.channel}\` does not take it: ${problem}`);
  return place;
}

/** Of several servers the first one that speaks it. */
function overHttp(operation: PlanOperation): PlanOperation {
  const { servers } = operation;
  return servers ? { ...operation, servers: servers.filter(({ url }) => /^https?:/.test(url)) } : operation;
}

export function targetOf(
  plan: Pick<Plan, 'operations' | 'systems'>,
  step: Pick<PlanCall, 'operation'>,
): { readonly operation: PlanOperation; readonly system: PlanSystem } {
  const operation = plan.operations[step.operation];
  const system = operation && plan.systems[operation.system];
  assert(operation && system, 'a step calls an operation of a system of the plan');
  return { operation, system };
}

/** Of a call beside the flow. */
export function systemOfCall(plan: Plan, call: string): string {
  const planned = own(plan.calls, call);
  assert(planned, `an undo and a probe name calls of the plan (${call})`);
  return targetOf(plan, planned).system.name;
}

interface Parts {
  readonly operation: PlanOperation;
  readonly url: string;
  readonly body: Body | undefined;
}

function assemble(draft: RequestDraft, { operation, url, body }: Parts): PreparedRequest {
  const method = operation.method.toUpperCase();
  const headers = headersOf(draft, operation, body);
  return {
    method,
    url,
    query: draft.query,
    headers,
    cookies: draft.cookies,
    ...(body && { body: body.bytes }),
    seen: {
      url: withQuery(url, draft.query),
      method,
      request: {
        header: lowerCased(draft.headers),
        ...draft.values,
        ...(body && { body: body.value }),
      },
      ...(operation.message && { message: { header: lowerCased(headers), ...(body && { payload: body.value }) } }),
    },
  };
}

function lowerCased(headers: readonly HttpHeader[]): { readonly [name: string]: string } {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

function headersOf(draft: RequestDraft, operation: PlanOperation, body: Body | undefined): readonly HttpHeader[] {
  const given = draft.headers.filter(([name]) => body === undefined || name.toLowerCase() !== 'content-type');
  const wantsNothing = operation.message !== undefined || draft.header('accept') !== undefined;
  const accept: HttpHeader[] = !wantsNothing ? [['Accept', acceptable(operation)]] : [];
  const type: HttpHeader[] = body ? [['Content-Type', body.contentType]] : [];
  return [...accept, ...type, ...given];
}

const acceptable = oncePer(({ responses }: PlanOperation): string => {
  const types = new Set(responses.flatMap(({ content }) => content.map(({ contentType }) => contentType)));
  const listed = [...types].sort((one, other) => Number(isJson(other)) - Number(isJson(one)));
  return listed.length > 0 ? listed.join(', ') : 'application/json, */*;q=0.5';
});

export interface Credentials {
  readonly headers: readonly HttpHeader[];
  readonly query: readonly string[];
  readonly cookies: readonly string[];
  /** Digest of whose they are; the same while tokens come and go. Only a cache asks. */
  readonly identity?: () => string;
  readonly certificate?: ClientCertificate;
  /** Made of the request as it goes out, so it is its sender's last word. */
  readonly signing?: Signing;
}

/** The request as it goes out, now only; but for a signature. */
export function withCredentials(request: PreparedRequest, credentials: Credentials, traceparent: string): HttpRequest {
  const cookies = [...request.cookies, ...credentials.cookies];
  const replaced = new Set(credentials.headers.map(([name]) => name.toLowerCase()));
  const headers = request.headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  const traced = headers.some(([name]) => name.toLowerCase() === 'traceparent');
  return {
    method: request.method,
    url: withQuery(request.url, [...request.query, ...credentials.query]),
    headers: [
      ...headers,
      ...(traced ? [] : [['traceparent', traceparent] as const]),
      ...credentials.headers,
      ...(cookies.length > 0 ? [['Cookie', cookies.join('; ')] as const] : []),
    ],
    ...(request.body && { body: request.body }),
    ...(credentials.certificate && { certificate: credentials.certificate }),
  };
}

function withQuery(url: string, query: readonly string[]): string {
  if (query.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query.join('&')}`;
}
