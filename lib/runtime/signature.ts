/**
 * Whether a message comes from who it says: signatures of webhooks, over the very characters that were sent. Three ways,
 * which most systems use: an HMAC in a header, the Standard Webhooks scheme (with a time, so that an old one is not played
 * again), and a shared text in a header. Compared in constant time; a message without its header is not signed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ChannelSignature } from '../model/environment.ts';
import { own } from '../model/json.ts';
import { unreachable } from '../model/assert.ts';
import type { Environments } from './ports/environment.ts';
import type { Secrets } from './ports/secrets.ts';

export interface SignedMessage {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export type SignatureCheck = Omit<ChannelSignature, 'secret'> & { readonly secret: string };

/** How old a signed time may be, or how far ahead (Standard Webhooks, "verifying webhook authenticity"). */
const TOLERANCE_MS = 5 * 60_000;

export function isSigned(check: SignatureCheck, message: SignedMessage, now: number): boolean {
  const { scheme = 'hmac-sha256' } = check;
  switch (scheme) {
    case 'hmac-sha256':
      return isHmac(check, message);
    case 'standard-webhooks':
      return isStandard(check, message, now);
    case 'token':
      return isEqual(headerOf(check, message), `${check.prefix ?? ''}${check.secret}`);
    default:
      return unreachable(scheme, 'scheme of a signature');
  }
}

/** As an environment has it, with its secret. */
export async function signatureFor(
  { environments, secrets }: { readonly environments: Environments; readonly secrets: Secrets },
  source: string,
  channel: string,
): Promise<SignatureCheck | undefined> {
  const said = own(environments.system(source).channels ?? {}, channel);
  if (said === undefined || typeof said === 'string' || !said.signature) return undefined;
  const { secret, ...rest } = said.signature;
  return { ...rest, secret: await secrets.resolve(secret) };
}

function isHmac(check: SignatureCheck, message: SignedMessage): boolean {
  const { secret, prefix = '', encoding = 'hex' } = check;
  const given = headerOf(check, message);
  const expected = createHmac('sha256', secret).update(message.body).digest(encoding);
  return isEqual(encoding === 'hex' ? given?.toLowerCase() : given, `${prefix}${expected}`);
}

/** `webhook-signature: v1,<base64> v1,<base64>`: several while keys are changed. */
function isStandard({ secret }: SignatureCheck, { headers, body }: SignedMessage, now: number): boolean {
  const id = headers.get('webhook-id');
  const time = headers.get('webhook-timestamp') ?? '';
  const signatures = (headers.get('webhook-signature') ?? '').split(' ').slice(0, 10);
  if (id === undefined || !/^\d{1,12}$/.test(time) || Math.abs(now - Number(time) * 1000) > TOLERANCE_MS) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`;
  return signatures.some((signature) => isEqual(signature, expected));
}

const DEFAULT_HEADER = 'x-signature';

function headerOf({ header = DEFAULT_HEADER }: SignatureCheck, { headers }: SignedMessage): string | undefined {
  return headers.get(header.toLowerCase());
}

function isEqual(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const one = Buffer.from(given);
  const other = Buffer.from(expected);
  return one.length === other.length && timingSafeEqual(one, other);
}
