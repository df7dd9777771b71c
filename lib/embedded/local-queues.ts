/**
 * Queues in the data folder: where messages go on one machine that are nowhere else. One is written down before its sender is
 * told so, and is known again by its key; what was not handed to who receives over its channel is handed out when the next
 * process owns the folder. The newest of each queue stay, for people to look at.
 */
import type { Http, HttpAnswer, HttpLimits, HttpRequest } from '../runtime/ports/http.ts';
import { carrierOf } from '../model/carriers.ts';
import { type Database, parsed } from './database.ts';

export interface QueuedMessage {
  readonly id: string;
  readonly at: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

interface Row extends QueuedMessage {
  /** Whoever receives over its channel has not been told. */
  readonly open?: true;
}

/** Of one queue. */
const MOST_MESSAGES = 1_000;

export class LocalQueues {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** False: it was there before. */
  put(queue: string, message: QueuedMessage): Promise<boolean> {
    const { database } = this;
    return database.write(() => {
      const known = database.get('SELECT 1 FROM items WHERE pk = ? AND sk = ?', keyOf(queue, 'known'), message.id);
      if (known) return false;
      const row: Row = { ...message, open: true };
      database.run('INSERT INTO items VALUES (?, ?, ?)', keyOf(queue), nameOf(message), JSON.stringify(row));
      database.run('INSERT INTO items VALUES (?, ?, ?)', keyOf(queue, 'known'), message.id, nameOf(message));
      this.makeRoom(queue);
      return true;
    });
  }

  handedOut(queue: string, message: QueuedMessage): Promise<void> {
    const { id, at, headers, body } = message;
    return this.database.write(() => {
      const row: Row = { id, at, headers, body };
      const [pk, sk] = [keyOf(queue), nameOf(message)];
      this.database.run('UPDATE items SET body = ? WHERE pk = ? AND sk = ?', JSON.stringify(row), pk, sk);
    });
  }

  /** Not handed out yet, oldest first. */
  open(): readonly { readonly queue: string; readonly message: QueuedMessage }[] {
    const sql =
      "SELECT pk, body FROM items WHERE pk >= 'MQ#' AND pk < 'MQ$' AND json_extract(body, '$.open') ORDER BY sk LIMIT ?";
    return this.database.all(sql, MOST_MESSAGES).flatMap((row) => {
      const message = parsed<Row>(row);
      return message ? [{ queue: String(row['pk']).slice('MQ#'.length), message }] : [];
    });
  }

  /** Newest first. */
  messages(queue: string, limit: number): readonly QueuedMessage[] {
    const sql = 'SELECT body FROM items WHERE pk = ? ORDER BY sk DESC LIMIT ?';
    return this.database.all(sql, keyOf(queue), limit).flatMap((row) => parsed<Row>(row) ?? []);
  }

  private makeRoom(queue: string): void {
    const old = this.database.all(
      'SELECT sk FROM items WHERE pk = ? ORDER BY sk DESC LIMIT -1 OFFSET ?',
      keyOf(queue),
      MOST_MESSAGES,
    );
    for (const { sk } of old) {
      const name = String(sk);
      this.database.run('DELETE FROM items WHERE pk = ? AND sk = ?', keyOf(queue), name);
      this.database.run('DELETE FROM items WHERE pk = ? AND body = ?', keyOf(queue, 'known'), name);
    }
  }
}

function keyOf(queue: string, what: 'messages' | 'known' = 'messages'): string {
  return `${what === 'messages' ? 'MQ' : 'MK'}#${queue}`;
}

function nameOf({ at, id }: QueuedMessage): string {
  return `${String(at).padStart(16, '0')}#${id}`;
}

export type TakeMessage = (queue: string, message: QueuedMessage) => Promise<void>;

/** The HTTP port of one machine: what goes to a queue in the data folder is taken here. */
export function queueingHttp(http: Http, clock: { now(): number }, take: TakeMessage): Http {
  return {
    send: async (request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer> => {
      const carrier = carrierOf(request.url);
      if (carrier?.kind !== 'queue') return await http.send(request, limits);
      const { url, headers } = request;
      const key = headers.find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1];
      const at = clock.now();
      const body = request.body === undefined ? '' : new TextDecoder().decode(request.body);
      await take(carrier.name, { id: key ?? `${at}`, at, headers, body });
      return { kind: 'response', status: 202, headers: [], body: new Uint8Array(), url };
    },
  };
}
