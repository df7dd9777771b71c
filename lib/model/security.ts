/**
 * Which security schemes Interlock can meet. What it cannot is said by the check, before anything runs, and refused by the
 * handler that would send the request: both ask here.
 */
import type { SecurityScheme } from './openapi.ts';

const HTTP_SCHEMES: readonly string[] = ['bearer', 'basic'];

/** `http` has schemes without end, and some of them need more than a credential (digest, mutual, hoba). */
export function isBuilt(scheme: SecurityScheme): boolean {
  return scheme.type !== 'http' || HTTP_SCHEMES.includes(scheme.scheme.toLowerCase());
}

/** In words: `http digest`, `apiKey`. */
export function schemeWords(scheme: SecurityScheme): string {
  return scheme.type === 'http' ? `http ${scheme.scheme}` : scheme.type;
}
