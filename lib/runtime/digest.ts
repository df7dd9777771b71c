/**
 * Everything that is a function of bytes: digests for the journal, idempotency keys, trace ids. Digests of a run's data
 * are keyed (digest-key.ts), so that equal inputs of two runs cannot be matched up by reading the journal. node:crypto hashes
 * without touching the world.
 */
import { createHmac, hash } from 'node:crypto';
import { canonicalJson } from '../model/canonical.ts';
import type { Json } from '../model/json.ts';
import type { Message } from '../expressions/scope.ts';
import type { VisitKey } from './ports/journal.ts';

export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Of a value of the run: equal values, equal digests, within one run. */
export function digestOfValue(key: string, value: Json): string {
  return digestOfBytes(key, [canonicalJson(value)]);
}

/** Of what a step was made from. The key is no data: the same inputs have the same digest in every generation. */
export function dataDigestOf(key: string, idempotencyKey: string, request: Message | undefined): string {
  // A message is plain JSON by its type; it only lacks the index signature.
  const seen = canonicalJson((request ?? null) as unknown as Json);
  return digestOfBytes(key, [seen.replaceAll(idempotencyKey, '')]);
}

export function digestOfBytes(key: string, parts: readonly (string | Uint8Array)[]): string {
  const keyed = createHmac('sha256', key);
  for (const part of parts) keyed.update(part);
  return keyed.digest('hex');
}

/** The same for every repetition of the same effect, another one for every other effect; shaped like a UUID (version 8). */
export function idempotencyKey(runId: string, { step, visit, gen }: VisitKey): string {
  return keyOf(['idempotency', runId, step, visit, gen]);
}

/** The undo's own key: the same in all its rounds, and never the step's. */
export function idempotencyKeyOfUndo(runId: string, { step, visit, gen }: VisitKey, number: number): string {
  return keyOf(['undo', runId, step, visit, gen, number]);
}

function keyOf(parts: readonly (string | number)[]): string {
  const hex = sha256(JSON.stringify(parts));
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** W3C Trace Context: the run's trace, and a span id of its own for each attempt. */
export function traceparentOf(
  runId: string,
  parent: string | undefined,
  attempt: VisitKey & { readonly attempt: number },
): string {
  const given = TRACEPARENT.exec(parent ?? '');
  const trace = given?.[1] ?? sha256(JSON.stringify(['trace', runId])).slice(0, 32);
  const span = sha256(JSON.stringify(['span', runId, attempt.step, attempt.visit, attempt.gen, attempt.attempt]));
  return `00-${trace}-${span.slice(0, 16)}-${given?.[2] ?? '01'}`;
}
