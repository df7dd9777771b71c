/**
 * The HTTP port over Node's own fetch. What it must get right is the border between "nothing was sent" and "it may have
 * arrived": only errors that come before a connection stands are `not-sent`, every other end without a response is
 * `no-answer` (run-contract section 2). Redirects are answers; bodies are bounded while they stream.
 */
import type { Http, HttpAnswer, HttpHeader, HttpLimits, HttpRequest, NoAnswerReason, NotSentReason } from '../runtime/ports/http.ts';

export function fetchHttp(): Http {
  return { send };
}

async function send(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), limits.timeoutMs);
  const signal = limits.signal ? AbortSignal.any([timeout.signal, limits.signal]) : timeout.signal;
  try {
    return await exchange(request, limits, signal);
  } catch (error) {
    return withoutResponse(error, { timedOut: timeout.signal.aborted, aborted: limits.signal?.aborted ?? false });
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(request: HttpRequest, limits: HttpLimits, signal: AbortSignal): Promise<HttpAnswer> {
  const headers = new Headers();
  for (const [name, value] of request.headers) headers.append(name, value);
  const body = request.body === undefined ? null : new Uint8Array(request.body);
  const response = await fetch(request.url, { method: request.method, headers, body, redirect: 'manual', signal });
  const bytes = await boundedBody(response, limits.maxResponseBytes);
  if (!bytes) return { kind: 'no-answer', why: 'too-large' };
  return { kind: 'response', status: response.status, headers: headersOf(response), body: bytes, url: request.url };
}

async function boundedBody(response: Response, limit: number): Promise<Uint8Array | undefined> {
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream, which closes the connection.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Headers joins repeated ones except cookies, which come apart again. */
function headersOf(response: Response): readonly HttpHeader[] {
  return [...response.headers].map(([name, value]) => [name.toLowerCase(), value] as const);
}

const BEFORE_SENDING: { readonly [code: string]: NotSentReason } = {
  ECONNREFUSED: 'connection-refused',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  UND_ERR_INVALID_ARG: 'invalid-request',
  ERR_INVALID_URL: 'invalid-request',
};

const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH)/;

function withoutResponse(error: unknown, why: { readonly timedOut: boolean; readonly aborted: boolean }): HttpAnswer {
  if (why.timedOut) return { kind: 'no-answer', why: 'timeout' };
  if (why.aborted) return { kind: 'no-answer', why: 'aborted' };
  const codes = codesOf(error);
  for (const code of codes) {
    const before = BEFORE_SENDING[code] ?? (TLS_CODE.test(code) ? 'tls' : undefined);
    if (before) return { kind: 'not-sent', why: before };
  }
  return { kind: 'no-answer', why: noAnswer(codes) };
}

function noAnswer(codes: readonly string[]): NoAnswerReason {
  if (codes.some((code) => code.startsWith('HPE_'))) return 'malformed';
  return codes.some((code) => /TIMEOUT/.test(code)) ? 'timeout' : 'reset';
}

/** fetch wraps what happened: the code is on a cause, or on each of several tried addresses. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  const visit = (one: unknown, depth: number): void => {
    if (!(one instanceof Error) || depth > 5) return;
    if ('code' in one && typeof one.code === 'string') codes.push(one.code);
    if (one instanceof AggregateError) for (const inner of one.errors) visit(inner, depth + 1);
    visit(one.cause, depth + 1);
  };
  visit(error, 0);
  return codes;
}
