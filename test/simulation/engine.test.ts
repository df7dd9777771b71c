/**
 * The engine over random machines: none hangs, none loses an event, one seed gives one history, a crash changes nothing
 * but time, and the order in which concurrent answers come in changes nothing but the interleaving. The seed of a failing
 * machine is in the test's message; `randomMachine(seed, ...)` makes it again. `SEEDS=1000-3000` sweeps wider.
 */
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../lib/engine/history.ts';
import { compileMachine } from '../../lib/engine/machine.ts';
import { MemoryLog } from '../../lib/engine/memory-log.ts';
import type { LogRecord, Outcome } from '../../lib/engine/log.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { replay } from '../../lib/engine/replay.ts';
import { assert } from '../../lib/model/assert.ts';
import type { Clock } from '../../lib/model/time.ts';
import { engineHarness, type Harness, newClock } from '../support/engine-harness.ts';
import { chainsOf, openStates } from '../support/history-chains.ts';
import { CHILD, CHILD_MACHINE, randomMachine } from '../support/random-machines.ts';
import { ShuffledClock } from '../support/shuffled-clock.ts';
import { TaskWorld } from '../support/task-world.ts';

const [FROM = 1, TO = 60] = (process.env['SEEDS'] ?? '1-60').split('-').map(Number);
const SEEDS: readonly number[] = Array.from({ length: TO - FROM + 1 }, (_, index) => FROM + index);
/** Machines in virtual time, but many of them. */
const PATIENCE = { timeout: 2000 * SEEDS.length };
const INPUT = { n: 1 };
const ID = 'arn:aws:states:local:000000000000:execution:machine:one';

interface Ran {
  readonly outcome: Outcome;
  readonly history: readonly HistoryEvent[];
  readonly log: MemoryLog;
  readonly world: TaskWorld;
}

/** A commit takes a while, in which answers come in. */
class SlowLog extends MemoryLog {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  override async append(records: readonly LogRecord[]): Promise<void> {
    await new Promise<void>((resolve) => void this.#clock.after(COMMIT_MS, resolve));
    await super.append(records);
  }
}

const COMMIT_MS = 250;

async function run(seed: number, failing: boolean): Promise<Ran> {
  const clock = newClock();
  const log = new SlowLog(clock);
  const world = new TaskWorld(clock, { failing });
  const harness = engineHarness({ clock, log, task: (call, signal) => world.run(call, signal) });
  world.engine = harness.engine;
  harness.engine.register(CHILD, CHILD_MACHINE);
  const { outcome, history } = await harness.run(randomMachine(seed, { failing }), INPUT);
  return { outcome, history, log, world };
}

function count(history: readonly HistoryEvent[], type: HistoryEvent['type']): number {
  return history.filter((event) => event.type === type).length;
}

describe('a random machine', PATIENCE, () => {
  test('ends, and its history has no gap, no open state on success, and one end', async () => {
    const statuses = new Set<string>();
    for (const seed of SEEDS) {
      const { outcome, history } = await run(seed, true);
      statuses.add(outcome.status);
      expect({ seed, ids: history.map(({ id }) => id) }).toEqual({ seed, ids: history.map((_, index) => index + 1) });
      for (const { id, previousEventId } of history)
        expect({ seed, ok: previousEventId < id }).toEqual({ seed, ok: true });
      const ends = history.filter(({ type }) => /^Execution(Succeeded|Failed)$/.test(type));
      expect({ seed, ends: ends.map(({ id }) => id) }).toEqual({ seed, ends: [history.length] });
      if (outcome.status === 'SUCCEEDED') expect({ seed, open: openStates(history) }).toEqual({ seed, open: [] });
    }
    expect([...statuses].toSorted()).toEqual(['FAILED', 'SUCCEEDED']);
  });

  test('loses no event: every call and every answer stands in its history, and its log alone tells the same', async () => {
    for (const seed of SEEDS) {
      const { outcome, history, log, world } = await run(seed, false);
      expect({ seed, status: outcome.status }).toEqual({ seed, status: 'SUCCEEDED' });
      const mine = world.asked.filter(({ executionId }) => executionId === ID);
      const given = world.given.get(ID) ?? { succeeded: 0, failed: 0 };
      const started = history.filter(({ details }) => JSON.stringify(details)?.includes('startExecution'));
      const ofStart = (type: HistoryEvent['type']): number => count(started, type);
      expect({
        seed,
        asked: count(history, 'TaskScheduled') - ofStart('TaskScheduled'),
        succeeded: count(history, 'TaskSucceeded') - ofStart('TaskSucceeded'),
        failed: count(history, 'TaskFailed') - ofStart('TaskFailed'),
        timedOut: count(history, 'TaskTimedOut'),
      }).toEqual({
        seed,
        asked: mine.length,
        ...given,
        timedOut: mine.length - given.succeeded - given.failed,
      });
      const logged = await log.read(ID);
      assert(logged !== undefined, 'the log has the execution');
      const replayed = await replay(compileMachine(randomMachine(seed, { failing: false }), 'h'), logged);
      expect(JSON.stringify(replayed.history)).toBe(JSON.stringify(history));
    }
  });

  test('has one history by its seed, byte for byte', async () => {
    for (const seed of SEEDS) {
      const [first, second] = [await run(seed, true), await run(seed, true)];
      expect(JSON.stringify(second.history)).toBe(JSON.stringify(first.history));
    }
  });
});

describe('a crash at any moment', PATIENCE, () => {
  test('loses no recorded answer, repeats none, and changes nothing but time', async () => {
    for (const seed of SEEDS) {
      const calm = await crashing(seed, []);
      const moments = new RandomSource(seed + 1000);
      const crashes = Array.from({ length: 3 }, () => Math.ceil(moments.next() * Math.max(1, calm.lasted)));
      const rough = await crashing(
        seed,
        crashes.toSorted((left, right) => left - right),
      );
      expect({ seed, crashes, chains: rough.chains }).toEqual({ seed, crashes, chains: calm.chains });
      expect({ seed, repeated: rough.repeated }).toEqual({ seed, repeated: [] });
    }
  });
});

interface Crashed {
  readonly chains: readonly string[];
  readonly lasted: number;
  /** Attempts that were asked for again although their answer was recorded. */
  readonly repeated: readonly string[];
}

/** Runs a machine whose process is killed after so many virtual milliseconds each; the world lives on. */
async function crashing(seed: number, crashes: readonly number[]): Promise<Crashed> {
  const [log, clock] = [new MemoryLog(), newClock()];
  const begun = clock.now();
  const world = new TaskWorld(clock, { failing: false });
  const repeated: string[] = [];
  const boot = async (): Promise<Harness> => {
    const before = await answersIn(log);
    const harness = engineHarness({
      log,
      clock,
      snapshotEvery: 3,
      task: (call, signal) => {
        if (call.executionId === ID && before.has(call.taskId)) repeated.push(call.taskId);
        return world.run(call, signal);
      },
    });
    world.engine = harness.engine;
    harness.engine.register(CHILD, CHILD_MACHINE);
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
  const { stopTime } = await clock.runUntil(harness.engine.result(ID));
  const chains = chainsOf(await harness.engine.history(ID), { times: false });
  return { chains, lasted: stopTime - begun, repeated };
}

async function answersIn(log: MemoryLog): Promise<ReadonlySet<string>> {
  const { events = [] } = (await log.read(ID)) ?? {};
  return new Set(events.flatMap(({ event }) => ('task' in event ? [event.task] : [])));
}

describe('the order of concurrent answers', PATIENCE, () => {
  test('changes nothing but the interleaving', async () => {
    let [interleaved, coincidences] = [0, 0];
    for (const [seed, wide] of SEEDS.flatMap((one): [number, boolean][] => [
      [one, false],
      [one, true],
    ])) {
      const one = await polled(seed, 1, wide);
      for (const order of [2, 3]) {
        const other = await polled(seed, order, wide);
        expect({ seed, wide, order, chains: other.chains }).toEqual({ seed, wide, order, chains: one.chains });
        if (JSON.stringify(one.history) !== JSON.stringify(other.history)) interleaved += 1;
        coincidences += other.coincidences;
      }
    }
    // The test would show nothing if nothing coincided, or if the orders never differed.
    expect(coincidences).toBeGreaterThan(SEEDS.length);
    expect(interleaved).toBeGreaterThan(SEEDS.length / 2);
  });
});

interface Polled {
  readonly history: readonly HistoryEvent[];
  /** Of the execution and of all that it started. */
  readonly chains: { readonly [executionId: string]: readonly string[] };
  readonly coincidences: number;
}

/** What is due at one instant is polled in an order drawn from `order`. */
async function polled(seed: number, order: number, wide: boolean): Promise<Polled> {
  const clock = newClock();
  const shuffled = new ShuffledClock(clock, new RandomSource(seed * 10 + order));
  const world = new TaskWorld(shuffled, { failing: false });
  const task: NonNullable<Parameters<typeof engineHarness>[0]>['task'] = (call, signal) => world.run(call, signal);
  const harness = engineHarness({ clock, task, engineClock: shuffled });
  world.engine = harness.engine;
  harness.engine.register(CHILD, CHILD_MACHINE);
  const { executionId, history } = await harness.run(randomMachine(seed, { failing: false, wide }), INPUT);
  const ids = [...new Set([executionId, ...world.asked.map((call) => call.executionId)])].toSorted();
  const chains: { [id: string]: readonly string[] } = {};
  for (const id of ids) chains[id] = chainsOf(await harness.engine.history(id));
  return { history, chains, coincidences: shuffled.coincidences };
}
