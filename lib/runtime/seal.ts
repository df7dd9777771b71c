/**
 * Secrets that have to lie in a shared store, unreadable for whoever reads the store: AES-256-GCM under a key that is
 * derived from a secret which only the callers have. Nothing decides here who that is, or what is worth sealing.
 */
import { createCipheriv, createDecipheriv, hash, hkdfSync } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `nonce` must be another one each time: a UUID will do. `purpose` keeps sealed texts from standing in for each other. */
export function seal(
  text: string,
  secret: string,
  { purpose, nonce }: { readonly purpose: string; readonly nonce: string },
): string {
  const iv = hash('sha256', nonce, 'buffer').subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(secret, purpose), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Undefined: it was sealed with another secret, or changed since. */
export function unseal(sealed: string, secret: string, purpose: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keyOf(secret, purpose), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return text.toString('utf8');
  } catch {
    return undefined;
  }
}

function keyOf(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `interlock ${purpose}`, 32));
}
