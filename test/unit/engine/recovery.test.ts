/** After a crash: what was recorded is kept, what was not is asked for again, and the history is the same. */
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../lib/engine/effect.ts';
import type { EngineLog, LogRecord } from '../../../lib/engine/log.ts';
import { compileMachine } from '../../../lib/engine/machine.ts';
import { MemoryLog } from '../../../lib/engine/memory-log.ts';
import { pendingEffects } from '../../../lib/engine/pending.ts';
import type { TaskResult } from '../../../lib/engine/ports.ts';
import { replay } from '../../../lib/engine/replay.ts';
import type { Snapshot } from '../../../lib/engine/snapshot.ts';
import { step } from '../../../lib/engine/step.ts';
import type { StateMachineDefinition } from '../../../lib/model/asl.ts';
import { engineHarness, INVOKE, machineOf, newClock, outline, START } from '../../support/engine-harness.ts';

const TASK = { Type: 'Task', Resource: INVOKE };

const SAGA = machineOf({
  A: {
    ...TASK,
    Arguments: 'a',
    Assign: { a: '{% $states.result %}' },
    Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL', IntervalSeconds: 9 }],
    Next: 'P',
  },
  P: {
    Type: 'Parallel',
    Branches: [
      { StartAt: 'B', States: { B: { ...TASK, Arguments: ['b', '{% $a %}'], TimeoutSeconds: 500, End: true } } },
      {
        StartAt: 'W',
        States: {
          W: { Type: 'Wait', Seconds: 100, Next: 'C' },
          C: { ...TASK, Arguments: '{% $random() %}', End: true },
        },
      },
    ],
    Next: 'M',
  },
  M: {
    Type: 'Map',
    Items: [1, 2, 3, 4],
    MaxConcurrency: 2,
    ItemProcessor: { StartAt: 'I', States: { I: { ...TASK, End: true } } },
    End: true,
  },
});

describe('recovery', () => {
  test('asks again for what has no recorded answer, and only for that', async () => {
    const log = new MemoryLog();
    const clock = newClock();
    const never = engineHarness({
      log,
      clock,
      task: ({ stateName }) => (stateName === 'A' ? { output: 'done' } : new Promise(() => undefined)),
    });
    never.engine.register('m', SAGA);
    const { executionId } = await never.engine.start({ machine: 'm', name: 'n' });
    await clock.advance(40_000);
    never.engine.close();
    const again = engineHarness({ log, clock });
    expect(await again.engine.recover()).toEqual([executionId]);
    const outcome = await clock.runUntil(again.engine.result(executionId));
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: [1, 2, 3, 4], stopTime: START + 100_000 });
    expect(again.calls.map(({ stateName }) => stateName)).toEqual(['B', 'C', 'I', 'I', 'I', 'I']);
    expect(again.calls[0]?.arguments).toEqual(['b', 'done']);
  });

  test('needs no registered definition: the log keeps the one that the execution started with', async () => {
    const log = new MemoryLog();
    const clock = newClock();
    const first = engineHarness({ log, clock });
    first.engine.register('m', machineOf({ A: { Type: 'Wait', Seconds: 5, Output: 'old', End: true } }));
    const { executionId } = await first.engine.start({ machine: 'm' });
    first.engine.close();
    const again = engineHarness({ log, clock });
    again.engine.register('m', machineOf({ A: { Type: 'Pass', Output: 'new', End: true } }));
    await again.engine.recover();
    expect((await clock.runUntil(again.engine.result(executionId))).output).toBe('old');
  });

  test('begins at the latest snapshot and still tells the whole history', async () => {
    const whole = await crashed({ snapshotEvery: 1000 });
    const short = await crashed({ snapshotEvery: 2 });
    expect(short.loaded?.snapshot?.sequence).toBe(6);
    expect(short.loaded?.events.length).toBeLessThan(whole.loaded?.events.length ?? 0);
    expect(JSON.stringify(short.history)).toBe(JSON.stringify(whole.history));
    expect(short.outcome).toEqual(whole.outcome);
  });

  test('replays the last hundred events of a long run, not the thousands before, however often it crashes', async () => {
    const log = new MemoryLog();
    const clock = newClock();
    const { machine, last } = counting(3300);
    const work: number[] = [];
    let executionId: string | undefined;
    for (const crashAt of [2950, 2990, 3030, 3070, 3110]) {
      const { engine, calls } = engineHarness({
        log,
        clock,
        task: (call) => (call.arguments === crashAt ? new Promise(() => undefined) : { output: call.arguments }),
      });
      engine.register('m', machine);
      work.push((await log.load())[0]?.events.length ?? 0);
      await engine.recover();
      ({ executionId } = await engine.start({ machine: 'm', name: 'n' }));
      while (calls.at(-1)?.arguments !== crashAt) await new Promise((resolve) => setImmediate(resolve));
      engine.close();
    }
    expect(work).toEqual([0, 49, 89, 29, 69]);
    const { engine } = engineHarness({ log, clock });
    await engine.recover();
    const { output } = await clock.runUntil(engine.result(executionId ?? ''));
    expect([output, (await log.read(executionId ?? ''))?.events.length]).toEqual([last, last + 1]);
  });

  test('takes few snapshots where they are large, so that they never outweigh the events', async () => {
    const { machine } = counting(1000);
    const written = async (input: string): Promise<{ readonly snapshots: number; readonly bytes: number }> => {
      const log = new WeighingLog();
      await engineHarness({ log, snapshotEvery: 10 }).run(machine, input);
      return log.snapshots;
    };
    expect((await written('small')).snapshots).toBe(99);
    const large = await written('x'.repeat(200_000));
    expect(large.snapshots).toBeLessThan(7);
    expect(large.bytes).toBeLessThan(1000 * 1024 + 2 * 200_000);
  });

  test('does not send the message of a submitted callback again', async () => {
    const log = new MemoryLog();
    const clock = newClock();
    const machine = machineOf({
      A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true },
    });
    const first = engineHarness({ log, clock, task: () => ({ output: {} }) });
    first.engine.register('m', machine);
    const { executionId } = await first.engine.start({ machine: 'm' });
    await clock.advance(1);
    first.engine.close();
    const again = engineHarness({ log, clock });
    await again.engine.recover();
    await again.engine.sendTaskSuccess(first.calls[0]?.taskToken ?? '', 'answer');
    expect([(await again.engine.result(executionId)).output, again.calls]).toEqual(['answer', []]);
  });

  test('gives the same token when the submission was not recorded', async () => {
    const log = new MemoryLog();
    const machine = machineOf({
      A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true },
    });
    const first = engineHarness({ log, task: () => new Promise(() => undefined) });
    first.engine.register('m', machine);
    await first.engine.start({ machine: 'm' });
    first.engine.close();
    const again = engineHarness({ log, task: () => new Promise(() => undefined) });
    await again.engine.recover();
    expect(again.calls[0]?.taskToken).toBe(first.calls[0]?.taskToken);
    again.engine.close();
  });

  test('reads ended executions back, with history and outcome, and starts them no second time', async () => {
    const log = new MemoryLog();
    const first = engineHarness({ log });
    const { executionId, history, outcome } = await first.run(SAGA);
    const again = engineHarness({ log });
    again.engine.register('machine', SAGA);
    expect(await again.engine.recover()).toEqual([]);
    expect(await again.engine.start({ machine: 'machine', name: 'one' })).toMatchObject({ executionId });
    expect(await again.engine.result(executionId)).toEqual(outcome);
    expect(await again.engine.history(executionId)).toEqual(history);
    expect(again.calls).toEqual([]);
  });

  test('a parent finds the child that it had started', async () => {
    const log = new MemoryLog();
    const clock = newClock();
    const child = machineOf({ A: { Type: 'Wait', Seconds: 60, End: true } });
    const parent = machineOf({
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Arguments: { StateMachineArn: 'child' },
        Output: '{% $states.result.Status %}',
        End: true,
      },
    });
    const register = ({ engine }: ReturnType<typeof engineHarness>): void => {
      engine.register('child', child);
      engine.register('parent', parent);
    };
    const first = engineHarness({ log, clock });
    register(first);
    const { executionId } = await first.engine.start({ machine: 'parent' });
    await clock.advance(30_000);
    first.engine.close();
    const again = engineHarness({ log, clock });
    register(again);
    expect(await again.engine.recover()).toHaveLength(2);
    expect(await clock.runUntil(again.engine.result(executionId))).toMatchObject({
      output: 'SUCCEEDED',
      stopTime: START + 60_000,
    });
  });
});

describe('closing the engine', () => {
  test('stops no child of a Map run or of a Task: they go on with the next engine', async () => {
    const [log, clock] = [new MemoryLog(), newClock()];
    const each = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    const definition = machineOf({
      P: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'M',
            States: {
              M: {
                Type: 'Map',
                Items: ['m'],
                ItemProcessor: { ...each, StartAt: 'I', States: { I: { ...TASK, End: true } } },
                End: true,
              },
            },
          },
          {
            StartAt: 'S',
            States: {
              S: {
                Type: 'Task',
                Resource: 'arn:aws:states:::states:startExecution.sync:2',
                Arguments: { StateMachineArn: 'c', Input: { v: 's' } },
                Output: '{% $states.result.Output %}',
                End: true,
              },
            },
          },
        ],
        End: true,
      },
    });
    const first = engineHarness({ log, clock, task: () => new Promise(() => undefined) });
    first.engine.register('c', machineOf({ A: { ...TASK, Arguments: '{% $states.input %}', End: true } }));
    first.engine.register('m', definition);
    const { executionId } = await first.engine.start({ machine: 'm' });
    await clock.advance(1000);
    first.engine.close();
    await clock.advance(1000);
    await expect(first.engine.describe(executionId)).rejects.toMatchObject({ code: 'EngineClosed' });
    const next = engineHarness({ log, clock });
    next.engine.register('c', machineOf({ A: { ...TASK, Arguments: '{% $states.input %}', End: true } }));
    expect(await next.engine.recover()).toHaveLength(3);
    expect((await clock.runUntil(next.engine.result(executionId))).output).toEqual([['m'], { v: 's' }]);
  });
});

describe('the log', () => {
  test('sees one append per answer, the end with the last of them', async () => {
    const log = new MemoryLog();
    await engineHarness({ log }).run(
      machineOf({ A: { ...TASK, Next: 'B' }, B: { ...TASK, Next: 'C' }, C: { ...TASK, End: true } }),
    );
    expect(log.appends).toBe(1 + 3);
  });

  test('that fails at the start refuses the start', async () => {
    const { engine } = engineHarness({ log: failingLog(0) });
    engine.register('m', SAGA);
    await expect(engine.start({ machine: 'm', name: 'n' })).rejects.toThrow('disk full');
    await expect(engine.describe('arn:aws:states:local:000000000000:execution:m:n')).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    });
  });

  test('that fails later stops that execution where it is, and no other', async () => {
    const log = failingLog(2, 'n');
    const { engine, clock, calls } = engineHarness({ log });
    engine.register('m', SAGA);
    const broken = await engine.start({ machine: 'm', name: 'n' });
    const sound = await engine.start({ machine: 'm', name: 'o' });
    const refused = expect(engine.result(broken.executionId)).rejects.toThrow('disk full');
    expect((await clock.runUntil(engine.result(sound.executionId))).status).toBe('SUCCEEDED');
    await refused;
    expect(
      calls.filter(({ executionId }) => executionId === broken.executionId).map(({ stateName }) => stateName),
    ).toEqual(['A', 'B']);
    await expect(engine.stop(broken.executionId)).rejects.toThrow('disk full');
    expect((await engine.describe(broken.executionId)).status).toBe('RUNNING');
  });
});

describe('the core', () => {
  test('leaves the snapshot as it was, and what is pending is what its effects left undone', async () => {
    const machine = compileMachine(SAGA, 'hash');
    const log = new MemoryLog();
    const { executionId } = await engineHarness({ log, task: flaky }).run(SAGA);
    const { events = [] } = (await log.read(executionId)) ?? {};
    let snapshot: Snapshot | null = null;
    const open = new Map<string, Effect>();
    for (const { event } of events) {
      const before: string = JSON.stringify(snapshot);
      const next = await step(machine, snapshot, event);
      const twice = await step(machine, snapshot, event);
      expect(JSON.stringify(twice)).toBe(JSON.stringify(next));
      expect(JSON.stringify(snapshot)).toBe(before);
      expect(JSON.parse(JSON.stringify(next.snapshot))).toEqual(next.snapshot);
      if ('task' in event) open.delete(event.task);
      if ('timer' in event) open.delete(event.timer);
      for (const effect of next.effects) {
        if (effect.kind === 'cancel' || effect.kind === 'cancelTimer') open.delete(effect.id);
        else open.set(effect.id, effect);
      }
      snapshot = next.snapshot;
      const pending = snapshot.status === 'RUNNING' ? pendingEffects(machine, snapshot) : [];
      expect(pending.toSorted(byId)).toEqual([...open.values()].toSorted(byId));
    }
    expect(snapshot?.status).toBe('SUCCEEDED');
  });

  test('goes on from a snapshot that went through JSON', async () => {
    const machine = compileMachine(SAGA, 'hash');
    const log = new MemoryLog();
    const { executionId, history } = await engineHarness({ log, task: flaky }).run(SAGA);
    const logged = await log.read(executionId);
    const events: unknown[] = [];
    let snapshot: Snapshot | null = null;
    for (const { event } of logged?.events ?? []) {
      const next = await step(machine, snapshot, event);
      snapshot = JSON.parse(JSON.stringify(next.snapshot)) as Snapshot;
      events.push(...next.history);
    }
    expect(events).toEqual(history);
    expect(logged && (await replay(machine, logged)).history).toEqual(history);
  });

  test('hears nothing after the end', async () => {
    const machine = compileMachine(machineOf({ A: { Type: 'Pass', End: true } }), 'hash');
    const log = new MemoryLog();
    const { executionId } = await engineHarness({ log }).run(machine.definition);
    const logged = await log.read(executionId);
    const { snapshot } = await replay(machine, logged ?? { executionId, start: undefined as never, events: [] });
    const late = await step(machine, snapshot, { type: 'stop', time: START + 1 });
    expect([late.snapshot, late.effects, late.history]).toEqual([snapshot, [], []]);
  });
});

/** Asks one task after another, with the numbers from 1, and puts out the last. */
function counting(last: number): { readonly machine: StateMachineDefinition; readonly last: number } {
  const machine = machineOf({
    Begin: { Type: 'Pass', Assign: { n: 1 }, Next: 'Count' },
    Count: { ...TASK, Arguments: '{% $n %}', Assign: { n: '{% $states.result + 1 %}' }, Next: 'More' },
    More: { Type: 'Choice', Choices: [{ Condition: `{% $n <= ${last} %}`, Next: 'Count' }], Default: 'Last' },
    Last: { Type: 'Pass', Output: '{% $n - 1 %}', End: true },
  });
  return { machine, last };
}

class WeighingLog extends MemoryLog {
  readonly snapshots = { snapshots: 0, bytes: 0 };

  override async append(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      if (record.kind !== 'snapshot') continue;
      this.snapshots.snapshots += 1;
      this.snapshots.bytes += JSON.stringify(record.snapshot).length;
    }
    return super.append(records);
  }
}

function byId(left: Effect, right: Effect): number {
  return left.id < right.id ? -1 : 1;
}

function flaky({ attempt, arguments: given }: { readonly attempt: number; readonly arguments: unknown }): TaskResult {
  return given === 'a' && attempt < 3 ? { error: 'Busy' } : { output: given as never };
}

/** Runs into a crash in the middle of a saga, then to its end. */
async function crashed({ snapshotEvery }: { readonly snapshotEvery: number }): Promise<{
  readonly loaded: Awaited<ReturnType<EngineLog['load']>>[number] | undefined;
  readonly history: unknown;
  readonly outcome: unknown;
}> {
  const log = new MemoryLog();
  const clock = newClock();
  const first = engineHarness({
    log,
    clock,
    snapshotEvery,
    task: (call) => (call.stateName === 'C' ? new Promise(() => undefined) : flaky(call)),
  });
  first.engine.register('m', SAGA);
  const { executionId } = await first.engine.start({ machine: 'm', name: 'n' });
  await clock.advance(200_000);
  first.engine.close();
  const [loaded] = await log.load();
  const again = engineHarness({ log, clock, snapshotEvery });
  await again.engine.recover();
  const outcome = await clock.runUntil(again.engine.result(executionId));
  expect(outline(await again.engine.history(executionId))[0]).toBe('0 -> 1 ExecutionStarted');
  return { loaded, history: await again.engine.history(executionId), outcome };
}

/** Refuses the append of one execution after so many of them. */
function failingLog(after: number, name?: string): EngineLog {
  const inner = new MemoryLog();
  let appends = 0;
  const append = async (records: readonly LogRecord[]): Promise<void> => {
    const concerned =
      name === undefined ||
      records.some((record) => 'executionId' in record && record.executionId.endsWith(`:${name}`));
    if (concerned) {
      if (appends >= after) throw new Error('disk full');
      appends += 1;
    }
    return inner.append(records);
  };
  return {
    append,
    definition: (hash) => inner.definition(hash),
    load: () => inner.load(),
    read: (id) => inner.read(id),
    list: (query) => inner.list(query),
  };
}
