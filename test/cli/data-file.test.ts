/** What a user reads when the data file is damaged, cut off, somebody's letter, or cannot be written. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimFolder } from '../../lib/embedded/data-folder.ts';
import { inFolder, interlock } from '../support/command-line.ts';

const NOTHING_THERE = { code: 0, error: '' };

describe('a data file', () => {
  it('that is damaged ends a command with 3, and says what to do', async () => {
    await inFolder(async (folder) => {
      expect(await interlock(['runs', '--data', folder])).toMatchObject(NOTHING_THERE);
      const path = join(folder, 'interlock.db');
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0x5a, 4096));
      const said = await interlock(['runs', '--data', folder]);
      expect(said).toMatchObject({ code: 3, out: '' });
      expect(said.error).toContain(`interlock: ${path} is damaged or no data file of Interlock\n`);
      expect(said.error).toContain('Move the data folder away to keep it');
      expect(said.error).not.toMatch(/^ +at /m);
    });
  });

  it('that is no data file ends a command with 3, too, and is left as it was', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'interlock.db');
      const letter = 'Dear Sir or Madam, '.repeat(600);
      writeFileSync(path, letter);
      expect(await interlock(['runs', '--data', folder])).toMatchObject({ code: 3, out: '' });
      expect(readFileSync(path, 'utf8')).toBe(letter);
    });
  });

  it('whose log ends in the middle of a write is cut there, and the command says so and goes on', async () => {
    await inFolder(async (folder) => {
      await crashed(join(folder, 'whole'), (log) => log);
      expect(await interlock(['runs', '--data', join(folder, 'whole')])).toMatchObject(NOTHING_THERE);
      await crashed(join(folder, 'cut'), (log) => log.subarray(0, log.length - 1000));
      const cut = await interlock(['runs', '--data', join(folder, 'cut')]);
      expect(cut.code).toBe(0);
      expect(cut.error).toMatch(/^The data file's log ended with a write that is not whole/);
      await crashed(join(folder, 'bad'), (log) => log.fill(0x5a, 200, 300));
      const bad = await interlock(['runs', '--data', join(folder, 'bad')]);
      expect(bad.code).toBe(0);
      expect(bad.error).toMatch(/^The data file's log is damaged: \d+ pages were left out, the 0 whole writes/);
      // Said once: the next command finds it mended.
      expect(await interlock(['runs', '--data', join(folder, 'bad')])).toMatchObject(NOTHING_THERE);
    });
  });

  it('in a folder that cannot be made ends a command with 3', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const said = await interlock(['runs', '--data', join(folder, 'file', 'data')]);
      expect(said).toMatchObject({ code: 3, out: '' });
      expect(said.error).toContain('Name a folder that you may write to with --data.');
    });
  });
});

/** What a process that died after some writes leaves, with its log changed. */
async function crashed(folder: string, change: (log: Buffer) => Buffer): Promise<void> {
  const original = claimFolder(`${folder}-original`);
  for (let number = 0; number < 5; number += 1)
    await original?.write(() => original.run(`INSERT INTO definitions VALUES ('${number}', '{}')`));
  mkdirSync(folder);
  copyFileSync(`${folder}-original/interlock.db`, join(folder, 'interlock.db'));
  writeFileSync(join(folder, 'interlock.db-wal'), change(readFileSync(`${folder}-original/interlock.db-wal`)));
  original?.close();
}
