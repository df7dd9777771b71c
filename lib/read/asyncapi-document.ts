/**
 * An AsyncAPI 3 document as Interlock needs it (3.1 adds to 3.0 nothing that is read here): channels and operations with
 * their messages, all references followed and traits merged. The documents that it refers to are in the set by now.
 * Whatever of it can be read is read; only a document of another version yields nothing. Bindings and replies are not
 * read: where a channel is belongs to an environment, and an answer is a step of its own.
 */
import { report } from '../diagnostics/report.ts';
import { below } from '../diagnostics/place.ts';
import type { AsyncApiDocument, Channel, ChannelOperation } from '../model/asyncapi.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import { isObject, own } from '../model/json.ts';
import { AsyncApiFaults } from './asyncapi-faults.ts';
import { type AsyncApiContext, type ReadMessage, messagesIn, targetOf } from './asyncapi-messages.ts';
import { exchangesOf } from './asyncapi-exchanges.ts';
import { asyncServers, type NamedServer } from './asyncapi-servers.ts';
import type { DocumentSet } from './document-set.ts';
import type { Limits } from './limits.ts';
import { securitySchemes } from './openapi-security.ts';
import { SchemaReader } from './schema-reader.ts';
import { child, items, members, rootSpot, type Spot, textIn, versionText } from './spot.ts';
import type { UsedOperations } from './used-operations.ts';

export interface AsyncApiResult {
  readonly document?: AsyncApiDocument;
  readonly diagnostics: readonly Diagnostic[];
}

export interface AsyncApiOptions {
  readonly limits: Limits;
  /** Whose faults are told; absent: those of all channels and operations. */
  readonly used?: UsedOperations;
  /** What names this document, for the note of a diagnostic. */
  readonly wantedAt?: Place;
}

export function asyncApiFromDocument(
  documentSet: DocumentSet,
  positioned: PositionedDocument,
  options: AsyncApiOptions,
): AsyncApiResult {
  const { root: json } = positioned;
  const version = versionOf(json);
  const known = VERSIONS.find(
    (one) => version === one || version.startsWith(`${one}.`) || version.startsWith(`${one}-`),
  );
  if (known === undefined) {
    const place = below({ document: positioned.uri, pointer: '' }, 'asyncapi');
    return { diagnostics: [report('ASY001', place, { version, wantedAt: options.wantedAt })] };
  }
  const root = rootSpot(positioned);
  const faults = new AsyncApiFaults(documentSet);
  const schemas = new SchemaReader(documentSet, faults);
  const reader = new ChannelReader(
    { documentSet, faults, schemas, root, parts: options.limits.operationParts },
    options,
  );
  const { channels, actions } = reader.read();
  schemas.finish();
  const document: AsyncApiDocument = {
    uri: positioned.uri,
    version: known,
    title: textIn(child(root, 'info'), 'title') ?? '',
    servers: reader.servers.map(({ server }) => server),
    operations: [...channels.values()].map(({ send }) => send),
    securitySchemes: securitySchemes(root, { documentSet, faults, schemas }),
    schemas: schemas.definitions,
    channels,
    actions,
  };
  return { document, diagnostics: faults.diagnostics };
}

const VERSIONS: readonly AsyncApiDocument['version'][] = ['3.0', '3.1'];

/** Without quotes YAML makes a number of `3.0`, which is written 3. */
function versionOf(root: Json): string {
  const written = isObject(root) ? own(root, 'asyncapi') : undefined;
  const text = versionText(written) || JSON.stringify(written ?? null);
  return text === '3' ? '3.0' : text;
}

/** A channel that was read, with what its operations are made of. */
interface ReadChannel {
  readonly spot: Spot;
  readonly name: string;
  readonly address?: string;
  readonly parameters: readonly string[];
  readonly messages: readonly ReadMessage[];
  readonly servers: readonly NamedServer[];
}

class ChannelReader {
  readonly servers: readonly NamedServer[];
  readonly #context: AsyncApiContext;
  readonly #options: AsyncApiOptions;
  /** By the place that references to them lead to. */
  readonly #byPlace = new Map<string, ReadChannel>();

  constructor(context: AsyncApiContext, options: AsyncApiOptions) {
    this.#context = context;
    this.#options = options;
    this.servers = asyncServers(context);
  }

  read(): Pick<AsyncApiDocument, 'channels' | 'actions'> {
    const { faults, schemas } = this.#context;
    const all = this.#entries('channels');
    const operations = this.#entries('operations');
    const channels = new Map<string, Channel>();
    const actions = new Map<string, ChannelOperation>();
    for (const isUsed of [true, false]) {
      faults.muted = !isUsed;
      for (const [name, spot] of all.filter((one) => this.#isUsed(one, operations) === isUsed)) {
        const channel = this.#channel(name, spot);
        if (channel) channels.set(name, channel);
      }
      schemas.drain();
    }
    for (const [id, spot] of operations) {
      faults.muted = !this.#names(id, spot);
      const operation = this.#operation(id, spot);
      if (operation) actions.set(id, operation);
    }
    faults.muted = false;
    return { channels: inOrder(all, channels), actions };
  }

  #entries(member: 'channels' | 'operations'): [string, Spot][] {
    const { root, faults } = this.#context;
    const owner = child(root, member);
    if (owner && !isObject(owner.value)) faults.member(owner.at, owner.value, `an object of ${member}`);
    const all = members(owner);
    const limit = this.#options.limits.operations;
    if (all.length > limit) faults.note('OAS011', root.at, { what: member, limit });
    return all.slice(0, limit);
  }

  #names(id: string, { at }: Spot): boolean {
    const { used } = this.#options;
    return !used || used.ids.has(id) || used.pointers.has(at.pointer);
  }

  #isUsed([, { at }]: [string, Spot], operations: readonly [string, Spot][]): boolean {
    const { used } = this.#options;
    if (!used || used.pointers.has(at.pointer)) return true;
    return operations.some(([id, spot]) => this.#names(id, spot) && isReferenceTo(child(spot, 'channel'), at));
  }

  #channel(name: string, spot: Spot): Channel | undefined {
    const target = targetOf(this.#context, spot, 'a channel');
    if (!target) return undefined;
    const address = textIn(target, 'address');
    const listed = items(child(target, 'servers')).flatMap((one) => this.#server(one) ?? []);
    const channel: ReadChannel = {
      spot: target,
      name,
      ...(address !== undefined && { address }),
      parameters: members(child(target, 'parameters')).map(([parameter]) => parameter),
      messages: messagesIn(this.#context, members(child(target, 'messages'))),
      servers: listed.length > 0 ? listed : this.servers,
    };
    for (const { at } of [spot, target]) this.#byPlace.set(keyOf(at), channel);
    const exchanges = exchangesOf({ ...channel, at: spot.at, named: name });
    return { at: spot.at, name, messages: channel.messages.map(({ message }) => message), ...exchanges };
  }

  #server(reference: Spot): NamedServer | undefined {
    const target = targetOf(this.#context, reference, 'a server');
    return target && this.servers.find(({ at }) => keyOf(at) === keyOf(target.at));
  }

  #operation(id: string, spot: Spot): ChannelOperation | undefined {
    const { faults } = this.#context;
    const target = targetOf(this.#context, spot, 'an operation');
    if (!target) return undefined;
    const action = textIn(target, 'action');
    const place = child(target, 'channel');
    if (action !== 'send' && action !== 'receive') {
      faults.member(
        (child(target, 'action') ?? target).at,
        child(target, 'action')?.value ?? null,
        '`send` or `receive`',
      );
      return undefined;
    }
    const there = place && targetOf(this.#context, place, 'a channel');
    const channel = there && this.#byPlace.get(keyOf(there.at));
    if (!channel) {
      if (!place || there) faults.member((place ?? target).at, place?.value ?? null, 'a reference to a channel');
      return undefined;
    }
    const messages = this.#messagesOf(target, channel);
    const exchanges = exchangesOf({ ...channel, at: spot.at, named: id, messages });
    return { at: spot.at, action, channel: channel.name, ...exchanges };
  }

  /** "It MUST contain a subset of the messages defined in the channel": those it names, or all. */
  #messagesOf(operation: Spot, { messages }: ReadChannel): readonly ReadMessage[] {
    const named = items(child(operation, 'messages'));
    if (named.length === 0) return messages;
    const places = new Set(
      named.flatMap((one) => {
        const target = targetOf(this.#context, one, 'a message');
        return target ? [keyOf(target.at)] : [];
      }),
    );
    return messages.filter(({ places: own }) => own.some((at) => places.has(keyOf(at))));
  }
}

function inOrder(all: readonly [string, Spot][], channels: ReadonlyMap<string, Channel>): ReadonlyMap<string, Channel> {
  return new Map(
    all.flatMap(([name]) => {
      const channel = channels.get(name);
      return channel ? [[name, channel] as const] : [];
    }),
  );
}

function isReferenceTo(spot: Spot | undefined, { pointer }: Place): boolean {
  return textIn(spot, '$ref')?.endsWith(`#${pointer}`) === true;
}

function keyOf({ document, pointer }: Place): string {
  return `${document}#${pointer}`;
}
