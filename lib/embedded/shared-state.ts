/**
 * Small values that all runs of a data folder share, each a row under its key: read and changed in one transaction, by
 * pure functions of lib/runtime/protect. What breakers, limits and locks over the data file have in common.
 */
import { type Database, parsed } from './database.ts';

export class SharedState<T> {
  private readonly database: Database;
  private readonly name: string;
  private readonly first: T;

  /** `name` is the sort key; `first` stands for what was never written. */
  constructor(database: Database, name: string, first: T) {
    this.database = database;
    this.name = name;
    this.first = first;
  }

  read(pk: string): T {
    return parsed<T>(this.database.get('SELECT body FROM items WHERE pk = ? AND sk = ?', pk, this.name)) ?? this.first;
  }

  /** Changes the value and answers; where `work` gives the same value back nothing is written. */
  change<A>(pk: string, work: (value: T) => { readonly value: T; readonly answer: A }): Promise<A> {
    return this.database.write(() => {
      const known = this.read(pk);
      const { value, answer } = work(known);
      if (value !== known) {
        this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', pk, this.name, JSON.stringify(value));
      }
      return answer;
    });
  }
}
