/** The core function of an integration: what a run's machine asks about the run itself (raise, close, settle). */
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { coreTask } from '../../lib/aws/task-event.ts';
import { aboutTask, taskHandler } from '../../lib/aws/task-handler.ts';
import type { Json } from '../../lib/model/json.ts';
import { core } from '../../lib/runtime/core.ts';

const ports = await handlerPorts();

export const handler: (event: unknown) => Promise<Json> = taskHandler({
  read: coreTask,
  answer: (task) => core(task, ports),
  telemetry: ports.telemetry,
  about: aboutTask(ports.plans),
});
