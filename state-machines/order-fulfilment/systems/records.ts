/**
 * A system's table: records by id, ids counted from 1 so that two runs of a demo print the same. Bounded, because a
 * server that is left running must not eat the machine.
 */
import { Problem } from './problem.ts';

const limit = 50_000;

export interface Records<T> {
  /** Adds what `make` returns for the next id. */
  add(make: (id: string) => T): T;
  /** Throws 404 for an unknown id. */
  get(id: string): T;
  replace(id: string, record: T): T;
  /** Oldest first. */
  list(): readonly T[];
  clear(): void;
}

export function createRecords<T>(prefix: string): Records<T> {
  const byId = new Map<string, T>();
  const get = (id: string): T => {
    const found = byId.get(id);
    if (found === undefined) throw new Problem(404, 'not-found', `There is no ${id} here.`);
    return found;
  };
  const put = (id: string, record: T): T => {
    byId.set(id, record);
    return record;
  };
  return {
    get,
    add: (make) => {
      if (byId.size >= limit) throw new Problem(507, 'insufficient-storage', `${limit} records are kept at most.`);
      const id = `${prefix}_${String(byId.size + 1).padStart(6, '0')}`;
      return put(id, make(id));
    },
    replace: put,
    list: () => [...byId.values()],
    clear: () => byId.clear(),
  };
}
