/**
 * What SQLite will not say: how much of a write-ahead log it is going to leave out. SQLite takes the log up to its last
 * whole transaction and drops what lies behind without a word, be it a write that was under way when the process died or
 * a damaged page with everything after it. This reads the log's frames as SQLite does (sqlite.org/fileformat2.html,
 * section 4) and counts those of this log that will be dropped. It changes nothing and never fails on what it reads.
 */
import { closeSync, openSync, readSync } from 'node:fs';

export interface DroppedTail {
  /**
   * `unfinished`: at most one transaction, which is what a crash leaves of a write that was under way. `lost`: several,
   * and only the last of those can have been unacknowledged.
   */
  readonly kind: 'unfinished' | 'lost';
  /** Pages in the log that are left out, at least. */
  readonly pages: number;
  /** Whole transactions before them. */
  readonly kept: number;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

/** null: nothing that can be told from a log that ends where it should. */
export function droppedTail(logPath: string): DroppedTail | null {
  const file = opened(logPath);
  if (file === null) return null;
  try {
    return scanned(file);
  } finally {
    closeSync(file);
  }
}

export function describeDroppedTail({ kind, pages, kept }: DroppedTail): string {
  const what = `${pages} ${pages === 1 ? 'page' : 'pages'}`;
  return kind === 'unfinished'
    ? `The data file's log ended with a write that is not whole; it was left out (${what}). A power cut leaves that of a ` +
        'write that was under way and not acknowledged yet.'
    : `The data file's log is damaged: ${what} were left out, the ${kept} whole writes before them are kept. ` +
        'What was recorded in those pages is lost; the runs in them go on from what is kept.';
}

function opened(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}

interface Header {
  readonly pageSize: number;
  readonly littleEndian: boolean;
  readonly salts: bigint;
  readonly sums: Sums;
}

type Sums = readonly [number, number];

function scanned(file: number): DroppedTail | null {
  const head = Buffer.alloc(HEADER_BYTES);
  const read = readSync(file, head, 0, HEADER_BYTES, 0);
  if (read === 0) return null;
  const header = headerOf(head.subarray(0, read));
  return header === null ? withoutHeader(file, head) : behind(file, header);
}

/** SQLite takes such a log for empty. Zeros are what a file system leaves of a write that never came. */
function withoutHeader(file: number, head: Buffer): DroppedTail | null {
  if (head.every((byte) => byte === 0)) return null;
  const pageSize = head.readUInt32BE(8);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + (isPageSize(pageSize) ? pageSize : 4096));
  let pages = 0;
  while (readSync(file, frame, 0, frame.length, HEADER_BYTES + pages * frame.length) > 0) pages += 1;
  return pages === 0 ? null : { kind: pages > 1 ? 'lost' : 'unfinished', pages, kept: 0 };
}

function headerOf(head: Buffer): Header | null {
  if (head.length < HEADER_BYTES) return null;
  const magic = head.readUInt32BE(0);
  const littleEndian = magic === MAGIC;
  if (!littleEndian && magic !== MAGIC + 1) return null;
  const pageSize = head.readUInt32BE(8);
  const sums = summed(head.subarray(0, 24), [0, 0], littleEndian);
  const isWhole = sums[0] === head.readUInt32BE(24) && sums[1] === head.readUInt32BE(28);
  return isPageSize(pageSize) && isWhole ? { pageSize, littleEndian, salts: head.readBigUInt64BE(16), sums } : null;
}

function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

/** Frames carry the log's salts; older ones, left from before the log was begun anew, carry others and count for nothing. */
function behind(file: number, { pageSize, littleEndian, salts, sums: first }: Header): DroppedTail | null {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize);
  let sums: Sums | null = first;
  let [kept, pages, commits] = [0, 0, 0];
  for (let at = HEADER_BYTES; ; at += frame.length) {
    const read = readSync(file, frame, 0, frame.length, at);
    if (read < FRAME_HEADER_BYTES) break;
    const isOurs = frame.readBigUInt64BE(8) === salts;
    const endsWrite = frame.readUInt32BE(4) > 0;
    sums = sums !== null && isOurs && read === frame.length ? frameSums(frame, sums, littleEndian) : null;
    if (sums !== null && endsWrite) [kept, pages] = [kept + 1, 0];
    else if (isOurs) pages += 1;
    if (sums === null && isOurs && endsWrite) commits += 1;
  }
  return pages === 0 ? null : { kind: commits > 1 ? 'lost' : 'unfinished', pages, kept };
}

/** The checksum runs on from frame to frame; null where it does not match. */
function frameSums(frame: Buffer, before: Sums, littleEndian: boolean): Sums | null {
  const sums = summed(
    frame.subarray(FRAME_HEADER_BYTES),
    summed(frame.subarray(0, 8), before, littleEndian),
    littleEndian,
  );
  const isWhole = frame.readUInt32BE(0) > 0 && sums[0] === frame.readUInt32BE(16) && sums[1] === frame.readUInt32BE(20);
  return isWhole ? sums : null;
}

function summed(bytes: Buffer, [first, second]: Sums, littleEndian: boolean): Sums {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let left = first;
  let right = second;
  for (let at = 0; at < bytes.length; at += 8) {
    left = (left + view.getUint32(at, littleEndian) + right) >>> 0;
    right = (right + view.getUint32(at + 4, littleEndian) + left) >>> 0;
  }
  return [left, right];
}
