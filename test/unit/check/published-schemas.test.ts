/** The schemas that are published for editors and programs: they compile, and say what the product says. */
import { readdirSync, readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import type { BulkResult } from '../../../lib/model/bulk.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import type { RunView } from '../../../lib/model/run.ts';
import { arazzo10, arazzo11, policies } from './sound-documents.ts';

const folder = new URL('../../../schemas/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
const ajv = new Ajv2020.default({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  validateFormats: false,
  allErrors: true,
});

function load(file: string): JsonObject {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as JsonObject;
}

for (const file of files) ajv.addSchema(load(file));

function problems(schema: string, value: Json): string[] {
  const validate = ajv.getSchema(schema);
  if (!validate) throw new Error(`There is no ${schema}`);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

it.each(files)('%s is a schema of 2020-12, named as its file', (file) => {
  const schema = load(file);
  expect(schema.$id).toBe(file);
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(ajv.getSchema(file)).toBeDefined();
});

function withPolicies(document: JsonObject, owners: { readonly [owner: string]: JsonObject }): JsonObject {
  const [source, ...sources] = document.sourceDescriptions as readonly JsonObject[];
  const [workflow, ...workflows] = document.workflows as readonly JsonObject[];
  const [step, ...steps] = (workflow?.steps ?? []) as readonly JsonObject[];
  const own = (owner: string): JsonObject => ({ 'x-interlock': owners[owner] ?? {} });
  return {
    ...document,
    sourceDescriptions: [{ ...source, ...own('sourceDescription') }, ...sources],
    workflows: [{ ...workflow, ...own('workflow'), steps: [{ ...step, ...own('step') }, ...steps] }, ...workflows],
  };
}

it.each([arazzo10, arazzo11])('an editor accepts a document of either version with every policy', (document) => {
  expect(problems('arazzo-with-interlock.schema.json', withPolicies(document, policies))).toEqual([]);
});

it('an editor underlines a misspelt policy and a key of 1.1 in a document of 1.0', () => {
  const misspelt = withPolicies(arazzo11, { workflow: { paralel: true } });
  expect(problems('arazzo-with-interlock.schema.json', misspelt)).toEqual([
    '/workflows/0/x-interlock must NOT have additional properties',
  ]);
  const older = { ...arazzo10, $self: 'https://example.com/a' };
  expect(problems('arazzo-with-interlock.schema.json', older)).toContain(' must NOT have additional properties');
});

it('the schema of the run view accepts what the type says', () => {
  const view: RunView = {
    runId: 'r-1',
    workflowId: 'order',
    status: 'needs-attention',
    reason: 'held',
    degraded: false,
    error: { error: 'Interlock.Refused', message: '409 from payments', step: 'pay' },
    outputs: null,
    planHash: 'ab',
    epoch: 1,
    startedAt: '2027-01-31T09:30:00.000Z',
    endedAt: '2027-01-31T09:30:01.250Z',
    actor: 'ann',
    steps: [
      {
        stepId: 'pay',
        path: 'pay',
        visit: 1,
        status: 'undone',
        attempts: 1,
        startedAt: '2027-01-31T09:30:00.000Z',
        endedAt: null,
        degraded: true,
        undo: { status: 'undone', attempts: 1, endedAt: '2027-01-31T09:30:01.000Z' },
      },
    ],
  };
  expect(problems('run-view.schema.json', view as unknown as Json)).toEqual([]);
  expect(problems('run-view.schema.json', { ...view, status: 'done' } as unknown as Json)).toEqual([
    '/status must be equal to one of the allowed values',
  ]);
});

it('the schema of a bulk result accepts what the type says', () => {
  const results: readonly BulkResult[] = [
    { index: 0, line: 2, runId: 'r-0', status: 'succeeded', outputs: { a: 1 }, ms: 12, inputDigest: 'd' },
    { index: 1, runId: 'r-1', status: 'failed', error: { error: 'E', message: 'm', step: 's' }, inputDigest: 'd' },
    {
      index: 2,
      runId: 'r-2',
      status: 'invalid',
      error: { error: 'Interlock.InputInvalid', message: '/a must be string' },
      problems: [{ pointer: '/a', message: 'must be string' }],
      inputDigest: 'd',
    },
  ];
  for (const result of results) expect(problems('bulk-result.schema.json', result as unknown as Json)).toEqual([]);
  expect(problems('bulk-result.schema.json', { ...results[0], status: 'done' } as unknown as Json)).toEqual([
    '/status must be equal to one of the allowed values',
  ]);
});
