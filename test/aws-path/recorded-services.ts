/**
 * SNS, EventBridge and a desk that says yes or no, on loopback: what they are asked is kept, and they answer as they were
 * told to, the next time and then well again. What an SDK would sign is looked for, and not checked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { JsonObject } from '../../lib/model/json.ts';

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

export class RecordedServices {
  readonly published: Published[] = [];
  readonly events: PutEvent[] = [];
  /** Orders that the desk does not accept. */
  readonly refused: Set<string> = new Set();
  private readonly faults: { readonly service: 'sns' | 'events'; readonly fault: Fault }[] = [];
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Of the next requests, one each. */
  fail(service: 'sns' | 'events', ...faults: readonly Fault[]): void {
    this.faults.push(...faults.map((fault) => ({ service, fault })));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
