/**
 * The function of one system: the requests of steps, undos and probes, from the machine's tasks; and, while it is being
 * deployed, whether it can read its credentials.
 */
import { checkCredentials, isCredentialCheck, putAnswer } from '../../lib/aws/credential-check.ts';
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { AwsSecrets } from '../../lib/aws/secrets.ts';
import { systemTask } from '../../lib/aws/task-event.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { nodeHttp } from '../../lib/embedded/node-http.ts';
import type { Json } from '../../lib/model/json.ts';
import { Tokens } from '../../lib/runtime/auth/tokens.ts';
import { system } from '../../lib/runtime/system.ts';

const ports = await handlerPorts();
const { clock, telemetry } = ports;
const http = nodeHttp();
const secrets = new AwsSecrets({ clock });
const calling = { ...ports, http, secrets, tokens: new Tokens({ http, clock }) };

const task: (event: unknown) => Promise<Json> = taskHandler({
  read: systemTask,
  answer: (read) => system(read, calling),
  telemetry,
});

export const handler = (event: unknown): Promise<Json> =>
  isCredentialCheck(event)
    ? checkCredentials(event, { clock, secrets: new AwsSecrets({ clock }), answer: putAnswer })
    : task(event);
