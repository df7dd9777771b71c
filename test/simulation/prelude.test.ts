/**
 * Who goes on from a recorded prelude ends as one does who plays everything: the same faults, phases, effects in the books,
 * times and further places. Held on shipped integrations, which together have all that a prelude must tell apart:
 * branches, breakers and rates, people, messages, lists, and faults that leave something sleeping or on its way.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileDescription } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { Coverage } from '../../lib/rehearse/coverage.ts';
import { type Listed, type PlayedJob, type Playing, playJob, playJobs } from '../../lib/rehearse/played.ts';
import { play, subjectOf } from '../../lib/rehearse/scenario.ts';
import { describedSubject, rehearsedFlow, undoable } from '../support/rehearsing.ts';
import { ROOT } from '../support/source-tree.ts';

async function shipped(name: string): Promise<Playing> {
  const root = join(ROOT, 'state-machines', name);
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files: folderFiles({ root }) });
  const options = await describedSubject(compiled, join(root, 'input.example.json'));
  return { subject: subjectOf(options), coverage: new Coverage(options.workflow) };
}

async function alone(playing: Playing, jobs: readonly Listed[]): Promise<readonly PlayedJob[]> {
  const played: PlayedJob[] = [];
  for (const job of jobs) played.push(await playJob(playing, job));
  return played;
}

/** So many, from everywhere. */
function some<T>(all: readonly T[], count: number): readonly T[] {
  return all.filter((_, at) => Math.floor((at * count) / all.length) !== Math.floor(((at - 1) * count) / all.length));
}

describe.each(['order-fulfilment', 'customer-onboarding', 'catalogue-sync'])('scenarios of %s', (name) => {
  let playing: Playing;
  let singles: readonly Listed[];
  beforeAll(async () => {
    playing = await shipped(name);
    singles = (await playJob(playing, { faults: [] })).points.map(({ place }) => ({ faults: [place] }));
  }, 60_000);

  test('end with one fault as they do alone', async () => {
    const chosen = some(singles, 40);
    expect(await playJobs(playing, chosen)).toEqual(await alone(playing, chosen));
  }, 120_000);

  test('end with two faults as they do alone, whatever the first one leaves behind', async () => {
    for (const { faults } of some(singles, 12)) {
      const { points } = await playJob(playing, { faults });
      const chosen = some(points, 5).map(({ place }) => ({ faults: [...faults, place] }));
      expect(await playJobs(playing, chosen)).toEqual(await alone(playing, chosen));
    }
  }, 240_000);
});

describe('a prelude', () => {
  test('has a part for each moment at which nothing ran, and knows what was over when something could happen', async () => {
    const { options } = await rehearsedFlow({ first: undoable('first'), second: undoable('second') });
    const { recording, points } = await play(subjectOf(options), [], { prelude: 'recorded' });
    const over = points.map(({ place }) => recording?.stretchesBefore(place));
    expect(recording?.stretches.map(({ first, count }) => [first, count])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(over).toEqual(over.toSorted((one = 0, other = 0) => one - other));
    expect(new Set(over)).toEqual(new Set([0, 1, 2, 3]));
    expect(recording?.stretchesBefore('a place that nobody has reached')).toBe(0);
  });

  test('has to be played again where an invocation fell asleep, and goes on beside it', async () => {
    const { options } = await rehearsedFlow({ first: undoable('first'), second: undoable('second') });
    const subject = subjectOf(options);
    const left = async (fault: string): Promise<readonly boolean[] | undefined> => {
      const { recording } = await play(subject, [fault], { prelude: 'recorded' });
      return recording?.stretches.map(({ memory }) => memory !== undefined);
    };
    expect((await left('paused call first before intend #1'))?.slice(0, 2)).toEqual([false, true]);
    expect((await left('not-sent at shop.make-first #1'))?.[0]).toBe(true);
  });

  test('is none where a store cannot be remembered', async () => {
    const { options } = await rehearsedFlow({});
    const made = subjectOf(options);
    const { recording } = await play(
      { ...made, beside: (clock) => ({ ...made.beside(clock), locks: BARE_LOCKS }) },
      [],
      {
        prelude: 'recorded',
      },
    );
    expect(recording).toBeUndefined();
  });
});

/** A port like any other: without books. */
const BARE_LOCKS = {
  acquire: async () => ({ kind: 'granted', place: { seq: 1, holder: 'x' } }) as never,
  release: async () => undefined,
};
