/** The data file as a store: what survives, what a full disk and a damaged file do, and what they are called. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from '../../../lib/embedded/database.ts';
import { Failure } from '../../../lib/model/failure.ts';

const SCHEMA = 'CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, body TEXT NOT NULL)';

describe('the data file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interlock-database-'));
    path = join(folder, 'data.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function put(database: Database, number: number, body = 'x'): Promise<number> {
    return database.write(() => database.run('INSERT INTO rows VALUES (?, ?)', number, body));
  }

  function numbers(database: Database): readonly unknown[] {
    return database.all('SELECT number FROM rows ORDER BY number').map(({ number }) => number);
  }

  test('syncs its log behind every commit and all else by itself', () => {
    const database = new Database(path, SCHEMA);
    expect(database.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
    // 1 is NORMAL: everything but the log's end is synced by SQLite; that is synced by the group commit.
    expect(database.get('PRAGMA synchronous')).toEqual({ synchronous: 1 });
    database.close();
  });

  test('holds what was acknowledged when the process dies without closing it', async () => {
    const database = new Database(path, SCHEMA);
    await Promise.all(Array.from({ length: 40 }, (_, index) => put(database, index)));
    for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, join(folder, `copy.db${suffix}`));
    database.close();
    const copy = new Database(join(folder, 'copy.db'), SCHEMA);
    expect([numbers(copy), copy.dropped]).toEqual([Array.from({ length: 40 }, (_, index) => index), null]);
    copy.close();
  });

  test('commits together what comes in one turn, and answers with what each write returned', async () => {
    const database = new Database(path, SCHEMA);
    const answers = await Promise.all([put(database, 1), database.write(() => 'second'), put(database, 2)]);
    expect([answers, database.counts]).toEqual([[1, 'second', 1], { commits: 1, writes: 3 }]);
    expect(await database.read(() => numbers(database))).toEqual([1, 2]);
    database.close();
  });

  test('lets a write that throws leave nothing behind, and no other suffer', async () => {
    const database = new Database(path, SCHEMA);
    const bad = database.write(() => {
      database.run('INSERT INTO rows VALUES (7, ?)', 'half');
      throw new Error('changed its mind');
    });
    const settled = await Promise.allSettled([put(database, 1), bad, put(database, 2)]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(numbers(database)).toEqual([1, 2]);
    database.close();
  });

  test('says of a full disk what it is to the write that hits it; smaller ones go on, and all is whole afterwards', async () => {
    const database = new Database(path, SCHEMA);
    await put(database, 1);
    const { page_count: pages } = database.get('PRAGMA page_count') ?? {};
    database.get(`PRAGMA max_page_count = ${Number(pages) + 4}`);
    const [small, large] = await Promise.allSettled([put(database, 2), put(database, 3, 'x'.repeat(100_000))]);
    expect(small.status).toBe('fulfilled');
    expect(large).toMatchObject({ status: 'rejected', reason: { code: 'store-full', kind: 'world' } });
    expect((large as PromiseRejectedResult).reason).toMatchObject({ remedy: expect.stringContaining('--data') });
    await put(database, 4);
    expect(numbers(database)).toEqual([1, 2, 4]);
    database.get('PRAGMA max_page_count = 1000000');
    await put(database, 5, 'x'.repeat(100_000));
    expect(database.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
    database.close();
    const again = new Database(path, SCHEMA);
    expect(numbers(again)).toEqual([1, 2, 4, 5]);
    again.close();
  });

  test('that is none of ours is refused as damaged, whatever is in it', () => {
    for (const content of ['hello, this is a text that somebody put here', 'SQLite format 3\0'.repeat(600)]) {
      writeFileSync(path, content.padEnd(8192, '.'));
      expect(failureOf(() => new Database(path, SCHEMA))).toMatchObject({ code: 'store-corrupt', kind: 'world' });
    }
  });

  test('with damaged pages gives what was written or a failure that says so, never something else', async () => {
    const database = new Database(path, SCHEMA);
    for (let number = 0; number < 60; number += 1) await put(database, number, `${number}`.repeat(200));
    database.close();
    const sound = readFileSync(path);
    const seen = new Set<string>();
    for (let page = 0; page * 4096 < sound.length; page += 1) {
      for (const at of [0, 3, 5, 8, 12, 100, 2000]) {
        const bytes = Buffer.from(sound).fill(0xff, page * 4096 + at, page * 4096 + at + 8);
        writeFileSync(path, bytes);
        const found = readOrFailure(path);
        seen.add(found instanceof Failure ? found.code : 'read');
        if (found instanceof Failure) expect(['store-corrupt', 'store-failed']).toContain(found.code);
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining(['store-corrupt', 'read']));
  });

  test('in a place where nothing can be written is a failure that names it', () => {
    expect(failureOf(() => new Database(join(folder, 'none', 'data.db'), SCHEMA))).toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining(join(folder, 'none')),
    });
  });

  function readOrFailure(damaged: string): unknown {
    let database: Database | undefined;
    try {
      database = new Database(damaged, SCHEMA);
      return database.all('SELECT number, body FROM rows');
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    } finally {
      database?.close();
      rmSync(`${damaged}-wal`, { force: true });
    }
  }
});

function failureOf(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}
