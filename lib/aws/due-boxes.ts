/**
 * Mailboxes in which messages have grown too old, from the index of open runs, where they have shards of their own. Apart
 * from lib/aws/mailboxes.ts, because only who looks after the table may ask its index, and no other function loads it.
 */
import { assert } from '../model/assert.ts';
import type { DueBox, DueBoxes, Origin } from '../runtime/ports/mailboxes.ts';
import { boxKey, changeBox, type Work } from './mailboxes.ts';
import { MAIL_SHARDS } from './run-items.ts';
import { dynamoClient, RunTable } from './run-table.ts';
import { SharedTable } from './shared-table.ts';

export class DynamoDueBoxes implements DueBoxes {
  private readonly table: SharedTable;
  private readonly index: Pick<RunTable, 'due'>;

  constructor(table: SharedTable, index: Pick<RunTable, 'due'>) {
    this.table = table;
    this.index = index;
  }

  static ofFunction(): DynamoDueBoxes {
    const name = process.env['INTERLOCK_TABLE'];
    assert(name, 'the function has the environment variable INTERLOCK_TABLE');
    const client = dynamoClient();
    return new DynamoDueBoxes(new SharedTable({ name, client }), new RunTable({ name, client }));
  }

  async due({ at, limit }: Parameters<DueBoxes['due']>[0]): Promise<readonly DueBox[]> {
    const shards = MAIL_SHARDS.map((shard) => this.index.due({ shard, at, limit }));
    const names = (await Promise.all(shards))
      .flat()
      .map((item) => ({ name: item['pk']?.S ?? '', wake: Number(item['wake']?.N) }))
      .sort((one, other) => one.wake - other.wake)
      .slice(0, limit);
    const found: DueBox[] = [];
    for (const { name } of names) {
      const origin = (await this.table.get(boxKey(name)))['origin']?.S;
      // It was forgotten meanwhile.
      if (origin !== undefined) found.push({ name, origin: JSON.parse(origin) as Origin });
    }
    return found;
  }

  async changeDue<A>(box: DueBox, at: number, work: Work<A>): Promise<A> {
    return await changeBox(this.table, box, at, work);
  }
}
