/**
 * What runs share, an item each in the run table (`V#...`), forgotten by DynamoDB's own expiry and never larger than an item may
 * be. Its twin on one machine is lib/embedded/shared-values.ts.
 */
import {
  MAX_SHARED_BYTES,
  type SharedValue,
  type SharedValues,
  type SharedWrite,
} from '../runtime/ports/shared-values.ts';
import { expiry, type ItemKey, num, numberIn, type SharedTable } from './shared-table.ts';

const NAMES = { '#text': 'text', '#until': 'until', '#expires': 'expires' };

export class DynamoSharedValues implements SharedValues {
  private readonly table: SharedTable;
  private readonly scope: string;

  constructor(table: SharedTable, scope: string) {
    this.table = table;
    this.scope = scope;
  }

  async get(key: string, at: number): Promise<SharedValue | undefined> {
    const item = await this.table.get(this.keyOf(key));
    const until = numberIn(item, 'until') ?? 0;
    const text = item['text']?.S;
    if (text === undefined || until <= at) return undefined;
    return { text, until };
  }

  async put(key: string, { text, until }: SharedWrite): Promise<boolean> {
    if (Buffer.byteLength(text) > MAX_SHARED_BYTES) return false;
    const { written } = await this.table.update(this.keyOf(key), {
      update: 'SET #text = :text, #until = :until, #expires = :expires',
      names: NAMES,
      values: { ':text': { S: text }, ':until': num(until), ':expires': expiry(until) },
    });
    return written;
  }

  /** What has ended is as good as removed: handlers may not delete. */
  async remove(key: string): Promise<void> {
    await this.table.update(this.keyOf(key), {
      update: 'SET #until = :never REMOVE #text',
      condition: 'attribute_exists(#text)',
      names: { '#until': 'until', '#text': 'text' },
      values: { ':never': num(0) },
    });
  }

  private keyOf(key: string): ItemKey {
    return { pk: `V#${this.scope}/${key}`, sk: 'value' };
  }
}
