/**
 * The run API: a request in, a response out. Finds the route, asks who it is, holds the request against the document and
 * has the operation answer. Whatever an operation throws becomes a problem without its stack; who hosts the API is told
 * all of it.
 */
import { Failure } from '../model/failure.ts';
import { matchRoute } from './match.ts';
import type { ApiRequest, ApiResponse } from './message.ts';
import { cancelRun, resolveStep, retryRun, skipStep, undoRun } from './operations/actions.ts';
import { approveStep, rejectStep } from './operations/interactions.ts';
import { discardDeadLetter, listDeadLetters, redriveDeadLetter } from './operations/letters.ts';
import { deliverMessage, receiveCallback, receiveWebhook } from './operations/messages.ts';
import { followRun, getRun, listRuns } from './operations/runs.ts';
import { getDocument, getHealth, listWorkflows } from './operations/service.ts';
import { startRun } from './operations/start.ts';
import { listSystems } from './operations/systems.ts';
import type { ApiPorts, Called } from './ports.ts';
import { problem } from './problems.ts';
import { checkRequest } from './request-check.ts';
import type { OperationId, Route } from './route.ts';

type Operation = (called: Called, ports: ApiPorts) => Promise<ApiResponse>;

const OPERATIONS: { readonly [O in OperationId]: Operation } = {
  listWorkflows,
  startRun,
  listRuns,
  getRun,
  followRun,
  cancelRun,
  retryRun,
  undoRun,
  resolveStep,
  skipStep,
  approveStep,
  rejectStep,
  receiveCallback,
  receiveWebhook,
  deliverMessage,
  listSystems,
  listDeadLetters,
  redriveDeadLetter,
  discardDeadLetter,
  getHealth,
  getDocument,
};

export async function answer(request: ApiRequest, ports: ApiPorts): Promise<ApiResponse> {
  const matched = matchRoute(request.method, request.path);
  switch (matched.kind) {
    case 'none':
      return problem('route-not-found', 'GET /openapi.json tells the paths that there are');
    case 'method': {
      const allow = matched.allowed.join(', ');
      return problem('method-not-allowed', `It has ${allow}`, { headers: { allow } });
    }
    case 'matched':
      return await answerRoute(request, matched, ports);
  }
}

/** Of callbacks: nobody is known who could be named. */
const NOBODY = 'callback';

async function answerRoute(
  request: ApiRequest,
  { route, path }: { readonly route: Route; readonly path: { readonly [name: string]: string } },
  ports: ApiPorts,
): Promise<ApiResponse> {
  const actor = request.actor ?? (route.caller === 'anybody' ? NOBODY : undefined);
  if (actor === undefined) return problem('caller-unknown', 'Sign the request, or send a token with it');
  try {
    const checked = await checkRequest(request, route, path);
    if (checked.kind === 'refused') return checked.response;
    return await OPERATIONS[route.operationId]({ ...checked.called, actor }, ports);
  } catch (error) {
    ports.failed(error);
    return failed(error, route);
  }
}

/** Who is known is told what stands in the way; others only that something does. */
function failed(error: unknown, { caller }: Route): ApiResponse {
  if (!(error instanceof Failure)) return problem('service-failed', 'It is written down where the service logs');
  const more = error.remedy === undefined ? '' : ` ${error.remedy}`;
  const detail = caller === 'anybody' ? 'Ask again later' : `${error.message}.${more}`;
  return problem('service-not-ready', detail, { headers: { 'retry-after': '5' } });
}
