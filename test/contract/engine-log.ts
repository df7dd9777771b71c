/** What every log of the engine promises (lib/engine/log.ts), as one suite for all adapters. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InboundEvent, StartEvent } from '../../lib/engine/event.ts';
import type { EndRecord, EngineLog, EventRecord, LogRecord, SnapshotRecord } from '../../lib/engine/log.ts';
import type { Snapshot } from '../../lib/engine/snapshot.ts';
import type { Json } from '../../lib/model/json.ts';

export interface LogUnderTest {
  readonly log: EngineLog;
  readonly close: () => void;
}

export function engineLogContract(adapter: string, make: () => LogUnderTest): void {
  describe(`the engine's log over ${adapter}`, () => {
    let subject: LogUnderTest;
    let log: EngineLog;
    beforeEach(() => {
      subject = make();
      log = subject.log;
    });
    afterEach(() => subject.close());

    test('gives back what was appended, in order, with its first event for a start', async () => {
      await log.append([started('a'), event('a', 1, { task: '/#1', output: { n: 1.5, text: 'ü\u0000' } })]);
      await log.append([event('a', 2, { task: '/#2', output: null })]);
      const events = [started('a'), event('a', 1, { task: '/#1', output: { n: 1.5, text: 'ü\u0000' } })];
      const all = [...events, event('a', 2, { task: '/#2', output: null })];
      expect(await log.load()).toEqual([{ executionId: 'a', start: started('a').event, events: all }]);
      expect(await log.read('a')).toEqual({ executionId: 'a', start: started('a').event, events: all });
    });

    test('keeps the records of executions apart that were appended together', async () => {
      await log.append([started('a'), started('b'), event('b', 1), event('a', 1)]);
      await Promise.all([log.append([event('a', 2)]), log.append([event('b', 2), ended('b', 2)])]);
      expect(numbersOf(await log.read('a'))).toEqual([0, 1, 2]);
      expect(numbersOf(await log.read('b'))).toEqual([0, 1, 2]);
      expect((await log.load()).map(({ executionId }) => executionId)).toEqual(['a']);
    });

    test('knows nothing of what was never appended', async () => {
      expect(await log.read('none')).toBeUndefined();
      expect(await log.definition('none')).toBeUndefined();
      expect([await log.load(), await log.list({})]).toEqual([[], []]);
    });

    test('keeps a definition, and keeps it once', async () => {
      const definition = { StartAt: 'A', States: {} };
      await log.append([{ kind: 'definition', hash: 'h', definition }, started('a')]);
      await log.append([{ kind: 'definition', hash: 'h', definition }, started('b')]);
      expect(await log.definition('h')).toEqual(definition);
    });

    test('loads from the latest snapshot on, and reads from the first event on', async () => {
      await log.append([started('a'), event('a', 1), snapshot('a', 1)]);
      await log.append([event('a', 2)]);
      await log.append([event('a', 3), event('a', 4), snapshot('a', 4)]);
      await log.append([event('a', 5)]);
      const [loaded] = await log.load();
      expect(loaded).toEqual({
        executionId: 'a',
        start: started('a').event,
        snapshot: snapshot('a', 4),
        events: [event('a', 5)],
      });
      expect(numbersOf(await log.read('a'))).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await log.read('a')).not.toHaveProperty('snapshot');
    });

    test('gives an ended execution its outcome, and does not load it', async () => {
      await log.append([started('a'), event('a', 1)]);
      await log.append([event('a', 2), ended('a', 2)]);
      expect(await log.load()).toEqual([]);
      expect(await log.read('a')).toMatchObject({ outcome: OUTCOME });
    });

    test('knows an execution that began and ended in one append', async () => {
      await log.append([started('a'), ended('a', 0)]);
      expect(await log.load()).toEqual([]);
      expect(await log.read('a')).toMatchObject({ outcome: OUTCOME, events: [started('a')] });
      expect(await log.list({})).toMatchObject([{ executionId: 'a', status: 'FAILED', stopTime: OUTCOME.stopTime }]);
    });

    test('opens an ended execution again by its redrive, and closes it again', async () => {
      await log.append([started('a'), ended('a', 0)]);
      await log.append([redriven('a', 1)]);
      expect(numbersOf((await log.load())[0])).toEqual([0, 1]);
      expect(await log.read('a')).not.toHaveProperty('outcome');
      expect(await log.list({ status: 'RUNNING' })).toHaveLength(1);
      await log.append([event('a', 2), ended('a', 2)]);
      expect([await log.load(), (await log.read('a'))?.outcome]).toEqual([[], OUTCOME]);
    });

    test('closes an execution whose redrive ends in the same append', async () => {
      await log.append([started('a'), ended('a', 0)]);
      await log.append([redriven('a', 1), ended('a', 1)]);
      expect(await log.load()).toEqual([]);
      expect(numbersOf(await log.read('a'))).toEqual([0, 1]);
    });

    test('lists the newest first, by machine and status, so many, and no children', async () => {
      for (const [index, id] of ['a', 'b', 'c', 'd'].entries())
        await log.append([started(id, { machine: index % 2 === 0 ? 'even' : 'odd', time: 100 + index })]);
      await log.append([started('child', { parent: 'a', time: 200 })]);
      await log.append([event('c', 1), ended('c', 1)]);
      const ids = async (query: Parameters<EngineLog['list']>[0]): Promise<readonly string[]> =>
        (await log.list(query)).map(({ executionId }) => executionId);
      expect(await ids({})).toEqual(['d', 'c', 'b', 'a']);
      expect(await ids({ machine: 'even' })).toEqual(['c', 'a']);
      expect(await ids({ status: 'RUNNING' })).toEqual(['d', 'b', 'a']);
      expect(await ids({ machine: 'even', status: 'FAILED' })).toEqual(['c']);
      expect(await ids({ limit: 2 })).toEqual(['d', 'c']);
      const newest = { executionId: 'd', machine: 'odd', name: 'name of d', status: 'RUNNING', startTime: 103 };
      expect(await log.list({ limit: 1 })).toEqual([newest]);
    });
  });
}

const OUTCOME = { status: 'FAILED', error: 'Busy', cause: 'nobody there', stopTime: 900 } as const;

export function started(executionId: string, more: Partial<StartEvent> = {}): EventRecord & { event: StartEvent } {
  const start: StartEvent = {
    type: 'start',
    machine: 'm',
    machineArn: 'arn:m',
    definitionHash: 'h',
    name: `name of ${executionId}`,
    roleArn: 'role',
    input: { order: [1, null, { deep: true }] },
    time: 1,
    seed: 7,
    ...more,
  };
  return { kind: 'event', executionId, sequence: 0, event: start };
}

function event(
  executionId: string,
  sequence: number,
  { task = '/#1', output = 'done' }: { readonly task?: string; readonly output?: Json } = {},
): EventRecord {
  const answer: InboundEvent = { type: 'taskSucceeded', task, output, time: 10 + sequence };
  return { kind: 'event', executionId, sequence, event: answer };
}

function redriven(executionId: string, sequence: number): EventRecord {
  return { kind: 'event', executionId, sequence, event: { type: 'redrive', time: 1000 } };
}

function ended(executionId: string, sequence: number): EndRecord {
  return { kind: 'end', executionId, sequence, outcome: OUTCOME };
}

/** No log looks into a snapshot. */
function snapshot(executionId: string, sequence: number): SnapshotRecord {
  const content = { status: 'RUNNING', lastEventId: sequence, made: ['up', null] } as unknown as Snapshot;
  return { kind: 'snapshot', executionId, sequence, snapshot: content };
}

function numbersOf(logged: { readonly events: readonly LogRecord[] } | undefined): readonly unknown[] {
  return (logged?.events ?? []).map((record) => 'sequence' in record && record.sequence);
}
