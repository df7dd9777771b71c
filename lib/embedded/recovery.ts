/**
 * Going on with what an earlier process left: runs begun or only recorded, settlements whose execution was never started,
 * cancels that had not woken their run yet, and what an operator asked for when the process died over it. A run whose
 * place cannot be made here (its description is gone, its credentials are not set) is left alone and named: to go on
 * without it would fail a run that a better-equipped process can finish.
 */
import type { Engine } from '../engine/driver.ts';
import { Failure } from '../model/failure.ts';
import { isObject } from '../model/json.ts';
import type { OperatorPorts } from '../runtime/operator/action.ts';
import { brokenOff, callsSystems, redo } from '../runtime/operator/broken-off.ts';
import { wakeCancelled } from '../runtime/operator/cancel.ts';
import type { AuditEntry } from '../runtime/ports/journal.ts';
import type { DeadLetters } from './dead-letters.ts';
import { isExecutionOf, type LocalExecutions } from './local-executions.ts';
import type { Places } from './places.ts';
import type { RunStore, Unfinished } from './run-store.ts';

export interface RecoveryParts {
  readonly store: RunStore;
  readonly engine: Engine;
  readonly executions: LocalExecutions;
  readonly places: Places;
  readonly letters: DeadLetters;
  readonly ports: OperatorPorts;
}

export interface Recovered {
  readonly resumed: readonly string[];
  readonly left: readonly LeftAlone[];
}

export interface LeftAlone {
  readonly runId: string;
  readonly why: string;
}

export async function recover(parts: RecoveryParts, only: string | undefined): Promise<Recovered> {
  const { store, executions, ports } = parts;
  const unfinished = store.unfinished(only);
  const broken = await actionsBrokenOff(parts, [...unfinished.map(({ runId }) => runId), ...store.touched(only)]);
  const calling = [...broken].filter(([, entry]) => callsSystems(entry)).map(([runId]) => runId);
  const left = await leftAlone(parts, new Set([...unfinished.map(({ runId }) => runId), ...calling]));
  const isLeft = (run: string): boolean => left.some(({ runId }) => runId === run);
  const mine = unfinished.filter(({ runId }) => !isLeft(runId));
  for (const { planHash } of mine) await executions.register(planHash);
  // A cancel that was written down goes first: nothing is to begin before its fence is up.
  for (const [runId, entry] of broken) if (!isLeft(runId)) await redoOne(parts, runId, entry);
  await resumeAll(parts, { mine, left: unfinished.filter(({ runId }) => isLeft(runId)), only });
  for (const { runId } of mine) await wakeCancelled(runId, ports);
  return { resumed: mine.map(({ runId }) => runId), left };
}

async function actionsBrokenOff(
  { ports }: RecoveryParts,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, AuditEntry>> {
  const found = new Map<string, AuditEntry>();
  for (const runId of runIds) {
    const entry = await brokenOff(runId, ports);
    if (entry) found.set(runId, entry);
  }
  return found;
}

async function redoOne({ letters, ports }: RecoveryParts, runId: string, entry: AuditEntry): Promise<void> {
  const { action, detail } = entry;
  if (action !== 'discarded') return await redo(runId, entry, ports);
  const letter = detail !== undefined && isObject(detail) ? detail['letter'] : undefined;
  if (typeof letter === 'string') await letters.remove([letter]);
}

async function leftAlone({ places }: RecoveryParts, runIds: ReadonlySet<string>): Promise<readonly LeftAlone[]> {
  const left: LeftAlone[] = [];
  for (const runId of runIds) {
    try {
      await places.of(runId);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      left.push({ runId, why: error.message });
    }
  }
  return left;
}

interface Resuming {
  readonly mine: readonly Unfinished[];
  readonly left: readonly Unfinished[];
  readonly only: string | undefined;
}

/** Executions of runs that are over are taken up too: one may have died before it sent its dead letter. */
async function resumeAll({ engine, executions, ports }: RecoveryParts, { mine, left, only }: Resuming): Promise<void> {
  const header = only === undefined ? undefined : await ports.journal.header(only);
  const isWanted = (id: string): boolean => {
    const asked = only === undefined || (header !== undefined && isExecutionOf({ ...header, run: only }, id));
    return asked && !left.some(({ runId, epoch }) => isExecutionOf({ run: runId, epoch }, id));
  };
  const open = await engine.recover(isWanted);
  for (const { runId, epoch, planHash } of mine) {
    await executions.resume({ run: runId, epoch, plan: planHash }, open, false);
  }
  if (header && mine.length === 0) {
    await executions.resume({ run: header.runId, epoch: header.epoch, plan: header.planHash }, open, true);
  }
}
