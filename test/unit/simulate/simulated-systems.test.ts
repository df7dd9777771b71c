/** What `--simulate` answers: what was made is read again as it is documented, and criteria get what they ask for. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { simulatedPlace } from '../../../lib/embedded/prepare-run.ts';
import type { Json } from '../../../lib/model/json.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const BARN = `
openapi: 3.1.0
info: { title: Barn, version: '1' }
servers: [{ url: https://barn.example.com }]
paths:
  /goats:
    post:
      operationId: add
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Goat' } } } }
      responses: { '201': { description: One., content: { application/json: { schema: { $ref: '#/components/schemas/Goat' } } } } }
    get:
      operationId: all
      responses: { '200': { description: All., content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Goat' } } } } } }
  /pens:
    post:
      operationId: build
      responses: { '201': { description: One., content: { application/json: { schema: { type: object, properties: { penId: { type: string, example: p-1 } } } } } } }
    get:
      operationId: page
      responses: { '200': { description: A page., content: { application/json: { schema: { type: object, required: [pens], properties: { pens: { type: array, items: {} }, next: { type: string } } } } } } }
  /milk:
    get:
      operationId: milk
      responses: { '200': { description: It., content: { application/xml: { schema: { type: object, xml: { name: milk }, required: [litres], properties: { litres: { type: integer, example: 3 } } } } } } }
  /herd:
    get: { responses: { '200': { description: It has no id., content: { application/json: { schema: { type: object, properties: { state: { enum: [out, in] } } } } } } } }
  /bare: { get: { operationId: bare, responses: { '200': { description: Nothing is said of it. } } } }
components:
  schemas:
    Goat: { type: object, required: [id, name], properties: { id: { type: string, example: g-1 }, name: { type: string }, state: { enum: [new, milked] } } }
`;

async function barn(steps: string): Promise<(method: string, path: string, body?: Json) => Promise<string>> {
  const flow = `
arazzo: 1.1.0
info: { title: Flow, version: '1' }
sourceDescriptions: [{ name: barn, url: ./barn.yaml, type: openapi }]
workflows: [{ workflowId: flow, steps: [${steps}] }]
`;
  const files = memoryFiles({ 'flow.yaml': flow, 'barn.yaml': BARN });
  const { description, workflows, diagnostics } = await compileDescription({ entry: 'flow.yaml', files });
  const [workflow] = workflows;
  if (!workflow || !description) throw new Error(diagnostics.map(({ headline }) => headline).join('; '));
  const { http } = simulatedPlace(description, workflow.plan);
  return async (method, path, body) => {
    const url = `http://barn.simulated.invalid${path}`;
    const bytes = body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) };
    const answer = await http.send(
      { method, url, headers: [], ...bytes },
      { timeoutMs: 1_000, maxResponseBytes: 10_000 },
    );
    if (answer.kind !== 'response') throw new Error(answer.kind);
    return `${answer.status} ${new TextDecoder().decode(answer.body)}`;
  };
}

const STEPS = `
  { stepId: add, operationId: add, requestBody: { payload: { name: Ada } } }, { stepId: all, operationId: all },
  { stepId: build, operationId: build }, { stepId: page, operationId: page }, { stepId: milk, operationId: milk }`;

describe('what was made at a path', () => {
  it('is the only element where a list is read there', async () => {
    const send = await barn(STEPS);
    const made = await send('POST', '/goats', { name: 'Ada' });
    expect(JSON.parse(made.slice(4))).toMatchObject({ id: 'g-1', name: 'Ada' });
    expect(await send('GET', '/goats')).toBe(`200 [${made.slice(4)}]`);
  });

  it('is not read there where the document has another kind of thing', async () => {
    const send = await barn(STEPS);
    expect(await send('POST', '/pens')).toBe('201 {"penId":"p-1"}');
    expect(JSON.parse((await send('GET', '/pens')).slice(4))).toMatchObject({ pens: expect.any(Array) });
  });
});

it('is XML where the document has XML', async () => {
  const send = await barn(STEPS);
  expect(await send('GET', '/milk')).toMatch(/^200 .*<milk><litres>3<\/litres><\/milk>$/s);
});

describe('an answer for criteria', () => {
  it('is what they ask for, by a simple condition and by a JSONPath', async () => {
    const milked = "successCriteria: [{ condition: $response.body#/state == 'milked' }]";
    const one = await barn(`{ stepId: add, operationId: add, requestBody: { payload: { name: Ada } }, ${milked} }`);
    expect(JSON.parse((await one('POST', '/goats', { name: 'Ada' })).slice(4))).toMatchObject({
      name: 'Ada',
      state: 'milked',
    });
    const some =
      'successCriteria: [{ context: $response.body, type: jsonpath, condition: "$[?@.state == \'milked\']" }]';
    const list = await barn(`{ stepId: all, operationId: all, ${some} }`);
    expect(JSON.parse((await list('GET', '/goats')).slice(4))).toMatchObject([{ state: 'milked' }]);
  });

  it('has a body where the document says nothing of one', async () => {
    const send = await barn(
      '{ stepId: bare, operationId: bare, successCriteria: [{ condition: $response.body#/on == true }] }',
    );
    expect(await send('GET', '/bare')).toBe('200 {"on":true}');
  });

  it('is so, too, of an operation that has no id', async () => {
    const send = await barn(`{ stepId: herd, operationPath: '{$sourceDescriptions.barn.url}#/paths/~1herd/get',
      successCriteria: [{ condition: $response.body#/state == 'in' }] }`);
    expect(await send('GET', '/herd')).toBe('200 {"state":"in"}');
  });

  it('stays as it is documented where one step is content with it', async () => {
    const wants = (state: string): string => `successCriteria: [{ condition: $response.body#/state == '${state}' }]`;
    const send = await barn(`
      { stepId: one, operationId: add, requestBody: { payload: { name: Ada } }, ${wants('milked')} },
      { stepId: two, operationId: add, requestBody: { payload: { name: Ada } }, ${wants('new')} }`);
    expect(JSON.parse((await send('POST', '/goats', { name: 'Ada' })).slice(4))).toMatchObject({ state: 'new' });
  });
});
