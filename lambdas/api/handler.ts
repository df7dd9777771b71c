/** The run API of an integration: requests as API Gateway hands them over, answered by lib/api. */
import { fromGateway, type GatewayResponse, toGateway } from '../../lib/aws/api-event.ts';
import { apiPorts } from '../../lib/aws/api-ports.ts';
import { taskHandler } from '../../lib/aws/task-handler.ts';
import { answer } from '../../lib/api/answer.ts';

const ports = await apiPorts();

export const handler: (event: unknown) => Promise<GatewayResponse> = taskHandler({
  read: fromGateway,
  answer: async (read) => toGateway(read.kind === 'refused' ? read.response : await answer(read.request, ports)),
  telemetry: ports.telemetry,
});
