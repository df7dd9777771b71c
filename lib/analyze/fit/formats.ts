/** Formats of text that exclude each other. A format that is not listed may be anything: nothing is said of it. */

/** No text is in two of these (RFC 3339, RFC 9562, RFC 3986, RFC 5322, RFC 791, RFC 4291). */
const EXCLUSIVE: ReadonlySet<string> = new Set([
  'date',
  'date-time',
  'time',
  'duration',
  'uuid',
  'email',
  'uri',
  'ipv4',
  'ipv6',
]);

export function excludeEachOther(one: string, other: string): boolean {
  return one !== other && EXCLUSIVE.has(one) && EXCLUSIVE.has(other);
}
