/** Tells names apart where what a place may hold leaves some of them out. No secret, and no proof of anything. */
import { createHash } from 'node:crypto';

export const SHORT_DIGITS = 8;

export function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, SHORT_DIGITS);
}
