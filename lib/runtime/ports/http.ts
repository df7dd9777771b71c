/**
 * The HTTP port: one request, one result, nothing thrown. What did not reach the system and what may have reached it are
 * told apart here, because only the adapter sees the socket; the closed list of run-contract section 2 is `not-sent`.
 */

export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  readonly url: string;
  /** In order; a name may come several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
}

export interface HttpLimits {
  /** For the whole exchange, the body's last byte included. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

export type NotSentReason = 'refused' | 'dns' | 'connect-timeout' | 'tls' | 'invalid-request';
export type NoAnswerReason = 'timeout' | 'reset' | 'too-large' | 'protocol';

export type HttpResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** Names in lower case; values of repeated headers joined by a comma and a space, as HTTP allows. */
      readonly headers: { readonly [name: string]: string };
      readonly body: Uint8Array;
    }
  | { readonly kind: 'not-sent'; readonly why: NotSentReason; readonly message: string }
  | { readonly kind: 'no-answer'; readonly why: NoAnswerReason; readonly message: string };

export interface Http {
  send(request: HttpRequest, limits: HttpLimits): Promise<HttpResult>;
}
