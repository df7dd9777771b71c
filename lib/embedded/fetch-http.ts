/**
 * HTTP by Node's own fetch. What a failure means depends on one thing that fetch does not tell: was the request written?
 * undici's diagnostics channels do tell, so "not sent" is said exactly when nothing was, whatever the error is called; where
 * the channels are silent, the request counts as sent. Needs Node alone: lib/aws uses it too. Redirects are answers, and
 * a request's credentials never follow one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type {
  Http,
  HttpAnswer,
  HttpHeader,
  HttpLimits,
  HttpRequest,
  NoAnswerReason,
  NotSentReason,
} from '../runtime/ports/http.ts';

/** What the channels say of one request: whether they speak of it at all, and whether its head was written. */
interface Watched {
  seen: boolean;
  written: boolean;
}

const watching = new AsyncLocalStorage<Watched>();
const byRequest = new WeakMap<object, Watched>();
let subscribed = false;

export function fetchHttp(): Http {
  if (!subscribed) subscribeOnce();
  return { send };
}

function subscribeOnce(): void {
  subscribed = true;
  subscribe('undici:request:create', (message) => {
    const watched = watching.getStore();
    const request = requestOf(message);
    if (!watched || !request) return;
    watched.seen = true;
    byRequest.set(request, watched);
  });
  subscribe('undici:client:sendHeaders', (message) => {
    const request = requestOf(message);
    const watched = request && byRequest.get(request);
    if (watched) watched.written = true;
  });
}

function requestOf(message: unknown): object | undefined {
  const request = typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined;
  return typeof request === 'object' && request !== null ? request : undefined;
}

async function send(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer> {
  const watched: Watched = { seen: false, written: false };
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const signal = limits.signal ? AbortSignal.any([limits.signal, timeout]) : timeout;
  try {
    return await watching.run(watched, () => exchange(request, limits, signal));
  } catch (error) {
    return failure(error, { watched, timedOut: timeout.aborted, aborted: limits.signal?.aborted === true });
  }
}

async function exchange(request: HttpRequest, limits: HttpLimits, signal: AbortSignal): Promise<HttpAnswer> {
  const response = await fetch(request.url, {
    method: request.method,
    headers: request.headers.map(([name, value]) => [name, value]),
    redirect: 'manual',
    signal,
    ...(request.body && { body: Buffer.from(request.body) }),
  });
  const body = await bodyOf(response, limits.maxResponseBytes);
  if (body === undefined) return { kind: 'no-answer', why: 'too-large' };
  const headers = [...response.headers].map(([name, value]): HttpHeader => [name, value]);
  return { kind: 'response', status: response.status, headers, body, url: request.url };
}

/** Undefined when it is larger than allowed; the rest is not read. */
async function bodyOf(response: Response, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Circumstances {
  readonly watched: Watched;
  readonly timedOut: boolean;
  readonly aborted: boolean;
}

function failure(error: unknown, circumstances: Circumstances): HttpAnswer {
  const { watched, timedOut, aborted } = circumstances;
  const codes = codesOf(error);
  if (watched.written) return { kind: 'no-answer', why: noAnswerReason(codes, circumstances) };
  if (watched.seen) return { kind: 'not-sent', why: notSentReason(codes, circumstances) };
  if (aborted || timedOut) return { kind: 'no-answer', why: aborted ? 'aborted' : 'timeout' };
  const known = codes.map((code) => NOT_SENT.get(code)).find((reason) => reason !== undefined);
  // Without code and without a request on the channels, fetch refused its own arguments (an URL, a header, a port).
  if (known === undefined && codes.length > 0) return { kind: 'no-answer', why: noAnswerReason(codes, circumstances) };
  return { kind: 'not-sent', why: known ?? 'invalid-request' };
}

function notSentReason(codes: readonly string[], { timedOut, aborted }: Circumstances): NotSentReason {
  if (aborted) return 'aborted';
  if (timedOut) return 'connect-timeout';
  for (const code of codes) {
    const reason = NOT_SENT.get(code) ?? (isTls(code) ? 'tls' : undefined);
    if (reason) return reason;
  }
  return 'unreachable';
}

const NOT_SENT: ReadonlyMap<string, NotSentReason> = new Map([
  ['ECONNREFUSED', 'connection-refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_FAIL', 'dns'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ERR_INVALID_URL', 'invalid-request'],
  ['UND_ERR_INVALID_ARG', 'invalid-request'],
]);

function isTls(code: string): boolean {
  return /^(?:ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code) || code === 'EPROTO';
}

function noAnswerReason(codes: readonly string[], { timedOut, aborted }: Circumstances): NoAnswerReason {
  if (aborted) return 'aborted';
  if (timedOut) return 'timeout';
  for (const code of codes) {
    if (code.startsWith('HPE_') || code === 'HTTPParserError' || code.startsWith('UND_ERR_RES')) return 'malformed';
    if (/^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/.test(code)) return 'timeout';
  }
  return 'reset';
}

const MAX_CAUSES = 8;

/** Codes, or names where there is no code, from the error inwards. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  let at = error;
  for (let depth = 0; depth < MAX_CAUSES && at instanceof Error; depth += 1) {
    const code = 'code' in at ? at.code : undefined;
    if (typeof code === 'string') codes.push(code);
    else if (at.name === 'HTTPParserError') codes.push(at.name);
    at = at instanceof AggregateError && at.cause === undefined ? at.errors[0] : at.cause;
  }
  return codes;
}
