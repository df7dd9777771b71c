import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SqliteBlobs } from '../../lib/embedded/blobs.ts';
import { Database } from '../../lib/embedded/database.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryBlobs } from '../support/memory-blobs.ts';
import { describeBlobs } from './blobs.ts';

/** One process owns a data folder, so all that open it are the same store. */
describeBlobs('a data file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-blobs-'));
  const blobs = SqliteBlobs.in(join(folder, 'blobs.db'));
  return Promise.resolve({
    open: () => blobs,
    close() {
      blobs.close();
      return Promise.resolve(rmSync(folder, { recursive: true }));
    },
  });
});

describeBlobs('memory', () => {
  const blobs = new MemoryBlobs();
  return Promise.resolve({ open: () => blobs, close: () => Promise.resolve() });
});

describe('blobs beside a data file', () => {
  const ID = 'a'.repeat(64);
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'interlock-blobs-'));
    folders.push(folder);
    return folder;
  }

  it('have a file of their own, with its log readable by their owner alone', async () => {
    const folder = newFolder();
    const database = new Database(join(folder, 'interlock.db'), SCHEMA);
    const blobs = SqliteBlobs.beside(database);
    await blobs.put('r1', ID, '"secret"');
    const files = readdirSync(folder).filter((file) => file.startsWith('blobs'));
    expect(files).toEqual(['blobs.db', 'blobs.db-wal']);
    expect(files.map((file) => statSync(join(folder, file)).mode & 0o777)).toEqual([0o600, 0o600]);
    blobs.close();
    database.close();
  });

  it('make no file before there is a blob', () => {
    const folder = newFolder();
    SqliteBlobs.in(join(folder, 'blobs.db')).close();
    expect(existsSync(join(folder, 'blobs.db'))).toBe(false);
  });

  it('are there for the next process, with the same secret', async () => {
    const file = join(newFolder(), 'blobs.db');
    const first = SqliteBlobs.in(file);
    await first.put('r1', ID, '"kept"');
    const secret = await first.secret();
    first.close();
    const next = SqliteBlobs.in(file);
    expect([await next.get('r1', ID), await next.secret()]).toEqual(['"kept"', secret]);
    next.close();
  });

  it('are overwritten when their run is removed', async () => {
    const file = join(newFolder(), 'blobs.db');
    const blobs = SqliteBlobs.in(file);
    await blobs.put('r1', ID, '"a-removed-secret"');
    await blobs.remove('r1');
    blobs.close();
    expect(readFileSync(file).includes('a-removed-secret')).toBe(false);
  });

  it('write nothing into the data file itself', async () => {
    const database = new Database(join(newFolder(), 'interlock.db'), SCHEMA);
    const blobs = SqliteBlobs.beside(database);
    await blobs.secret();
    await Promise.all(Array.from({ length: 40 }, (_, index) => blobs.put(`r${index}`, ID, '1')));
    expect(database.counts.commits).toBe(0);
    blobs.close();
    database.close();
  });
});
