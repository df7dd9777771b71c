/** Which versions of functions a sweep removes: those that no run can name any more, and no others. */
import { expect, it } from 'vitest';
import type { RunHeader } from '../../../lib/runtime/ports/journal.ts';
import { sweepVersions } from '../../../lib/runtime/upkeep/sweep-versions.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

interface World {
  /** Days ago, oldest first. */
  readonly published: readonly number[];
  /** Days ago. */
  readonly begun?: readonly number[];
  readonly open?: number;
}

/** Numbers of the versions that went. */
async function swept({ published, begun = [], open = begun.length }: World): Promise<readonly string[]> {
  const removed: string[] = [];
  const versions = published.map((days, index) => ({ version: String(index + 1), publishedAt: NOW - days * DAY }));
  const answer = await sweepVersions({
    clock: { now: () => NOW, after: () => ({ cancel: () => undefined }) },
    openRuns: {
      due: ({ limit }) => Promise.resolve(Array.from({ length: Math.min(limit, open) }, (_, run) => String(run))),
    },
    // As much of a header as is asked for.
    journal: {
      header: (run) => Promise.resolve({ startedAt: NOW - (begun[Number(run)] ?? 0) * DAY } as unknown as RunHeader),
    },
    versions: {
      list: () => Promise.resolve([{ name: 'call', versions }]),
      remove: async (name, version) => void removed.push(`${name} ${version}`),
    },
  });
  expect(answer.map((one) => `${one.function} ${one.version}`)).toEqual(removed);
  return removed;
}

it('removes what was superseded long ago, and keeps the newest however old it is', async () => {
  expect(await swept({ published: [300, 200, 100] })).toEqual(['call 1', 'call 2']);
  expect(await swept({ published: [300] })).toEqual([]);
  expect(await swept({ published: [] })).toEqual([]);
});

it('keeps for a week what was superseded, since a deploy may be taken back', async () => {
  expect(await swept({ published: [300, 6] })).toEqual([]);
  expect(await swept({ published: [300, 8] })).toEqual(['call 1']);
});

it('keeps every version that was the newest while the oldest open run began, and since', async () => {
  expect(await swept({ published: [300, 200, 100, 50], begun: [20, 150] })).toEqual(['call 1']);
  expect(await swept({ published: [300, 200, 100, 50], begun: [250] })).toEqual([]);
  expect(await swept({ published: [300, 200, 100, 50], begun: [20] })).toEqual(['call 1', 'call 2', 'call 3']);
});

it('keeps everything where open runs are too many to look at', async () => {
  expect(await swept({ published: [300, 200], open: 1_001 })).toEqual([]);
});

it('removes a hundred at a time', async () => {
  expect(await swept({ published: Array.from({ length: 150 }, (_, index) => 400 - index) })).toHaveLength(100);
});
