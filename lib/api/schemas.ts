/** The schemas of what the run API answers, as components of its document. The run view is the published one, spread out. */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { PROBLEMS } from './problems.ts';
import runView from '#schemas/run-view.schema.json' with { type: 'json' };

const TIME: JsonObject = { type: 'string', format: 'date-time', description: 'ISO 8601 in UTC with milliseconds.' };
const TEXT: JsonObject = { type: 'string' };
const COUNT: JsonObject = { type: 'integer', minimum: 0 };

export const COMPONENTS: { readonly [name: string]: JsonObject } = {
  ...spreadOut('RunView', runView),
  RunSummary: object({
    runId: TEXT,
    workflowId: TEXT,
    status: { $ref: '#/components/schemas/RunView/properties/status' },
    startedAt: TIME,
    'endedAt?': TIME,
  }),
  RunPage: object({
    runs: list('RunSummary'),
    'next?': { type: 'string', description: 'For `after` of the next page; absent on the last one.' },
  }),
  Workflow: object({
    workflowId: TEXT,
    integration: { type: 'string', description: 'The description that it belongs to.' },
    'summary?': TEXT,
    mode: { enum: ['standard', 'express'] },
    planHash: { type: 'string', description: 'SHA-256 of the plan that a run started now would have.' },
    'inputSchema?': { description: 'JSON Schema of the input.' },
  }),
  WorkflowList: object({ workflows: list('Workflow') }),
  DeadLetter: object({
    id: TEXT,
    at: TIME,
    run: TEXT,
    state: { enum: ['open', 'superseded', 'under-way', 'settled'] },
    status: { $ref: '#/components/schemas/RunView/properties/status' },
    letter: { type: 'object', description: 'As it was sent: what stands, what is in doubt, and what to do.' },
  }),
  DeadLetterPage: object({ letters: list('DeadLetter') }),
  Breaker: object({
    phase: { enum: ['closed', 'open', 'half-open'] },
    'until?': { ...TIME, description: 'Open: nothing is sent before.' },
    calls: { ...COUNT, description: 'In its window; half-open: trials that have ended.' },
    failed: COUNT,
    slow: COUNT,
  }),
  SystemHealth: object({
    state: { enum: ['well', 'unwell'] },
    since: TIME,
    askedAt: TIME,
    why: { type: 'string', description: 'What the last answer said.' },
    'likelyCauses?': {
      type: 'array',
      items: TEXT,
      description: 'What it depends on that is unwell, and behind which all is well: look there first.',
    },
  }),
  Server: object({ key: TEXT, breaker: { $ref: '#/components/schemas/Breaker' } }),
  System: object({
    key: { type: 'string', description: 'The identity under which all runs share its state.' },
    names: { type: 'array', items: TEXT, description: 'The source descriptions that name it.' },
    workflows: { type: 'array', items: TEXT },
    'dependsOn?': { type: 'array', items: TEXT, description: 'Names of the systems that must be up before it.' },
    'health?': { $ref: '#/components/schemas/SystemHealth' },
    'breaker?': { $ref: '#/components/schemas/Breaker' },
    'servers?': { ...list('Server'), description: 'Where it has several.' },
    limits: object({
      'requests?': { type: 'integer' },
      'perMs?': { type: 'integer' },
      'burst?': { type: 'integer' },
      'concurrency?': { type: 'integer' },
    }),
  }),
  SystemList: object({ systems: list('System') }),
  Health: object({ status: { const: 'ok' }, version: TEXT, workflows: COUNT }),
  Received: object({ received: { const: true } }),
  OpenApiDocument: { type: 'object', required: ['openapi'], properties: { openapi: TEXT } },
  Problem: {
    ...object({
      type: TEXT,
      title: TEXT,
      status: { type: 'integer', minimum: 400, maximum: 599 },
      code: { enum: Object.values(PROBLEMS).map(({ code }) => code) },
      detail: TEXT,
      'problems?': list('RequestProblem'),
    }),
    description: 'RFC 9457; `code` has a page in docs/errors.',
  },
  RequestProblem: object({
    pointer: { type: 'string', description: 'JSON Pointer into {path, query, header, body} of the request.' },
    message: TEXT,
    'value?': {},
  }),
};

/** A name that ends with `?` may be absent; nothing else may be there. */
function object(members: JsonObject): JsonObject {
  const entries = Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ''), schema] as const);
  const required = Object.keys(members).filter((name) => !name.endsWith('?'));
  return { type: 'object', required, properties: Object.fromEntries(entries), additionalProperties: false };
}

function list(name: string): JsonObject {
  return { type: 'array', items: { $ref: `#/components/schemas/${name}` } };
}

/** A schema with `$defs` as components of their own, since not every reader of OpenAPI knows `$id`. */
function spreadOut(
  name: string,
  { $schema: _dialect, $id: _id, $defs, ...schema }: JsonObject,
): { [name: string]: JsonObject } {
  const parts = isObject($defs) ? Object.entries($defs) : [];
  const moved = (part: Json): JsonObject => relinked(part, name) as JsonObject;
  return Object.fromEntries([
    [name, moved(schema)],
    ...parts.map(([part, value]) => [`${name}.${part}`, moved(value)]),
  ]);
}

function relinked(value: Json, name: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => relinked(item, name));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string'
        ? member.replace(/^#\/\$defs\//, `#/components/schemas/${name}.`)
        : relinked(member, name),
    ]),
  );
}
