/** The thread that tries documents, one after another: whoever waits for it can end it. */
import { parentPort, workerData } from 'node:worker_threads';
import { readCorpus } from './entries.ts';
import { tried } from './tried.ts';

// Given by watched.ts in this very shape.
const { folder, execute } = workerData as { readonly folder: string; readonly execute: boolean };
const corpus = readCorpus(folder);

parentPort?.on('message', (at: number) => void answer(at));

async function answer(at: number): Promise<void> {
  const entry = corpus.entries[at];
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  if (entry) parentPort?.postMessage(await tried(corpus, entry, execute));
}
