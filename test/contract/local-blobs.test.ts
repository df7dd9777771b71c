import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FileBlobs } from '../../lib/embedded/blobs.ts';
import { MemoryBlobs } from '../../lib/embedded/memory-blobs.ts';
import { describeBlobs } from './blobs.ts';

describeBlobs('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-blobs-'));
  return Promise.resolve({
    open: () => new FileBlobs(join(folder, 'blobs')),
    close: () => Promise.resolve(rmSync(folder, { recursive: true })),
  });
});

describe('blobs in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-blobs-'));
  const ID = 'a'.repeat(64);
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const files = (): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));

  it('are readable by their owner alone', async () => {
    const blobs = new FileBlobs(join(folder, 'blobs'));
    await blobs.put('r1', ID, '"secret"');
    await blobs.secret();
    const modes = files().map((file) => [statSync(file).isDirectory(), statSync(file).mode & 0o077] as const);
    expect(modes.filter(([isFolder]) => !isFolder)).toHaveLength(2);
    expect(modes.every(([, others]) => others === 0)).toBe(true);
  });

  it('leave no unfinished file behind, and stay inside their folder whatever the run is called', async () => {
    const blobs = new FileBlobs(join(folder, 'blobs'));
    await blobs.put('../../../escaped', ID, '1');
    await blobs.put('r1', ID, '1');
    await Promise.all([blobs.secret(), new FileBlobs(join(folder, 'blobs')).secret()]);
    expect(files().filter((file) => /\/\.[^/]*$/.test(file))).toEqual([]);
    expect(existsSync(join(folder, '../escaped'))).toBe(false);
    expect(files().every((file) => file.startsWith(join(folder, 'blobs')))).toBe(true);
  });

  it('are written again where a crash of the disk has left another text under the name', async () => {
    const blobs = new FileBlobs(join(folder, 'blobs'));
    await blobs.put('r1', ID, '"whole"');
    const [file = ''] = files().filter((one) => one.endsWith(ID));
    writeFileSync(file, '"wh');
    await blobs.put('r1', ID, '"whole"');
    expect(readFileSync(file, 'utf8')).toBe('"whole"');
  });

  it('fail by name where the folder cannot be used, without the value', async () => {
    writeFileSync(join(tmpdir(), `interlock-no-folder-${process.pid}`), '');
    const path = join(tmpdir(), `interlock-no-folder-${process.pid}`);
    chmodSync(path, 0o600);
    const failed = await new FileBlobs(join(path, 'blobs')).put('r1', ID, '"canary"').catch((error: unknown) => error);
    rmSync(path);
    expect(failed).toMatchObject({ code: 'blob-store' });
    expect(String(failed)).not.toContain('canary');
  });
});

describeBlobs('memory', () => {
  const blobs = new MemoryBlobs();
  return Promise.resolve({ open: () => blobs, close: () => Promise.resolve() });
});
