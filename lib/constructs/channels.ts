/**
 * The channels of an integration on AWS: which of its systems send where, and which queues, topics and buses bring what its
 * runs wait for. Places are the environment's; what has none there, or one that AWS does not have, is refused before
 * anything is put up.
 */
import { Failure } from '../model/failure.ts';
import { own } from '../model/json.ts';
import type { SecretRef } from '../model/environment.ts';
import type { PlanOperation } from '../model/plan.ts';
import { type Carrier, carrierOf, isServed, placeSaid } from '../model/carriers.ts';
import type { DescribedIntegration } from './described-integration.ts';

export interface PlacedChannel {
  readonly system: string;
  readonly channel: string;
  readonly place: string;
  readonly carrier: Carrier;
}

/** Sources may have channels of one name; and `a-b` with a channel `c` is not `a` with a channel `b-c`. */
export function nameOfChannel({ system, channel }: Pick<PlacedChannel, 'system' | 'channel'>): string {
  return `${system}/${channel}`;
}

/** Where messages of a system go, each place once. */
export function sendingOf(system: string, described: DescribedIntegration): readonly PlacedChannel[] {
  return placedChannels(described, 'send').filter((one) => one.system === system);
}

/** What brings messages by itself; what others post comes through the run API. */
export function receivingOf(described: DescribedIntegration): readonly PlacedChannel[] {
  return placedChannels(described, 'receive').filter(({ carrier }) => carrier.kind !== 'http');
}

/** What signs the messages that others post. */
export function signatureSecretsOf({ environment }: Pick<DescribedIntegration, 'environment'>): readonly SecretRef[] {
  const channels = Object.values(environment).flatMap(({ channels: said = {} }) => Object.values(said));
  return channels.flatMap((said) => (typeof said === 'object' && said.signature ? [said.signature.secret] : []));
}

function placedChannels(described: DescribedIntegration, action: 'send' | 'receive'): readonly PlacedChannel[] {
  const found = new Map<string, PlacedChannel>();
  for (const { operation, message } of exchangesOf(described)) {
    if (message.action !== action) continue;
    const { system } = operation;
    const place = placeSaid(own(described.environment, system) ?? {}, message.channel);
    const carrier = place === undefined ? undefined : carrierOf(place);
    if (place === undefined || !carrier) continue;
    const one = { system, channel: message.channel, place, carrier };
    found.set(JSON.stringify([system, message.channel]), one);
  }
  return [...found.values()].toSorted((one, other) => (one.place < other.place ? -1 : 1));
}

interface Exchange {
  readonly operation: PlanOperation;
  readonly message: NonNullable<PlanOperation['message']>;
}

function exchangesOf({ workflows }: DescribedIntegration): readonly Exchange[] {
  return workflows.flatMap(({ plan }) =>
    Object.values(plan.operations).flatMap((operation) =>
      operation.message ? [{ operation, message: operation.message }] : [],
    ),
  );
}

/** A channel is somewhere, and not in a folder of somebody's machine. */
export function assertChannelsOnAws(described: DescribedIntegration, environment: string): void {
  const { workflows } = described;
  for (const { operation, message } of exchangesOf(described)) {
    const said = own(described.environment, operation.system) ?? {};
    const place = placeSaid(said, message.channel);
    const where = `systems.${operation.system}.channels.${message.channel}`;
    if (place !== undefined && carrierOf(place)?.kind === 'queue') {
      throw unplaced(`Environment '${environment}' has the channel ${message.channel} in a data folder`, where);
    }
    const system = workflows.map(({ plan }) => plan.systems[operation.system]).find((one) => one !== undefined);
    const isAt = place !== undefined || said.server !== undefined || said.servers !== undefined;
    if (message.action === 'receive' || isAt || !system || isServed(operation, system)) continue;
    throw unplaced(`Environment '${environment}' does not say where the channel ${message.channel} is`, where);
  }
}

function unplaced(what: string, where: string): Failure {
  return new Failure('channel-unplaced', what, {
    kind: 'document',
    remedy: `Write a URL, or the ARN of a queue, a topic or an event bus, at ${where}.`,
  });
}
