/** Names: ids that repeat, and references that lead nowhere or to the wrong kind of thing. */
import { describe, expect, it, test } from 'vitest';
import { found, foundIn, linkedStep, linksOf, SHOP, workflow } from '../../support/checking.ts';

const tolerated = (text: string) => [
  `warning ARZ043: "${text}" is not how the standard writes this reference | ${text}`,
];

describe('ids', () => {
  it('are unique: of steps in a workflow, of workflows and source descriptions in a document', async () => {
    const list = '- { stepId: list, operationId: listOrders }';
    expect(await found({ workflows: [workflow('a', `${list}\n${list}`), workflow('a', list)].join('\n') })).toEqual([
      'error ARZ030: Step id "list" is used twice in this workflow | list',
      'error ARZ031: Workflow id "a" is used twice | a',
    ]);
  });

  it('may repeat across workflows when they are ids of steps', async () => {
    const list = '- { stepId: list, operationId: listOrders }';
    expect(await found({ workflows: [workflow('a', list), workflow('b', list)].join('\n') })).toEqual([]);
  });

  it('are told apart from the keys of every object', async () => {
    const steps = ['__proto__', 'constructor', 'toString'].map((id) => `- { stepId: ${id}, operationId: listOrders }`);
    expect(await foundIn(steps.join('\n'))).toEqual([]);
  });

  it('of letters, digits, - and _ only can be referred to everywhere', async () => {
    expect(await foundIn('- { stepId: list all, operationId: listOrders }')).toEqual([
      'warning ARZ033: Step id "list all" has characters that expressions have no place for | list all',
    ]);
  });
});

describe('the operation of a step', () => {
  test.each([
    ['listOrders', []],
    ['$sourceDescriptions.shop.listOrders', []],
    ['listorders', ['warning ARZ043: "listorders" is not how the standard writes this reference | listorders']],
    ['listOrder', ['error ARZ052: "shop" has no operation "listOrder" | listOrder']],
    [
      'shop.listOrders',
      ['warning ARZ043: "shop.listOrders" is not how the standard writes this reference | shop.listOrders'],
    ],
    ['shop.listOrder', ['error ARZ052: "shop" has no operation "shop.listOrder" | shop.listOrder']],
    [
      '$sourceDescriptions.shop.nothing',
      ['error ARZ052: "shop" has no operation "nothing" | $sourceDescriptions.shop.nothing'],
    ],
    [
      '$sourceDescriptions.shpo.listOrders',
      ['error ARZ034: No source description is named "shpo" | $sourceDescriptions.shpo.listOrders'],
    ],
    [
      '$sourceDescription.shop.listOrders',
      [
        'warning ARZ043: "$sourceDescription.shop.listOrders" is not how the standard writes this reference | $sourceDescription.shop.listOrders',
      ],
    ],
    [
      '$inputs.operation',
      ['error ARZ040: "$inputs.operation" is no reference: it does not name a source description | $inputs.operation'],
    ],
    [
      '$sourceDescriptions.shop#/paths/~1orders/get',
      [
        'warning ARZ043: "$sourceDescriptions.shop#/paths/~1orders/get" is not how the standard writes this reference | $sourceDescriptions.shop#/paths/~1orders/get',
      ],
    ],
  ])('%s', async (operationId, findings) => {
    expect(await foundIn(`- { stepId: a, operationId: '${operationId}' }`)).toEqual(findings);
  });

  it('is refused when two sources have it, and only warned about when one of several has', async () => {
    const sources = { depot: SHOP.replaceAll('operationId: getOrder', 'operationId: getParcel') };
    const steps =
      '- { stepId: a, operationId: listOrders }\n- { stepId: b, operationId: getParcel, parameters: [{ name: id, in: path, value: 1 }] }';
    expect(await foundIn(steps, { sources })).toEqual([
      'error ARZ053: Operation "listOrders" exists in "shop" and "depot" | listOrders',
      'warning ARZ054: Operation "getParcel" does not say which of the source descriptions it belongs to | getParcel',
    ]);
  });

  it('is not guessed from two that are alike', async () => {
    const sources = { depot: SHOP };
    expect(await foundIn('- { stepId: a, operationId: list-orders }', { sources })).toEqual([
      'error ARZ052: "shop" and "depot" have no operation "list-orders" | list-orders',
    ]);
  });
});

describe('the path of an operation', () => {
  test.each([
    ['{$sourceDescriptions.shop.url}#/paths/~1orders/get', []],
    ['{$sourceDescriptions.shop.url}#/paths/~1orders~1{id}/get', []],
    ['{$sourceDescriptions.shop.url}#/paths/~1orders~1%7Bid%7D/get', []],
    [
      '{$sourceDescriptions.shop.url}#/paths/~1orders/GET',
      tolerated('{$sourceDescriptions.shop.url}#/paths/~1orders/GET'),
    ],
    [
      '{$sourceDescriptions.shop.url}#/paths/~1orders~1{id}',
      tolerated('{$sourceDescriptions.shop.url}#/paths/~1orders~1{id}'),
    ],
    ['$sourceDescriptions.shop.url#/paths/~1orders/get', tolerated('$sourceDescriptions.shop.url#/paths/~1orders/get')],
    ['shop#/paths/~1orders/get', tolerated('shop#/paths/~1orders/get')],
    ['$sourceDescriptions.shop.listOrders', tolerated('$sourceDescriptions.shop.listOrders')],
    [
      '{$sourceDescriptions.shop.url}#/paths/~1order/get',
      [
        `error ARZ056: "/paths/~1order/get" leads to no operation of "shop" | {$sourceDescriptions.shop.url}#/paths/~1order/get`,
      ],
    ],
    // Two operations stand on this path, so without a method nothing is meant.
    [
      '{$sourceDescriptions.shop.url}#/paths/~1orders',
      [
        `error ARZ056: "/paths/~1orders" leads to no operation of "shop" | {$sourceDescriptions.shop.url}#/paths/~1orders`,
      ],
    ],
    ['GET /orders', [`error ARZ055: operationPath "GET /orders" is malformed | GET /orders`]],
    [
      'https://shop.example.com/orders',
      [`error ARZ055: operationPath "https://shop.example.com/orders" is malformed | https://shop.example.com/orders`],
    ],
  ])('%s', async (operationPath, findings) => {
    const parameters = 'parameters: [{ name: id, in: path, value: 1 }]';
    const steps = `- { stepId: a, operationPath: '${operationPath}'${operationPath.includes('id') ? `, ${parameters}` : ''} }`;
    expect(await foundIn(steps)).toEqual(findings);
  });
});

describe('an operation of another method (OpenAPI 3.2)', () => {
  const sources = {
    files: `openapi: 3.2.0
info: { title: Files, version: '1' }
servers: [{ url: https://files.example.com }]
paths: { /docs/a: { additionalOperations: { COPY: { operationId: copy, responses: {} } }, get: { responses: {} } } }`,
  };
  const path = '{$sourceDescriptions.files.url}#/paths/~1docs~1a/';

  test.each([
    [`operationPath: '${path}additionalOperations/COPY'`, []],
    ['operationId: $sourceDescriptions.files.copy', []],
    [
      `operationPath: '${path}additionalOperations/copy'`,
      [
        `error ARZ056: "/paths/~1docs~1a/additionalOperations/copy" leads to no operation of "files" | ${`${path}additionalOperations/copy`.slice(0, 60)}`,
      ],
    ],
    [
      `operationPath: '${path}COPY'`,
      [`error ARZ056: "/paths/~1docs~1a/COPY" leads to no operation of "files" | ${path}COPY`],
    ],
  ])('%s', async (target, findings) => {
    expect(await foundIn(`- { stepId: a, ${target} }`, { sources })).toEqual(findings);
  });
});

describe('a workflow that is called', () => {
  const returns = `
arazzo: 1.1.0
info: { title: Returns, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: ./shop.yaml }]
workflows:
  - workflowId: take-back
    steps: [{ stepId: list, operationId: listOrders }]
  - workflowId: broken
    steps: [{ stepId: list, operationId: nobodyCallsThis }]
`;
  test.each([
    ['$sourceDescriptions.returns.take-back', []],
    ['take-back', ['error ARZ035: No workflow is named "take-back" | take-back']],
    [
      'returns.take-back',
      ['warning ARZ043: "returns.take-back" is not how the standard writes this reference | returns.take-back'],
    ],
    ['returns.give-back', ['error ARZ035: No workflow is named "returns.give-back" | returns.give-back']],
    [
      '$sourceDescriptions.returns.give-back',
      ['error ARZ035: No workflow of "returns" is named "give-back" | $sourceDescriptions.returns.give-back'],
    ],
    [
      '$sourceDescriptions.shop.take-back',
      ['error ARZ041: Source description "shop" is of type openapi, not arazzo | $sourceDescriptions.shop.take-back'],
    ],
    [
      '$sourceDescriptions.returns#/workflows/take-back',
      [
        'warning ARZ043: "$sourceDescriptions.returns#/workflows/take-back" is not how the standard writes this reference | $sourceDescriptions.returns#/workflows/take-back',
      ],
    ],
  ])('%s', async (workflowId, findings) => {
    expect(await foundIn(`- { stepId: a, workflowId: '${workflowId}' }`, { sources: { returns } })).toEqual(findings);
  });
});

describe('a reusable reference', () => {
  const components = `
  parameters:
    open: { name: state, in: query, value: open }
  successActions:
    stop: { name: stop, type: end }
`;
  test.each([
    ['$components.parameters.open', []],
    [
      '$components.parameters.opne',
      ['error ARZ038: There is no "opne" under components.parameters | $components.parameters.opne'],
    ],
    [
      '$components.successActions.stop',
      [
        'error ARZ039: Reference "$components.successActions.stop" does not lead to "parameters" | $components.successActions.stop',
      ],
    ],
    ['$components.inputs.open', [expect.stringContaining('error ARZ040: "$components.inputs.open" is no reference')]],
    [
      '#/components/parameters/open',
      [
        'warning ARZ043: "#/components/parameters/open" is not how the standard writes this reference | #/components/parameters/open',
      ],
    ],
    [
      '#/components/parameters/opne',
      [
        'error ARZ038: There is no "opne" under components.parameters | #/components/parameters/opne',
        'warning ARZ043: "#/components/parameters/opne" is not how the standard writes this reference | #/components/parameters/opne',
      ],
    ],
    ['#/components/inputs/open', [expect.stringContaining('error ARZ040: "#/components/inputs/open" is no reference')]],
  ])('%s', async (reference, findings) => {
    const steps = `- stepId: a\n  operationId: listOrders\n  parameters: [{ reference: '${reference}' }]`;
    expect(await foundIn(steps, { components })).toEqual(findings);
  });

  test.each(['$components', '#/components'])('may be a $ref to %s, which is told', async (from) => {
    const name = (kind: string, of: string) => [from, kind, of].join(from.startsWith('#') ? '/' : '.');
    const steps = `- stepId: a
  operationId: listOrders
  parameters: [{ $ref: '${name('parameters', 'open')}', value: shut }]
  onSuccess: [{ $ref: '${name('successActions', 'stop')}' }]`;
    expect(await foundIn(steps, { components })).toEqual([
      expect.stringMatching(
        /^warning ARZ043: "\$ref: .*parameters.open" is not how the standard writes this reference/,
      ),
      expect.stringMatching(/^warning ARZ043: "\$ref: .*successActions.stop" is not how/),
    ]);
    const { parameters, successActions } = linkedStep(
      await linksOf({ workflows: workflow('main', steps), components }),
      'a',
    );
    expect(parameters.map(({ parameter }) => [parameter.name, parameter.value])).toEqual([['state', 'shut']]);
    expect(successActions.map(({ action }) => action.name)).toEqual(['stop']);
  });

  it('to an action has no value', async () => {
    const steps =
      '- stepId: a\n  operationId: listOrders\n  onSuccess: [{ reference: $components.successActions.stop, value: now }]';
    expect(await foundIn(steps, { components })).toEqual([
      'warning ARZ042: The value beside "$components.successActions.stop" has no effect | now',
    ]);
  });
});
