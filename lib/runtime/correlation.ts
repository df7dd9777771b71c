/**
 * Whose a message is: the value that it carries where its channel says, as text, so that `42` and `"42"` are one. The same
 * value is what a step waits for, and what is put into a message that is sent.
 */
import { canonicalJson } from '../model/canonical.ts';
import { type Json, type JsonObject, own } from '../model/json.ts';
import type { CorrelationPlace } from '../model/message.ts';
import { atPointer, parsePointer } from '../expressions/pointer.ts';
import { sha256 } from './digest.ts';
import type { Channelled } from './ports/mailboxes.ts';

export interface MessageParts {
  /** Names in lower case. */
  readonly header: { readonly [name: string]: string };
  readonly payload?: Json;
}

/** Where it is looked for in messages of channels that do not say. */
const USUAL: readonly CorrelationPlace[] = [
  { in: 'header', name: 'correlationid' },
  { in: 'header', name: 'correlation-id' },
  { in: 'header', name: 'x-correlation-id' },
  { in: 'payload', pointer: '/correlationId' },
];

const MOST_CHARACTERS = 1_000;

export function correlationIn(message: MessageParts, places: readonly CorrelationPlace[]): string | undefined {
  for (const place of places.length > 0 ? places : USUAL) {
    const found = correlationText(valueAt(message, place));
    if (found !== undefined) return found;
  }
  return undefined;
}

function valueAt({ header, payload }: MessageParts, place: CorrelationPlace): Json | undefined {
  if (place.in === 'header') return own(header, place.name.toLowerCase());
  const tokens = parsePointer(place.pointer);
  return payload === undefined || tokens === undefined ? undefined : atPointer(payload, tokens);
}

/** Undefined where it tells nothing apart: nothing, null, an empty text, or what is no id for its length. */
export function correlationText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return text.length > MOST_CHARACTERS ? undefined : text;
}

/**
 * The box of a channel's messages with that id, or of those that are for whoever waits. A digest: what runs wait for is
 * nobody's business who reads the keys of a store.
 */
export function mailboxKey({ integration, source, channel }: Channelled, correlation: string | undefined): string {
  const parts: Json = [integration, source, channel, correlation ?? null];
  return sha256(JSON.stringify(parts));
}

/** A message as it is kept. */
export function messageJson(header: { readonly [name: string]: string }, body: string): JsonObject {
  return { header, body };
}
