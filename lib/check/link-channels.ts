/**
 * What `channelPath` names in an AsyncAPI document, and what a step does there: `action` says whether a message is sent or
 * received. Other spellings with one reading (the source by its bare name, slashes without `~1`, a channel by its address or
 * by its name alone) are followed with a warning that shows the standard's form. Named by its id, an operation of the document does what it is described to do where the step does not say;
 * seen from the other side, it is the opposite, so the step's own word counts.
 */
import { parsePointer } from '../expressions/pointer.ts';
import type { Step } from '../model/arazzo.ts';
import type { AsyncApiDocument, Exchanges } from '../model/asyncapi.ts';
import type { Description } from '../model/description.ts';
import type { Place } from '../model/diagnostic.ts';
import type { ChannelTarget, OperationTarget } from '../model/links.ts';
import type { MessageAction } from '../model/message.ts';
import { type Linking, reportKind, sourceNamed } from './linking.ts';
import { decodedPointer, loosePath, pointerTo, standardPath, whyNoPath } from './loose-paths.ts';

export function channelNamed(
  linking: Linking,
  text: string,
  at: Place,
  action: Step['action'],
): ChannelTarget | OperationTarget | undefined {
  const path = loosePath(linking, text);
  if (path === undefined) return channelAlone(linking, text, at, action);
  const source = sourceNamed(linking, path.source, at);
  if (source === undefined) return undefined;
  if (source.kind !== 'asyncapi') {
    reportKind(linking, path.source, source, at, ['asyncapi']);
    return undefined;
  }
  const { document } = source;
  const found = exchangesAt(document, path.pointer);
  if (found) {
    const instead = standardPath(path.source, found.pointer);
    if (path.tolerated || decodedPointer(path.pointer) !== found.pointer)
      linking.report('ARZ043', at, { text, instead });
    return exchangeTarget({ sourceName: path.source, document, ...found }, action);
  }
  const known = [...document.channels.keys()].map((name) => pointerTo('channels', name));
  linking.report('ARZ057', at, { name: path.pointer, source: path.source, known });
  return undefined;
}

/** A channel by its bare name or address, which one source alone has: `orders`, `$sourceDescriptions.shop.orders`. */
function channelAlone(
  linking: Linking,
  text: string,
  at: Place,
  action: Step['action'],
): ChannelTarget | OperationTarget | undefined {
  const { source, name } = namedAlone(text);
  const found = [...linking.description.sources].flatMap(([sourceName, one]) => {
    if (one.kind !== 'asyncapi' || (source !== undefined && source !== sourceName)) return [];
    const { document } = one;
    const channel = channelOf(document, name);
    return channel ? [{ sourceName, document, ...channel }] : [];
  });
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    const foreign = sourceOfAnotherKind(linking.description);
    if (foreign) {
      linking.report('ARZ041', at, foreign);
      return undefined;
    }
    linking.report('ARZ055', at, { field: 'channelPath', text, why: whyNoPath(text) });
    return undefined;
  }
  linking.report('ARZ043', at, { text, instead: standardPath(only.sourceName, only.pointer) });
  return exchangeTarget(only, action);
}

/** Where no source can have channels: the first, as what it is. */
export function sourceOfAnotherKind({ arazzo, sources }: Description): SourceKind | undefined {
  const kinds = arazzo.sourceDescriptions.map(({ name, type }) => ({ name, kind: sources.get(name)?.kind ?? type }));
  const [first] = kinds;
  if (first?.kind === undefined) return undefined;
  if (kinds.some(({ kind }) => kind === undefined || kind === 'asyncapi')) return undefined;
  return { name: first.name, kind: first.kind, expected: ['asyncapi'] };
}

interface SourceKind {
  readonly name: string;
  readonly kind: string;
  readonly expected: readonly string[];
}

function namedAlone(text: string): { readonly source?: string; readonly name: string } {
  const [, source, name] = /^\$sourceDescriptions\.([A-Za-z0-9_-]+)\.(?:channels\.)?(.+)$/.exec(text) ?? [];
  return source === undefined || name === undefined ? { name: text } : { source, name };
}

/** An operation of the document by its place in it, where an operation id should stand. */
export function operationAtPointer(
  named: { readonly sourceName: string; readonly document: AsyncApiDocument; readonly pointer: string },
  action: Step['action'],
): { readonly operationId: string; readonly target: ChannelTarget | OperationTarget } | undefined {
  const [member, operationId, ...more] = parsePointer(decodedPointer(named.pointer)) ?? [];
  if (member !== 'operations' || operationId === undefined || more.length > 0) return undefined;
  const target = channelOperation({ ...named, operationId }, action);
  return target && { operationId, target };
}

interface Found {
  readonly exchanges: Exchanges;
  /** As the standard writes it. */
  readonly pointer: string;
  readonly described?: MessageAction;
}

/** "MUST reference an existing channel"; an operation is accepted in its place, since it names one. */
function exchangesAt(document: AsyncApiDocument, pointer: string): Found | undefined {
  const [member, ...tokens] = parsePointer(decodedPointer(pointer)) ?? [];
  // Slashes that should have been `~1` have split the name into several tokens.
  const name = tokens.join('/');
  if (member === 'operations') return describedOperation(document, name);
  return member === 'channels' ? channelOf(document, name) : undefined;
}

/** By its name, else by its address where one channel alone has that. */
function channelOf(document: AsyncApiDocument, name: string): Found | undefined {
  const channels = [...document.channels.values()];
  const [only, ...others] = channels.filter(({ send }) => send.message?.address === name);
  const channel = document.channels.get(name) ?? (others.length === 0 ? only : undefined);
  return channel && { exchanges: channel, pointer: pointerTo('channels', channel.name) };
}

function describedOperation({ actions }: AsyncApiDocument, operationId: string): Found | undefined {
  const operation = actions.get(operationId);
  const pointer = pointerTo('operations', operationId);
  return operation && { exchanges: operation, described: operation.action, pointer };
}

export function channelOperation(
  named: { readonly sourceName: string; readonly document: AsyncApiDocument; readonly operationId: string },
  action: Step['action'],
): ChannelTarget | OperationTarget | undefined {
  const { document, sourceName, operationId } = named;
  const found = describedOperation(document, operationId);
  return found && exchangeTarget({ sourceName, document, ...found }, action);
}

function exchangeTarget(
  {
    sourceName,
    document,
    exchanges,
    described,
  }: Omit<Found, 'pointer'> & Pick<ChannelTarget, 'sourceName' | 'document'>,
  action: Step['action'],
): ChannelTarget | OperationTarget {
  if (action === undefined) return { kind: 'channel', sourceName, document };
  const operation = exchanges[action];
  return { kind: 'operation', sourceName, document, operation, ...(described && { described }) };
}
