/**
 * Messages to SQS, SNS and EventBridge: a call of their own API (signed as every call of AWS is). Headers become attributes
 * there; an event of EventBridge has none. What the service answers is brought to what HTTP says, so that an outcome is
 * judged in one way: throttling is 429, an entry that was not taken is no success.
 */
import { unreachable } from '../../model/assert.ts';
import type { AwsCarrier, CarrierEndpoints } from '../../model/carriers.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { HttpHeader, HttpRequest, HttpResponse } from '../ports/http.ts';
import type { Envelope } from './envelope.ts';

export function toCarrier(request: HttpRequest, carrier: AwsCarrier, envelope: Envelope): HttpRequest {
  switch (carrier.kind) {
    case 'sqs':
      return toSqs(request, carrier, envelope);
    case 'sns':
      return toSns(request, carrier, envelope);
    case 'eventbridge':
      return toEventBridge(request, carrier, envelope);
    default:
      return unreachable(carrier, 'carrier of AWS');
  }
}

function toSqs(request: HttpRequest, carrier: Of<'sqs'>, { group, id, endpoints }: Envelope): HttpRequest {
  const { account, name } = carrier;
  const endpoint = endpointOf(carrier, 'sqs', endpoints);
  const attributes = attributesOf(request.headers).map(([key, value]) => [
    key,
    { DataType: 'String', StringValue: value },
  ]);
  const sent = {
    QueueUrl: `${endpoint}${account}/${name}`,
    MessageBody: textOf(request),
    MessageAttributes: Object.fromEntries(attributes) as Json,
    ...(name.endsWith('.fifo') && { MessageGroupId: group, MessageDeduplicationId: id }),
  };
  return jsonCall(endpoint, { target: 'AmazonSQS.SendMessage', version: '1.0' }, sent);
}

function toSns(request: HttpRequest, carrier: Of<'sns'>, { group, id, endpoints }: Envelope): HttpRequest {
  const { arn } = carrier;
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: arn,
    Message: textOf(request),
  });
  attributesOf(request.headers).forEach(([name, value], index) => {
    const entry = `MessageAttributes.entry.${index + 1}`;
    form.set(`${entry}.Name`, name);
    form.set(`${entry}.Value.DataType`, 'String');
    form.set(`${entry}.Value.StringValue`, value);
  });
  if (arn.endsWith('.fifo')) {
    form.set('MessageGroupId', group);
    form.set('MessageDeduplicationId', id);
  }
  return {
    method: 'POST',
    url: endpointOf(carrier, 'sns', endpoints),
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body: new TextEncoder().encode(form.toString()),
  };
}

function toEventBridge(
  request: HttpRequest,
  carrier: Of<'eventbridge'>,
  { sender, subject, endpoints }: Envelope,
): HttpRequest {
  const entry = { EventBusName: carrier.arn, Source: sender, DetailType: subject, Detail: textOf(request) };
  const call = { target: 'AWSEvents.PutEvents', version: '1.1' };
  return jsonCall(endpointOf(carrier, 'events', endpoints), call, { Entries: [entry] });
}

type Of<K extends AwsCarrier['kind']> = Extract<AwsCarrier, { kind: K }>;

/** The one that was given, else the service's own in its region. */
function endpointOf({ kind, region }: AwsCarrier, service: string, endpoints: CarrierEndpoints = {}): string {
  const given = endpoints[kind];
  return given === undefined ? `https://${service}.${region}.${domainOf(region)}/` : `${given.replace(/\/+$/, '')}/`;
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

function jsonCall(
  url: string,
  { target, version }: { readonly target: string; readonly version: string },
  body: Json,
): HttpRequest {
  const headers: readonly HttpHeader[] = [
    ['Content-Type', `application/x-amz-json-${version}`],
    ['X-Amz-Target', target],
  ];
  return { method: 'POST', url, headers, body: new TextEncoder().encode(JSON.stringify(body)) };
}

function textOf({ body }: HttpRequest): string {
  return body === undefined ? '' : new TextDecoder().decode(body);
}

/** An attribute has a value, and `Accept` is about an answer that nobody gives. */
function attributesOf(headers: readonly HttpHeader[]): readonly HttpHeader[] {
  const all = new Map(headers.map(([name, value]) => [name.toLowerCase(), [name, value] as const]));
  return [...all.values()].filter(([name, value]) => name.toLowerCase() !== 'accept' && value !== '');
}

export function meaning(carrier: AwsCarrier, answer: HttpResponse): HttpResponse {
  if (isThrottling(answer)) return { ...answer, status: 429 };
  return carrier.kind === 'eventbridge' ? ofEntries(answer) : answer;
}

/** AWS says so with a 400, too. */
function isThrottling({ status, body }: HttpResponse): boolean {
  if (status < 400) return false;
  return /Throttl|TooManyRequests|RequestLimitExceeded|OverLimit/i.test(new TextDecoder().decode(body.slice(0, 2_000)));
}

/** `PutEvents` answers 200 for entries that it has not taken. */
function ofEntries(answer: HttpResponse): HttpResponse {
  if (answer.status !== 200) return answer;
  const said = parsed(answer.body);
  const failed = isObject(said) ? said['FailedEntryCount'] : undefined;
  if (failed === 0) return answer;
  if (typeof failed !== 'number') return { ...answer, status: 502 };
  const text = JSON.stringify(said);
  return {
    ...answer,
    status: /Throttl/i.test(text) ? 429 : /InternalFailure|InternalException/.test(text) ? 500 : 400,
  };
}

function parsed(body: Uint8Array): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as Json;
  } catch {
    // Not what the service answers: nobody knows what became of it.
    return undefined;
  }
}
