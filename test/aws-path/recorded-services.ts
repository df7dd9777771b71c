/**
 * SNS, EventBridge and a desk that says yes or no, on loopback: what they are asked is kept, and they answer as they were
 * told to, the next time and then well again. What an SDK would sign is looked for, and not checked.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { JsonObject } from '../../lib/model/json.ts';
import { LoopbackServer } from './loopback-server.ts';

export interface Published {
  readonly topic: string;
  readonly message: JsonObject;
  readonly attributes: { readonly [name: string]: string };
  readonly signed: boolean;
}

export interface PutEvent {
  readonly source: string;
  readonly type: string;
  readonly detail: JsonObject;
}

/** It was taken, and the answer says something else. */
type Fault = 'throttled' | 'lost' | 'not-taken';

export class RecordedServices extends LoopbackServer {
  readonly published: Published[] = [];
  readonly events: PutEvent[] = [];
  /** Orders that the desk does not accept. */
  readonly refused: Set<string> = new Set();
  private readonly faults: { readonly service: 'sns' | 'events'; readonly fault: Fault }[] = [];

  /** Of the next requests, one each. */
  fail(service: 'sns' | 'events', ...faults: readonly Fault[]): void {
    this.faults.push(...faults.map((fault) => ({ service, fault })));
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.method === 'GET') {
      const order = decodeURIComponent((request.url ?? '').split('/').at(-1) ?? '');
      response.writeHead(this.refused.has(order) ? 409 : 204).end();
    } else if (request.headers['x-amz-target'] === 'AWSEvents.PutEvents') this.put(body, response);
    else this.publish(body, request, response);
  }

  private publish(body: string, { headers }: IncomingMessage, response: ServerResponse): void {
    const form = new URLSearchParams(body);
    const names = [...form].flatMap(([key, name]) => (/\.entry\.\d+\.Name$/.test(key) ? [[key, name] as const] : []));
    const attributes = names.map(([key, name]) => [name, form.get(key.replace(/Name$/, 'Value.StringValue'))]);
    const fault = this.next('sns');
    if (fault === 'throttled') {
      response.writeHead(400).end('<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>');
      return;
    }
    this.published.push({
      topic: form.get('TopicArn') ?? '',
      message: JSON.parse(form.get('Message') ?? 'null') as JsonObject,
      attributes: Object.fromEntries(attributes) as Published['attributes'],
      signed: /\/eu-central-1\/sns\/aws4_request/.test(headers.authorization ?? ''),
    });
    if (fault === 'lost') response.destroy();
    else response.writeHead(200).end('<PublishResponse><PublishResult/></PublishResponse>');
  }

  private put(body: string, response: ServerResponse): void {
    const { Entries } = JSON.parse(body) as { readonly Entries: readonly { readonly [key: string]: string }[] };
    const fault = this.next('events');
    const failed = fault === 'not-taken' || fault === 'throttled';
    if (!failed)
      for (const { Source = '', DetailType = '', Detail = '{}' } of Entries)
        this.events.push({ source: Source, type: DetailType, detail: JSON.parse(Detail) as JsonObject });
    const code = fault === 'throttled' ? 'ThrottlingException' : 'MalformedDetail';
    const answer = { FailedEntryCount: failed ? 1 : 0, Entries: [failed ? { ErrorCode: code } : { EventId: 'e' }] };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  }

  private next(service: 'sns' | 'events'): Fault | undefined {
    const at = this.faults.findIndex((one) => one.service === service);
    return at < 0 ? undefined : this.faults.splice(at, 1)[0]?.fault;
  }
}
