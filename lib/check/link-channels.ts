/**
 * What `channelPath` names in an AsyncAPI document, and what a step does there: `action` says whether a message is sent or
 * received. Named by its id, an operation of the document does what it is described to do where the step does not say;
 * seen from the other side, it is the opposite, so the step's own word counts.
 */
import { below } from '../diagnostics/place.ts';
import { parseOperationPath } from '../expressions/operation-path.ts';
import type { Step } from '../model/arazzo.ts';
import type { AsyncApiDocument, Exchanges } from '../model/asyncapi.ts';
import type { Place } from '../model/diagnostic.ts';
import type { ChannelTarget, OperationTarget } from '../model/links.ts';
import type { MessageAction } from '../model/message.ts';
import { type Linking, reportKind, sourceNamed } from './linking.ts';

export function channelNamed(
  linking: Linking,
  text: string,
  at: Place,
  action: Step['action'],
): ChannelTarget | OperationTarget | undefined {
  const path = parseOperationPath(text);
  if (!path.ok) {
    linking.report('ARZ055', at, { field: 'channelPath', text, why: path.problem.message });
    return undefined;
  }
  const source = sourceNamed(linking, path.source, at);
  if (source === undefined) return undefined;
  if (source.kind !== 'asyncapi') {
    reportKind(linking, path.source, source, at, ['asyncapi']);
    return undefined;
  }
  const { document } = source;
  const found = exchangesAt(document, path.tokens);
  if (found) return exchangeTarget({ sourceName: path.source, document, ...found }, action);
  const known = [...document.channels.keys()].map((name) => below(root, 'channels', name).pointer);
  linking.report('ARZ057', at, { name: path.pointer, source: path.source, known });
  return undefined;
}

const root: Place = { document: '', pointer: '' };

interface Found {
  readonly exchanges: Exchanges;
  readonly described?: MessageAction;
}

/** "MUST reference an existing channel"; an operation is accepted in its place, since it names one. */
function exchangesAt(document: AsyncApiDocument, [member, name, ...more]: readonly string[]): Found | undefined {
  if (name === undefined || more.length > 0) return undefined;
  if (member === 'operations') return describedOperation(document, name);
  const channel = member === 'channels' ? document.channels.get(name) : undefined;
  return channel && { exchanges: channel };
}

function describedOperation({ actions }: AsyncApiDocument, operationId: string): Found | undefined {
  const operation = actions.get(operationId);
  return operation && { exchanges: operation, described: operation.action };
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
  { sourceName, document, exchanges, described }: Found & Pick<ChannelTarget, 'sourceName' | 'document'>,
  action: Step['action'],
): ChannelTarget | OperationTarget {
  if (action === undefined) return { kind: 'channel', sourceName, document };
  const operation = exchanges[action];
  return { kind: 'operation', sourceName, document, operation, ...(described && { described }) };
}
