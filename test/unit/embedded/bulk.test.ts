/** The loop of a bulk run: how many at a time, what a failure of the world does, which run an input is. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BulkProgress, runBulk, runIdsOf } from '../../../lib/embedded/bulk.ts';
import { ResultFile } from '../../../lib/embedded/bulk-results.ts';
import type { RunAsked, RunEnded } from '../../../lib/embedded/session.ts';
import type { BulkResult } from '../../../lib/model/bulk.ts';
import { Failure } from '../../../lib/model/failure.ts';
import type { RunView } from '../../../lib/model/run.ts';
import { inFolder } from '../../support/command-line.ts';

const VIEW: RunView = {
  runId: 'r',
  workflowId: 'w',
  status: 'succeeded',
  degraded: false,
  outputs: { a: 1 },
  planHash: 'p',
  epoch: 1,
  startedAt: '2027-01-31T09:30:00.000Z',
  endedAt: '2027-01-31T09:30:01.250Z',
  actor: 'ann',
  steps: [],
};

interface Outcome {
  readonly results: readonly BulkResult[];
  readonly started: readonly number[];
  readonly most: number;
  readonly error: unknown;
}

async function bulk(count: number, concurrency: number, run: (index: number) => Promise<RunEnded>): Promise<Outcome> {
  return inFolder(async (folder) => {
    const runIdOf = (index: number): string => `r-${index}`;
    const results = await ResultFile.open(join(folder, 'r.jsonl'), runIdOf);
    const [ended, started]: [BulkResult[], number[]] = [[], []];
    let [running, most] = [0, 0];
    const progress: BulkProgress = {
      earlier: () => undefined,
      started: () => (most = Math.max(most, (running += 1))),
      ended: (result) => void ended.push(result),
    };
    const counted = async ({ runId }: RunAsked): Promise<RunEnded> => {
      const index = Number(runId.slice(2));
      started.push(index);
      return await run(index).finally(() => (running -= 1));
    };
    const inputs = Array.from({ length: count }, (_, index) => ({ index, value: { n: index } }));
    // Nothing of it is read here.
    const asked = { actor: 'ann', variables: {} } as unknown as Omit<RunAsked, 'input' | 'runId'>;
    const error = await runBulk({ asked, inputs, concurrency, run: counted, results, runIdOf, progress }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    results.close();
    return { results: ended, started, most, error };
  });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const succeeded = async (): Promise<RunEnded> => {
  await turn();
  return { kind: 'ended', view: VIEW };
};

describe('a bulk run', () => {
  it('has so many runs under way and no more, and takes each input once', async () => {
    const { started, most, results, error } = await bulk(20, 4, succeeded);
    expect([most, error, results.length]).toEqual([4, undefined, 20]);
    expect(started).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(results[0]).toMatchObject({ index: 0, runId: 'r-0', status: 'succeeded', outputs: { a: 1 }, ms: 1250 });
  });

  it('begins nothing more after a failure of the world, waits for what is under way, and throws it', async () => {
    const full = new Failure('store-full', 'The disk is full');
    const { started, results, error } = await bulk(20, 3, async (index) => {
      if (index === 1) throw full;
      await turn();
      return succeeded();
    });
    expect(error).toBe(full);
    expect(started).toEqual([0, 1, 2]);
    expect(results.map(({ index }) => index)).toEqual([0, 2]);
  });

  it('tells a failed run with its error and without outputs', async () => {
    const failed = { ...VIEW, status: 'needs-attention' as const, outputs: null, error: { error: 'E', message: 'm' } };
    const { results } = await bulk(1, 1, () => Promise.resolve({ kind: 'ended', view: failed }));
    expect(results[0]).toMatchObject({ status: 'needs-attention', error: { error: 'E', message: 'm' } });
    expect(results[0]).not.toHaveProperty('outputs');
  });
});

describe('the run of an input', () => {
  const name = { data: '/project/.interlock', results: '/project/orders.results.jsonl', workflowId: 'place order' };

  it('is the same for the same result file, also where the project has moved as a whole', () => {
    const id = runIdsOf(name)(7);
    expect(id).toMatch(/^place_order-[0-9a-f]{10}-7$/);
    const moved = { ...name, data: '/elsewhere/.interlock', results: '/elsewhere/orders.results.jsonl' };
    expect(runIdsOf(moved)(7)).toBe(id);
  });

  it('is another one for another result file or workflow, and fits into the name of an execution', () => {
    const ids = [name, { ...name, results: '/project/again.jsonl' }, { ...name, workflowId: 'place' }].map((one) =>
      runIdsOf(one)(0),
    );
    expect(new Set(ids).size).toBe(3);
    expect(runIdsOf({ ...name, workflowId: 'w'.repeat(200) })(9_999_999).length).toBeLessThanOrEqual(76);
  });
});
