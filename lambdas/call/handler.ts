/** The call function of one system: a step's requests, from the machine's `call` tasks. */
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { AwsSecrets } from '../../lib/aws/secrets.ts';
import { callTask } from '../../lib/aws/task-event.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { fetchHttp } from '../../lib/embedded/fetch-http.ts';
import type { CallAnswer } from '../../lib/model/task.ts';
import { Tokens } from '../../lib/runtime/auth/tokens.ts';
import { call } from '../../lib/runtime/call.ts';

const ports = await handlerPorts();
const { clock, telemetry } = ports;
const http = fetchHttp();
const calling = { ...ports, http, secrets: new AwsSecrets({ clock }), tokens: new Tokens({ http, clock }) };

export const handler: (event: unknown) => Promise<CallAnswer> = taskHandler({
  read: callTask,
  answer: (task) => call(task, calling),
  telemetry,
});
