/** Run state against the systems' own, on schedule (reports) and on demand (`{"repair": true, "run": ..., "actor": ...}`). */
import { StepFunctionsExecutions } from '../../lib/aws/executions.ts';
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { reconciling } from '../../lib/aws/upkeep-event.ts';
import { SystemFunctions } from '../../lib/aws/system-functions.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { type Difference, reconcile } from '../../lib/runtime/upkeep/reconcile.ts';

const ports = await handlerPorts();
const executions = StepFunctionsExecutions.ofFunction(ports.plans);
const looking = SystemFunctions.ofFunction();

export const handler: (event: unknown) => Promise<readonly Difference[]> = taskHandler({
  read: reconciling,
  async answer(asked) {
    const found = await reconcile(asked, { ...ports, executions, looking });
    for (const { run, step, why, ...difference } of found)
      ports.telemetry.log({ level: 'warn', message: `difference: ${why}`, run, step, details: { ...difference } });
    return found;
  },
  telemetry: ports.telemetry,
  about: ({ run }) => (run === undefined ? [] : [{ run }]),
});
