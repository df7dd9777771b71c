import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimFolder } from '../../lib/embedded/data-folder.ts';
import { Database } from '../../lib/embedded/database.ts';
import { SqliteJournal } from '../../lib/embedded/journal.ts';
import { Failure } from '../../lib/model/failure.ts';
import { header, start } from '../contract/journal-cases.ts';

describe('the layout of a data file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interlock-layout-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is written once, and what was recorded is there for the next owner', async () => {
    const first = claimFolder(folder);
    await new SqliteJournal(first as Database).start(start('r1'));
    first?.close();
    const second = claimFolder(folder);
    expect(await new SqliteJournal(second as Database).header('r1')).toEqual(header('r1'));
    second?.close();
  });

  it('of the first version, which wrote none down, is refused and left as it was', () => {
    const old = new Database(join(folder, 'interlock.db'), OLD_TABLES);
    old.run("INSERT INTO runs VALUES ('r1', 'order', 'forward', 1, 10, 1, NULL, '{}')");
    old.close();
    expect(refusal(folder)).toMatch(/has layout 1, this version of Interlock uses layout 2/);
    const again = new Database(join(folder, 'interlock.db'), '');
    expect(again.all('SELECT name FROM meta')).toEqual([]);
    expect(again.all('SELECT run_id FROM runs')).toEqual([{ run_id: 'r1' }]);
    again.close();
  });

  it('of a later version is refused, with what to do', () => {
    claimFolder(folder)?.close();
    const later = new Database(join(folder, 'interlock.db'), '');
    later.run("UPDATE meta SET value = '99' WHERE name = 'layout'");
    later.close();
    expect(refusal(folder)).toMatch(/has layout 99.*Use the version of Interlock that wrote it/s);
  });

  it('is no reason to think that another process owns the folder: the refused file is let go of', () => {
    claimFolder(folder)?.close();
    const later = new Database(join(folder, 'interlock.db'), '');
    later.run("UPDATE meta SET value = '99' WHERE name = 'layout'");
    later.close();
    expect(refusal(folder)).toBe(refusal(folder));
  });
});

const OLD_TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, workflow_id TEXT NOT NULL, phase TEXT NOT NULL, epoch INTEGER NOT NULL,
  deadline INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL
) WITHOUT ROWID;
`;

function refusal(folder: string): string {
  try {
    claimFolder(folder)?.close();
  } catch (error) {
    if (error instanceof Failure) return `${error.message}\n${error.remedy}`;
    throw error;
  }
  return 'taken';
}
