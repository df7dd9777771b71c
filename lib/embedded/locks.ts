/**
 * Locks between runs over the data file. Their twin over DynamoDB is lib/aws/locks.ts; both pass test/contract/locks.ts.
 * A line stays when it is empty: its next owner's token is to be higher than the last one's.
 */
import { sha256 } from '../runtime/digest.ts';
import type { LockAnswer, LockAsk, LockPlace, Locks } from '../runtime/ports/locks.ts';
import { asked, EMPTY_LINE, left, type Line } from '../runtime/protect/line.ts';
import type { Database } from './database.ts';
import { SharedState } from './shared-state.ts';

export class SqliteLocks implements Locks {
  private readonly lines: SharedState<Line>;
  private readonly scope: string;

  /** Lines of different scopes have nothing to do with each other. */
  constructor(database: Database, scope: string) {
    this.lines = new SharedState(database, 'H', EMPTY_LINE);
    this.scope = scope;
  }

  acquire(ask: LockAsk): Promise<LockAnswer> {
    return this.lines.change(this.partition(ask.key), (line) => {
      const { line: value, answer } = asked(line, ask);
      return { value, answer };
    });
  }

  release(key: string, place: LockPlace, at: number): Promise<void> {
    return this.lines.change(this.partition(key), (line) => ({ value: left(line, place, at), answer: undefined }));
  }

  /** A key may hold what is nobody's business. */
  private partition(key: string): string {
    return `L#${sha256(JSON.stringify([this.scope, key]))}`;
  }
}
