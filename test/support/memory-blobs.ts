/** The blob port in memory. Each store has a secret of its own, and the nth of a test file is the same in every run. */
import { createHash } from 'node:crypto';
import { assert } from '../../lib/model/assert.ts';
import type { Blobs } from '../../lib/runtime/ports/blobs.ts';

let stores = 0;

export class MemoryBlobs implements Blobs {
  private readonly runs = new Map<string, Map<string, string>>();
  private readonly made = createHash('sha256').update(`store ${++stores}`).digest('hex');

  async put(run: string, id: string, body: string): Promise<void> {
    const blobs = this.runs.get(run) ?? new Map<string, string>();
    this.runs.set(run, blobs.set(checked(id), body));
  }

  async get(run: string, id: string): Promise<string | undefined> {
    const name = checked(id);
    return this.runs.get(run)?.get(name);
  }

  async remove(run: string): Promise<void> {
    this.runs.delete(run);
  }

  secret(): Promise<string> {
    return Promise.resolve(this.made);
  }
}

function checked(id: string): string {
  assert(/^[0-9a-f]{64}$/.test(id), "a blob's id is a digest");
  return id;
}
