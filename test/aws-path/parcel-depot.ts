/** A depot on loopback that sends parcels and recalls them; it says no where it was told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export class ParcelDepot {
  /** By its id, what is in a parcel that is on its way. */
  readonly underWay: Map<string, string> = new Map();
  readonly notes: (readonly string[])[] = [];
  readonly refused: Set<string> = new Set();
  hasRoom = true;
  private readonly byKey = new Map<string, string>();
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

  /** All that were ever sent. */
  get sent(): number {
    return this.byKey.size;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
