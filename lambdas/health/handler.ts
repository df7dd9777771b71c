/**
 * Asks after the systems' health: on schedule those that are due, on demand those that are named (`{"systems": [...]}`). What one that is
 * unwell depends on is asked beside it, so that the log says where to look first.
 */
import { bundledSystem } from '../../lib/aws/bundled-files.ts';
import { handlerPorts, taskRoot } from '../../lib/aws/handler-ports.ts';
import { dependsOnIn } from '../../lib/model/dependencies.ts';
import { METRICS } from '../../lib/model/metric-names.ts';
import type { PlanSystem } from '../../lib/model/plan.ts';
import { SystemFunctions } from '../../lib/aws/system-functions.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { systemsAsked } from '../../lib/aws/upkeep-event.ts';
import { checkSystems, dueNow, type SystemHealth } from '../../lib/runtime/upkeep/check-systems.ts';

const { clock, telemetry } = await handlerPorts();
const asking = SystemFunctions.ofFunction();

export const handler: (event: unknown) => Promise<readonly SystemHealth[]> = taskHandler({
  read: systemsAsked,
  async answer(named) {
    const known = await knownSystems();
    const answers = await checkSystems(named ?? dueNow(known, clock.now()), asking, dependsOnIn(known));
    for (const { system, state, why } of answers) {
      if (state === 'unwell') telemetry.warn(why, { system });
      if (state !== 'unknown') telemetry.count(METRICS.systemUnwell, { system }, state === 'unwell' ? 1 : 0);
    }
    return answers;
  },
  telemetry,
});

async function knownSystems(): Promise<readonly PlanSystem[]> {
  const known = await Promise.all(asking.systems.map((name) => bundledSystem(taskRoot(), name)));
  return known.flatMap((one) => one ?? []);
}
