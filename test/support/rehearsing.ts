/** Rehearsals for tests: a small description as text, and subjects of it whose plan, machine or journal is another one. */
import { readFileSync } from 'node:fs';
import { type Compiled, type CompiledWorkflow, compileDescription } from '../../lib/compile/compile.ts';
import { assert } from '../../lib/model/assert.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { Coverage } from '../../lib/rehearse/coverage.ts';
import { explore, type RehearsalReport } from '../../lib/rehearse/explore.ts';
import { type Player, playJobs } from '../../lib/rehearse/played.ts';
import { type SubjectOptions, subjectOf } from '../../lib/rehearse/scenario.ts';
import { answerBook } from '../../lib/simulate/answer-book.ts';
import { simulatedEnvironments } from '../../lib/simulate/simulated-environment.ts';
import { memoryFiles } from './memory-files.ts';

/** Two effects, one after the other. `first` and `second` are what stands under a step's `x-interlock`. */
export interface FlowOptions {
  readonly first?: JsonObject;
  readonly second?: JsonObject;
  /** A timeout for each step, in milliseconds. */
  readonly timeout?: number;
  readonly mode?: 'standard' | 'express';
  /** What `find` is documented to answer, in place of an object with `items`. */
  readonly found?: JsonObject;
  /** Members of the steps beside their policies, in place of what they have otherwise. */
  readonly fields?: { readonly first?: JsonObject; readonly second?: JsonObject };
  /** Steps after the two. */
  readonly more?: readonly JsonObject[];
  /** Of the workflow, under `x-interlock`. */
  readonly policies?: JsonObject;
  /** Of the system, under `x-interlock`. */
  readonly system?: JsonObject;
  /** Beside the one that is rehearsed. */
  readonly workflows?: readonly JsonObject[];
}

const UNDO_BY_ID = (step: string): JsonObject => ({
  operationId: 'cancel',
  parameters: [{ name: 'id', in: 'path', value: `$steps.${step}.outputs.id` }],
});

const PROBE: JsonObject = {
  operationId: 'find',
  parameters: [{ name: 'key', in: 'query', value: '$request.header.Idempotency-Key' }],
  applied: [{ condition: "$response.body#/items/0/state == 'made'" }],
  absent: [
    { condition: '$statusCode == 200' },
    { context: '$response.body', type: 'jsonpath', condition: '$[?length(@) == 0]' },
  ],
  outputs: { id: '$response.body#/items/0/id' },
};

/** An effect that can be undone by its id and looked for by its key, and that is not idempotent. */
export function undoable(step: string): JsonObject {
  return { compensate: UNDO_BY_ID(step), probe: PROBE };
}

/** Undone by id, and nobody can tell whether it happened. */
export function unprobed(step: string): JsonObject {
  return { compensate: UNDO_BY_ID(step) };
}

export function stepOf(stepId: string, policies?: JsonObject, timeout?: number): JsonObject {
  return {
    stepId,
    operationId: `make-${stepId}`,
    ...(timeout !== undefined && { timeout }),
    requestBody: { contentType: 'application/json', payload: { ref: '$inputs.ref' } },
    successCriteria: [{ condition: '$statusCode == 201' }, { condition: "$response.body#/state == 'made'" }],
    outputs: { id: '$response.body#/id' },
    ...(policies && { 'x-interlock': policies }),
  };
}

const INPUTS: JsonObject = { type: 'object', properties: { ref: { type: 'string' } } };

const THING: JsonObject = {
  type: 'object',
  properties: { id: { type: 'string', example: 'thing-0' }, state: { type: 'string', enum: ['made', 'gone'] } },
};

function answers(status: string, schema?: JsonObject): JsonObject {
  const content = schema ? { content: { 'application/json': { schema } } } : {};
  return { responses: { [status]: { description: 'As asked.', ...content } } };
}

function pathsOf(found?: JsonObject): JsonObject {
  const text = { type: 'string' };
  const body = { content: { 'application/json': { schema: { type: 'object' } } } };
  const make = (name: string): JsonObject => ({
    post: { operationId: `make-${name}`, requestBody: body, ...answers('201', THING) },
  });
  const items = { type: 'object', properties: { items: { type: 'array', items: THING } } };
  return {
    '/first': make('first'),
    '/second': make('second'),
    '/third': make('third'),
    '/shelf/{ref}': {
      parameters: [{ name: 'ref', in: 'path', required: true, schema: text }],
      put: { operationId: 'put-first', requestBody: body, ...answers('201', THING) },
      delete: { operationId: 'drop-first', ...answers('200', THING) },
    },
    '/things': {
      get: {
        operationId: 'find',
        parameters: [{ name: 'key', in: 'query', schema: text }],
        ...(found
          ? { responses: { '200': { description: 'As asked.', content: { 'application/json': found } } } }
          : answers('200', items)),
      },
    },
    '/things/{id}/cancel': {
      post: {
        operationId: 'cancel',
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        ...answers('200', THING),
      },
    },
  };
}

export function flowFiles(flow: FlowOptions): { readonly [path: string]: string } {
  const { first, second, timeout, mode, fields, system, found, more = [], workflows = [] } = flow;
  const policies = { ...flow.policies, ...(mode && { mode }) };
  const arazzo = {
    arazzo: '1.1.0',
    info: { title: 'Flow', version: '1' },
    sourceDescriptions: [
      { name: 'shop', url: './shop.json', type: 'openapi', ...(system && { 'x-interlock': system }) },
    ],
    workflows: [
      {
        workflowId: 'flow',
        ...(Object.keys(policies).length > 0 && { 'x-interlock': policies }),
        inputs: INPUTS,
        steps: [
          { ...stepOf('first', first, timeout), ...fields?.first },
          { ...stepOf('second', second, timeout), ...fields?.second },
          ...more,
        ],
      },
      ...workflows,
    ],
  };
  const shop = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: 'https://shop.test' }],
    paths: pathsOf(found),
  };
  return { 'flow.arazzo.json': JSON.stringify(arazzo), 'shop.json': JSON.stringify(shop) };
}

export interface RehearsedFlow {
  readonly options: SubjectOptions;
  readonly codes: readonly string[];
}

export async function rehearsedFlow(flow: FlowOptions): Promise<RehearsedFlow> {
  const compiled = await compileDescription({ entry: 'flow.arazzo.json', files: memoryFiles(flowFiles(flow)) });
  const [workflow] = compiled.workflows;
  const found = compiled.diagnostics.map(({ code, headline }) => `${code} ${headline}`);
  assert(workflow && compiled.description, `the flow compiles: ${found.join('; ')}`);
  const documents = new Map(
    [...compiled.description.sources].flatMap(([name, one]) =>
      one.kind === 'openapi' ? [[name, one.document] as const] : [],
    ),
  );
  return {
    options: await subjectOptions(workflow, { ref: 'order-1' }, documents),
    codes: compiled.diagnostics.map(({ code }) => code),
  };
}

export async function subjectOptions(
  workflow: CompiledWorkflow,
  input: JsonObject,
  documents: Parameters<typeof answerBook>[0]['documents'],
): Promise<SubjectOptions> {
  const environments = simulatedEnvironments(workflow.plan);
  const book = await answerBook({ plan: workflow.plan, documents, environments, input });
  const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { workflow, book, environments, input, secrets: [], idle };
}

/** The first workflow of a description, with an input from a file. */
export async function describedSubject({ workflows, description }: Compiled, input: string): Promise<SubjectOptions> {
  const [workflow] = workflows;
  assert(workflow && description, 'it compiles');
  const documents = new Map(
    [...description.sources].flatMap(([name, one]) => (one.kind === 'openapi' ? [[name, one.document] as const] : [])),
  );
  return await subjectOptions(workflow, JSON.parse(readFileSync(input, 'utf8')), documents);
}

/** Everything on this thread. */
export function playerOf(options: SubjectOptions): Player {
  const playing = { subject: subjectOf(options), coverage: new Coverage(options.workflow) };
  return async (jobs, known) => await playJobs(playing, jobs, known);
}

export async function explored(
  options: SubjectOptions,
  { most = 400, searched = 0 }: { readonly most?: number; readonly searched?: number } = {},
): Promise<RehearsalReport> {
  const { workflow, book } = options;
  return await explore({ workflow, player: playerOf(options), seed: 1, searched, most, notes: book.notes });
}
