/**
 * How documents are called and how a reference leads from one to another (RFC 3986, section 5). A local document is
 * called by its decoded path relative to the description's folder, one of the network by its URL: both are what a
 * person would write. Nothing here decides whether a document may be read.
 */

export interface Reference {
  /** Without the fragment; '' is the document itself. */
  readonly uri: string;
  /** Decoded, without `#`; '' is the whole document. */
  readonly fragment: string;
}

export function splitReference(reference: string): Reference {
  const hash = reference.indexOf('#');
  if (hash < 0) return { uri: reference, fragment: '' };
  return { uri: reference.slice(0, hash), fragment: percentDecoded(reference.slice(hash + 1)) };
}

export function isWebUri(uri: string): boolean {
  return /^https?:\/\//i.test(uri);
}

/** `urn`, `ftp`, ...; a path has none, nor has one with a drive letter. */
export function schemeOf(uri: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
}

/** A word alone is a name; `./word` is how a document of that name is named. */
export function looksLikeUri(text: string): boolean {
  return /[#/]/.test(text) || schemeOf(text) !== undefined;
}

/** The document that `reference` (without fragment) names when it stands in the document `base`. */
export function resolveUri(base: string, reference: string): string {
  if (reference === '') return base;
  if (isWebUri(reference) || isWebUri(base)) return webUri(base, reference);
  // A path in a document of the network never becomes a path on this machine: it was resolved just above.
  if (schemeOf(reference) === 'file') return localPath('', reference.replace(/^file:(?:\/\/(?:localhost)?)?/i, ''));
  if (schemeOf(reference) !== undefined) return reference;
  return localPath(base, reference);
}

/** The name of a document as a caller gave it: a path is normalised, not decoded. */
export function documentUri(name: string): string {
  if (isWebUri(name)) return webUri(name, '');
  return schemeOf(name) === undefined ? normalised(name.replaceAll('\\', '/')) : name;
}

/** A malformed escape stays as it is written: the worst that follows is a file that is not found. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function webUri(base: string, reference: string): string {
  const url = isWebUri(base) ? URL.parse(reference, base) : URL.parse(reference);
  if (!url) return reference;
  url.hash = '';
  return url.href;
}

function localPath(base: string, reference: string): string {
  const path = percentDecoded(reference.replace(/\?.*$/s, '')).replaceAll('\\', '/');
  if (/^(?:\/|[a-z]:\/)/i.test(path)) return normalised(path.replace(/^\/(?=[a-z]:\/)/i, ''));
  return normalised(base.slice(0, base.lastIndexOf('/') + 1) + path);
}

/** Without `.` and, as far as there is something to leave, without `..`. */
function normalised(path: string): string {
  const isAbsolute = path.startsWith('/');
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    const canLeave = kept.length > 0 && kept.at(-1) !== '..';
    if (segment !== '..') kept.push(segment);
    else if (canLeave) kept.pop();
    else if (!isAbsolute) kept.push('..');
  }
  return (isAbsolute ? '/' : '') + kept.join('/');
}
