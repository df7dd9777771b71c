/**
 * Tries documents on a thread of its own, under a watch. All work is bounded by counts; the watch is there for the day on
 * which somebody has forgotten one: a document that says nothing for so long is given up by name, and the next one begins
 * on a new thread. So is one that takes all memory.
 */
import { Worker } from 'node:worker_threads';
import { type Corpus, isEligible } from './entries.ts';
import type { DocumentResult } from './result.ts';

export interface Watching {
  readonly corpus: Corpus;
  readonly execute: boolean;
  readonly patienceMs: number;
  readonly onResult: (result: DocumentResult) => void;
}

const WORKER = new URL('./worker.ts', import.meta.url);
const MEMORY_MB = 2_048;

export async function tryAll(watching: Watching): Promise<readonly DocumentResult[]> {
  const { corpus, onResult } = watching;
  const results: DocumentResult[] = [];
  let worker: Worker | undefined;
  for (const at of corpus.entries.keys()) {
    worker ??= new Worker(WORKER, {
      workerData: { folder: corpus.folder, execute: watching.execute },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const { result, isOver } = await tryOne(worker, at, watching);
    if (isOver) {
      await worker.terminate();
      worker = undefined;
    }
    results.push(result);
    onResult(result);
  }
  await worker?.terminate();
  return results;
}

interface Tried {
  readonly result: DocumentResult;
  /** The thread is of no use any more. */
  readonly isOver: boolean;
}

function tryOne(worker: Worker, at: number, { corpus, patienceMs }: Watching): Promise<Tried> {
  const entry = corpus.entries[at];
  const base = { id: entry?.id ?? '', codes: [], eligible: entry !== undefined && isEligible(corpus, entry) };
  return new Promise((resolve) => {
    const settle = (tried: Tried): void => {
      clearTimeout(watch);
      for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
      resolve(tried);
    };
    const givenUp = (result: 'hung' | 'crashed', message: string): void =>
      settle({ result: { ...base, result, message }, isOver: true });
    const listeners = {
      message: (result: DocumentResult) => settle({ result, isOver: false }),
      error: (error: Error) => givenUp('crashed', error.stack ?? error.message),
      exit: (code: number) => givenUp('crashed', `the thread ended with ${code}`),
    };
    const watch = setTimeout(() => givenUp('hung', `nothing was heard of it for ${patienceMs} ms`), patienceMs);
    for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(at);
  });
}
