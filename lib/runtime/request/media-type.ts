/** The few things that handlers must know of a media type (RFC 9110 section 8.3). */

/** Without parameters, in lower case. */
export function essenceOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

export function isJson(contentType: string): boolean {
  const essence = essenceOf(contentType);
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

export function isText(contentType: string): boolean {
  const essence = essenceOf(contentType);
  return essence.startsWith('text/') || /[/+]xml$/.test(essence) || /[/+]yaml$/.test(essence) || TEXTUAL.has(essence);
}

const TEXTUAL: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'application/javascript',
  'application/graphql',
]);

/** The `charset` parameter, in lower case. */
export function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase();
}
