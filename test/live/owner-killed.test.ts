/**
 * The owner of a data folder is killed with SIGKILL while another terminal's command waits for what it asked of it: that
 * command takes the folder over and brings it to its end. A service on loopback says what was really done.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../lib/model/run.ts';
import { type Begun, begun, inFolder, type Said } from '../support/command-line.ts';
import { EXAMPLE, openShop } from '../support/order-shop.ts';

const TIMEOUT = 120_000;

/** Quotes are slow while it is told so; bookings are counted. */
class Service {
  slow = false;
  /** Quotes that are not answered until it dies. */
  waiting = 0;
  readonly standing = new Set<string>();
  private readonly server: Server;
  private readonly listeners = new Set<() => void>();
  private booked = 0;

  constructor() {
    this.server = createServer((request, response) => this.serve(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when so many quotes wait. */
  async waits(count: number): Promise<void> {
    while (this.waiting < count) await new Promise<void>((resolve) => void this.listeners.add(resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const [, kind, id = ''] = (request.url ?? '').split('/');
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (kind === 'quotes' && this.slow) return this.hold();
    if (kind === 'quotes') return answer(200, { price: 5 });
    if (request.method === 'DELETE') {
      this.standing.delete(id);
      return answer(200, {});
    }
    if (kind === 'parcels') return answer(422, {});
    this.booked += 1;
    this.standing.add(`b-${this.booked}`);
    answer(201, { id: `b-${this.booked}` });
  }

  private hold(): void {
    this.waiting += 1;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}

let service: Service;
let url: string;
beforeEach(async () => {
  service = new Service();
  url = await service.listen();
});
afterEach(() => service.close());

describe('the owner is killed', () => {
  it('while a retry that a client asked for reads a price: the client goes on with it', {
    timeout: TIMEOUT,
  }, async () => {
    await inFolder(async (folder) => {
      const flow = writeFlow(folder);
      const command = (...words: readonly string[]): Begun => begun([...words, '--data', join(folder, 'data')]);
      const failed = await command('run', flow, '--id', 'trip-1', '-i', '{"parcel": true}', '--json').ended;
      expect(viewIn(failed).status).toBe('compensated');
      service.slow = true;
      const owner = command('run', flow, '--id', 'trip-2', '-i', '{}');
      await service.waits(1);
      const retrying = command('retry', 'trip-1', '-i', '{}', '--note', 'without the parcel', '--json');
      await service.waits(2);
      service.slow = false;
      owner.kill();
      const retried = await retrying.ended;
      expect([retried.code, viewIn(retried)]).toEqual([0, expect.objectContaining({ status: 'succeeded', epoch: 2 })]);
      expect(service.standing.size).toBe(1);
      const shown = viewIn(await command('runs', 'show', 'trip-1', '--json').ended);
      expect(shown.audit?.filter(({ result }) => result === 'retried')).toMatchObject([{ note: 'without the parcel' }]);
      expect(viewIn(await command('run', flow, '--id', 'trip-2', '-i', '{}', '--json').ended).status).toBe('succeeded');
      expect(service.standing.size).toBe(2);
    });
  });

  it('while it runs what a client cancels: the next command brings the cancel to its end', {
    timeout: TIMEOUT,
  }, async () => {
    await inFolder(async (folder) => {
      const flow = writeFlow(folder);
      const command = (...words: readonly string[]): Begun => begun([...words, '--data', join(folder, 'data')]);
      service.slow = true;
      const owner = command('run', flow, '--id', 'trip-1', '-i', '{}');
      await service.waits(1);
      owner.kill();
      await owner.ended;
      const cancelled = await command('cancel', 'trip-1', '--json').ended;
      expect([cancelled.code, viewIn(cancelled).status]).toEqual([0, 'failed']);
      expect(service.waiting).toBe(1);
      expect(service.standing.size).toBe(0);
    });
  });
});

describe('a run whose credentials a terminal does not have', () => {
  it('is left alone by the commands of that terminal, and finished from another', { timeout: TIMEOUT }, async () => {
    await using shop = await openShop();
    await shop.fault('shipping', { operation: 'listRates', answerAfterMs: 60_000 });
    const input = `@${join(EXAMPLE, 'input.example.json')}`;
    const owner = shop.begun('run', EXAMPLE, '-i', input, '--id', 'order-1', ...shop.servers);
    await Promise.all([owner.saying(/authorise-payment applied/), owner.saying(/check-fraud applied/)]);
    await shop.demo.clock.awaited();
    owner.kill();
    await owner.ended;
    const data = ['--data', join(shop.folder, 'data')];
    const other = await begun(['run', writeFlow(shop.folder), '-i', '{}', ...data]).ended;
    expect([other.code, service.standing.size]).toEqual([0, 1]);
    expect(other.error).toMatch(/run order-1 cannot go on from here: .*ORDER_DEMO_PAYMENTS_CLIENT_ID \(payments\)/);
    expect(viewIn(await begun(['runs', 'show', 'order-1', '--json', ...data]).ended).status).toBe('running');
    const refused = await begun(['cancel', 'order-1', ...data]).ended;
    expect([refused.code, refused.out]).toEqual([3, '']);
    const cancelled = await shop.interlock('cancel', 'order-1', '--json');
    expect([cancelled.code, viewIn(cancelled).status]).toEqual([0, 'compensated']);
    expect(await shop.standing()).toEqual([]);
  });
});

function viewIn({ out, error }: Said): RunView {
  if (out === '') throw new Error(error);
  return JSON.parse(out) as RunView;
}

/** A price is read, a trip is booked, and a parcel is added, which is always refused. */
function writeFlow(folder: string): string {
  const text = { type: 'string' };
  const answers = { responses: { 200: { description: 'Well.' }, 201: { description: 'Made.' } } };
  const id = { name: 'id', in: 'path', required: true, schema: text };
  const openapi = {
    openapi: '3.1.0',
    info: { title: 'Trips', version: '1.0.0' },
    servers: [{ url }],
    paths: {
      '/quotes': { get: { operationId: 'quote', ...answers } },
      '/trips': { post: { operationId: 'book', ...answers } },
      '/trips/{id}': { delete: { operationId: 'unbook', parameters: [id], ...answers } },
      '/parcels': { post: { operationId: 'addParcel', ...answers } },
    },
  };
  const unbook = { operationId: 'unbook', parameters: [{ name: 'id', in: 'path', value: '$steps.book.outputs.id' }] };
  const skip = { name: 'no-parcel', type: 'end', criteria: [{ condition: '$inputs.parcel != true' }] };
  const arazzo = {
    arazzo: '1.1.0',
    info: { title: 'Trips', version: '1.0.0' },
    sourceDescriptions: [{ name: 'trips', url: './trips.openapi.json', type: 'openapi' }],
    workflows: [
      {
        workflowId: 'trip',
        inputs: { type: 'object', properties: { parcel: { type: 'boolean', default: false } } },
        steps: [
          { stepId: 'quote', operationId: 'quote', timeout: 60_000, outputs: { price: '$response.body#/price' } },
          {
            stepId: 'book',
            operationId: 'book',
            outputs: { id: '$response.body#/id' },
            onSuccess: [skip],
            'x-interlock': { compensate: unbook },
          },
          { stepId: 'add-parcel', operationId: 'addParcel' },
        ],
      },
    ],
  };
  writeFileSync(join(folder, 'trips.openapi.json'), JSON.stringify(openapi));
  const file = join(folder, 'workflow.arazzo.json');
  writeFileSync(file, JSON.stringify(arazzo));
  return file;
}
