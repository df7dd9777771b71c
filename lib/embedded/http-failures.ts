/**
 * What a failed exchange proves, from when it failed and what Node calls it: nothing was sent where there was no connection
 * yet, whatever the error; after that the system may have seen the request, and only how the answer was missed differs.
 */
import type { HttpAnswer, NoAnswerReason, NotSentReason } from '../runtime/ports/http.ts';

export interface Circumstances {
  /** The connection was there (its TLS handshake too), so that the request may have been written. */
  readonly written: boolean;
  readonly timedOut: boolean;
  readonly aborted: boolean;
}

export function failedAnswer(error: unknown, circumstances: Circumstances): HttpAnswer {
  const codes = codesOf(error);
  return circumstances.written
    ? { kind: 'no-answer', why: noAnswerReason(codes, circumstances) }
    : { kind: 'not-sent', why: notSentReason(codes, circumstances) };
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
  ['ETIMEDOUT', 'connect-timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
]);

function isTls(code: string): boolean {
  return /^(?:ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code) || code === 'EPROTO';
}

function noAnswerReason(codes: readonly string[], { timedOut, aborted }: Circumstances): NoAnswerReason {
  if (aborted) return 'aborted';
  if (timedOut) return 'timeout';
  return codes.some((code) => MALFORMED.test(code)) ? 'malformed' : 'reset';
}

/** Of the HTTP parser and of the decompressors. */
const MALFORMED = /^(?:HPE_|Z_|ERR__ERROR_|ERR_BROTLI_)/;

const MAX_CAUSES = 8;

/** From the error inwards. A host of several addresses that all fail gives one error with theirs in it. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  let at = error;
  for (let depth = 0; depth < MAX_CAUSES && at instanceof Error; depth += 1) {
    const code = 'code' in at ? at.code : undefined;
    if (typeof code === 'string') codes.push(code);
    at = at instanceof AggregateError && at.cause === undefined ? at.errors[0] : at.cause;
  }
  return codes;
}
