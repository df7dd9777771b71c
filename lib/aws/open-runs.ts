/** Open runs from their index: each of its shards is asked, and the longest overdue of all come first. */
import type { OpenRuns } from '../runtime/ports/open-runs.ts';
import { OPEN_SHARDS, RUN } from './run-items.ts';
import type { RunTable } from './run-table.ts';

export class DynamoOpenRuns implements OpenRuns {
  private readonly table: RunTable;

  constructor(table: RunTable) {
    this.table = table;
  }

  async due({ at, limit }: Parameters<OpenRuns['due']>[0]): Promise<readonly string[]> {
    const shards = Array.from({ length: OPEN_SHARDS }, (_, shard) => this.table.due({ shard, at, limit }));
    const found = (await Promise.all(shards)).flat();
    return found
      .map((item) => ({ run: (item['pk']?.S ?? '').slice(RUN.length), wake: Number(item['wake']?.N) }))
      .sort((one, other) => one.wake - other.wake)
      .slice(0, limit)
      .map(({ run }) => run);
  }
}
