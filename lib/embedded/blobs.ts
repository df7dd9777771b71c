/**
 * Blobs on one machine: a file each, readable by its owner alone, in a folder of its run beside the data file. They are
 * files and not rows, so that whoever copies or reads the data file has no sensitive value, and so that a large value is
 * written once and not a second time at a checkpoint. A file is written under another name, made durable, and then named:
 * what has its name is whole. Names are digests, never a text of somebody else's: no run id leads out of the folder, and
 * two that differ in case only are two folders on every disk.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import { MemoryBlobs } from './memory-blobs.ts';

const IN_MEMORY = ':memory:';

/** A data file in memory has its blobs in memory. */
export function blobsBeside(dataFile: string): Blobs {
  return dataFile === IN_MEMORY ? new MemoryBlobs() : new FileBlobs(join(dirname(dataFile), 'blobs'));
}

export class FileBlobs implements Blobs {
  private readonly folder: string;
  private known: Promise<string> | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  async put(run: string, id: string, body: string): Promise<void> {
    await storing(async () => {
      const folder = this.folderOf(run);
      await this.prepare(folder);
      if ((await textOf(join(folder, nameOf(id)))) === body) return;
      const unfinished = join(folder, `.${randomBytes(8).toString('hex')}`);
      await writeDurably(unfinished, body);
      await rename(unfinished, join(folder, nameOf(id)));
      await syncFolder(folder);
    });
  }

  async get(run: string, id: string): Promise<string | undefined> {
    return await storing(() => textOf(join(this.folderOf(run), nameOf(id))));
  }

  async remove(run: string): Promise<void> {
    await storing(() => rm(this.folderOf(run), { recursive: true, force: true }));
  }

  secret(): Promise<string> {
    this.known ??= storing(() => this.secretText());
    this.known.catch(() => (this.known = undefined));
    return this.known;
  }

  /** Whoever is first names it; the others read what that one wrote. */
  private async secretText(): Promise<string> {
    const path = join(this.folder, 'secret');
    const known = await textOf(path);
    if (known !== undefined) return known;
    await this.prepare(this.folder);
    const unfinished = join(this.folder, `.${randomBytes(8).toString('hex')}`);
    await writeDurably(unfinished, randomBytes(32).toString('hex'));
    try {
      await link(unfinished, path);
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    } finally {
      await unlink(unfinished);
    }
    await syncFolder(this.folder);
    const made = await textOf(path);
    assert(made !== undefined, 'a secret that was named can be read');
    return made;
  }

  /** A folder that is new is durable in its parent before something in it is referred to. */
  private async prepare(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let at = folder; at !== dirname(first); at = dirname(at)) await syncFolder(dirname(at));
  }

  private folderOf(run: string): string {
    return join(this.folder, createHash('sha256').update(run).digest('hex').slice(0, 32));
  }
}

function nameOf(id: string): string {
  assert(/^[0-9a-f]{64}$/.test(id), "a blob's id is a digest");
  return id;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function writeDurably(path: string, body: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(body, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that a name is there after a power cut, too; Windows has no such thing as an open folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new Failure('blob-store', `A value cannot be kept or read beside the data file: ${String(error.code)}`, {
      cause: error,
      remedy: 'Look after the space and the permissions of the folder `blobs` in the data folder.',
    });
  }
}
