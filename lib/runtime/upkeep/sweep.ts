/**
 * The sweeper, the guarantee behind every shortcut (run-contract section 7): what was recorded and never started is
 * started; whose execution is over without the run being over is settled, because the event that would have led to it was
 * lost; what sleeps through its deadline is fenced and woken. It acts for the current epoch only, only on what no execution
 * works on, and twice the same. What it cannot move it counts and names.
 */
import { DEFAULTS } from '../../model/defaults.ts';
import type { Plan } from '../../model/plan.ts';
import type { RunError } from '../../model/run.ts';
import { afterExecution } from '../lifecycle.ts';
import { look, nextSettlement, type OperatorPorts } from '../operator/action.ts';
import type { ExecutionStates } from '../ports/execution-states.ts';
import { FINAL_PHASES, type RunHeader, type RunSummary } from '../ports/journal.ts';
import type { OpenRuns } from '../ports/open-runs.ts';
import { raiseFence } from '../raise.ts';
import { HANDED_OVER, hasBegun } from '../run.ts';

export interface SweepPorts extends OperatorPorts {
  readonly openRuns: OpenRuns;
  readonly states: ExecutionStates;
}

export interface SweepLimits {
  /** Runs looked at, of each kind. */
  readonly runs: number;
}

export type Swept = 'started' | 'settled' | 'woken' | 'stuck';

export interface SweptRun {
  readonly run: string;
  readonly workflow: string;
  readonly what: Swept;
  readonly why: string;
}

/** A start takes two requests; whoever made the first has this long for the second. */
const START_MS = 60_000;
/** A step that began before the deadline may go on for a while after it. */
const OVERDUE_MS = 600_000;
/** Settle waits at most an hour in one piece, and looks after it. */
const SLEEP_MS = 3_600_000 + OVERDUE_MS;
/** Older ones have passed their deadline: they are due. */
const UNSTARTED_WITHIN_MS = 86_400_000;

export async function sweep(ports: SweepPorts, limits: SweepLimits): Promise<readonly SweptRun[]> {
  const swept: SweptRun[] = [];
  const told = async (run: string, work: () => Promise<SweptRun | undefined>): Promise<void> => {
    const one = await unlessFailed(run, ports, work);
    if (one) swept.push(one);
  };
  for (const summary of await unstarted(ports, limits)) await told(summary.runId, () => startAnew(summary, ports));
  const due = await ports.openRuns.due({ at: ports.clock.now(), limit: limits.runs });
  for (const run of due) await told(run, () => moveOn(run, ports));
  for (const { run, what, why } of swept) ports.telemetry.log({ level: 'warn', message: `${what}: ${why}`, run });
  return swept;
}

/** One run that cannot be looked at keeps nobody from the others; the next sweep looks again. */
async function unlessFailed(
  run: string,
  { telemetry }: SweepPorts,
  work: () => Promise<SweptRun | undefined>,
): Promise<SweptRun | undefined> {
  try {
    return await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    telemetry.log({ level: 'error', message: `it could not be looked after: ${why}`, run });
    return undefined;
  }
}

async function unstarted({ journal, clock }: SweepPorts, { runs }: SweepLimits): Promise<readonly RunSummary[]> {
  const at = clock.now();
  const newest = await journal.list({ phases: ['forward'], limit: runs });
  return newest.runs.filter(({ startedAt }) => startedAt <= at - START_MS && startedAt > at - UNSTARTED_WITHIN_MS);
}

/** A step with an effect leaves a trace; without one its execution has to be asked for. */
async function startAnew({ runId }: RunSummary, ports: SweepPorts): Promise<SweptRun | undefined> {
  const header = await ports.journal.header(runId);
  if (header?.phase !== 'forward' || hasBegun(header)) return undefined;
  const input = inputOf(header);
  if (await expressPlan(header, ports)) return await startExpress(header, ports);
  const { state, id } = await ports.states.of(input);
  if (state !== 'none') return undefined;
  // Under today's machine it would have other steps than its plan: it ends before it has begun.
  if (await ports.executions.superseded?.(header.planHash)) return await settleLost(header, id, ports);
  await ports.executions.start(input);
  return sweptOf(header, 'started', 'it was recorded, and its execution never began');
}

/**
 * Of an express execution nobody can say whether it was begun, and one that begins twice is nothing new to it. Past its
 * deadline, or under another machine than its plan's, the run is due soon and settled then.
 */
async function startExpress(header: RunHeader, ports: SweepPorts): Promise<SweptRun | undefined> {
  if (ports.clock.now() >= header.deadline) return undefined;
  if (await ports.executions.superseded?.(header.planHash)) return undefined;
  await ports.executions.start(inputOf(header));
  return sweptOf(header, 'started', 'nothing of it had begun a minute after it was recorded');
}

async function moveOn(run: string, ports: SweepPorts): Promise<SweptRun | undefined> {
  const header = await ports.journal.header(run);
  if (!header || FINAL_PHASES.includes(header.phase)) return undefined;
  const at = ports.clock.now();
  const dueAt = header.phase === 'forward' ? header.deadline : (header.compensator?.leaseUntil ?? header.deadline);
  if (at < dueAt) return undefined;
  const latest = await latestExecution(header, ports);
  if (latest.state !== 'running') return await settleLost(header, latest.id, ports);
  if (header.phase === 'forward') return at < dueAt + OVERDUE_MS ? undefined : await wake(header, ports);
  if (at < dueAt + SLEEP_MS) return undefined;
  return sweptOf(header, 'stuck', `it compensates no more, and its execution ${latest.id} goes on`);
}

/** Its own, unless an undo machine was asked for since. */
async function latestExecution(header: RunHeader, ports: SweepPorts): ReturnType<ExecutionStates['of']> {
  const input = inputOf(header);
  const asked = (await nextSettlement(header.runId, ports)) - 1;
  const undo = asked > 0 ? await ports.states.of(input, asked) : undefined;
  if (undo && undo.state !== 'none') return undo;
  const express = await expressPlan(header, ports);
  if (!express) return await ports.states.of(input);
  const handedOver = await ports.states.of(input, HANDED_OVER);
  if (handedOver.state !== 'none') return handedOver;
  // It was begun with the run, and the service has ended it by then, whatever became of it.
  const endsBy = header.deadline - express.deadlineMs + DEFAULTS.express.executionMs;
  return { state: ports.clock.now() >= endsBy ? 'over' : 'running', id: '' };
}

async function expressPlan({ planHash }: RunHeader, { plans }: SweepPorts): Promise<Plan | undefined> {
  const plan = await plans.plan(planHash);
  return plan.mode === 'express' ? plan : undefined;
}

async function settleLost(header: RunHeader, execution: string, ports: SweepPorts): Promise<SweptRun | undefined> {
  const answer = await afterExecution({ run: header.runId, epoch: header.epoch, execution }, ports);
  switch (answer) {
    case 'over':
      return undefined;
    case 'settling':
      return sweptOf(header, 'settled', 'its execution had ended before the run, and nobody was told');
    case 'left':
      return sweptOf(header, 'stuck', 'it was settled several times without coming to an end');
  }
}

/** Nothing is to begin after the deadline; what only sleeps is stopped, and what follows its end is the undo machine. */
async function wake(header: RunHeader, ports: SweepPorts): Promise<SweptRun> {
  const seen = await look(header.runId, ports);
  const isBusy = seen?.effects.some(({ state }) => state === 'live') ?? true;
  if (!seen || isBusy) return sweptOf(header, 'stuck', 'an effect of it is under way long after its deadline');
  const error: RunError = { error: 'States.Timeout', message: "the run's deadline has passed, and it went on" };
  await raiseFence({ run: header.runId, epoch: header.epoch }, ports, { plan: seen.plans(header.epoch).plan, error });
  await ports.executions.stop(inputOf(header), { error: error.error, cause: error.message });
  return sweptOf(header, 'woken', 'it slept through its deadline');
}

function inputOf({ runId, epoch, planHash }: RunHeader): {
  readonly run: string;
  readonly epoch: number;
  readonly plan: string;
} {
  return { run: runId, epoch, plan: planHash };
}

function sweptOf({ runId, workflowId }: RunHeader, what: Swept, why: string): SweptRun {
  return { run: runId, workflow: workflowId, what, why };
}
