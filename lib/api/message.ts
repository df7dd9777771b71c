/**
 * A request to the run API and its response, as values: hosts make the one from their HTTP and write the other to it. A
 * response is text, or a stream of events that its host opens, so the core answers without waiting and without sockets.
 */
export interface ApiRequest {
  /** In capitals. */
  readonly method: string;
  /** As it was sent, percent-encoded, without the query. */
  readonly path: string;
  /** Names and values, decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** By names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** Undefined: none was sent. */
  readonly body: string | undefined;
  /** Who asks, as its host knows it; undefined: nobody that it knows. */
  readonly actor: string | undefined;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | EventStream;
}

/** Server-sent events: `send` is called with their text, `end` once, unless the function that comes back is called first. */
export interface EventStream {
  open(send: (text: string) => void, end: () => void): () => void;
}

/** What a body may have at most; Lambda hands over requests of 6 MB with everything around them. */
export const MOST_BODY_BYTES: number = 4 * 1024 * 1024;

export const JSON_TYPE = 'application/json';

export function jsonResponse(
  status: number,
  body: unknown,
  headers: { readonly [name: string]: string } = {},
): ApiResponse {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}
