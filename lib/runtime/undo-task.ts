/**
 * An entry of a wave, served by the function of the system that it calls: one undo or probe, or a bundle of them, for items
 * of one list. A bundle reads the run once, has some under way at once, and begins no further one after its time; how each
 * is done, undo.ts and probe.ts know.
 */
import { assert } from '../model/assert.ts';
import { TaskError, type UndoTask, type WaveItem } from '../model/task.ts';
import { effectOfKey, type EpochPlans, plansOf } from './effects.ts';
import type { CallPorts } from './passage.ts';
import type { RunRecord } from './ports/journal.ts';
import { probe } from './probe.ts';
import { someAtOnce } from './some-at-once.ts';
import { stale, unknownRun } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';
import { undoRound } from './undo.ts';
import { beginningMsOf } from './wave.ts';

export interface UndoAnswer {
  readonly state: string;
}

export async function undo(task: UndoTask, ports: CallPorts): Promise<UndoAnswer> {
  const known = await readRun(task, ports);
  const { items } = task.entry;
  if (!items) return { state: await undoOne(task, ports, { ...known, key: task.entry }) };
  return await undoBundle(items, task, { ports, known });
}

async function undoOne(
  task: UndoTask,
  ports: CallPorts,
  { record, plans, key: { step, visit, gen } }: ReadRun & { readonly key: WaveItem },
): Promise<string> {
  const effect = effectOfKey(record, plans, { key: { step, visit, gen }, now: ports.clock.now() });
  assert(effect, 'a wave names effects of the run');
  const { kind, number, call } = task.entry;
  if (kind === 'probe') return await probe(task, { record, effect }, ports);
  const round = { record, effect, number, call, by: { owner: task.owner }, epoch: task.epoch };
  return (await undoRound(round, ports)).state;
}

/** Effects of one bundle at once. */
const MOST_AT_ONCE = 10;
/** Nothing of the run may be undone here any more, so no further one is tried. */
const ENDING: ReadonlySet<string> = new Set([TaskError.StaleEpoch, TaskError.Fenced]);

/**
 * Each for itself: that one is not ready keeps nobody from the others. What is not done, or not begun in time, Settle asks
 * for again; only where nothing at all could be done does the bundle fail, so that the machine waits before it asks.
 */
async function undoBundle(
  items: readonly WaveItem[],
  task: UndoTask,
  { ports, known }: { readonly ports: CallPorts; readonly known: ReadRun },
): Promise<UndoAnswer> {
  const now = ports.clock.now();
  const { step, visit, gen } = task.entry;
  const plan = effectOfKey(known.record, known.plans, { key: { step, visit, gen }, now })?.plan;
  const until = now + beginningMsOf(task.entry, plan);
  const failures: TaskFailure[] = [];
  let done = 0;
  await someAtOnce(items, MOST_AT_ONCE, async (key) => {
    if (done + failures.length > 0 && ports.clock.now() >= until) return;
    if (failures.some(({ error }) => ENDING.has(error))) return;
    try {
      await undoOne(task, ports, { ...known, key });
      done += 1;
    } catch (failure) {
      if (!(failure instanceof TaskFailure)) throw failure;
      failures.push(failure);
    }
  });
  const [first] = failures;
  if (done === 0 && first) throw first;
  return { state: `${done} of ${items.length}` };
}

interface ReadRun {
  readonly record: RunRecord;
  readonly plans: EpochPlans;
}

async function readRun({ run, epoch }: UndoTask, ports: CallPorts): Promise<ReadRun> {
  const record = await ports.journal.record(run);
  if (!record) throw unknownRun(run);
  if (record.header.epoch !== epoch) {
    throw stale(record.header.epoch);
  }
  return { record, plans: await plansOf(record.header, ports.plans) };
}
