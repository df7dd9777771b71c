/**
 * Which security schemes Interlock can meet. What it cannot is said by the check, before anything runs, and refused by the
 * handler that would send the request: both ask here.
 */
import type { SecurityScheme } from './openapi.ts';

export type BuiltScheme = Exclude<SecurityScheme, { type: 'openIdConnect' | 'mutualTLS' | 'sigv4' }>;

const HTTP_SCHEMES: readonly string[] = ['bearer', 'basic'];

export function isBuilt(scheme: SecurityScheme): scheme is BuiltScheme {
  switch (scheme.type) {
    case 'openIdConnect':
    case 'mutualTLS':
    case 'sigv4':
      return false;
    case 'http':
      return HTTP_SCHEMES.includes(scheme.scheme.toLowerCase());
    default:
      return true;
  }
}

/** In words: `http digest`, `apiKey`. */
export function schemeWords(scheme: SecurityScheme): string {
  return scheme.type === 'http' ? `http ${scheme.scheme}` : scheme.type;
}
