/**
 * A message as its carrier takes it. It is built as a request is, with headers and a body; over HTTP it goes as it is, to
 * a queue in the data folder too, to a service of AWS in a call of its own (aws-carriers.ts, loaded by who sends there).
 */
import { isObject, type Json } from '../../model/json.ts';
import type { HttpAnswer, HttpHeader, HttpRequest } from '../ports/http.ts';
import { type AwsCarrier, type Carrier, type CarrierEndpoints, carrierOf } from '../../model/carriers.ts';

export interface Envelope {
  /** What the messages of one such group keep their order by. */
  readonly group: string;
  /** Known again by it, where the carrier knows duplicates. */
  readonly id: string;
  /** Who sends, and what it is about: for EventBridge. */
  readonly sender: string;
  readonly subject: string;
  readonly endpoints?: CarrierEndpoints;
}

/** What SQS takes with one message. */
const MOST_ATTRIBUTES = 10;

/** Why the carrier cannot take it; undefined if it can. */
export function carrierProblem(
  carrier: Carrier,
  { headers, body }: { readonly headers: readonly HttpHeader[]; readonly body: Json | undefined },
): string | undefined {
  switch (carrier.kind) {
    case 'sqs':
    case 'sns':
      return headers.length <= MOST_ATTRIBUTES - ADDED
        ? undefined
        : `a message has at most ${MOST_ATTRIBUTES - ADDED} headers there, not ${headers.length}`;
    case 'eventbridge': {
      const [first] = headers;
      if (first) return `an event has no headers, and the message has \`${first[0]}\``;
      return isObject(body) ? undefined : 'an event is a JSON object, and the payload is none';
    }
    default:
      return undefined;
  }
}

/** The content type, the key and the trace. */
const ADDED = 3;

export async function onWire(request: HttpRequest, envelope: Envelope): Promise<HttpRequest> {
  const carrier = awsCarrierOf(request.url);
  if (!carrier) return request;
  const { toCarrier } = await import('./aws-carriers.ts');
  return toCarrier(request, carrier, envelope);
}

/** What the carrier's answer means. */
export async function meaningOf(place: string, answer: HttpAnswer): Promise<HttpAnswer> {
  const carrier = awsCarrierOf(place);
  if (answer.kind !== 'response' || !carrier) return answer;
  const { meaning } = await import('./aws-carriers.ts');
  return meaning(carrier, answer);
}

/** What AWS signs for; undefined where the carrier wants none. */
export function signingOf(place: string): { readonly region: string; readonly service: string } | undefined {
  const carrier = awsCarrierOf(place);
  return carrier && { region: carrier.region, service: carrier.kind === 'eventbridge' ? 'events' : carrier.kind };
}

function awsCarrierOf(place: string): AwsCarrier | undefined {
  const carrier = carrierOf(place);
  return carrier === undefined || carrier.kind === 'http' || carrier.kind === 'queue' ? undefined : carrier;
}
