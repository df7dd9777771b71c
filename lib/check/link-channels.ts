/** What `channelPath` names in an AsyncAPI document, and where the operations of one stand (AsyncAPI 2 and 3). */
import { below } from '../diagnostics/place.ts';
import { parseOperationPath } from '../expressions/operation-path.ts';
import { atPointer } from '../expressions/pointer.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import type { ChannelTarget } from '../model/links.ts';
import { type Linking, reportKind, sourceNamed } from './linking.ts';

export function channelNamed(linking: Linking, text: string, at: Place): ChannelTarget | undefined {
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
  if (atPointer(source.root, path.tokens) !== undefined) {
    return { kind: 'channel', sourceName: path.source, root: source.root, pointer: path.pointer };
  }
  const known = Object.keys(membersOf(source.root, 'channels')).map((name) => below(root, 'channels', name).pointer);
  linking.report('ARZ057', at, { name: path.pointer, source: path.source, known });
  return undefined;
}

const root: Place = { document: '', pointer: '' };

/** JSON Pointers of operations by their id. */
export function asyncOperations(document: JsonObject): ReadonlyMap<string, string> {
  const pointers = new Map<string, string>();
  for (const name of Object.keys(membersOf(document, 'operations'))) {
    pointers.set(name, below(root, 'operations', name).pointer);
  }
  const channels = membersOf(document, 'channels');
  for (const [name, channel] of Object.entries(channels)) {
    if (!isObject(channel)) continue;
    for (const kind of ['publish', 'subscribe']) {
      const id = membersOf(channel, kind)['operationId'];
      if (typeof id === 'string') pointers.set(id, below(root, 'channels', name, kind).pointer);
    }
  }
  return pointers;
}

function membersOf(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isObject(value) ? value : {};
}
