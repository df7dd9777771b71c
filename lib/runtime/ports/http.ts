/**
 * The HTTP port: one request, one answer, nothing thrown for what the network does. What did not reach the system and
 * what may have reached it are told apart here, because only the adapter sees the socket: `not-sent` is the closed list
 * of run-contract section 2, everything else without a response may have had its effect. Redirects are answers.
 */
export type HttpHeader = readonly [name: string, value: string];

export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  readonly url: string;
  /** In order; a name may come several times. */
  readonly headers: readonly HttpHeader[];
  readonly body?: Uint8Array;
  /** Whom the connection presents itself as (mutual TLS). */
  readonly certificate?: ClientCertificate;
}

/** PEM texts; `ca` where the server's own certificate comes from an authority that the machine does not know. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

export interface HttpLimits {
  /** For the whole exchange, the body's last byte included. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs?: number;
  readonly maxResponseBytes: number;
  readonly signal?: AbortSignal;
}

export type NotSentReason =
  | 'connection-refused'
  | 'unreachable'
  | 'dns'
  | 'connect-timeout'
  | 'tls'
  | 'aborted'
  | 'invalid-request';

export type NoAnswerReason = 'timeout' | 'reset' | 'aborted' | 'too-large' | 'malformed';

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  /** Names in lower case, in order; repeated ones repeat. */
  readonly headers: readonly HttpHeader[];
  readonly body: Uint8Array;
  readonly url: string;
}

/** Nothing reached the system: said only by who knows it. */
export interface NotSent {
  readonly kind: 'not-sent';
  readonly why: NotSentReason;
}

/** The system may have seen the request; there is no answer to trust. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly why: NoAnswerReason;
}

export type HttpAnswer = HttpResponse | NotSent | NoAnswer;

export interface Http {
  send(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer>;
}
