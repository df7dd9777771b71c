/**
 * The data folder and who owns it. The owner is the process that holds the data file's exclusive lock, which the
 * operating system gives back when that process dies, however it dies; so there is never a stale owner to guess about.
 * The owner listens on a socket in the folder, later processes are its clients (contracts: Data folder).
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
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
  } catch (error) {
    throw new Failure('data-folder', `The data folder ${folder} cannot be made`, {
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

/** The longest path that a Unix socket address holds, with its end. */
const LONGEST_SOCKET_PATH = 107;

/** In the folder where its path is short enough, else under the temporary folder by the folder's digest. */
export function socketPath(folder: string): string {
  const inside = join(folder, 'owner.sock');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const outside = join(tmpdir(), `interlock-${process.getuid?.() ?? 0}`);
  mkdirSync(outside, { recursive: true, mode: 0o700 });
  return join(outside, `${digest}.sock`);
}
