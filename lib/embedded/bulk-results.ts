/**
 * The result file of a bulk run: JSON Lines, one line for each input that has ended, in the order in which they end. It
 * is what a later command with the same file goes on from, so it is read before anything is started: lines of runs that
 * ended are kept, a line that a kill tore is dropped, and what is no result of this very bulk run stops the command
 * before a byte of it is overwritten. The journal stays the truth: a run whose line was lost is found there by its id.
 */
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import type { BulkResult } from '../model/bulk.ts';
import { Failure } from '../model/failure.ts';
import { isObject } from '../model/json.ts';

/** What is known of an input that ended before. */
export type EarlierResult = Pick<BulkResult, 'index' | 'runId' | 'status' | 'inputDigest'>;

export class ResultFile {
  readonly path: string;
  /** By index. */
  readonly earlier: ReadonlyMap<number, EarlierResult>;
  readonly #descriptor: number;

  private constructor(path: string, earlier: ReadonlyMap<number, EarlierResult>) {
    this.path = path;
    this.earlier = earlier;
    this.#descriptor = atPath(path, () => openSync(path, 'a', 0o600));
  }

  /** `runIdOf` tells which run an input of this bulk run is. */
  static async open(path: string, runIdOf: (index: number) => string): Promise<ResultFile> {
    if (!existsSync(path)) return new ResultFile(path, new Map());
    if (!statSync(path).isFile()) throw unfit(path, 'is not a file');
    return new ResultFile(path, await keepEnded(path, runIdOf));
  }

  append(result: BulkResult): void {
    atPath(this.path, () => writeSync(this.#descriptor, `${JSON.stringify(result)}\n`));
  }

  close(): void {
    atPath(this.path, () => fsyncSync(this.#descriptor));
    closeSync(this.#descriptor);
  }
}

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'compensated', 'failed', 'needs-attention']);

/** Writes the lines that count into a file beside it, which then takes its place. */
async function keepEnded(path: string, runIdOf: (index: number) => string): Promise<Map<number, EarlierResult>> {
  const beside = `${path}.new`;
  const descriptor = atPath(path, () => openSync(beside, 'w', 0o600));
  try {
    const earlier = new Map<number, EarlierResult>();
    for await (const line of linesOf(path)) {
      const result = endedIn(line, path, runIdOf);
      if (result === undefined || earlier.has(result.index)) continue;
      const { index, runId, status, inputDigest } = result;
      earlier.set(index, { index, runId, status, inputDigest });
      atPath(path, () => writeSync(descriptor, `${line.text}\n`));
    }
    atPath(path, () => fsyncSync(descriptor));
    renameSync(beside, path);
    return earlier;
  } finally {
    closeSync(descriptor);
    rmSync(beside, { force: true });
  }
}

/** Undefined: no run has ended for it, or a kill tore it. */
function endedIn(
  { text, number, isLast }: ReadLine,
  path: string,
  runIdOf: (index: number) => string,
): BulkResult | undefined {
  const value = parsed(text);
  if (value === undefined && isLast && (text.startsWith(BEGINNING) || BEGINNING.startsWith(text))) return undefined;
  if (!isResult(value)) throw unfit(path, `has no result on line ${number}`);
  if (value.runId !== runIdOf(value.index)) throw unfit(path, 'holds the results of another bulk run');
  return ENDED.has(value.status) ? value : undefined;
}

/** Of every line of ours, and so of one that was torn. */
const BEGINNING = '{"index":';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isResult(value: unknown): value is BulkResult {
  const texts = ['runId', 'status', 'inputDigest'];
  return isObject(value) && Number.isInteger(value['index']) && texts.every((name) => typeof value[name] === 'string');
}

interface ReadLine {
  readonly text: string;
  readonly number: number;
  readonly isLast: boolean;
}

async function* linesOf(path: string): AsyncGenerator<ReadLine> {
  let number = 0;
  let before: string | undefined;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    if (before !== undefined) yield { text: before, number, isLast: false };
    before = text;
    number += 1;
  }
  if (before !== undefined) yield { text: before, number, isLast: true };
}

function unfit(path: string, why: string): Failure {
  return new Failure('results-unfit', `The result file ${path} ${why}`, {
    kind: 'usage',
    remedy: 'Name another file with --results; nothing was started and the file is as it was.',
  });
}

/** What the file system says, as a failure of the world. */
function atPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Failure('results-unwritable', `The result file ${path} cannot be written`, {
      cause: error,
      remedy: 'Free some space or name another place with --results; the same command goes on from where it was.',
    });
  }
}
