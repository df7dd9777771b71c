/** The answer that an OpenAPI document has for a call: the wanted or first good status, with its example or a sample. */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { ApiDocument, Operation } from '../model/openapi.ts';
import type { Plan, PlanCall } from '../model/plan.ts';
import type { PreparedRequest } from '../runtime/request/build.ts';
import { answerBody } from './answer-body.ts';
import type { SimulatedAnswer } from './fitted-answer.ts';
import { chosenResponse, jsonFirst, statusOf } from './simulated-systems.ts';

export interface Documented {
  readonly plan: Plan;
  readonly documents: ReadonlyMap<string, ApiDocument>;
  readonly call: PlanCall;
  readonly request: PreparedRequest | undefined;
}

export function documentedAnswer({ plan, documents, call, request }: Documented): SimulatedAnswer {
  const planned = plan.operations[call.operation];
  const document = planned && documents.get(planned.system);
  const operation = document && operationIn(document, planned);
  if (!document || !operation) return { status: 200, headers: {} };
  const wanted = wantedStatus(call);
  const response = chosenResponse(operation, wanted);
  const media = response && jsonFirst(response.content);
  const status = statusOf(response, wanted);
  if (!media) return { status, headers: {} };
  const body = answerBody(media, document.schemas, saidIn(request));
  return { status, contentType: media.contentType, body, headers: {} };
}

function operationIn(
  { operations }: ApiDocument,
  planned: { readonly method: string; readonly path: string },
): Operation | undefined {
  return operations.find(({ method, path }) => method === planned.method && path === planned.path);
}

function wantedStatus({ criteria }: PlanCall): number | undefined {
  const said = criteria.flatMap(({ condition }) => /^\s*\$statusCode\s*==\s*(\d{3})\b/.exec(condition)?.[1] ?? []);
  return said[0] === undefined ? undefined : Number(said[0]);
}

function saidIn(request: PreparedRequest | undefined): JsonObject {
  const said: Json | undefined = request?.seen.request.body;
  return isObject(said) ? said : {};
}
