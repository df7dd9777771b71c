/**
 * Server-sent events as values (HTML, "Interpreting an event stream"; OpenAPI 3.2, "Server-Sent Event Streams"): an event is
 * an object of the fields that it was sent with, all texts but `retry`, which is a number. Comments, fields of other names,
 * what has no data and what is not closed by an empty line say nothing.
 */
import type { Json, JsonObject } from '../../model/json.ts';

export function eventsIn(text: string): readonly JsonObject[] {
  const events: JsonObject[] = [];
  let open: { [field: string]: Json } = {};
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const lines = clean.split(/\r\n|\n|\r/);
  // What stands behind the last end of a line is no line yet.
  for (const line of lines.slice(0, -1)) {
    if (line !== '') addField(open, line);
    else {
      if (open['data'] !== undefined) events.push(open);
      open = {};
    }
  }
  return events;
}

function addField(event: { [field: string]: Json }, line: string): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') event['data'] = event['data'] === undefined ? value : `${String(event['data'])}\n${value}`;
  if (name === 'event') event['event'] = value;
  if (name === 'id' && !value.includes('\0')) event['id'] = value;
  if (name === 'retry' && /^\d+$/.test(value)) event['retry'] = Number(value);
}

/** The text of such events, for whoever sends them. */
export function eventText(events: readonly JsonObject[]): string {
  return events.map(oneEvent).join('');
}

function oneEvent(event: JsonObject): string {
  const fields = Object.entries(event).flatMap(([name, value]) =>
    (typeof value === 'string' ? value : JSON.stringify(value)).split('\n').map((line) => `${name}: ${line}\n`),
  );
  return `${fields.join('')}\n`;
}
