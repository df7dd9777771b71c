/**
 * Media types that are a sequence of items (OpenAPI 3.2, "Sequential Media Types"): how each is told, and no more.
 */

const LINES: ReadonlySet<string> = new Set(['application/jsonl', 'application/x-ndjson', 'application/ndjson']);

/** Without parameters, in lower case. */
export function mediaEssence(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

/** One JSON value a line, or behind a record separator (RFC 7464). */
export function isJsonSequence(essence: string): boolean {
  return LINES.has(essence) || isSeparated(essence);
}

/** Each behind a record separator. */
export function isSeparated(essence: string): boolean {
  return essence === 'application/json-seq' || essence.endsWith('+json-seq');
}

/** Server-sent events. */
export function isEventStream(essence: string): boolean {
  return essence === 'text/event-stream';
}

export function isSequential(contentType: string): boolean {
  const essence = mediaEssence(contentType);
  return isJsonSequence(essence) || isEventStream(essence) || essence.startsWith('multipart/');
}
