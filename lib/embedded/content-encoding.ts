/** Answers that come compressed (RFC 9110 section 8.4), as the stream of what they hold. A coding nobody knows stays as it is. */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Not `deflate`: servers do not agree on what it is. */
export const ACCEPTED_ENCODINGS = 'gzip, br';

const DECODERS: { readonly [coding: string]: (() => Transform) | undefined } = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export function decoded(response: IncomingMessage, method: string): Readable {
  const codings = response.headers['content-encoding'];
  if (codings === undefined || hasNoBody(response, method)) return response;
  // As they were applied: the last one is taken off first.
  const makers = codings.split(',').map((coding) => DECODERS[coding.trim().toLowerCase()]);
  const known = makers.filter((make) => make !== undefined);
  if (known.length < makers.length) return response;
  const decoders = known.map((make) => make()).toReversed();
  // Whoever reads the last one hears of every fault.
  pipeline([response, ...decoders], () => undefined);
  return decoders.at(-1) ?? response;
}

function hasNoBody({ statusCode }: IncomingMessage, method: string): boolean {
  return method === 'HEAD' || statusCode === 204 || statusCode === 304;
}
