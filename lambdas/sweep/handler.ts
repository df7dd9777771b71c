/** The sweeper, on schedule and on demand: runs that nobody started, that nobody was told of, or that sleep too long. */
import { StepFunctionsExecutions } from '../../lib/aws/executions.ts';
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { METRICS } from '../../lib/model/metric-names.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { sweep, type SweptRun } from '../../lib/runtime/upkeep/sweep.ts';

const ports = await handlerPorts();
const executions = StepFunctionsExecutions.ofFunction(ports.plans);
const RUNS = 200;

export const handler: (event: unknown) => Promise<readonly SweptRun[]> = taskHandler({
  read: () => undefined,
  async answer() {
    const swept = await sweep({ ...ports, executions, states: executions }, { runs: RUNS });
    const stuck = swept.filter(({ what }) => what === 'stuck');
    // Also when there is none: an alarm that hears nothing cannot tell "well" from "dead".
    if (stuck.length === 0) ports.telemetry.count(METRICS.runsStuck, {}, 0);
    for (const { workflow } of stuck) ports.telemetry.count(METRICS.runsStuck, { workflow });
    return swept;
  },
  telemetry: ports.telemetry,
});
