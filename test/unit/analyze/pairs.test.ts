/** Every pair end to end: two documents, a workflow that hands the value on, and what is found about it. */
import { describe, expect, it } from 'vitest';
import { analysed } from '../../support/analysing.ts';
import { type Pair, PAIRS } from './pairs.ts';

describe('a value that goes from one system to the next', () => {
  it.each(PAIRS)('$version: $name', async (pair) => {
    const { analysis } = await analysed(textsOf(pair));
    const certain = new Set(analysis.flows.filter(({ verdict }) => verdict === 'unfit').flatMap(({ codes }) => codes));
    const found = analysis.findings
      .filter(({ code }) => code.startsWith('FLW'))
      .map(({ code }) => (certain.has(code) ? `${code}!` : code));
    expect(found.sort()).toEqual([...pair.expected].sort());
  });

  it('is looked at in both versions, and is right as often as wrong', () => {
    expect(PAIRS.length).toBeGreaterThanOrEqual(25);
    expect(PAIRS.filter(({ version }) => version === '3.0.3').length).toBeGreaterThanOrEqual(8);
    expect(PAIRS.filter(({ expected }) => expected.length === 0).length).toBeGreaterThanOrEqual(25);
    expect(PAIRS.filter(({ expected }) => expected.length > 0).length).toBeGreaterThanOrEqual(25);
  });
});

function textsOf(pair: Pair): { readonly [name: string]: string } {
  const { version, given, criteria, schemas = '{}', optional } = pair;
  return {
    'workflow.arazzo.yaml': [
      'arazzo: 1.0.1',
      'info: { title: Pair, version: 1.0.0 }',
      'sourceDescriptions:',
      '  - { name: from, url: from.yaml, type: openapi }',
      '  - { name: to, url: to.yaml, type: openapi }',
      'workflows:',
      '  - workflowId: pair',
      '    steps:',
      '      - stepId: give',
      '        operationId: $sourceDescriptions.from.give',
      ...(criteria === undefined ? [] : [`        successCriteria: [{ condition: "${criteria}" }]`]),
      '        outputs: { value: $response.body#/value }',
      '      - stepId: take',
      '        operationId: $sourceDescriptions.to.take',
      ...takingStep(pair),
    ].join('\n'),
    'from.yaml': [
      `openapi: ${version}`,
      'info: { title: From, version: 1.0.0 }',
      'servers: [{ url: https://from.example.com }]',
      'paths:',
      '  /give:',
      '    get:',
      '      operationId: give',
      '      responses:',
      "        '200':",
      '          description: The value.',
      '          content:',
      '            application/json:',
      `              schema: {type: object, ${optional ? '' : 'required: [value], '}properties: {value: ${given}}}`,
      `components: {schemas: ${schemas}}`,
    ].join('\n'),
    'to.yaml': [
      `openapi: ${version}`,
      'info: { title: To, version: 1.0.0 }',
      'servers: [{ url: https://to.example.com }]',
      'paths:',
      ...takingOperation(pair),
      "      responses: {'204': {description: Taken.}}",
      `components: {schemas: ${schemas}}`,
    ].join('\n'),
  };
}

function takingStep({ to }: Pair): readonly string[] {
  if (to === undefined || to === 'optional body') {
    return ['        requestBody: { contentType: application/json, payload: { value: $steps.give.outputs.value } }'];
  }
  const where = to === 'path' ? 'path' : 'query';
  return [`        parameters: [{ name: value, in: ${where}, value: $steps.give.outputs.value }]`];
}

function takingOperation({ to, wanted }: Pair): readonly string[] {
  if (to === undefined || to === 'optional body') {
    const required = to === undefined ? 'required: [value], ' : '';
    const schema = `{type: object, ${required}properties: {value: ${wanted}}}`;
    return [
      '  /take:',
      '    post:',
      '      operationId: take',
      `      requestBody: {content: {application/json: {schema: ${schema}}}}`,
    ];
  }
  const parameter = `{name: value, in: ${to === 'path' ? 'path' : 'query'}, required: ${to !== 'query'}, schema: ${wanted}}`;
  return [
    to === 'path' ? "  '/take/{value}':" : '  /take:',
    '    get:',
    '      operationId: take',
    `      parameters: [${parameter}]`,
  ];
}
