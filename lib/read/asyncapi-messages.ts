/**
 * The messages of a channel: what they carry, in which content type, and where they say whose they are. Traits are merged
 * as the specification has it, under what the message says itself (AsyncAPI 3.0.0, Message Object and Message Trait
 * Object). A payload in a format that is no JSON Schema (Avro, Protobuf) is left unchecked.
 */
import type { ChannelMessage } from '../model/asyncapi.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { CorrelationPlace } from '../model/message.ts';
import type { AsyncApiFaults } from './asyncapi-faults.ts';
import type { DocumentSet } from './document-set.ts';
import { followed, resolveReference } from './resolve.ts';
import type { SchemaReader } from './schema-reader.ts';
import { child, items, objectOf, objects, type Spot, textIn } from './spot.ts';

export interface AsyncApiContext {
  readonly documentSet: DocumentSet;
  readonly faults: AsyncApiFaults;
  readonly schemas: SchemaReader;
  readonly root: Spot;
  /** Messages of all channels together. */
  readonly parts: number;
}

export interface ReadMessage {
  readonly message: ChannelMessage;
  readonly correlation?: CorrelationPlace;
  /** The places by which an operation may name it. */
  readonly places: readonly Place[];
}

/** The object that references lead to, or the spot itself; undefined (and told) where there is none. */
export function targetOf({ documentSet, faults }: AsyncApiContext, spot: Spot, wanted: string): Spot | undefined {
  const resolution = followed(documentSet, spot);
  if ('problem' in resolution) {
    faults.unresolvable(spot.at, textIn(spot, '$ref') ?? '', resolution.problem);
    return undefined;
  }
  if (objectOf(resolution.spot)) return resolution.spot;
  faults.member(spot.at, resolution.spot.value, wanted);
  return undefined;
}

export function messagesIn(context: AsyncApiContext, entries: readonly [string, Spot][]): readonly ReadMessage[] {
  if (entries.length > context.parts) {
    context.faults.note('OAS011', context.root.at, { what: 'messages', limit: context.parts });
  }
  return entries.slice(0, context.parts).flatMap(([name, spot]) => {
    const target = targetOf(context, spot, 'a message');
    return target ? [messageOf(context, { name, spot, target })] : [];
  });
}

function messageOf(
  context: AsyncApiContext,
  { name, spot, target }: { readonly name: string; readonly spot: Spot; readonly target: Spot },
): ReadMessage {
  const owners = [target, ...traitsOf(context, target)];
  const part = (key: string): Spot | undefined => owners.map((owner) => child(owner, key)).find(Boolean);
  const payload = schemaOf(context, child(target, 'payload'));
  const headers = schemaOf(context, part('headers'));
  const example = exampleOf(owners);
  const correlation = correlationOf(context, part('correlationId'));
  return {
    message: {
      name,
      contentType: textOf(part('contentType')) ?? textIn(context.root, 'defaultContentType') ?? 'application/json',
      ...(payload !== undefined && { payload }),
      ...(headers !== undefined && { headers }),
      ...(example && { example }),
    },
    ...(correlation && { correlation }),
    places: [spot.at, target.at, ...ways(context, spot)],
  };
}

/** A reference to the channel's entry, which is a reference itself, leads on to the message: both are the same. */
function ways({ documentSet }: AsyncApiContext, spot: Spot): readonly Place[] {
  const reference = textIn(spot, '$ref');
  const next = reference === undefined ? undefined : resolveReference(documentSet, reference, spot);
  return next && 'spot' in next ? [next.spot.at] : [];
}

/** Later ones win over earlier ones, and the message itself over all. */
function traitsOf(context: AsyncApiContext, message: Spot): readonly Spot[] {
  return objects(child(message, 'traits'))
    .flatMap((one) => targetOf(context, one, 'a message trait') ?? [])
    .toReversed();
}

/** As a schema, or as a schema with its format beside it (Multi Format Schema Object). */
function schemaOf(context: AsyncApiContext, spot: Spot | undefined): Json | undefined {
  if (!spot) return undefined;
  const resolution = followed(context.documentSet, spot);
  const format = 'spot' in resolution ? textIn(resolution.spot, 'schemaFormat') : undefined;
  if (format === undefined || !('spot' in resolution)) return schemaAt(context, spot);
  const schema = /json|asyncapi|openapi/i.test(format) ? child(resolution.spot, 'schema') : undefined;
  return schema && schemaAt(context, schema);
}

function schemaAt({ schemas, faults }: AsyncApiContext, spot: Spot): Json | undefined {
  if (isObject(spot.value) || typeof spot.value === 'boolean') return schemas.schema(spot);
  faults.member(spot.at, spot.value, 'a schema');
  return undefined;
}

function textOf(spot: Spot | undefined): string | undefined {
  return typeof spot?.value === 'string' ? spot.value : undefined;
}

function exampleOf(owners: readonly Spot[]): ChannelMessage['example'] {
  const [example] = owners.flatMap((owner) => items(child(owner, 'examples')));
  if (!objectOf(example)) return undefined;
  const headers: JsonObject | undefined = objectOf(child(example, 'headers'));
  const payload = child(example, 'payload');
  return { ...(headers && { headers }), ...(payload && { payload: payload.value }) };
}

/** `$message.header#/correlationId` or `$message.payload#/order/id` (AsyncAPI, Correlation ID Object). */
function correlationOf(context: AsyncApiContext, spot: Spot | undefined): CorrelationPlace | undefined {
  const target = spot && targetOf(context, spot, 'a correlation id');
  if (!target) return undefined;
  const place = child(target, 'location') ?? target;
  const found = /^\$message\.(?:(header)#\/([^/]+)|payload#(\/.*)?)$/.exec(textOf(place) ?? '');
  if (!found) {
    context.faults.member(place.at, place.value, 'a location such as `$message.header#/correlationId`');
    return undefined;
  }
  const [, header, name = '', pointer = ''] = found;
  return header === undefined
    ? { in: 'payload', pointer }
    : { in: 'header', name: name.replaceAll('~1', '/').replaceAll('~0', '~') };
}
