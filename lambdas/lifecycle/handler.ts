/** What follows an execution that ended badly, told by EventBridge: a run that it did not end is settled by the undo machine. */
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { executionEvent } from '../../lib/aws/execution-event.ts';
import { StepFunctionsExecutions } from '../../lib/aws/executions.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { afterExecution } from '../../lib/runtime/lifecycle.ts';

const ports = await handlerPorts();
const executions = StepFunctionsExecutions.ofFunction(ports.plans);

export const handler: (event: unknown) => Promise<string> = taskHandler({
  read: executionEvent,
  answer: (input) =>
    input === undefined ? Promise.resolve('not a run') : afterExecution(input, { ...ports, executions }),
  telemetry: ports.telemetry,
  about: (input) => (input ? [{ run: input.run }] : []),
});
