/** The function of one system: the requests of steps, undos and probes, from the machine's tasks. */
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { AwsSecrets } from '../../lib/aws/secrets.ts';
import { systemTask } from '../../lib/aws/task-event.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { nodeHttp } from '../../lib/embedded/node-http.ts';
import type { Json } from '../../lib/model/json.ts';
import { Tokens } from '../../lib/runtime/auth/tokens.ts';
import { system } from '../../lib/runtime/system.ts';

const ports = await handlerPorts();
const { clock, telemetry, renewals } = ports;
const http = nodeHttp();
const calling = { ...ports, http, secrets: new AwsSecrets({ clock }), tokens: new Tokens({ http, clock, renewals }) };

export const handler: (event: unknown) => Promise<Json> = taskHandler({
  read: systemTask,
  answer: (task) => system(task, calling),
  telemetry,
});
