/** Drives dead letters once more, asked by `{"actor": ..., "limit": ...}`: what could not be undone is tried again. */
import { StepFunctionsExecutions } from '../../lib/aws/executions.ts';
import { handlerPorts } from '../../lib/aws/handler-ports.ts';
import { SqsLetters } from '../../lib/aws/letters.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { redriving } from '../../lib/aws/upkeep-event.ts';
import { type Redriven, redriveLetters } from '../../lib/runtime/upkeep/redrive-letters.ts';

const ports = await handlerPorts();
const executions = StepFunctionsExecutions.ofFunction(ports.plans);
const letters = SqsLetters.ofFunction();

export const handler: (event: unknown) => Promise<readonly Redriven[]> = taskHandler({
  read: redriving,
  answer: (asked) => redriveLetters(asked, { ...ports, executions, letters }),
  telemetry: ports.telemetry,
});
