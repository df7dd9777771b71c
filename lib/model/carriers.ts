/**
 * Where messages of a channel go: a URL, a queue, topic or bus of AWS by its ARN, or a queue in the data folder. The
 * environment says so; else the document's own server where that speaks HTTP. What is built of it is a text, so a request
 * names its place as every other one does (lib/runtime/request/build.ts).
 */
import { own } from './json.ts';
import type { PlanOperation, PlanSystem } from './plan.ts';
import type { SystemEnvironment } from './environment.ts';

export type Carrier =
  | { readonly kind: 'http' }
  | { readonly kind: 'sqs'; readonly region: string; readonly account: string; readonly name: string }
  | { readonly kind: 'sns'; readonly region: string; readonly arn: string }
  | { readonly kind: 'eventbridge'; readonly region: string; readonly arn: string }
  /** In the data folder. */
  | { readonly kind: 'queue'; readonly name: string };

/** One that takes messages in calls of its own API. */
export type AwsCarrier = Exclude<Carrier, { kind: 'http' | 'queue' }>;

/** Where the services are, in place of where AWS has them: an endpoint of one's own network, or an emulator. */
export type CarrierEndpoints = { readonly [kind in AwsCarrier['kind']]?: string };

export const QUEUE = 'queue:';

/** Undefined: nobody carries messages there. */
export function carrierOf(place: string): Carrier | undefined {
  if (place.startsWith(QUEUE)) return { kind: 'queue', name: place.slice(QUEUE.length) };
  if (/^https?:/.test(place)) return { kind: 'http' };
  const [, service, region = '', account = '', name = ''] =
    /^arn:[a-z-]+:(sqs|sns|events):([a-z0-9-]+):(\d{12}):(.+)$/.exec(place) ?? [];
  switch (service) {
    case 'sqs':
      return { kind: 'sqs', region, account, name };
    case 'sns':
      return { kind: 'sns', region, arn: place };
    case 'events':
      return name.startsWith('event-bus/') ? { kind: 'eventbridge', region, arn: place } : undefined;
    default:
      return undefined;
  }
}

/** Said by the environment; undefined: it says nothing of where the channel is. */
export function placeSaid({ channels = {} }: SystemEnvironment, channel: string): string | undefined {
  const said = own(channels, channel);
  return typeof said === 'string' ? said : said?.at;
}

/** A queue in the data folder for a channel that is nowhere else. */
export function queuePlace(message: NonNullable<PlanOperation['message']>): string {
  const name = (message.address ?? message.channel).replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return `${QUEUE}${name.slice(0, 80) || 'messages'}`;
}

/** Whether the document itself says where the channel is, in words that are spoken here. */
export function isServed({ servers = [] }: Pick<PlanOperation, 'servers'>, system: PlanSystem): boolean {
  const all = servers.length > 0 ? servers : system.servers;
  return all.some(({ url }) => /^https?:/.test(url));
}
