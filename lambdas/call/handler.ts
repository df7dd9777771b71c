/**
 * The function of one system: the requests of steps, undos and probes, from the machine's tasks; what other functions ask
 * about the system and its effects; and, while it is being deployed, whether it can read its credentials.
 */
import { bundledSystem } from '../../lib/aws/bundled-files.ts';
import { checkCredentials, isCredentialCheck, putAnswer } from '../../lib/aws/credential-check.ts';
import { handlerPorts, taskRoot } from '../../lib/aws/handler-ports.ts';
import { AwsSecrets } from '../../lib/aws/secrets.ts';
import { systemTask, upkeepTask } from '../../lib/aws/task-event.ts';
import { aboutTask, taskHandler } from '../../lib/aws/task-handler.ts';
import { carrierEndpoints } from '../../lib/embedded/carrier-endpoints.ts';
import { nodeHttp } from '../../lib/embedded/node-http.ts';
import { Tokens } from '../../lib/runtime/auth/tokens.ts';
import { system } from '../../lib/runtime/system.ts';

const ports = await handlerPorts();
const { clock, telemetry, renewals } = ports;
const http = nodeHttp();
const secrets = new AwsSecrets({ clock });
const endpoints = carrierEndpoints(process.env);
const calling = { ...ports, http, secrets, endpoints, tokens: new Tokens({ http, clock, renewals }) };

const machineTask = taskHandler({
  read: systemTask,
  answer: (task) =>
    system(task, calling, async (batchTask, batchPorts) => {
      const { batch } = await import('../../lib/runtime/batch.ts');
      return await batch(batchTask, batchPorts);
    }),
  telemetry,
  about: aboutTask(ports.plans),
});

const question = taskHandler({
  read: upkeepTask,
  // Asked seldom: no run waits until it is loaded.
  async answer(task) {
    if (task?.op === 'look') {
      const { lookFor } = await import('../../lib/runtime/upkeep/look.ts');
      return await lookFor(task, calling);
    }
    const { checkHealth } = await import('../../lib/runtime/upkeep/health-record.ts');
    const asked = await bundledSystem(taskRoot(), task?.system ?? '');
    return asked ? await checkHealth(asked, calling) : { state: 'unknown', why: 'no plan calls it' };
  },
  telemetry,
  about: (task) => (task?.op === 'look' ? [{ run: task.run, step: task.step }] : []),
});

export async function handler(event: unknown): Promise<unknown> {
  if (isCredentialCheck(event)) return await checkCredentials(event, { clock, secrets, answer: putAnswer });
  return await (upkeepTask(event) === undefined ? machineTask(event) : question(event));
}
