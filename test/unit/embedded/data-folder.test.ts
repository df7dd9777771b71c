/** Where the data folder is, who owns it, and who may look into it. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { claimFolder, dataFolder, socketPath } from '../../../lib/embedded/data-folder.ts';
import type { Database } from '../../../lib/embedded/database.ts';

describe('the data folder', () => {
  let root: string;
  let claimed: Database[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'interlock-folder-'));
    claimed = [];
  });
  afterEach(() => {
    for (const database of claimed) database.close();
    rmSync(root, { recursive: true, force: true });
  });

  function claim(folder: string): Database | undefined {
    const database = claimFolder(folder);
    if (database !== undefined) claimed.push(database);
    return database;
  }

  function modeOf(path: string): string {
    return (statSync(path).mode & 0o777).toString(8);
  }

  test('lies where it is said, else beside the nearest package.json, else here', () => {
    const deep = join(root, 'app', 'flows', 'order');
    mkdirSync(deep, { recursive: true });
    expect(dataFolder('elsewhere', deep)).toBe(join(process.cwd(), 'elsewhere'));
    expect(dataFolder(undefined, deep)).toBe(join(deep, '.interlock'));
    writeFileSync(join(root, 'app', 'package.json'), '{}');
    expect(dataFolder(undefined, deep)).toBe(join(root, 'app', '.interlock'));
    writeFileSync(join(root, 'app', 'flows', 'package.json'), '{}');
    expect(dataFolder(undefined, deep)).toBe(join(root, 'app', 'flows', '.interlock'));
  });

  test('belongs to the first who claims it, until that lets go', () => {
    const folder = join(root, 'deep', 'data');
    const first = claim(folder);
    expect(first).toBeDefined();
    expect(claim(folder)).toBeUndefined();
    claimed.pop()?.close();
    expect(claim(folder)).toBeDefined();
  });

  test('and all in it is closed to other users', async () => {
    const folder = join(root, 'data');
    const database = claim(folder);
    await database?.write(() => database.run("INSERT INTO meta VALUES ('a', 'b')"));
    expect([folder, join(folder, 'interlock.db'), join(folder, 'interlock.db-wal')].map(modeOf)).toEqual([
      '700',
      '600',
      '600',
    ]);
  });

  test('in which nothing can be made is a failure that says what to do', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => claimFolder(join(root, 'file', 'data'))).toThrow(
      expect.objectContaining({ code: 'data-folder', kind: 'world', remedy: expect.stringContaining('--data') }),
    );
  });

  test('with a file in it that is no data file is refused, and let go of', () => {
    const folder = join(root, 'data');
    mkdirSync(folder);
    writeFileSync(join(folder, 'interlock.db'), 'this is a letter to somebody'.repeat(300));
    for (let tries = 0; tries < 2; tries += 1)
      expect(() => claimFolder(folder)).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
    rmSync(join(folder, 'interlock.db'));
    expect(claim(folder)).toBeDefined();
  });

  describe('has its socket', () => {
    const long = join('/', 'x'.repeat(50), 'y'.repeat(60));

    test('in it where the path is short enough for an address', () => {
      expect(socketPath('/short/data')).toBe('/short/data/owner.sock');
      expect(socketPath(`/${'x'.repeat(95)}`)).toBe(`/${'x'.repeat(95)}/owner.sock`);
    });

    test('else in a folder of the user, one for each data folder', () => {
      const path = socketPath(long, root);
      const own = join(root, `interlock-${process.getuid?.() ?? 0}`);
      expect(path).toMatch(new RegExp(`^${own}/[0-9a-f]{16}\\.sock$`));
      expect([socketPath(long, root), socketPath(`${long}z`, root) === path, modeOf(own)]).toEqual([
        path,
        false,
        '700',
      ]);
      expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
    });

    test('never in a folder that somebody else made under that name, or may change', () => {
      const own = join(root, `interlock-${process.getuid?.() ?? 0}`);
      const refusal = expect.objectContaining({ code: 'owner-foreign', kind: 'world' });
      mkdirSync(own);
      for (const mode of [0o777, 0o720, 0o702]) {
        chmodSync(own, mode);
        expect(() => socketPath(long, root)).toThrow(refusal);
      }
      chmodSync(own, 0o755);
      expect(existsSync(socketPath(long, root))).toBe(false);
      rmSync(own, { recursive: true });
      mkdirSync(join(root, 'theirs'));
      symlinkSync(join(root, 'theirs'), own);
      expect(() => socketPath(long, root)).toThrow(refusal);
      rmSync(own);
      const uid = (process.getuid?.() ?? 0) + 1;
      const somebody = vi.spyOn(process, 'getuid').mockReturnValue(uid);
      // The folder of that user's name, which this user makes first.
      mkdirSync(join(root, `interlock-${uid}`), { mode: 0o700 });
      expect(() => socketPath(long, root)).toThrow(refusal);
      somebody.mockRestore();
    });
  });
});
