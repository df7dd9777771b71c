/**
 * The engine over random machines: none hangs, none loses an event, one seed gives one history, a crash changes nothing
 * but time, and the order in which concurrent answers come in changes nothing but the interleaving. The seed of a failing
 * machine is in the test's message; `randomMachine(seed, ...)` makes it again.
 */
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../lib/engine/history.ts';
import { MemoryLog } from '../../lib/engine/memory-log.ts';
import type { TaskCall, TaskResult } from '../../lib/engine/ports.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import type { Clock } from '../../lib/model/time.ts';
import { engineHarness, newClock } from '../support/engine-harness.ts';
import { randomMachine } from '../support/random-machines.ts';

const SEEDS: readonly number[] = Array.from({ length: 150 }, (_, index) => index + 1);
const INPUT = { n: 1 };

/** Decided by what is asked alone, so that it is the same whenever it is asked. */
function answerTo(call: TaskCall, failing: boolean): TaskResult {
  const { n = 0, tag = 0 } = call.arguments as JsonObject;
  const dice = new RandomSource(Number(tag) * 1000 + Number(n) * 100 + call.attempt).next();
  if (failing && dice < 0.3) return { error: dice < 0.15 ? 'Bad' : 'Sad', cause: call.stateName };
  return { output: { n: (Number(n) + 1) % 5 } };
}

function slowly(clock: Clock, call: TaskCall, failing: boolean): Promise<TaskResult> {
  const { tag = 0 } = call.arguments as JsonObject;
  return new Promise((resolve) => clock.after(1 + (Number(tag) % 50) * 100, () => resolve(answerTo(call, failing))));
}

async function run(seed: number): Promise<{ readonly status: string; readonly history: readonly HistoryEvent[] }> {
  const clock = newClock();
  const harness = engineHarness({ clock, log: new MemoryLog(), task: (call) => slowly(clock, call, true) });
  const { outcome, history } = await harness.run(randomMachine(seed, { failing: true }), INPUT);
  return { status: outcome.status, history };
}

describe('a random machine', () => {
  test('ends, and its history has no gap, no open state on success, and one end', async () => {
    const statuses = new Set<string>();
    for (const seed of SEEDS) {
      const { status, history } = await run(seed);
      statuses.add(status);
      expect({ seed, ids: history.map(({ id }) => id) }).toEqual({ seed, ids: history.map((_, index) => index + 1) });
      for (const { id, previousEventId } of history)
        expect({ seed, ok: previousEventId < id }).toEqual({ seed, ok: true });
      const ends = history.filter(({ type }) => /^Execution(Succeeded|Failed)$/.test(type));
      expect({ seed, ends: ends.map(({ id }) => id) }).toEqual({ seed, ends: [history.length] });
      if (status === 'SUCCEEDED') expect({ seed, open: openStates(history) }).toEqual({ seed, open: [] });
    }
    expect([...statuses].toSorted()).toEqual(['FAILED', 'SUCCEEDED']);
  });

  test('has one history by its seed, byte for byte', async () => {
    for (const seed of SEEDS) {
      const first = await run(seed);
      expect(JSON.stringify(await run(seed))).toBe(JSON.stringify(first));
    }
  });
});

describe('a crash at any moment', () => {
  test('loses no recorded answer, repeats none, and changes no outcome', async () => {
    for (const seed of SEEDS.slice(0, 60)) {
      const calm = await crashing(seed, []);
      const moments = new RandomSource(seed + 1000);
      const crashes = Array.from({ length: 3 }, () => Math.ceil(moments.next() * Math.max(1, calm.lasted)));
      const rough = await crashing(
        seed,
        crashes.toSorted((left, right) => left - right),
      );
      expect({ seed, crashes, ...pick(rough) }).toEqual({ seed, crashes, ...pick(calm) });
      expect({ seed, repeated: rough.repeated }).toEqual({ seed, repeated: [] });
    }
  });
});

interface Crashed {
  readonly status: string;
  readonly output: unknown;
  readonly error: unknown;
  readonly lasted: number;
  /** Attempts that were asked for again although their answer was recorded. */
  readonly repeated: readonly string[];
}

function pick({ status, output, error }: Crashed): object {
  return { status, output, error };
}

/** Runs a machine whose process is killed after so many virtual milliseconds each. */
async function crashing(seed: number, crashes: readonly number[]): Promise<Crashed> {
  const [log, clock] = [new MemoryLog(), newClock()];
  const begun = clock.now();
  const repeated: string[] = [];
  const answered = async (): Promise<ReadonlySet<string>> => {
    const { events = [] } = (await log.read(ID)) ?? {};
    return new Set(events.flatMap(({ event }) => ('task' in event ? [event.task] : [])));
  };
  const boot = async (): Promise<ReturnType<typeof engineHarness>> => {
    const before = await answered();
    const harness = engineHarness({
      log,
      clock,
      snapshotEvery: 3,
      task: (call) => {
        if (before.has(call.taskId)) repeated.push(call.taskId);
        return slowly(clock, call, false);
      },
    });
    await harness.engine.recover();
    return harness;
  };
  let harness = await boot();
  harness.engine.register('machine', randomMachine(seed, { failing: false }));
  await harness.engine.start({ machine: 'machine', name: 'one', input: INPUT });
  for (const moment of crashes) {
    await clock.advance(Math.max(0, begun + moment - clock.now()));
    harness.engine.close();
    harness = await boot();
  }
  const { status, output, error, stopTime } = await clock.runUntil(harness.engine.result(ID));
  return { status, output, error, lasted: stopTime - begun, repeated };
}

const ID = 'arn:aws:states:local:000000000000:execution:machine:one';

describe('the order of concurrent answers', () => {
  test('changes nothing but the interleaving', async () => {
    let interleaved = 0;
    for (const seed of SEEDS.slice(0, 80)) {
      const [one, other] = [await polled(seed, 1), await polled(seed, 2)];
      expect({ seed, chains: chainsOf(other.history) }).toEqual({ seed, chains: chainsOf(one.history) });
      expect({ seed, outcome: other.outcome }).toEqual({ seed, outcome: one.outcome });
      if (JSON.stringify(one.history) !== JSON.stringify(other.history)) interleaved += 1;
    }
    // The test would show nothing if the orders never differed.
    expect(interleaved).toBeGreaterThan(10);
  });
});

/** All tasks that are under way are answered at the same instant, in an order drawn from `order`. */
async function polled(
  seed: number,
  order: number,
): Promise<{ readonly outcome: unknown; readonly history: readonly HistoryEvent[] }> {
  const clock = newClock();
  const source = new RandomSource(seed * 10 + order);
  let waiting: (() => void)[] = [];
  const release = (): void => {
    const due = waiting.map((resolve) => ({ resolve, at: source.next() }));
    waiting = [];
    for (const { resolve } of due.toSorted((left, right) => left.at - right.at)) resolve();
  };
  const task = (call: TaskCall): Promise<TaskResult> =>
    new Promise((resolve) => {
      if (waiting.length === 0) clock.after(1000, release);
      waiting.push(() => resolve(answerTo(call, false)));
    });
  return engineHarness({ clock, task }).run(randomMachine(seed, { failing: false }), INPUT);
}

/** Events that follow whichever branch ended last, or made room. */
const JOINS: ReadonlySet<string> = new Set([
  'ParallelStateSucceeded',
  'ParallelStateExited',
  'MapStateSucceeded',
  'MapStateExited',
  'MapIterationStarted',
]);

/** Each event with its chain of causes, without ids: what must not depend on the interleaving. */
function chainsOf(history: readonly HistoryEvent[]): readonly string[] {
  const chains = new Map<number, string>();
  for (const { id, previousEventId, timestamp, type, details } of history) {
    const cause = JOINS.has(type) ? '' : (chains.get(previousEventId) ?? '');
    chains.set(id, `${cause}/${type}@${timestamp}${JSON.stringify(details) ?? ''}`.slice(-4000));
  }
  return [...chains.values()].toSorted();
}

function openStates(history: readonly HistoryEvent[]): readonly string[] {
  const open: string[] = [];
  for (const { type, details } of history) {
    const name = details !== undefined && 'name' in details ? details.name : '';
    if (type.endsWith('StateEntered')) open.push(name);
    else if (type.endsWith('StateExited')) open.splice(open.lastIndexOf(name), 1);
  }
  // Iterations that ended early leave states behind only where the Map was tried again.
  return history.some(({ type }) => /Aborted|Failed|TimedOut/.test(type)) ? [] : open;
}
