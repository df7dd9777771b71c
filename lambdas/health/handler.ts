/** Asks after the systems' health: on schedule those that are due, on demand those that are named (`{"systems": [...]}`). */
import { bundledSystem } from '../../lib/aws/bundled-files.ts';
import { handlerPorts, taskRoot } from '../../lib/aws/handler-ports.ts';
import { METRICS } from '../../lib/model/metric-names.ts';
import { SystemFunctions } from '../../lib/aws/system-functions.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { systemsAsked } from '../../lib/aws/upkeep-event.ts';
import { checkSystems, dueNow, type SystemHealth } from '../../lib/runtime/upkeep/check-systems.ts';

const { clock, telemetry } = await handlerPorts();
const asking = SystemFunctions.ofFunction();

export const handler: (event: unknown) => Promise<readonly SystemHealth[]> = taskHandler({
  read: systemsAsked,
  async answer(named) {
    const answers = await checkSystems(named ?? (await due()), asking);
    for (const { system, state, why } of answers) {
      if (state === 'unwell') telemetry.warn(why, { system });
      if (state !== 'unknown') telemetry.count(METRICS.systemUnwell, { system }, state === 'unwell' ? 1 : 0);
    }
    return answers;
  },
  telemetry,
});

async function due(): Promise<readonly string[]> {
  const known = await Promise.all(asking.systems.map((name) => bundledSystem(taskRoot(), name)));
  return dueNow(
    known.flatMap((one) => one ?? []),
    clock.now(),
  );
}
