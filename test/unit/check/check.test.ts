/** The check as a whole: order, silence, no fault said twice, and nothing that a hostile document could do to it. */
import { describe, expect, it } from 'vitest';
import { checkDescription } from '../../../lib/check/check.ts';
import { readDescription } from '../../../lib/read/description.ts';
import { assert } from '../../../lib/model/assert.ts';
import { describedBy, found, foundIn, SHOP, workflow } from '../../support/checking.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const codesIn = async (steps: string) => (await foundIn(steps)).map((line) => line.split(':')[0] ?? '');

describe('findings', () => {
  it('stand in the order of the text', async () => {
    const description = await describedBy({
      workflows: workflow('main', '- { stepId: a, operationId: nothing }\n- { stepId: b, operationId: getOrder }'),
    });
    const { diagnostics } = await checkDescription(description);
    expect(diagnostics.map(({ code, place }) => [code, place?.pointer])).toEqual([
      ['ARZ052', '/workflows/0/steps/0/operationId'],
      ['ARZ066', '/workflows/0/steps/1'],
    ]);
  });

  it('can be silenced by code, errors excepted', async () => {
    const description = await describedBy({
      workflows: workflow('main', '- { stepId: a b, operationId: nothing }'),
    });
    const { diagnostics } = await checkDescription(description, { silence: new Set(['ARZ033', 'ARZ052']) });
    expect(diagnostics.map(({ code }) => code)).toEqual(['ARZ052']);
  });

  it('are the same for the same description, whatever the order of keys', async () => {
    const one =
      '- { stepId: a, operationId: placeOrder, onFailure: [{ type: goto, name: n }], outputs: { x: $respons.x } }';
    const other =
      '- { outputs: { x: $respons.x }, onFailure: [{ name: n, type: goto }], operationId: placeOrder, stepId: a }';
    expect(new Set(await codesIn(one))).toEqual(new Set(await codesIn(other)));
  });
});

describe('a fault of shape', () => {
  it('quiets the rules about the same node, and no others', async () => {
    const steps = `
- { stepId: a, operationId: [listOrders] }
- { operationId: listOrders, parameters: [{ name: sate, in: query, value: 1 }] }
`;
    expect(await codesIn(steps)).toEqual(['error ARZ004', 'error ARZ003', 'warning ARZ067']);
  });

  it('of spelling is said once', async () => {
    expect(await codesIn('- { stepId: a, operatonId: listOrders }')).toEqual(['error ARZ002']);
  });

  it('of the version leaves the rest unsaid', async () => {
    const text =
      'arazzo: 9.0.0\ninfo: { title: T, version: 1.0.0 }\nsourceDescriptions: []\nworkflows: [{ workflowId: a b, steps: [{}] }]';
    const { description } = await readDescription(
      'workflow.arazzo.yaml',
      memoryFiles({ 'workflow.arazzo.yaml': text }),
    );
    assert(description !== undefined, 'the document can be read');
    const { diagnostics } = await checkDescription(description);
    expect(diagnostics.map(({ code }) => code)).toEqual(['ARZ001']);
  });
});

describe('a source that cannot be read', () => {
  it('has its own diagnostic, and no operation of it is called unknown', async () => {
    const files = memoryFiles({
      'workflow.arazzo.yaml': `
arazzo: 1.1.0
info: { title: T, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: ./shop.yaml }, { name: lost, url: ./lost.yaml }]
workflows:
  - workflowId: main
    steps:
      - { stepId: a, operationId: $sourceDescriptions.lost.anything }
      - { stepId: b, operationId: somewhere }
      - { stepId: c, operationPath: '{$sourceDescriptions.lost.url}#/paths/~1x/get' }
      - { stepId: d, workflowId: $sourceDescriptions.lost.flow }
`,
      'shop.yaml': SHOP,
    });
    const { description } = await readDescription('workflow.arazzo.yaml', files);
    assert(description !== undefined, 'the document can be read');
    expect((await checkDescription(description)).diagnostics).toEqual([]);
  });
});

describe('a hostile document', () => {
  it('with names of the language is an ordinary one', async () => {
    const steps = `
- stepId: __proto__
  operationId: constructor
  outputs: { __proto__: $response.body, toString: $steps.__proto__.outputs.hasOwnProperty }
- { stepId: valueOf, operationId: $sourceDescriptions.shop.toString, parameters: [{ reference: $components.parameters.constructor }] }
`;
    expect((await foundIn(steps)).map((line) => line.split('|')[0]?.trim())).toEqual([
      'error ARZ052: "shop" has no operation "constructor"',
      'warning ARZ114: This output is always null: step "__proto__" has no output "hasOwnProperty"',
      'error ARZ052: "shop" has no operation "toString"',
      'error ARZ038: There is no "constructor" under components.parameters',
    ]);
  });

  it('with a thousand steps that jump everywhere is checked in moments', async () => {
    const steps = Array.from({ length: 1_000 }, (_, index) => {
      const back = `{ name: n, type: goto, stepId: s${(index * 7) % 1_000}, criteria: [{ condition: $statusCode == 200 }] }`;
      const reads = `$steps.s${(index * 13) % 1_000}.outputs.x`;
      return `- { stepId: s${index}, operationId: listOrders, onSuccess: [${back}], outputs: { x: $statusCode }, parameters: [{ name: state, in: query, value: ${reads} }] }`;
    });
    expect(await found({ workflows: workflow('main', steps.join('\n')) })).toEqual([]);
  });
});
