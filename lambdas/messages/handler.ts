/** Messages of queues, topics and buses, for the runs of an integration that wait for them. */
import { bundledWorkflows } from '../../lib/aws/bundled-files.ts';
import { handlerPorts, taskRoot } from '../../lib/aws/handler-ports.ts';
import { type ChannelPlace, messagesIn } from '../../lib/aws/message-event.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { type Taken, takeMessages } from '../../lib/aws/take-messages.ts';

const ports = await handlerPorts();
const plans = (await bundledWorkflows(taskRoot())).map(({ plan }) => plan);
// Written by lib/constructs/messages.ts.
const places = JSON.parse(process.env['INTERLOCK_CHANNELS'] ?? '[]') as readonly ChannelPlace[];

const incoming = {
  ...ports,
  deployed: () => Promise.resolve(plans),
  // Carriers are known by what may call this function: nobody signs.
  signatureOf: () => Promise.resolve(undefined),
  failed: (error: unknown) => ports.telemetry.failed(error),
};

export const handler: (event: unknown) => Promise<Taken> = taskHandler({
  read: (event) => messagesIn(event, places),
  answer: (messages) => takeMessages(messages, incoming),
  telemetry: ports.telemetry,
});
