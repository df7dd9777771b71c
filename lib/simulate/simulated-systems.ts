/**
 * Systems made out of OpenAPI documents, for whoever has no server yet: every documented operation answers with its
 * first good status (or the one that the workflow's criteria ask for), what was created can be read again, and every
 * effect is written into a ledger. Deterministic: the same requests in the same order get the same answers.
 * It checks no credentials and injects no faults; the rehearsal builds those around it.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { isSafeMethod } from '../model/methods.ts';
import type { ApiDocument, MediaType, Operation, OperationResponse } from '../model/openapi.ts';
import { isXml } from '../runtime/request/media-type.ts';
import { xmlWriter } from '../runtime/request/xml-text.ts';
import { answerBody } from './answer-body.ts';
import { findOperation } from './find-operation.ts';
import type { FitAnswer } from './wanted-answers.ts';

export interface SimulatedRequest {
  readonly system: string;
  readonly method: string;
  /** Percent-encoded, without server and query. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly body?: Json;
}

export interface SimulatedResponse {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: Json;
}

export interface LedgerEntry {
  readonly system: string;
  readonly operation: string;
  readonly status: number;
}

export interface SimulationOptions {
  /** `system.operationId` or `system METHOD path` -> the status that the workflow wants to see. */
  readonly wanted?: ReadonlyMap<string, number>;
  readonly fit?: FitAnswer;
}

export class SimulatedSystems {
  /** Every effect, in order: what stands at the systems. */
  readonly ledger: LedgerEntry[] = [];
  private readonly documents: ReadonlyMap<string, ApiDocument>;
  private readonly options: SimulationOptions;
  /** By system and path: what was answered to what created it. */
  private readonly kept = new Map<string, JsonObject>();

  constructor(documents: ReadonlyMap<string, ApiDocument>, options: SimulationOptions = {}) {
    this.documents = documents;
    this.options = options;
  }

  answer(request: SimulatedRequest): SimulatedResponse {
    const document = this.documents.get(request.system);
    const found = document && findOperation(document, request.method, request.path);
    if (!document || !found) return problem(404, `${request.method.toUpperCase()} ${request.path} is not documented`);
    const { operation } = found;
    const key = operationKey(request.system, operation);
    const response = chosenResponse(operation, this.options.wanted?.get(key));
    const status = statusOf(response, this.options.wanted?.get(key));
    const media = response && jsonFirst(response.content);
    if (!isSafeMethod(operation.method)) this.ledger.push({ system: request.system, operation: key, status });
    if (!media) return this.wanted(key, { status });
    const { contentType } = media;
    const said = answerBody(media, document.schemas, saidIn(request, found.pathParameters));
    const { body, ...rest } = this.wanted(key, { status, contentType, body: this.remember(request, operation, said) });
    return { ...rest, ...(body !== undefined && { body: asText(body, media, document.schemas) }) };
  }

  private wanted(operation: string, answer: SimulatedResponse): SimulatedResponse {
    const { status, contentType, body } = this.options.fit?.(operation, { ...answer, headers: {} }) ?? answer;
    return { status, ...(contentType !== undefined && { contentType }), ...(body !== undefined && { body }) };
  }

  /** A thing that was answered for a path is answered again when that path, or `<path>/<its id>`, is read. */
  private remember(request: SimulatedRequest, operation: Operation, body: Json): Json {
    const place = `${request.system} ${request.path}`;
    const kept = this.kept.get(place);
    if (operation.method === 'get') return kept === undefined ? body : readAgain(kept, body);
    if (!isObject(body) || isSafeMethod(operation.method)) return body;
    this.kept.set(place, body);
    for (const id of identifiersOf(body)) this.kept.set(`${place}/${encodeURIComponent(id)}`, body);
    return body;
  }
}

/**
 * What was made at a path, as reading that path is documented: a list has it as its only element. Where the document has
 * another kind of thing there, as the page of a list, that is answered.
 */
function readAgain(kept: JsonObject, documented: Json): Json {
  if (!Array.isArray(documented)) return isKind(kept, documented) ? kept : documented;
  const [element] = documented as readonly Json[];
  return element === undefined || isKind(kept, element) ? [kept] : documented;
}

function isKind(kept: JsonObject, documented: Json): boolean {
  if (!isObject(documented)) return false;
  const names = Object.keys(documented);
  return names.length === 0 || names.some((name) => own(kept, name) !== undefined);
}

function asText(body: Json, { contentType, schema }: MediaType, definitions: JsonObject): Json {
  if (!isXml(contentType) || typeof body === 'string') return body;
  const written = xmlWriter.write(body, { definitions, name: 'answer', ...(schema !== undefined && { schema }) });
  return written.ok ? written.text : body;
}

export function operationKey(system: string, operation: Pick<Operation, 'operationId' | 'method' | 'path'>): string {
  return `${system}.${operation.operationId ?? `${operation.method.toUpperCase()} ${operation.path}`}`;
}

function identifiersOf(body: JsonObject): readonly string[] {
  return Object.entries(body).flatMap(([name, value]) =>
    /id$/i.test(name) && (typeof value === 'string' || typeof value === 'number') ? [String(value)] : [],
  );
}

/** The wanted status where it is documented, else the lowest good one; undefined where no good one is documented. */
export function chosenResponse(operation: Operation, wanted: number | undefined): OperationResponse | undefined {
  const covers =
    (status: number) =>
    (one: OperationResponse): boolean =>
      one.status === String(status) || one.status.toUpperCase() === `${Math.floor(status / 100)}XX`;
  const asked = wanted === undefined ? undefined : operation.responses.find(covers(wanted));
  if (asked) return asked;
  const good = operation.responses.filter(({ status }) => status.startsWith('2'));
  const [lowest] = [...good].sort((a, b) => a.status.localeCompare(b.status));
  return lowest ?? operation.responses.find(({ status }) => status === 'default');
}

export function statusOf(response: OperationResponse | undefined, wanted: number | undefined): number {
  const status = response?.status ?? 'default';
  if (/^\d{3}$/.test(status)) return Number(status);
  if (wanted !== undefined) return wanted;
  return /^\dXX$/i.test(status) ? Number(status.charAt(0)) * 100 : 200;
}

export function jsonFirst(content: readonly MediaType[]): MediaType | undefined {
  return content.find(({ contentType }) => /[/+]json\b/.test(contentType)) ?? content[0];
}

function saidIn(request: SimulatedRequest, path: ReadonlyMap<string, string>): JsonObject {
  return {
    ...Object.fromEntries(request.query),
    ...Object.fromEntries(path),
    ...(isObject(request.body) ? request.body : {}),
  };
}

function problem(status: number, detail: string): SimulatedResponse {
  return { status, contentType: 'application/problem+json', body: { title: 'Not documented', status, detail } };
}
