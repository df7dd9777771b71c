/**
 * Messages as Lambda hands them over: records of SQS and SNS, an event of EventBridge. Where each comes from says over which
 * channel it came (`INTERLOCK_CHANNELS`, written by lib/constructs/messages.ts). A notification of SNS that lies in a queue
 * is taken out of its envelope. What cannot be read is nothing that trying again would mend, and is told apart.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';

export interface CarriedMessage {
  readonly source: string;
  readonly channel: string;
  readonly id: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Who brought it. */
  readonly carrier: string;
  /** Of a queue: by it the record is told to be tried again. */
  readonly record?: string;
}

export interface ChannelPlace {
  readonly place: string;
  readonly source: string;
  readonly channel: string;
}

/** What the event brings over channels that are known; a place may bring several channels, and then each has it. */
export function messagesIn(event: unknown, places: readonly ChannelPlace[]): readonly CarriedMessage[] {
  const json = event as Json;
  if (!isObject(json)) return [];
  const records = own(json, 'Records');
  if (Array.isArray(records)) return (records as readonly Json[]).flatMap((record) => ofRecord(record, places));
  return ofEvent(json, places);
}

type Told = Omit<CarriedMessage, 'source' | 'channel' | 'carrier'>;

function over(places: readonly ChannelPlace[], place: string, told: Told): readonly CarriedMessage[] {
  return places
    .filter((one) => one.place === place)
    .map(({ source, channel }) => ({ source, channel, carrier: place, ...told }));
}

function ofRecord(record: Json, places: readonly ChannelPlace[]): readonly CarriedMessage[] {
  if (!isObject(record)) return [];
  const queue = textAt(record, 'eventSourceARN');
  if (queue !== undefined) return over(places, queue, ofQueue(record));
  const notification = own(record, 'Sns');
  const topic = isObject(notification) ? textAt(notification, 'TopicArn') : undefined;
  if (!isObject(notification) || topic === undefined) return [];
  return over(places, topic, ofTopic(notification));
}

function ofQueue(record: JsonObject): Told {
  const id = textAt(record, 'messageId') ?? '';
  const body = textAt(record, 'body') ?? '';
  const inner = notificationIn(body);
  if (inner) return { ...ofTopic(inner), record: id };
  return { id, record: id, body, headers: headersOf(own(record, 'messageAttributes'), 'stringValue') };
}

function ofTopic(notification: JsonObject): Told {
  return {
    id: textAt(notification, 'MessageId') ?? '',
    body: textAt(notification, 'Message') ?? '',
    headers: headersOf(own(notification, 'MessageAttributes'), 'Value'),
  };
}

function ofEvent(event: JsonObject, places: readonly ChannelPlace[]): readonly CarriedMessage[] {
  const subject = textAt(event, 'detail-type');
  const id = textAt(event, 'id') ?? '';
  const headers = new Map([['content-type', 'application/json']]);
  return places
    .filter(({ place, channel }) => place.includes(':event-bus/') && channel === subject)
    .map(({ source, channel, place }) => ({
      source,
      channel,
      carrier: place,
      id,
      headers,
      body: JSON.stringify(own(event, 'detail') ?? null),
    }));
}

/** An envelope of SNS, and no message that happens to have such members. */
function notificationIn(body: string): JsonObject | undefined {
  if (!body.startsWith('{') || !body.includes('"Notification"')) return undefined;
  try {
    const said = JSON.parse(body) as Json;
    const isOne = isObject(said) && said['Type'] === 'Notification' && textAt(said, 'TopicArn') !== undefined;
    return isOne ? said : undefined;
  } catch {
    return undefined;
  }
}

/** Attributes are headers; nothing says of which type a body is but the sender, and most are JSON. */
function headersOf(attributes: Json | undefined, value: string): ReadonlyMap<string, string> {
  const headers = new Map([['content-type', 'application/json']]);
  for (const [name, attribute] of Object.entries(isObject(attributes) ? attributes : {})) {
    const text = isObject(attribute) ? textAt(attribute, value) : undefined;
    if (text !== undefined) headers.set(name.toLowerCase(), text);
  }
  return headers;
}

function textAt(object: JsonObject, name: string): string | undefined {
  const value = own(object, name);
  return typeof value === 'string' ? value : undefined;
}
