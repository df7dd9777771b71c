/**
 * The sweeper, on schedule and on demand: runs that nobody started, that nobody was told of, or that sleep too long; messages
 * that nobody took; once a day, or asked by `{"versions": true}`, versions of functions that no run names any more.
 */
import { StepFunctionsExecutions } from '../../lib/aws/executions.ts';
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { METRICS } from '../../lib/model/metric-names.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { sweeping } from '../../lib/aws/upkeep-event.ts';
import { clearMailboxes } from '../../lib/runtime/unclaimed.ts';
import { sweep, type SweptRun } from '../../lib/runtime/upkeep/sweep.ts';

const ports = await handlerPorts();
const executions = StepFunctionsExecutions.ofFunction(ports.plans);
const RUNS = 200;
const BOXES = 1_000;
const DAY_MS = 86_400_000;
/** It is called every five minutes: one of a day's calls is within the first of them. */
const BEGINNING_MS = 300_000;

export const handler: (event: unknown) => Promise<readonly SweptRun[]> = taskHandler({
  read: sweeping,
  async answer(isAsked) {
    if (isAsked || ports.clock.now() % DAY_MS < BEGINNING_MS) await clearVersions();
    const swept = await sweep({ ...ports, executions, states: executions }, { runs: RUNS });
    const stuck = swept.filter(({ what }) => what === 'stuck');
    // Also when there is none: an alarm that hears nothing cannot tell "well" from "dead".
    if (stuck.length === 0) ports.telemetry.count(METRICS.runsStuck, {}, 0);
    for (const { workflow } of stuck) ports.telemetry.count(METRICS.runsStuck, { workflow });
    await clearMessages();
    return swept;
  },
  telemetry: ports.telemetry,
});

/** A fault of theirs is no reason to look after no runs. */
async function clearMessages(): Promise<void> {
  try {
    await clearMailboxes({ at: ports.clock.now(), limit: BOXES }, ports);
  } catch (error) {
    ports.telemetry.failed(error);
  }
}

/** What stays because of a fault stays until tomorrow; runs are looked after all the same. */
async function clearVersions(): Promise<void> {
  try {
    // Once in three hundred calls: its client is no part of their start.
    const [{ LambdaVersions }, { sweepVersions }] = await Promise.all([
      import('../../lib/aws/function-versions.ts'),
      import('../../lib/runtime/upkeep/sweep-versions.ts'),
    ]);
    const removed = await sweepVersions({ ...ports, versions: LambdaVersions.ofFunction() });
    for (const one of removed) ports.telemetry.warn('a version that no run names any more was removed', { ...one });
  } catch (error) {
    ports.telemetry.failed(error);
  }
}
