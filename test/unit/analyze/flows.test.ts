/** From where to where a value goes: through sub-workflows, by which answers, and what stands in for a step. */
import { describe, expect, it } from 'vitest';
import { analysed } from '../../support/analysing.ts';

const json = (schema: string): string => `{ description: D., content: { application/json: { schema: ${schema} } } }`;
const TEXT_ID = '{ type: object, required: [id], properties: { id: { type: string } } }';
const NUMBER_ID = '{ type: object, required: [id], properties: { id: { type: integer } } }';

interface Case {
  /** Answers of `give`. */
  readonly responses: string;
  readonly steps?: readonly string[];
  readonly workflows?: readonly string[];
  readonly schemas?: string;
}

const GIVE = ['- stepId: give', '  operationId: give', '  outputs: { id: $response.body#/id }'];
const TAKE = [
  '- stepId: take',
  '  operationId: take',
  '  requestBody: { contentType: application/json, payload: { id: $steps.give.outputs.id } }',
];

async function found({ responses, steps = [...GIVE, ...TAKE], workflows, schemas = '{}' }: Case) {
  const { analysis } = await analysed(
    {
      'workflow.arazzo.yaml': [
        'arazzo: 1.1.0',
        'info: { title: Flow, version: 1.0.0 }',
        'sourceDescriptions: [{ name: shop, url: shop.yaml, type: openapi }]',
        'workflows:',
        '  - workflowId: main',
        '    steps:',
        ...steps.map((line) => `      ${line}`),
        ...(workflows ?? []).map((line) => `  ${line}`),
      ].join('\n'),
      'shop.yaml': [
        'openapi: 3.1.0',
        'info: { title: Shop, version: 1.0.0 }',
        'servers: [{ url: https://shop.example.com }]',
        'paths:',
        `  /give: { get: { operationId: give, responses: ${responses} } }`,
        '  /take:',
        '    put:',
        '      operationId: take',
        `      requestBody: { content: { application/json: { schema: ${TEXT_ID} } } }`,
        "      responses: { '204': { description: Taken. } }",
        `components: { schemas: ${schemas} }`,
      ].join('\n'),
    },
    'main',
  );
  const findings = analysis.findings.filter(({ code }) => code.startsWith('FLW'));
  return { codes: findings.map(({ code }) => code), findings, flows: analysis.flows };
}

describe('a value', () => {
  it('is of the answers with which its step is done, by its criteria on the status', async () => {
    const responses = `{ '200': ${json(NUMBER_ID)}, '201': ${json(TEXT_ID)} }`;
    expect((await found({ responses })).codes).toEqual(['FLW004']);
    const judged = [...GIVE, '  successCriteria: [{ condition: $statusCode == 201 }]', ...TAKE];
    expect((await found({ responses, steps: judged })).codes).toEqual([]);
  });

  it('may be absent where one of these answers has no body', async () => {
    expect((await found({ responses: `{ '200': ${json(TEXT_ID)}, '204': { description: None. } }` })).codes).toEqual([
      'FLW002',
    ]);
  });

  it('is not told where an answer is no JSON, or says nothing', async () => {
    for (const responses of [
      "{ '200': { description: D. } }",
      "{ '200': { description: D., content: { text/csv: { schema: { type: integer } } } } }",
    ]) {
      const { codes, flows } = await found({ responses });
      expect(codes).toEqual([]);
      expect(flows.map(({ verdict }) => verdict)).toEqual(['unknown']);
    }
  });

  it('of an error is none of a step that is done', async () => {
    const responses = `{ '200': ${json(TEXT_ID)}, '400': ${json(NUMBER_ID)}, default: ${json(NUMBER_ID)} }`;
    expect((await found({ responses })).codes).toEqual([]);
  });

  it('is followed through the inputs and outputs of sub-workflows to its answer', async () => {
    const steps = [
      '- { stepId: got, workflowId: get-it, outputs: { id: $outputs.result } }',
      '- { stepId: put, workflowId: put-it, parameters: [{ name: id, value: $steps.got.outputs.id }] }',
    ];
    const workflows = [
      '- workflowId: get-it',
      '  steps:',
      ...GIVE.map((line) => `    ${line}`),
      '  outputs: { result: $steps.give.outputs.id }',
      '- workflowId: put-it',
      '  inputs: { type: object, required: [id], properties: { id: { type: string } } }',
      '  steps:',
      ...TAKE.map((line) => `    ${line.replace('$steps.give.outputs.id', '$inputs.id')}`),
    ];
    const { findings, flows } = await found({ responses: `{ '200': ${json(NUMBER_ID)} }`, steps, workflows });
    expect(findings.map(({ code }) => code)).toEqual(['FLW004', 'FLW004']);
    expect(flows.map(({ from, to }) => [from.step, to.step, to.in])).toEqual([
      ['got/give', 'put/take', 'body'],
      ['got/give', 'put', 'inputs'],
    ]);
  });

  it('of a fallback is looked at like its own', async () => {
    const steps = [...GIVE, '  x-interlock: { fallback: { outputs: { id: 17 } } }', ...TAKE];
    const { findings } = await found({ responses: `{ '200': ${json(TEXT_ID)} }`, steps });
    expect(findings.map(({ code }) => code)).toEqual(['FLW004']);
    expect(findings[0]?.notes.map(({ text }) => text).join(' ')).toContain('the fallback gives');
  });

  it('in a text that will be JSON is not judged', async () => {
    const steps = [
      ...GIVE,
      ...TAKE.slice(0, 2),
      '  requestBody: { contentType: application/json, payload: \'{ "id": {$steps.give.outputs.id} }\' }',
    ];
    expect((await found({ responses: `{ '200': ${json(NUMBER_ID)} }`, steps })).codes).toEqual([]);
  });

  it('is shown at the very place where it is read', async () => {
    const { findings } = await found({ responses: `{ '200': ${json(NUMBER_ID)} }` });
    expect(findings[0]?.place).toEqual({
      document: 'workflow.arazzo.yaml',
      pointer: '/workflows/0/steps/1/requestBody/payload/id',
    });
  });
});

describe('an output of a step that is done for each of a list', () => {
  const LIST = [
    '- stepId: give',
    '  operationId: give',
    '  outputs: { id: $response.body#/id }',
    '  x-interlock: { forEach: { items: [1, 2] TOLERATE } }',
  ];
  const listed = (tolerate: string): readonly string[] => LIST.map((line) => line.replace(' TOLERATE', tolerate));
  const responses = `{ '200': ${json(TEXT_ID)} }`;

  it('is a list: one value of it is asked for, and all of them come', async () => {
    const { codes, flows } = await found({ responses, steps: [...listed(''), ...TAKE] });
    expect(codes).toEqual(['FLW004']);
    expect(flows[0]?.from.type).toBe('list of string');
  });

  it('may hold null where items may fail, and is not told by its place', async () => {
    const { flows } = await found({ responses, steps: [...listed(', tolerate: 1'), ...TAKE] });
    expect(flows[0]?.from.type).toBe('list of null or string');
    const first = TAKE.map((line) => line.replace('outputs.id', 'outputs.id#/0'));
    const one = await found({ responses, steps: [...listed(''), ...first] });
    expect(one.codes).toEqual([]);
    expect(one.flows[0]?.verdict).not.toBe('unfit');
  });
});

it('what an action hands on comes from the answer that it is read of; outputs that nobody has declared are not named', async () => {
  const { analysis } = await analysed(
    {
      'workflow.arazzo.yaml': `
arazzo: 1.1.0
info: { title: Handed on, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: shop.yaml, type: openapi }]
workflows:
  - workflowId: main
    steps:
      - stepId: give
        operationId: give
        onSuccess: [{ name: on, type: goto, workflowId: other, parameters: [{ name: id, value: $response.body#/id }] }]
  - workflowId: other
    inputs: { type: object, properties: { id: { type: string } } }
    steps:
      - { stepId: take, operationId: take, parameters: [{ name: id, in: query, value: $inputs.id }] }
`,
      'shop.yaml': `
openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
servers: [{ url: https://shop.example.com }]
paths:
  /give: { get: { operationId: give, responses: { '200': ${json(NUMBER_ID)} } } }
  /take:
    get:
      operationId: take
      parameters: [{ name: id, in: query, required: true, schema: { type: string } }]
      responses: { '200': { description: Taken. } }
`,
    },
    'main',
  );
  expect(analysis.flows.map(({ from, to }) => [from.step, from.text, to.step, to.name])).toEqual([
    ['give', '$response.body#/id', '>other~on/take', 'id'],
    ['give', '$response.body#/id', '>other~on', 'id'],
  ]);
  expect(JSON.stringify(analysis)).not.toContain('interlock-handed');
});
