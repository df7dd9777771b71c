/**
 * From a request of node:http to a Call. Bodies are bounded and read to their end, since an answer can only be sent on
 * a connection that is not in the middle of a request. Nothing of the request is judged here but its form.
 */
import type { IncomingMessage } from 'node:http';
import { partsOf } from './multipart.ts';
import { Problem } from './problem.ts';
import type { Call, Match } from './router.ts';

const bodyLimit = 65_536;

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  if (size > bodyLimit) throw new Problem(413, 'content-too-large', `A body may have ${bodyLimit} bytes.`);
  return Buffer.concat(chunks).toString(isMultipart(request.headers['content-type']) ? 'latin1' : 'utf8');
}

/** Files in it are bytes: such a body is one character for each. */
function isMultipart(contentType: string | undefined): boolean {
  return /^multipart\/form-data\b/i.test(contentType ?? '');
}

export function urlOf(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
  if (url === null) throw new Problem(400, 'invalid-path', 'The request target is not a URL.');
  return url;
}

export function callOf(
  request: Pick<IncomingMessage, 'headers'>,
  { route, params }: Match,
  query: URLSearchParams,
  body: string,
): Call {
  return {
    operation: route.operation,
    params,
    query,
    authorization: request.headers.authorization,
    idempotencyKey: keyOf(request.headers['idempotency-key']),
    body: parsed(request.headers['content-type'], body),
  };
}

/** Admin routes are for this machine: no name but loopback's (DNS rebinding), and no web page (Origin). */
export function refuseStrangers(request: IncomingMessage): void {
  const host = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname;
  if ((host === '127.0.0.1' || host === 'localhost') && request.headers.origin === undefined) return;
  throw new Problem(403, 'loopback-only', 'Admin routes answer only to programs on this machine.');
}

function keyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && header.length >= 1 && header.length <= 255) return header;
  throw new Problem(400, 'invalid-idempotency-key', 'An Idempotency-Key has 1 to 255 characters.');
}

function parsed(contentType: string | undefined, body: string): unknown {
  if (body === '') return undefined;
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') return jsonOf(body);
  if (contentType !== undefined && isMultipart(contentType)) return partsOf(contentType, body);
  if (mediaType === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(body));
  throw new Problem(
    415,
    'unsupported-media-type',
    `Send application/json, not ${mediaType ?? 'a body without a type'}.`,
  );
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem(400, 'invalid-json', 'The body is not JSON.');
  }
}
