/** A thread of a rehearsal: gets its material once and then jobs, and answers each batch in order. */
import { parentPort, workerData } from 'node:worker_threads';
import { type KnownEnds, type PlayedJob, playJobs } from '../rehearse/played.ts';
import type { Batch } from './rehearse-pool.ts';
import { type Material, playingOf } from './rehearse-material.ts';

// Given by rehearse-pool.ts in this very shape.
const playing = playingOf(workerData as Material);

let known: KnownEnds | undefined;

parentPort?.on('message', (batch: Batch) => void answer(batch));

async function answer(batch: Batch): Promise<void> {
  if ('known' in batch) {
    known = batch.known;
    return;
  }
  const all = await playJobs(playing, batch.jobs, batch.joins ? known : undefined);
  // Nobody asks for the children of a scenario that may have ended in a known one.
  const played = batch.joins ? all.map((one): PlayedJob => ({ ...one, points: [] })) : all;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(played);
}
