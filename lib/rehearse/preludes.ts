/**
 * Which scenarios of a list go on from a recording, and the recordings: one at a time, of the faults that several jobs one
 * behind another have in common before their last one. To play it costs one scenario more, so one job alone is none.
 */
import type { Job, Listed } from './played.ts';
import type { Recording } from './prelude.ts';
import type { SharedPrelude } from './rehearsal.ts';
import { play, type Subject } from './scenario.ts';

export class Preludes {
  private readonly subject: Subject;
  /** How many jobs begin like this. */
  private readonly alike = new Map<string, number>();
  private last: { readonly name: string; readonly recording: Recording | undefined } | undefined;

  constructor(subject: Subject, jobs: readonly Job[]) {
    this.subject = subject;
    for (const job of jobs) {
      const name = preludeOf(job);
      if (name !== undefined) this.alike.set(name, (this.alike.get(name) ?? 0) + 1);
    }
  }

  async of(job: Listed): Promise<SharedPrelude | undefined> {
    const place = job.faults.at(-1);
    const name = nameOf(job);
    if (place === undefined || job.wantsTimeline === true || (this.alike.get(name) ?? 0) < 2) return undefined;
    const recording = await this.recorded(name, job);
    return recording && { recording, stretches: recording.stretchesBefore(place) };
  }

  private async recorded(name: string, job: Listed): Promise<Recording | undefined> {
    if (this.last?.name === name) return this.last.recording;
    const { recording } = await play(this.subject, job.faults.slice(0, -1), { prelude: 'recorded' });
    this.last = { name, recording };
    return recording;
  }
}

/** What tells preludes apart: all faults but the last; of a drawn scenario there is none. */
export function preludeOf(job: Job | undefined): string | undefined {
  return job && 'faults' in job ? nameOf(job) : undefined;
}

function nameOf({ faults }: Listed): string {
  return faults.slice(0, -1).join('\n');
}
