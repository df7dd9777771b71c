/**
 * Scenarios on as many threads as there are processors. Which thread plays what changes nothing: each scenario is a
 * function of its job, and answers come back in the order of the jobs. Small rehearsals stay on this thread.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Job, type KnownEnds, type PlayedJob, type Player, playJobs } from '../rehearse/played.ts';
import { preludeOf } from '../rehearse/preludes.ts';
import { type Material, playingOf } from './rehearse-material.ts';

/** A thread loads for longer than so many scenarios take. */
const FEW = 64;
const MOST_THREADS = 8;
const AT_ONCE = 16;
const MOST_AT_ONCE = 64;
/** What a thread is told: jobs, or the ends that are known by now. */
export type Batch = { readonly jobs: readonly Job[]; readonly joins: boolean } | { readonly known: KnownEnds };

const THREAD: URL = new URL(
  import.meta.url.endsWith('.ts') ? './rehearse-worker.ts' : './rehearse-worker.js',
  import.meta.url,
);

export class RehearsePool {
  private readonly material: Material;
  private readonly threads: number;
  private readonly playing: ReturnType<typeof playingOf>;
  private workers: readonly Worker[] = [];
  private told: KnownEnds | undefined;
  private isStopped = false;

  constructor(material: Material, threads: number = Math.min(MOST_THREADS, availableParallelism())) {
    this.material = material;
    // Beside a bundled command there is no thread to start; then everything stays on this one.
    this.threads = existsSync(THREAD) ? threads : 1;
    this.playing = playingOf(material);
  }

  readonly play: Player = async (jobs, known) => {
    if (this.threads < 2 || jobs.length < FEW) return await this.here(jobs, known);
    if (this.workers.length === 0) this.workers = Array.from({ length: this.threads }, () => this.hired());
    if (known !== undefined && known !== this.told) this.tell({ known });
    this.told = known ?? this.told;
    const played: PlayedJob[] = [];
    let next = 0;
    const work = async (worker: Worker): Promise<void> => {
      while (next < jobs.length && !this.isStoppedFor(jobs)) {
        const from = next;
        next += togetherFrom(jobs, from);
        const some = await asked(worker, { jobs: jobs.slice(from, next), joins: known !== undefined });
        for (const [at, one] of some.entries()) played[from + at] = one;
      }
    };
    await Promise.all(this.workers.map(work));
    return played;
  };

  /** From now on only the first of the jobs are answered, those that have begun. Timelines are told all the same. */
  stop(): void {
    this.isStopped = true;
  }

  private isStoppedFor(jobs: readonly Job[]): boolean {
    return this.isStopped && jobs.some(({ wantsTimeline }) => wantsTimeline !== true);
  }

  private tell(batch: Batch): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    for (const worker of this.workers) worker.postMessage(batch);
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private async here(jobs: readonly Job[], known?: KnownEnds): Promise<readonly PlayedJob[]> {
    const played: PlayedJob[] = [];
    for (let from = 0; from < jobs.length && !this.isStoppedFor(jobs); ) {
      const some = jobs.slice(from, from + togetherFrom(jobs, from));
      played.push(...(await playJobs(this.playing, some, known)));
      from += some.length;
    }
    return played;
  }

  private hired(): Worker {
    return new Worker(THREAD, { workerData: this.material });
  }
}

/** How many from here: those that share a prelude stay on one thread, for it is played there once. */
function togetherFrom(jobs: readonly Job[], from: number): number {
  const [prelude, rest] = [preludeOf(jobs[from]), jobs.slice(from, from + MOST_AT_ONCE)];
  const others = rest.findIndex((job) => preludeOf(job) !== prelude);
  return Math.max(AT_ONCE, others === -1 ? rest.length : others);
}

function asked(worker: Worker, batch: Batch): Promise<readonly PlayedJob[]> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      worker.off('message', answered).off('error', failed);
    };
    const answered = (played: readonly PlayedJob[]): void => {
      over();
      resolve(played);
    };
    const failed = (error: Error): void => {
      over();
      reject(error);
    };
    worker.on('message', answered).on('error', failed);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(batch);
  });
}
