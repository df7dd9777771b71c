/**
 * The data folder and who owns it. The owner is the process that holds the data file's exclusive lock, which the
 * operating system gives back when that process dies, however it dies; so there is never a stale owner to guess about.
 * The owner listens on a socket in the folder, later processes are its clients (contracts: Data folder).
 */
import { createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../model/failure.ts';
import { makeFolder } from './make-folder.ts';
import { Database } from './database.ts';
import { SCHEMA } from './schema.ts';
import { adoptTables, META_SCHEMA } from './schema-version.ts';
import { isBusy } from './store-failure.ts';

/** `--data DIR`, else `.interlock` beside the nearest package.json above, else in the current folder. */
export function dataFolder(given: string | undefined, from: string): string {
  if (given !== undefined) return resolve(given);
  for (let at = resolve(from); ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return join(at, '.interlock');
    if (dirname(at) === at) return join(resolve(from), '.interlock');
  }
}

/** Opens the folder as its owner; undefined: another process owns it, and answers at `socketPath`. */
export function claimFolder(folder: string): Database | undefined {
  try {
    makeFolder(folder, 0o700);
    makePrivate(join(folder, 'interlock.db'));
  } catch (error) {
    throw new Failure('data-folder', `The data folder ${folder} cannot be made or written`, {
      cause: error,
      remedy: 'Name a folder that you may write to with --data.',
    });
  }
  const file = join(folder, 'interlock.db');
  try {
    const database = new Database(file, META_SCHEMA);
    chmodSync(file, 0o600);
    return adoptTables(database, SCHEMA);
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/**
 * SQLite gives its log the file's own mode, so both are closed to others from their first byte on. A file that is there is
 * left alone: closing a second handle on it would give back this process's lock.
 */
function makePrivate(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/** The longest path that a Unix socket address holds, with its end. */
const LONGEST_SOCKET_PATH = 107;

/** In the folder where its path is short enough, else under the temporary folder by the folder's digest. */
export function socketPath(folder: string, temporary: string = tmpdir()): string {
  const inside = join(folder, 'owner.sock');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(ownFolder(join(temporary, `interlock-${process.getuid?.() ?? 0}`)), `${digest}.sock`);
}

/** Everybody may write beside it: what somebody else made under our name, or may change, is not ours. */
function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const isOurs = found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid) && (found.mode & 0o022) === 0;
  if (isOurs) return path;
  throw new Failure('owner-foreign', `${path} is no folder that only you may change`, {
    remedy: 'Remove it, or name a data folder with a shorter path with --data.',
  });
}
