/**
 * What can be done with the messages of a channel, as operations: sending one is a request with headers and a body,
 * receiving one an answer that is read and changes nothing. So parameters, bodies and answers are checked, built and held
 * to their schemas by what does that for OpenAPI.
 */
import type { Exchanges } from '../model/asyncapi.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { CorrelationPlace, MessageAction, MessageExchange } from '../model/message.ts';
import type { MediaType, Operation, OperationParameter } from '../model/openapi.ts';
import type { ReadMessage } from './asyncapi-messages.ts';
import type { NamedServer } from './asyncapi-servers.ts';

export interface Exchanged {
  readonly at: Place;
  /** The channel's, or the operation's: what people know it by. */
  readonly named: string;
  /** Of the channel. */
  readonly name: string;
  readonly address?: string;
  readonly parameters: readonly string[];
  readonly messages: readonly ReadMessage[];
  readonly servers: readonly NamedServer[];
}

export function exchangesOf(of: Exchanged): Exchanges {
  const { at, named, address, messages, servers } = of;
  const content = contentOf(messages);
  const operation = (action: MessageAction): Omit<Operation, 'method' | 'parameters' | 'responses'> => ({
    at,
    path: pathOf(address ?? named),
    // A name without blanks, as all operations have.
    operationId: `${action}:${named.replaceAll(/\s+/g, '-')}`,
    deprecated: false,
    security: servers[0]?.security ?? [],
    servers: servers.map(({ server }) => server),
    message: exchangeOf(of, action),
  });
  return {
    send: {
      ...operation('send'),
      method: 'post',
      parameters: [...addressParameters(of), ...headerParameters(of)],
      requestBody: { required: false, content },
      responses: [],
    },
    receive: {
      ...operation('receive'),
      // Whoever receives does not fill in where from.
      path: pathOf(address ?? named).replaceAll(/\{[^{}]*\}/g, '*'),
      method: 'get',
      parameters: [],
      responses: [{ at, status: '200', description: 'A message.', content, headers: [] }],
    },
  };
}

/** Behind a server, where the channel has one that speaks HTTP. */
function pathOf(address: string): string {
  return address.startsWith('/') ? address : `/${address}`;
}

function exchangeOf({ name, address, servers, messages }: Exchanged, action: MessageAction): MessageExchange {
  return {
    action,
    channel: name,
    ...(address !== undefined && { address }),
    protocols: [...new Set(servers.map(({ protocol }) => protocol))],
    correlations: distinct(messages.flatMap(({ correlation }) => correlation ?? [])),
  };
}

function distinct(places: readonly CorrelationPlace[]): readonly CorrelationPlace[] {
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

/** Messages of one content type are alternatives. */
function contentOf(messages: readonly ReadMessage[]): readonly MediaType[] {
  const byType = new Map<string, ReadMessage['message'][]>();
  for (const { message } of messages) {
    byType.set(message.contentType, [...(byType.get(message.contentType) ?? []), message]);
  }
  return [...byType].map(([contentType, alike]) => {
    const schemas = alike.map(({ payload }) => payload ?? true);
    const example = alike.find((one) => one.example?.payload !== undefined)?.example?.payload;
    const [only] = schemas;
    const schema: Json | undefined = schemas.length === 1 ? only : { anyOf: schemas };
    return {
      contentType,
      ...(schema !== undefined && { schema }),
      ...(example !== undefined && { example }),
    };
  });
}

function addressParameters({ at, address = '' }: Exchanged): readonly OperationParameter[] {
  const names = new Set([...address.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name));
  return [...names].map((name) => parameterOf(at, name, 'path', true));
}

/** Of one message: where there are several, nobody knows which one is sent, and none is asked for. */
function headerParameters({ at, messages }: Exchanged): readonly OperationParameter[] {
  const schemas = messages.flatMap(({ message }) => (isObject(message.headers) ? [message.headers] : []));
  const all = schemas.flatMap((schema) => {
    const properties = own(schema, 'properties');
    const required = own(schema, 'required');
    const needed = messages.length === 1 && Array.isArray(required) ? (required as readonly Json[]) : [];
    return Object.entries(isObject(properties) ? properties : {}).map(([name, value]) => ({
      ...parameterOf(at, name, 'header', needed.includes(name)),
      schema: value,
    }));
  });
  const correlated = messages.flatMap(({ correlation }) =>
    correlation?.in === 'header' ? [parameterOf(at, correlation.name, 'header', false)] : [],
  );
  // Where both say it, the schema says more.
  return [...new Map([...correlated, ...all].map((one) => [one.name.toLowerCase(), one])).values()];
}

function parameterOf(at: Place, name: string, place: 'path' | 'header', required: boolean): OperationParameter {
  return { at, name, in: place, required, style: 'simple', explode: false, allowReserved: false };
}
