/**
 * The answer as expressions see it, by its content type: JSON as what it says, JSON lines as a list, text and XML as text,
 * anything else as base64. JSON that does not parse, text that is not in its charset and JSON nested deeper than anything
 * downstream could walk are unparseable: such an answer proves nothing (run-contract section 2).
 */
import type { Json } from '../../model/json.ts';
import type { PlanMediaType, PlanOperation } from '../../model/plan.ts';
import type { Message } from '../../expressions/scope.ts';
import { isTooDeep, MAX_JSON_DEPTH } from '../json-depth.ts';
import type { HttpHeader, HttpResponse } from '../ports/http.ts';
import { decoded, decodedText } from './charset.ts';
import { eventsIn } from './events.ts';
import { isEvents, isJson, isJsonLines, isText } from './media-type.ts';

export interface ReadResponse {
  readonly status: number;
  readonly message: Message;
  /** Why the body could not be read as what it claims to be. */
  readonly unparseable?: string;
  readonly retryAfter?: string;
  /** A message, and no answer to a request. */
  readonly received?: true;
}

/** `declared`: the answers that its operation documents. */
export function readResponse(response: HttpResponse, declared: PlanOperation['responses'] = []): ReadResponse {
  const header = headerMap(response.headers);
  const contentType = header['content-type'] ?? '';
  const isEventList = isEvents(contentType) && declared.some(({ content }) => content.some(isListOfEvents));
  const body = isEventList ? readEvents(response.body) : readBody(response.body, contentType);
  const retryAfter = header['retry-after'];
  return {
    status: response.status,
    message: { header, ...(body.kind === 'read' && { body: body.value }) },
    ...(body.kind === 'unparseable' && { unparseable: body.why }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

/** Without an `itemSchema` a stream of events is the text that older documents have it as. */
function isListOfEvents({ contentType, isSequence }: PlanMediaType): boolean {
  return isSequence === true && isEvents(contentType);
}

/** Repeated fields are joined as RFC 9110 section 5.3 has it. */
function headerMap(headers: readonly HttpHeader[]): { readonly [name: string]: string } {
  const all: { [name: string]: string } = Object.create(null);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const known = all[key];
    all[key] = known === undefined ? value : `${known}, ${value}`;
  }
  return all;
}

type ReadBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly value: Json }
  | { readonly kind: 'unparseable'; readonly why: string };

function readBody(bytes: Uint8Array, contentType: string): ReadBody {
  if (bytes.length === 0) return { kind: 'none' };
  if (isJson(contentType)) return readJson(bytes);
  if (isJsonLines(contentType)) return readJsonLines(bytes);
  if (isText(contentType)) return readText(bytes, contentType);
  const text = contentType === '' ? decoded(bytes, 'utf-8') : undefined;
  return { kind: 'read', value: text ?? Buffer.from(bytes).toString('base64') };
}

/** RFC 8259 section 8.1: JSON between systems is UTF-8, whatever a charset says. */
function readJson(bytes: Uint8Array): ReadBody {
  const text = decoded(bytes, 'utf-8');
  return text === undefined ? NOT_UTF_8 : parsed(text);
}

const NOT_UTF_8: ReadBody = { kind: 'unparseable', why: 'its JSON is not UTF-8' };

function parsed(text: string): ReadBody {
  try {
    // JSON.parse yields JSON.
    const value = JSON.parse(text) as Json;
    // Each level takes two brackets.
    if (text.length > 2 * MAX_JSON_DEPTH && isTooDeep(value))
      return { kind: 'unparseable', why: `its JSON is nested deeper than ${MAX_JSON_DEPTH} levels` };
    return { kind: 'read', value };
  } catch {
    return { kind: 'unparseable', why: 'it says that it is JSON and is not' };
  }
}

/** A list of what each line says (OpenAPI 3.2, Sequential Media Types). */
function readJsonLines(bytes: Uint8Array): ReadBody {
  const text = decoded(bytes, 'utf-8');
  if (text === undefined) return NOT_UTF_8;
  const values: Json[] = [];
  for (const line of text.split(/[\n\u001e]/)) {
    if (line.trim() === '') continue;
    const one = parsed(line);
    if (one.kind !== 'read') return one;
    values.push(one.value);
  }
  return { kind: 'read', value: values };
}

function readEvents(bytes: Uint8Array): ReadBody {
  const text = decoded(bytes, 'utf-8');
  return text === undefined
    ? { kind: 'unparseable', why: 'its events are not UTF-8' }
    : { kind: 'read', value: eventsIn(text) };
}

function readText(bytes: Uint8Array, contentType: string): ReadBody {
  const text = decodedText(bytes, contentType);
  return text === undefined
    ? { kind: 'unparseable', why: `its text is not in the charset that it names` }
    : { kind: 'read', value: text };
}
