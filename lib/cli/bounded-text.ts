/** A file of the command line, or standard input, as text: what has no end (a device, a pipe) is not read to it. */
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;

/** Undefined where there is more than `limit` bytes. Throws what the system says of a file that cannot be read. */
export function boundedText(path: string | typeof STDIN, limit: number): string | undefined {
  const file = path === STDIN ? STDIN : openSync(path, 'r');
  try {
    return read(file, limit);
  } finally {
    if (file !== STDIN) closeSync(file);
  }
}

export const STDIN = 0;

function read(file: number, limit: number): string | undefined {
  const chunks: Buffer[] = [];
  for (let size = 0; size <= limit; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const length = readSync(file, chunk);
    if (length === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(chunk.subarray(0, length));
    size += length;
  }
  return undefined;
}
