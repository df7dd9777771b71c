/** When writes are answered, which of them share a commit, and what a failure does to whom: over a target that is scripted. */
import { describe, expect, test } from 'vitest';
import { type CommitTarget, GroupCommit } from '../../../lib/embedded/group-commit.ts';

type Event = string;

/** Syncs end when the test says so; every call is written down in order. */
class Target implements CommitTarget {
  readonly events: Event[] = [];
  /** Milliseconds. */
  time = 0;
  failing: unknown = null;
  private done: ((error: unknown) => void) | null = null;

  transact(works: readonly (() => unknown)[]): readonly unknown[] {
    this.events.push(`transaction of ${works.length}`);
    return works.map((work) => work());
  }

  sync(done: (error: unknown) => void): void {
    this.events.push('sync');
    this.done = done;
  }

  syncNow(): void {
    this.events.push('sync now');
    if (this.failing !== null) throw this.failing;
  }

  end(error: unknown = null): void {
    const { done } = this;
    this.done = null;
    done?.(error);
  }
}

interface Scene {
  readonly target: Target;
  readonly group: GroupCommit;
  /** Writes a value that is answered with itself; the answer is written down. */
  readonly write: (name: string) => Promise<void>;
}

function scene(): Scene {
  const target = new Target();
  const group = new GroupCommit(target, () => target.time);
  const write = async (name: string): Promise<void> => {
    const said = await group.write(() => name).catch((error: unknown) => `${name}: ${(error as Error).message}`);
    target.events.push(`answered ${said}`);
  };
  return { target, group, write };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('group commit', () => {
  test('answers a write only after the sync behind its transaction', async () => {
    const { target, group, write } = scene();
    const both = [write('a'), write('b')];
    expect(target.events).toEqual([]);
    await turn();
    expect([target.events, group.busy]).toEqual([['transaction of 2', 'sync'], true]);
    target.end();
    await Promise.all(both);
    expect([target.events.slice(2), group.busy]).toEqual([['answered a', 'answered b'], false]);
    expect(group.counts).toEqual({ commits: 1, writes: 2 });
  });

  test('syncs a write that is alone at once', async () => {
    const { target, write } = scene();
    await write('a');
    expect(target.events).toEqual(['transaction of 1', 'sync now', 'answered a']);
  });

  test('gathers what comes during a sync into one group, behind it', async () => {
    const { target, group, write } = scene();
    const first = [write('a'), write('b')];
    await turn();
    const second = [write('c'), write('d'), write('e')];
    await turn();
    expect(target.events).toEqual(['transaction of 2', 'sync']);
    target.end();
    await Promise.all(first);
    await turn();
    target.end();
    await Promise.all(second);
    expect(target.events.slice(0, 4)).toEqual(['transaction of 2', 'sync', 'answered a', 'answered b']);
    expect(target.events.slice(4)).toEqual(['transaction of 3', 'sync', 'answered c', 'answered d', 'answered e']);
    expect(group.counts).toEqual({ commits: 2, writes: 5 });
  });

  /** A group of two whose sync took so long: what the later ones are judged by. */
  async function afterSyncOf(milliseconds: number): Promise<Scene> {
    const scripted = scene();
    const { target, write } = scripted;
    const both = [write('a'), write('b')];
    await turn();
    target.time += milliseconds;
    target.end();
    await Promise.all(both);
    target.events.length = 0;
    return scripted;
  }

  test('begins the next sync before it lets the writers of the last one go on, where syncs are quick', async () => {
    const { target, write } = await afterSyncOf(0.2);
    const first = Array.from({ length: 16 }, (_, index) => write(`b${index}`));
    expect(target.events).toEqual(['transaction of 16', 'sync']);
    const second = Array.from({ length: 16 }, (_, index) => write(`c${index}`));
    target.end();
    expect(target.events.slice(2)).toEqual(['transaction of 16', 'sync']);
    await Promise.all(first);
    target.end();
    await Promise.all(second);
    expect(target.events.filter((event) => event.startsWith('answered'))).toHaveLength(32);
  });

  test('waits for the end of the turn where a sync takes longer than the work behind the writes', async () => {
    const { target, write } = await afterSyncOf(3);
    const all = Array.from({ length: 99 }, (_, index) => write(`b${index}`));
    expect(target.events).toEqual([]);
    await turn();
    expect(target.events).toEqual(['transaction of 99', 'sync']);
    target.end();
    await Promise.all(all);
  });

  test('answers reads once what they saw is durable, at once where it is', async () => {
    const { target, group, write } = scene();
    await group.durable();
    const both = [write('a'), write('b')];
    await turn();
    const seen = group.durable().then(() => target.events.push('read'));
    await turn();
    expect(target.events).toEqual(['transaction of 2', 'sync']);
    target.end();
    await Promise.all([...both, seen]);
    expect(target.events).toContain('read');
  });

  test('gives each write its own try when the transaction of all fails, and fails those alone that fail again', async () => {
    const { target, group, write } = scene();
    const full = group.write(() => {
      throw new Error('disk full');
    });
    const others = [write('a'), write('b')];
    const refused = expect(full).rejects.toThrow('disk full');
    await turn();
    target.end();
    await Promise.all([...others, refused]);
    const tries = ['transaction of 3', 'transaction of 1', 'transaction of 1', 'transaction of 1'];
    expect(target.events).toEqual([...tries, 'sync', 'answered a', 'answered b']);
    await write('later');
    expect(target.events.at(-1)).toBe('answered later');
  });

  test('after a failed sync answers nobody with success any more', async () => {
    const { target, group, write } = scene();
    const lost = [write('a'), write('b')];
    await turn();
    const waiting = write('c');
    const read = expect(group.durable()).rejects.toThrow('cannot be made durable');
    target.end(new Error('EIO'));
    await Promise.all([...lost, waiting, read]);
    expect(target.events.slice(2)).toEqual(['a', 'b', 'c'].map((name) => `answered ${name}: ${BROKEN}`));
    await expect(group.write(() => 1)).rejects.toMatchObject({ code: 'store-failed', kind: 'world' });
    await expect(group.durable()).rejects.toThrow(BROKEN);
    expect(group.counts).toEqual({ commits: 0, writes: 0 });
  });

  test('after a failed sync of a lone write, too', async () => {
    const { target, group, write } = scene();
    target.failing = new Error('EIO');
    await write('a');
    expect(target.events.at(-1)).toBe(`answered a: ${BROKEN}`);
    await expect(group.write(() => 1)).rejects.toThrow(BROKEN);
  });

  test('flushes what is being synced and what waits, once each', async () => {
    const { target, group, write } = scene();
    const all = [write('a'), write('b')];
    await turn();
    all.push(write('c'), group.durable());
    group.flush();
    expect(target.events).toEqual(['transaction of 2', 'sync', 'sync now', 'transaction of 1', 'sync now']);
    target.end();
    await Promise.all(all);
    await turn();
    expect(target.events.slice(5)).toEqual(['answered a', 'answered b', 'answered c']);
    expect([group.counts, group.busy]).toEqual([{ commits: 2, writes: 3 }, false]);
  });
});

const BROKEN = 'The data file cannot be made durable';
