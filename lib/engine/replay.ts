/** From recorded events to an execution: the same events give the same snapshot and the same history, byte for byte. */
import type { HistoryEvent } from './history.ts';
import type { LoggedExecution } from './log.ts';
import type { Machine } from './machine.ts';
import type { Snapshot } from './snapshot.ts';
import { step } from './step.ts';

export interface Replayed {
  readonly snapshot: Snapshot | null;
  /** After which event it began: 0 where there was no snapshot. */
  readonly from: number;
  /** Of the last event that was applied. */
  readonly sequence: number;
  /** All of it only where the replay began at the first event. */
  readonly history: HistoryEvent[];
}

export async function replay(machine: Machine, logged: LoggedExecution): Promise<Replayed> {
  let snapshot = logged.snapshot?.snapshot ?? null;
  let sequence = logged.snapshot?.sequence ?? -1;
  const history: HistoryEvent[] = [];
  for (const record of logged.events) {
    const next = await step(machine, snapshot, record.event);
    snapshot = next.snapshot;
    sequence = record.sequence;
    history.push(...next.history);
  }
  return { snapshot, from: logged.snapshot?.sequence ?? 0, sequence, history };
}
