/** What SQLite's errors mean to somebody at a terminal: which of them are the world's, and what to do about each. */
import { Failure } from '../model/failure.ts';

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOT_A_DATABASE = 26;

/** Another process holds the file. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE_BUSY;
}

/** What is no error of SQLite's, and a busy file, are left as they are. */
export function storeFailure(error: unknown, path: string): unknown {
  const result = resultCode(error);
  if (!(error instanceof Error) || result === undefined || result === SQLITE_BUSY) return error;
  if (result === SQLITE_FULL) {
    return new Failure('store-full', `The disk that holds ${path} is full`, {
      cause: error,
      remedy: 'Free some space, or name a folder on another disk with --data.',
    });
  }
  if (result === SQLITE_CORRUPT || result === SQLITE_NOT_A_DATABASE) return damaged(path, error);
  return new Failure('store-failed', `The data file ${path} cannot be used: ${error.message}`, { cause: error });
}

export function damaged(path: string, cause: unknown): Failure {
  return new Failure('store-corrupt', `${path} is damaged or no data file of Interlock`, {
    cause,
    remedy: 'Move the data folder away to keep it, and start again with a new one.',
  });
}

/** node:sqlite reports the primary result code in the low byte of `errcode`. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
