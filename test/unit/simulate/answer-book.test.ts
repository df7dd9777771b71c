/**
 * What simulated systems answer keeps to their documents: which status and which member may be answered, what later
 * requests need, and which criteria no documented answer can meet.
 */
import { describe, expect, it } from 'vitest';
import { compileDescription, type CompiledWorkflow } from '../../../lib/compile/compile.ts';
import type { Description } from '../../../lib/model/description.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { goodRun } from '../../../lib/rehearse/good-run.ts';
import { subjectOf } from '../../../lib/rehearse/scenario.ts';
import { type AnswerBook, answerBook } from '../../../lib/simulate/answer-book.ts';
import { fittedInput } from '../../../lib/simulate/fitted-input.ts';
import { simulatedEnvironments } from '../../../lib/simulate/simulated-environment.ts';
import { systemDocuments } from '../../../lib/simulate/system-documents.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const json = (schema: Json): Json => ({ description: 'it', content: { 'application/json': { schema } } });
const ORDER: Json = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, state: { type: 'string', enum: ['open', 'paid'] } },
};

interface Shop {
  readonly steps: readonly JsonObject[];
  readonly responses?: JsonObject;
  readonly inputs?: Json;
  readonly more?: readonly JsonObject[];
}

async function compiled(shop: Shop): Promise<{ description: Description; workflow: CompiledWorkflow }> {
  const { steps, responses = { '201': json(ORDER) }, inputs, more = [] } = shop;
  const openapi = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: 'https://shop.example' }],
    paths: {
      '/orders': {
        post: {
          operationId: 'create',
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    count: { type: 'integer', minimum: 3 },
                    code: { type: 'string', pattern: '^[A-Z]{2}$' },
                  },
                },
              },
            },
          },
          responses,
        },
      },
      '/orders/{id}': {
        get: {
          operationId: 'read',
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 10 } }],
          responses: { '200': json(ORDER) },
        },
        delete: {
          operationId: 'drop',
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 10 } }],
          responses: { '400': { description: 'a bad one' } },
        },
      },
    },
  };
  const arazzo = {
    arazzo: '1.1.0',
    info: { title: 'Flow', version: '1' },
    sourceDescriptions: [{ name: 'shop', url: 'shop.json', type: 'openapi' }],
    workflows: [{ workflowId: 'flow', ...(inputs !== undefined && { inputs }), steps }, ...more],
  };
  const files = { 'flow.json': JSON.stringify(arazzo), 'shop.json': JSON.stringify(openapi) };
  const made = await compileDescription({ entry: 'flow.json', files: memoryFiles(files), workflowId: 'flow' });
  const [workflow] = made.workflows;
  if (!workflow || !made.description) throw new Error(made.diagnostics.map(({ headline }) => headline).join('; '));
  return { description: made.description, workflow };
}

async function booked(shop: Shop): Promise<{ book: AnswerBook; input: Json; phase: string }> {
  const { description, workflow } = await compiled(shop);
  const { plan } = workflow;
  const input = await fittedInput(plan);
  const environments = simulatedEnvironments(plan);
  const book = await answerBook({ plan, documents: systemDocuments(description, plan), environments, input });
  const idle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const { record } = await goodRun(subjectOf({ workflow, book, environments, input, secrets: [], idle }));
  return { book, input, phase: record.header.phase };
}

const create = (rest: JsonObject = {}): JsonObject => ({ stepId: 'create', operationId: 'create', ...rest });

describe('a simulated system', () => {
  it('answers with a documented status that the criteria want', async () => {
    const responses = { '200': json(ORDER), '202': json(ORDER) };
    const criteria = [{ condition: '$statusCode > 200 && $statusCode < 300' }];
    const { book, phase } = await booked({ steps: [create({ successCriteria: criteria })], responses });
    expect(book.steps[0]?.good.status).toBe(202);
    expect({ phase, unmet: book.unmet }).toEqual({ phase: 'succeeded', unmet: [] });
  });

  it('answers with a header that a pattern matches', async () => {
    const criteria = [
      { condition: '$statusCode == 201' },
      { type: 'regex', context: '$response.header.Location', condition: '^/orders/[0-9]+$' },
    ];
    const { book, phase } = await booked({ steps: [create({ successCriteria: criteria })] });
    expect({ phase, unmet: book.unmet }).toEqual({ phase: 'succeeded', unmet: [] });
    expect(book.steps[0]?.good.headers).toMatchObject({ location: expect.stringMatching(/^\/orders\/[0-9]+$/) });
  });

  it('says which criterion wants a status that is not documented', async () => {
    const { book } = await booked({ steps: [create({ successCriteria: [{ condition: '$statusCode == 200' }] })] });
    expect(book.unmet).toEqual([
      {
        step: 'create',
        criterion: { type: 'simple', condition: '$statusCode == 200' },
        why: 'the document has no answer 200',
      },
    ]);
  });

  it('says which criterion wants a member that the schema does not allow', async () => {
    const criteria = [{ condition: '$statusCode == 201' }, { condition: "$response.body#/state == 'gone'" }];
    const { book } = await booked({ steps: [create({ successCriteria: criteria })] });
    expect(book.unmet).toMatchObject(
      [
        { step: 'create', criterion: { condition: "$response.body#/state == 'gone'" }, why: /\/state must be one of/ },
      ].map(({ why, ...one }) => ({ ...one, why: expect.stringMatching(why) })),
    );
  });

  it('answers well where a document names no good answer at all', async () => {
    const drop = { stepId: 'drop', operationId: 'drop', parameters: [{ name: 'id', in: 'path', value: 12 }] };
    const { book, phase } = await booked({ steps: [drop] });
    expect({ phase, status: book.steps[0]?.good.status, unmet: book.unmet }).toEqual({
      phase: 'succeeded',
      status: 200,
      unmet: [],
    });
  });

  it('has the documented headers that are read, and no others', async () => {
    const headers = {
      Location: { schema: { type: 'string' }, example: '/orders/o-17' },
      'X-Left': { schema: { type: 'integer', minimum: 3 } },
      'X-Other': { schema: { type: 'string' } },
    };
    const steps = [create({ outputs: { at: '$response.header.location', left: '$response.header.X-Left' } })];
    const { book, phase } = await booked({ steps, responses: { '201': { ...(json(ORDER) as JsonObject), headers } } });
    expect([phase, book.steps[0]?.good.headers]).toEqual(['succeeded', { location: '/orders/o-17', 'x-left': '3' }]);
  });

  it('answers what a later request can be made of', async () => {
    const steps = [
      create({ outputs: { id: '$response.body#/id' } }),
      {
        stepId: 'read',
        operationId: 'read',
        parameters: [{ name: 'id', in: 'path', value: '$steps.create.outputs.id' }],
      },
    ];
    const { book, phase } = await booked({ steps });
    expect(book.steps[0]?.good.body).toMatchObject({ id: 10 });
    expect(phase).toBe('succeeded');
  });

  it('tells several steps of one operation apart by who asks', async () => {
    const read = (stepId: string, state: string): JsonObject => ({
      stepId,
      operationId: 'read',
      parameters: [{ name: 'id', in: 'path', value: 12 }],
      successCriteria: [{ condition: `$response.body#/state == '${state}'` }],
    });
    expect((await booked({ steps: [read('first', 'open'), read('second', 'paid')] })).phase).toBe('succeeded');
  });

  it('says that a request which the document refuses is answered by nobody', async () => {
    const { book, phase } = await booked({ steps: [create({ requestBody: { payload: { count: 'many' } } })] });
    expect(phase).toBe('failed');
    expect(book.unmet).toMatchObject([
      { criterion: { condition: '$statusCode >= 200 && $statusCode < 300' }, why: expect.stringContaining('/count') },
    ]);
  });
});

describe('an input that is made', () => {
  const payload = { count: '$inputs.count', code: '$inputs.codes.first' };

  it('is what the requests ask for, also where its own schema says nothing of it', async () => {
    const { input, phase } = await booked({ steps: [create({ requestBody: { payload } })] });
    expect({ input, phase }).toEqual({ input: { count: 3, codes: { first: 'AA' } }, phase: 'succeeded' });
  });

  it('holds to its own schema where both cannot be had', async () => {
    const inputs = { type: 'object', properties: { count: { type: 'string' } } };
    const { input, phase } = await booked({
      inputs,
      steps: [create({ requestBody: { payload: { count: '$inputs.count' } } })],
    });
    expect({ input, phase }).toEqual({ input: { count: 'string' }, phase: 'failed' });
  });

  it('is found through the workflows that hand it on', async () => {
    const inner = { workflowId: 'inner', steps: [create({ requestBody: { payload: { count: '$inputs.number' } } })] };
    const steps = [{ stepId: 'call', workflowId: 'inner', parameters: [{ name: 'number', value: '$inputs.given' }] }];
    const { input, phase } = await booked({ steps, more: [inner] });
    expect({ input, phase }).toEqual({ input: { given: 3 }, phase: 'succeeded' });
  });
});
