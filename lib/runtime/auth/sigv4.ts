/**
 * AWS Signature Version 4, by AWS's own implementation, over the request exactly as it goes out: host, path, query, body and
 * headers. The library is loaded on first use; hash and time are given to it, so that it waits for nothing and a signature
 * can be replayed in a test.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { SigningCredential } from '../../model/environment.ts';
import type { HttpHeader, HttpRequest } from '../ports/http.ts';
import type { AwsKeys } from '../ports/secrets.ts';

export interface Signing extends SigningCredential {
  readonly keys: AwsKeys;
}

export async function signedForAws(request: HttpRequest, signing: Signing, now: number): Promise<HttpRequest> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { keys, region, service } = signing;
  const signer = new SignatureV4({
    credentials: keys,
    region,
    service,
    sha256: Sha256,
    // S3 alone takes a path as it is written; for all others it is escaped once more.
    uriEscapePath: service !== 's3',
  });
  const { host, hostname, protocol, pathname, searchParams } = new URL(request.url);
  const own = request.headers.filter(([name]) => !REPLACED.has(name.toLowerCase()));
  const { headers } = await signer.sign(
    {
      method: request.method,
      protocol,
      hostname,
      path: pathname,
      query: queryOf(searchParams),
      headers: { host, ...merged(own) },
      ...(request.body && { body: request.body }),
    },
    { signingDate: new Date(now), unsignableHeaders: ON_THE_WAY },
  );
  const signed = ADDED.flatMap((name): HttpHeader[] => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...request, headers: [...own, ...signed] };
}

const ADDED = ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'] as const;
const REPLACED: ReadonlySet<string> = new Set(ADDED);
/** Proxies and tracers change them. */
const ON_THE_WAY: Set<string> = new Set(['traceparent', 'tracestate', 'accept', 'accept-encoding', 'cookie']);

function merged(headers: readonly HttpHeader[]): { [name: string]: string } {
  const all: { [name: string]: string } = Object.create(null);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    all[key] = all[key] === undefined ? value : `${all[key]},${value}`;
  }
  return { ...all };
}

function queryOf(query: URLSearchParams): { [name: string]: string[] } {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

/** As the library wants a hash: constructed, fed, and asked once. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    throw new Error('a hash is asked once');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
