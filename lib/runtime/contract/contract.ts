/**
 * Requests and answers held to the OpenAPI document, by the policy of their system (contracts: defaults). A break names the
 * operation, the place and the rule, and no value. What undoes, looks or stands in is only reported: an undo is not left
 * unmade because a document is wrong. Of an answer that is only reported, a value that another step reads must hold all the
 * same: there, going on would do something with what nobody has documented.
 */
import { DEFAULTS } from '../../model/defaults.ts';
import { isObject, type Json, own } from '../../model/json.ts';
import type {
  ContractPolicy,
  Plan,
  PlanCall,
  PlanMediaType,
  PlanOperation,
  PlanStep,
  PlanSystem,
} from '../../model/plan.ts';
import { oncePer } from '../../model/once-per.ts';
import type { Calling } from '../passage.ts';
import type { PreparedRequest } from '../request/build.ts';
import { essenceOf, isForm, isJson, isMultipart, isXml } from '../request/media-type.ts';
import type { ReadResponse } from '../request/response.ts';
import { readBreak } from './read-values.ts';
import { type Break, firstBreak } from './validate.ts';

export type Verdict = { readonly kind: 'holds' } | { readonly kind: 'reported' | 'enforced'; readonly why: string };

const HOLDS: Verdict = { kind: 'holds' };

type Subject = Pick<Calling, 'plan' | 'step' | 'operation' | 'system'>;

const policyOf = oncePer(({ contract }: PlanSystem): ContractPolicy => ({ ...DEFAULTS.contract, ...contract }));

function isStep(step: PlanCall): step is PlanStep {
  return 'onSuccess' in step;
}

function judged(subject: Subject, policy: ContractPolicy[keyof ContractPolicy], why: string): Verdict {
  return { kind: policy === 'enforce' && isStep(subject.step) ? 'enforced' : 'reported', why };
}

export async function requestVerdict(subject: Subject, request: PreparedRequest): Promise<Verdict> {
  const { requests } = policyOf(subject.system);
  if (requests === 'ignore') return HOLDS;
  const { operation, plan } = subject;
  const found = (await parameterBreak(operation, plan, request)) ?? (await bodyBreak(operation, plan, request));
  if (!found) return HOLDS;
  return judged(subject, requests, `the request breaks ${nameOf(operation)}: ${found}`);
}

/** Of an answer that the criteria want; any other is no success anyhow. */
export async function responseVerdict(subject: Subject, response: ReadResponse): Promise<Verdict> {
  const { responses } = policyOf(subject.system);
  if (responses === 'ignore') return HOLDS;
  const { operation, plan } = subject;
  const what = response.received ? 'the message' : `the answer ${response.status}`;
  const named = `${what} breaks ${nameOf(operation)}`;
  const documented = documentedFor(operation, response.status);
  if (!documented) {
    const why = `${named}: its status is not documented`;
    return operation.responses.length === 0 ? HOLDS : judged(subject, responses, why);
  }
  const { body } = response.message;
  const media = mediaIn(documented.content, response.message.header?.['content-type'] ?? '');
  const isValue =
    media !== undefined && (isJson(media.contentType) || (media.isSequence === true && Array.isArray(body)));
  if (media?.schema === undefined || body === undefined || !isValue) return HOLDS;
  const of = {
    schema: media.schema,
    definitions: definitionsOf(plan, operation),
    direction: 'response',
    value: body,
  } as const;
  const found = await firstBreak(of);
  if (!found) return HOLDS;
  const read = responses === 'report' && isStep(subject.step) ? await readBreak(plan, subject.step, of) : undefined;
  if (read) return { kind: 'enforced', why: `${named}: ${placed('body', read)}, and another step reads it` };
  return judged(subject, responses, `${named}: ${placed('body', found)}`);
}

function nameOf({ operationId, method, path }: PlanOperation): string {
  return operationId ?? `${method.toUpperCase()} ${path}`;
}

function definitionsOf({ schemas }: Plan, { system }: PlanOperation): NonNullable<Plan['schemas'][string]> {
  return schemas[system] ?? NO_SCHEMAS;
}

const NO_SCHEMAS = {};

function placed(where: string, { pointer, message, rule }: Break): string {
  return `${where}${pointer === '' ? '' : ` ${pointer}`} ${message} (${rule})`;
}

async function parameterBreak(
  operation: PlanOperation,
  plan: Plan,
  { seen: { request } }: PreparedRequest,
): Promise<string | undefined> {
  for (const { name, in: location, schema, contentType } of operation.parameters) {
    const value = valueAt(request, location, name);
    if (schema === undefined || contentType !== undefined || value === undefined) continue;
    const isSplit = location === 'header' && !isScalar(schema);
    if (isSplit) continue;
    const found = await firstBreak({
      schema,
      definitions: definitionsOf(plan, operation),
      direction: 'request',
      value,
      asText: true,
    });
    if (found) return placed(`${location} parameter \`${name}\``, found);
  }
  return undefined;
}

/** A header is known as the text that it is sent as; a list in it would have to be read back. */
function isScalar(schema: Json): boolean {
  const type = isObject(schema) ? own(schema, 'type') : undefined;
  return type === 'string' || type === 'integer' || type === 'number' || type === 'boolean';
}

function valueAt(request: PreparedRequest['seen']['request'], location: string, name: string): Json | undefined {
  switch (location) {
    case 'path':
      return own(request.path ?? {}, name);
    case 'query':
      return own(request.query ?? {}, name);
    case 'header':
      return own(request.header ?? {}, name.toLowerCase());
    default:
      return undefined;
  }
}

async function bodyBreak(operation: PlanOperation, plan: Plan, request: PreparedRequest): Promise<string | undefined> {
  const contentType = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const { body } = request.seen.request;
  const media = mediaIn(operation.body?.content ?? [], contentType);
  if (media?.schema === undefined || body === undefined) return undefined;
  const isWritten = isForm(contentType) || isMultipart(contentType) || isXml(contentType);
  // A text is its own witness.
  const isList = media.isSequence === true && Array.isArray(body);
  if (!isJson(contentType) && !(isWritten && isObject(body)) && !isList) return undefined;
  const { schema } = media;
  const definitions = definitionsOf(plan, operation);
  const found = await firstBreak({ schema, definitions, direction: 'request', value: body, asText: isWritten });
  return found && placed('body', found);
}

/** The very status, its class, or what is said of all others (OpenAPI, Responses Object). */
function documentedFor({ responses }: PlanOperation, status: number): PlanOperation['responses'][number] | undefined {
  const wanted = [String(status), `${String(status).charAt(0)}XX`, 'default'];
  return wanted.map((one) => responses.find((response) => response.status === one)).find((one) => one !== undefined);
}

/** The most specific range that covers it (OpenAPI, Media Type Object). */
function mediaIn(content: readonly PlanMediaType[], contentType: string): PlanMediaType | undefined {
  const essence = essenceOf(contentType);
  const covers = [essence, `${essence.split('/', 1)[0]}/*`, '*/*'];
  const found = covers.map((one) => content.find((media) => essenceOf(media.contentType) === one)).find(Boolean);
  return found && { ...found, contentType };
}
