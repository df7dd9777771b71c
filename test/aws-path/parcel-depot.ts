/** A depot on loopback that sends parcels and recalls them; it says no where it was told to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { LoopbackServer } from './loopback-server.ts';

export class ParcelDepot extends LoopbackServer {
  /** By its id, what is in a parcel that is on its way. */
  readonly underWay: Map<string, string> = new Map();
  readonly notes: (readonly string[])[] = [];
  readonly refused: Set<string> = new Set();
  hasRoom = true;
  private readonly byKey = new Map<string, string>();

  /** All that were ever sent. */
  get sent(): number {
    return this.byKey.size;
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.method === 'DELETE') {
      const known = this.underWay.delete((request.url ?? '').split('/').at(-1) ?? '');
      response.writeHead(known ? 204 : 404).end();
    } else if (request.url === '/notes') this.note(body, response);
    else this.send(body, String(request.headers['idempotency-key']), response);
  }

  private note(body: string, response: ServerResponse): void {
    if (this.hasRoom) this.notes.push((JSON.parse(body) as { parcels: string[] }).parcels);
    response.writeHead(this.hasRoom ? 204 : 422).end();
  }

  private send(body: string, key: string, response: ServerResponse): void {
    const { sku } = JSON.parse(body) as { sku: string };
    if (this.refused.has(sku)) {
      response.writeHead(422).end();
      return;
    }
    const id = this.byKey.get(key) ?? `parcel-${this.byKey.size + 1}`;
    if (!this.byKey.has(key)) this.underWay.set(id, sku);
    this.byKey.set(key, id);
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
  }
}
