/**
 * What changes while a rehearsal runs, as a copy from which another rehearsal of the same kind goes on. Containers are
 * copied, what they hold is not: everything in them is replaced, never changed.
 */

export interface Remembering {
  memory(): unknown;
  /** Of one that was made the same way. */
  recall(memory: unknown): void;
}

/** Of something given under a port's type: its books, where it has any. */
export function booksOf(one: object): Remembering | undefined {
  if ('books' in one) return booksOf(one.books as object);
  const isOne = 'memory' in one && typeof one.memory === 'function' && 'recall' in one;
  return isOne ? (one as Remembering) : undefined;
}

export function listed<T>(list: T[]): Remembering {
  return {
    memory: () => [...list],
    recall: (memory) => {
      list.length = 0;
      for (const one of memory as readonly T[]) list.push(one);
    },
  };
}

export function mapped<K, V>(map: Map<K, V>): Remembering {
  return {
    memory: () => new Map(map),
    recall: (memory) => {
      map.clear();
      for (const [key, value] of memory as ReadonlyMap<K, V>) map.set(key, value);
    },
  };
}

/** Of two who write into the map one alone is remembered; what the other has written stays as it is. */
export function mappedOf<V>(map: Map<string, V>, isOurs: (key: string) => boolean): Remembering {
  return {
    memory: () => [...map].filter(([key]) => isOurs(key)),
    recall: (memory) => {
      for (const [key, value] of memory as readonly (readonly [string, V])[]) map.set(key, value);
    },
  };
}

/** As one: each part gets back what it gave. */
export function together(parts: readonly Remembering[]): Remembering {
  return {
    memory: () => parts.map((part) => part.memory()),
    recall: (memory) => {
      for (const [at, part] of parts.entries()) part.recall((memory as readonly unknown[])[at]);
    },
  };
}
