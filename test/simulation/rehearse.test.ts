/**
 * The rehearsal itself: it finds nothing where nothing is wrong, says the same each time, and finds what it should where
 * one rule of the run contract is taken out, or where a description has a hole. Rules are taken out by giving the run
 * another journal, never by a switch in the product.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { TaskState } from '../../lib/model/asl.ts';
import type { RehearsalReport } from '../../lib/rehearse/explore.ts';
import { jobOf } from '../../lib/rehearse/explore.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import type { UndoRecord } from '../../lib/runtime/ports/journal.ts';
import { explored, playerOf, type RehearsedFlow, rehearsedFlow, undoable, unprobed } from '../support/rehearsing.ts';

const UNDO_OF_FIRST = {
  operationId: 'cancel',
  parameters: [{ name: 'id', in: 'path', value: '$steps.first.outputs.id' }],
};
const BOTH = { first: undoable('first'), second: undoable('second') };
const OPEN = Number.POSITIVE_INFINITY;
const GRANTED = { kind: 'granted', deadline: OPEN, seq: 9 } as const;
const TIME = 300_000;

type Intended = ReturnType<MemoryJournal['intend']>;
type Intending = Parameters<MemoryJournal['intend']>;

/** [18] Leases and settle give the guarantee: an intent does not ask for the phase. */
class Fenceless extends MemoryJournal {
  override async intend(...given: Intending): Intended {
    const answer = await super.intend(...given);
    return answer.kind === 'fenced' ? GRANTED : answer;
  }
}

/** [8, 16] A second invocation begins although the first one has its lease. */
class Leaseless extends MemoryJournal {
  override async intend(...given: Intending): Intended {
    const answer = await super.intend(...given);
    return answer.kind === 'repeat' ? GRANTED : answer;
  }
}

/** [15] Who undoes is not asked for. */
class Ownerless extends MemoryJournal {
  override async intendUndo(
    run: string,
    record: UndoRecord,
    by: Parameters<MemoryJournal['intendUndo']>[2],
  ): ReturnType<MemoryJournal['intendUndo']> {
    await super.intendUndo(run, record, by);
    return { kind: 'granted' };
  }
}

/** [9] An intent does not ask for the epoch. */
class Ageless extends MemoryJournal {
  override async intend(run: string, ...rest: [Intending[1], Intending[2]]): Intended {
    const answer = await super.intend(run, ...rest);
    return answer.kind === 'stale' ? GRANTED : answer;
  }
}

describe('a rehearsal', () => {
  let flow: RehearsedFlow;
  beforeAll(async () => {
    flow = await rehearsedFlow(BOTH);
  }, TIME);

  test(
    'finds nothing where nothing is wrong, and is the same to the byte each time',
    async () => {
      const [one, other] = [
        await explored(flow.options, { most: 60, searched: 12 }),
        await explored(flow.options, { most: 60, searched: 12 }),
      ];
      expect(one.violations).toEqual([]);
      expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      expect(one.scenarios.explored).toBe(112);
      expect(one.scenarios.merged).toBeGreaterThan(0);
      expect(one.notes).toEqual([]);
    },
    TIME,
  );

  test('knows what becomes of a fault at each place', async () => {
    const { matrix } = await explored(flow.options, { most: 0 });
    const end = (row: string, fault: string): string | undefined => matrix.cells[row]?.[fault]?.end;
    expect(end('first', 'slow')).toBe('recovered');
    // Its probe says that it happened.
    expect(end('first', 'lost-after')).toBe('recovered');
    expect(end('first', 'throttled')).toBe('retried');
    expect(end('second', 'refused')).toBe('compensated');
    expect(end('second', 'crash')).toBe('retried');
  }, 120_000);

  test('plays a scenario of a report again by its name', async () => {
    const player = playerOf(flow.options);
    const { matrix } = await explored(flow.options, { most: 0 });
    const cell = matrix.cells['second']?.['refused'];
    expect(await jobOf(cell?.scenario ?? '', player)).toEqual({ faults: cell?.faults });
    expect(await jobOf('s99999', player)).toBeUndefined();
    expect(await jobOf('s1.', player)).toBeUndefined();
    expect(await jobOf('17', player)).toEqual({ seed: 17 });
  }, 120_000);

  test.each([
    ['intents that do not ask for the fence', () => new Fenceless(), 6],
    ['leases that nobody keeps', () => new Leaseless(), 2],
  ] as const)(
    'finds %s',
    async (_, journal, invariant) => {
      const { violations } = await explored({ ...flow.options, journal }, { most: 220 });
      expect(violations.map((one) => one.invariant)).toContain(invariant);
      const [found] = violations;
      expect(found?.faults.length).toBeLessThanOrEqual(2);
      expect(found?.timeline.join('\n')).toContain('fault: ');
    },
    TIME,
  );

  test('finds an undo that is done twice, once nobody asks who undoes', async () => {
    const faults = ['abort before call second #1', 'twice undo first #1'];
    const [whole] = await playerOf(flow.options)([{ faults }]);
    expect(whole?.violations).toEqual([]);
    const [broken] = await playerOf({ ...flow.options, journal: () => new Ownerless() })([{ faults }]);
    expect(broken?.violations.map(({ invariant }) => invariant)).toContain(5);
  }, 120_000);

  test('finds a stranger of an old epoch that goes on, once nobody asks for the epoch', async () => {
    const faults = ['paused call second before intend #1', 'cancel before call second #1', 'retried at the end #1'];
    const [whole] = await playerOf(flow.options)([{ faults }]);
    expect(whole?.violations).toEqual([]);
    expect(whole?.fired).toHaveLength(3);
    const [broken] = await playerOf({ ...flow.options, journal: () => new Ageless() })([{ faults }]);
    expect(broken?.violations).not.toEqual([]);
  }, 120_000);
});

describe('a description with a hole', () => {
  const ended = (report: RehearsalReport, row: string, fault: string): string | undefined =>
    report.matrix.cells[row]?.[fault]?.end;

  test(
    'needs attention where an effect has no undo and a later step fails',
    async () => {
      const { options, codes } = await rehearsedFlow({});
      const report = await explored(options, { most: 0 });
      expect(report.violations).toEqual([]);
      expect(ended(report, 'second', 'refused')).toBe('needs attention');
      expect(codes.length).toBeGreaterThan(0);
    },
    TIME,
  );

  test('tells an operator although the queue of the letters is away, for once or for good', async () => {
    const { options } = await rehearsedFlow({});
    const { machine } = options.workflow;
    const { Catch: _, ...uncaught } = machine.States['Dead letter'] as TaskState;
    const { Retry: __, ...once } = machine.States['Dead letter'] as TaskState;
    const played = async (letter: TaskState | undefined, fault: string): Promise<readonly unknown[]> => {
      const States = letter ? { ...machine.States, 'Dead letter': letter } : machine.States;
      const workflow = { ...options.workflow, machine: { ...machine, States } };
      const [one] = await playerOf({ ...options, workflow })([{ faults: ['refused at shop.make-second #1', fault] }]);
      expect(one?.fired).toHaveLength(2);
      return (one?.violations ?? []).map(({ invariant }) => invariant);
    };
    for (const fault of ['not-invoked letter #1', 'answer-lost letter #1', 'crash before letter #1'])
      expect(await played(undefined, fault)).toEqual([]);
    expect(await played(undefined, 'always-refused at dead-letters #1')).toEqual([]);
    expect(await played(undefined, 'always-lost-after at dead-letters #1')).toEqual([]);
    expect(await played(uncaught, 'always-refused at dead-letters #1')).toEqual([7]);
    expect(await played(once, 'not-invoked letter #1')).toEqual([7]);
  }, 120_000);

  test(
    'needs attention where a doubt can be neither probed nor repeated',
    async () => {
      const report = await explored(
        (await rehearsedFlow({ first: unprobed('first'), second: unprobed('second') })).options,
        {
          most: 0,
        },
      );
      expect(report.violations).toEqual([]);
      expect(ended(report, 'first', 'lost-after')).toBe('needs attention');
      expect(ended(report, 'first', 'refused')).toBe('compensated');
    },
    TIME,
  );

  test('is refused where its undo reads what a doubt cannot have', async () => {
    const blind = { compensate: { ...UNDO_OF_FIRST, whenInDoubt: 'undo' } };
    await expect(rehearsedFlow({ first: blind, second: undoable('second') })).rejects.toThrow(/XIL034/);
  });

  test('never ends in doubt where the time of its attempts is short', async () => {
    const report = await explored((await rehearsedFlow({ ...BOTH, timeout: 200 })).options, { most: 0 });
    expect(report.violations).toEqual([]);
    expect(ended(report, 'first', 'late')).toBe('recovered');
  }, 120_000);
});
