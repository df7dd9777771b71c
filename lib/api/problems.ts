/**
 * What the run API says when it does not do what it was asked for: problem details (RFC 9457) with a code of ours, each
 * with a page in docs/errors. One table of codes, from which the answers, the OpenAPI document and the pages' test come.
 * A problem never holds a stack, and of a body only the places that are wrong.
 */
import type { InputProblem } from '../runtime/input.ts';
import type { ApiResponse } from './message.ts';

interface ProblemKind {
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

export type ProblemName =
  | 'request-invalid'
  | 'body-not-json'
  | 'content-type-unsupported'
  | 'body-too-large'
  | 'route-not-found'
  | 'method-not-allowed'
  | 'workflow-not-found'
  | 'run-not-found'
  | 'step-not-found'
  | 'letter-not-found'
  | 'callback-not-found'
  | 'run-input-invalid'
  | 'key-reused'
  | 'action-too-late'
  | 'effect-not-open'
  | 'action-conflict'
  | 'nothing-waits'
  | 'host-refused'
  | 'origin-refused'
  | 'caller-unknown'
  | 'service-not-ready'
  | 'service-busy'
  | 'service-failed'
  | 'callback-refused'
  | 'callback-over'
  | 'channel-not-found';

export const PROBLEMS: { readonly [N in ProblemName]: ProblemKind } = {
  'request-invalid': { code: 'API001', status: 400, title: 'The request is not as the document of this API has it' },
  'body-not-json': { code: 'API002', status: 400, title: 'The body of the request is no JSON' },
  'content-type-unsupported': { code: 'API003', status: 415, title: 'A body is sent as application/json' },
  'body-too-large': { code: 'API004', status: 413, title: 'The body of the request is too large' },
  'route-not-found': { code: 'API005', status: 404, title: 'This API has no such path' },
  'method-not-allowed': { code: 'API006', status: 405, title: 'The path does not have this method' },
  'workflow-not-found': { code: 'API007', status: 404, title: 'There is no such workflow' },
  'run-not-found': { code: 'API008', status: 404, title: 'There is no such run' },
  'step-not-found': { code: 'API009', status: 404, title: 'The run has no such step' },
  'letter-not-found': { code: 'API010', status: 404, title: 'There is no such dead letter' },
  'callback-not-found': { code: 'API011', status: 404, title: 'Nothing waits for this callback' },
  'run-input-invalid': { code: 'API012', status: 422, title: 'The input does not fit its schema' },
  'key-reused': { code: 'API013', status: 409, title: 'The idempotency key belongs to a request with another content' },
  'action-too-late': { code: 'API014', status: 409, title: 'The run is at a point where this cannot be done' },
  'effect-not-open': { code: 'API015', status: 409, title: 'What has to be settled first is not settled' },
  'action-conflict': { code: 'API016', status: 409, title: 'The action contradicts what the run has recorded' },
  'nothing-waits': { code: 'API017', status: 409, title: 'The step waits for nobody' },
  'host-refused': { code: 'API018', status: 403, title: 'The request names a host that is not this server' },
  'origin-refused': { code: 'API019', status: 403, title: 'Pages of other origins may not use this server' },
  'caller-unknown': { code: 'API020', status: 401, title: 'Nobody says who asks' },
  'service-not-ready': { code: 'API021', status: 503, title: 'The service cannot do this now' },
  'service-busy': { code: 'API022', status: 503, title: 'Too much goes on at once' },
  'service-failed': { code: 'API023', status: 500, title: 'The service has failed by a mistake of its own' },
  'callback-refused': { code: 'API024', status: 403, title: 'The signature of the callback is wrong' },
  'callback-over': { code: 'API025', status: 410, title: 'The callback has been answered or has expired' },
  'channel-not-found': { code: 'API026', status: 404, title: 'No workflow receives over such a channel' },
};

export const PROBLEM_TYPE = 'application/problem+json';

/** `pointer` leads into `{path, query, header, body}` of the request. */
export type RequestProblem = InputProblem;

export interface ProblemMore {
  readonly problems?: readonly RequestProblem[];
  readonly headers?: { readonly [name: string]: string };
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly problems?: readonly RequestProblem[];
}

export function problem(name: ProblemName, detail: string, { problems, headers }: ProblemMore = {}): ApiResponse {
  const { code, status, title } = PROBLEMS[name];
  const body: ProblemBody = { type: typeOf(name), title, status, code, detail, ...(problems && { problems }) };
  return { status, headers: { 'content-type': PROBLEM_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** A name, not a place: a program may compare it, and nobody fetches it. */
export function typeOf(name: ProblemName): string {
  return `urn:interlock:problem:${PROBLEMS[name].code}:${name}`;
}
