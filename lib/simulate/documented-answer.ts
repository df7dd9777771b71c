/**
 * The answers that an OpenAPI document has for a call, the likeliest first: the status that the criteria name, then good
 * ones, then all others, each with its example or a sample of its schema. A document that names no good answer at all says
 * nothing against one: OpenAPI does not ask for every status (Responses Object), so an empty 200 is then as good as any.
 */
import { references } from '../expressions/references.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { ApiDocument, Operation, OperationResponse, ResponseHeader } from '../model/openapi.ts';
import type { Plan, PlanCall } from '../model/plan.ts';
import type { PreparedRequest } from '../runtime/request/build.ts';
import { isXml } from '../runtime/request/media-type.ts';
import type { XmlWriter } from '../runtime/request/xml.ts';
import { answerBody } from './answer-body.ts';
import { sampleOf } from './sample.ts';
import type { SimulatedAnswer } from './simulated-answer.ts';
import { jsonFirst } from './simulated-systems.ts';

export interface Documented {
  readonly plan: Plan;
  readonly documents: ReadonlyMap<string, ApiDocument>;
  readonly call: PlanCall;
  readonly request: PreparedRequest | undefined;
  readonly xml?: XmlWriter;
}

export interface DocumentedAnswer {
  readonly answer: SimulatedAnswer;
  /** Whether the document has this answer for a status. */
  readonly covers: (status: number) => boolean;
  /** Of its body, where that is JSON. */
  readonly schema?: Json;
}

const UNSAID: DocumentedAnswer = { answer: { status: 200, headers: {} }, covers: isGood };

function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Never empty. */
export function documentedAnswers(asked: Documented): readonly [DocumentedAnswer, ...DocumentedAnswer[]] {
  const { plan, documents, call } = asked;
  const planned = plan.operations[call.operation];
  const document = planned && documents.get(planned.system);
  const operation = document && operationIn(document, planned);
  if (!document || !operation) return [UNSAID];
  const wanted = wantedStatus(call);
  const made = inOrder(operation.responses, wanted).map((one) => answerOf(asked, document, one, wanted));
  const [first, ...others] = made.some(({ covers, answer }) => isGood(answer.status) || covers(200))
    ? made
    : [UNSAID, ...made];
  return [first ?? UNSAID, ...others];
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

function inOrder(responses: readonly OperationResponse[], wanted: number | undefined): readonly OperationResponse[] {
  const rank = ({ status }: OperationResponse): number => {
    if (status === String(wanted)) return 0;
    if (wanted !== undefined && isRangeOf(status, wanted)) return 1;
    if (status.startsWith('2')) return 2;
    return status === 'default' ? 3 : 4;
  };
  return responses.toSorted((a, b) => rank(a) - rank(b) || a.status.localeCompare(b.status));
}

function isRangeOf(range: string, status: number): boolean {
  return range.toUpperCase() === `${Math.floor(status / 100)}XX`;
}

function answerOf(
  { request, xml, call }: Documented,
  { schemas }: ApiDocument,
  { status, content, headers }: OperationResponse,
  wanted: number | undefined,
): DocumentedAnswer {
  const covers = (one: number): boolean => status === 'default' || status === String(one) || isRangeOf(status, one);
  const media = jsonFirst(content);
  const answered = statusFor(status, covers, wanted);
  const answer = { status: answered, headers: isGood(answered) ? sampledHeaders(headers, headersReadBy(call)) : {} };
  if (!media) return { answer, covers };
  const { contentType, schema } = media;
  const body = answerBody(media, schemas, saidIn(request));
  if (!isXml(contentType))
    return { answer: { ...answer, contentType, body }, covers, ...(schema !== undefined && { schema }) };
  const written = xml?.write(body, { definitions: schemas, name: 'answer', ...(schema !== undefined && { schema }) });
  const text = typeof body === 'string' || written?.ok !== true ? body : written.text;
  return { answer: { ...answer, contentType, body: text }, covers };
}

/** Only those that somebody reads: a header can say more to a client than a document means by it. */
function sampledHeaders(documented: readonly ResponseHeader[], read: ReadonlySet<string>): SimulatedAnswer['headers'] {
  const sampled = documented.flatMap(({ name, example, schema = {} }): [string, string][] => {
    if (!read.has(name.toLowerCase())) return [];
    const value = example ?? sampleOf(schema, {}) ?? 'string';
    return [[name.toLowerCase(), typeof value === 'string' ? value : JSON.stringify(value)]];
  });
  return Object.fromEntries(sampled);
}

function headersReadBy({ criteria, outputs }: PlanCall): ReadonlySet<string> {
  const found = [...criteria, ...Object.values(outputs)].flatMap((one) => references(one));
  return new Set(
    found.flatMap(({ expression }) =>
      expression.source === 'response' && expression.part === 'header' ? [expression.name.toLowerCase()] : [],
    ),
  );
}

function statusFor(status: string, covers: (one: number) => boolean, wanted: number | undefined): number {
  if (/^\d{3}$/.test(status)) return Number(status);
  if (wanted !== undefined && covers(wanted)) return wanted;
  return /^\dXX$/i.test(status) ? Number(status.charAt(0)) * 100 : 200;
}

function saidIn(request: PreparedRequest | undefined): JsonObject {
  const said: Json | undefined = request?.seen.request.body;
  return isObject(said) ? said : {};
}
