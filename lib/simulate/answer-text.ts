/** A value as the body of an answer of its content type: JSON, or a sequence of values as that type has it. */
import { isObject, type Json } from '../model/json.ts';
import { isEventStream, isJsonSequence, isSeparated, mediaEssence } from '../model/sequences.ts';
import { eventText } from '../runtime/request/events.ts';

export function answerText(contentType: string, body: Json): string {
  const essence = mediaEssence(contentType);
  if (typeof body === 'string' && !/[/+]json\b/.test(essence)) return body;
  if (!Array.isArray(body)) return JSON.stringify(body);
  const values = body as readonly Json[];
  if (isEventStream(essence)) return eventText(values.filter(isObject));
  if (!isJsonSequence(essence)) return JSON.stringify(body);
  return values.map((value) => `${isSeparated(essence) ? '\u001e' : ''}${JSON.stringify(value)}\n`).join('');
}
