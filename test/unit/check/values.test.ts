/** Expressions, conditions and selectors: their syntax at the very characters, and whether what they read is there. */
import { describe, expect, it, test } from 'vitest';
import { found, foundIn, workflow } from '../../support/checking.ts';

const withOutput = (value: string) => `- { stepId: a, operationId: listOrders, outputs: { x: ${value} } }`;
const withCriterion = (criterion: string) =>
  `- { stepId: a, operationId: listOrders, successCriteria: [${criterion}] }`;

const selector = (text: string, type: string) =>
  withOutput(`{ context: $response.body, selector: '${text}', type: ${type} }`);

const reading = (name: string, inputs: string) =>
  found({
    workflows: workflow(
      'main',
      `- { stepId: a, operationId: listOrders, parameters: [{ name: state, in: query, value: ${name} }] }`,
      inputs,
    ),
  });

describe('an expression', () => {
  test.each([
    ['$response.body#/0/id', []],
    ['$response.header.X-Rate-Limit', []],
    ['$response.bdy', [expect.stringMatching(/^error ARZ100: Expression "\$response.bdy" is not valid: .* \| bdy$/)]],
    ['$response.body#id', [expect.stringMatching(/^error ARZ100: .* \| #id$/)]],
    ["'$response.body.items[0]'", [expect.stringMatching(/^warning ARZ103: .* \| \.items\[0\]$/)]],
    ["'a {$response.bdy}'", [expect.stringMatching(/^error ARZ100: .* \| bdy$/)]],
    [
      '$reponse.body',
      [expect.stringMatching(/^warning ARZ105: Text "\$reponse.body" looks like an expression: .* \| \$reponse$/)],
    ],
    ['response.body', ['warning ARZ115: Output "x" is always "response.body" | response.body']],
    ["'{$url}'", [expect.stringMatching(/^warning ARZ103: /)]],
    ['$faker.name', [expect.stringMatching(/^warning ARZ105: /)]],
  ])('%s', async (value, findings) => {
    expect(await foundIn(withOutput(value))).toEqual(findings);
  });

  it('is checked where it is written, once, also in defaults and components', async () => {
    const steps = '- { stepId: a, operationId: listOrders }\n- { stepId: b, operationId: listOrders }';
    const workflows = workflow('main', steps, 'parameters: [{ name: state, in: query, value: $inputs. }]');
    const components = "  parameters: { broken: { name: state, in: query, value: '$steps..outputs.x' } }";
    expect(await found({ workflows, components })).toEqual([
      expect.stringMatching(/^error ARZ100: Expression "\$inputs\." is not valid/),
      expect.stringMatching(/^error ARZ100: Expression "\$steps\.\.outputs\.x" is not valid/),
    ]);
  });
});

describe('a condition', () => {
  test.each([
    ['{ condition: $statusCode == 200 }', []],
    [
      '{ condition: $statusCode = 200 }',
      ['error ARZ101: The simple condition "$statusCode = 200" is not valid: `=` is no operator | ='],
    ],
    ['{ condition: $statusCode == 200, type: simple }', []],
    ["{ condition: '^ok', type: regex, context: $response.body }", []],
    [
      "{ condition: '(', type: regex, context: $response.body }",
      [expect.stringMatching(/^error ARZ101: The regex condition "\(" is not valid/)],
    ],
    [
      "{ condition: '^ok', type: regex }",
      [
        `error ARZ104: Criterion "^ok" of type "regex" does not say what it is about | { condition: '^ok', type: regex }`,
      ],
    ],
    [
      "{ condition: '^ok', type: regex, context: $respons.body }",
      [expect.stringMatching(/^error ARZ100: Expression "\$respons\.body" is not valid.* \| \$respons$/)],
    ],
    ["{ condition: '$.a', type: jsonpath, context: $response.body }", []],
    [
      "{ condition: '$.a[*] == 1', type: jsonpath, context: $response.body }",
      [expect.stringMatching(/^error ARZ101: The jsonpath condition "\$\.a\[\*\] == 1" is not valid/)],
    ],
    [
      "{ condition: '^$inputs.state', type: regex, context: $response.body }",
      [expect.stringMatching(/^warning ARZ105: Text "\^\$inputs\.state" looks like an expression: without braces/)],
    ],
    [
      "{ condition: '$.a == 1', type: jsonpath, context: $response.body }",
      [
        'warning ARZ103: "$.a == 1" is not how the standard writes it: a JSONPath selects and does not compare, so this is read as a simple condition | $.a == 1',
      ],
    ],
    ["{ condition: '//a', type: xpath, context: $response.body }", []],
    [
      "{ condition: '//a[', type: xpath, context: $response.body }",
      [expect.stringMatching(/^error ARZ101: The xpath condition "\/\/a\[" is not valid/)],
    ],
  ])('%s', async (criterion, findings) => {
    expect(await foundIn(withCriterion(criterion))).toEqual(findings);
  });
});

describe('a selector', () => {
  test.each([
    ['$.a', 'jsonpath', []],
    ['/a/0', 'jsonpointer', []],
    ['a', 'jsonpointer', ['error ARZ102: Selector "a" is not valid: `a` is no JSON Pointer | a']],
    ['$.a[', 'jsonpath', [expect.stringMatching(/^error ARZ102: Selector "\$\.a\[" is not valid/)]],
    ['//a[', 'xpath', [expect.stringMatching(/^error ARZ102: Selector "\/\/a\[" is not valid/)]],
  ])('%s of type %s', async (text, type, findings) => {
    expect(await foundIn(selector(text, type))).toEqual(findings);
  });
});

describe('an input that is read', () => {
  const open = 'inputs: { type: object, properties: { order: { type: object }, a.b: { type: string } } }';

  it('is declared, or may be given where the schema is open, or is never there where it is closed', async () => {
    expect(await reading('$inputs.order', open)).toEqual([]);
    expect(await reading('$inputs.ordre', open)).toEqual([
      'warning ARZ109: Workflow "main" declares no input "ordre" | $inputs.ordre',
    ]);
    expect(
      await reading(
        '$inputs.ordre',
        'inputs: { type: object, additionalProperties: false, properties: { order: {} } }',
      ),
    ).toEqual(['error ARZ108: Workflow "main" allows no input "ordre" | $inputs.ordre']);
  });

  it('is not looked for where the schema is put together from others', async () => {
    expect(await reading('$inputs.order', 'inputs: { allOf: [{ properties: { order: {} } }] }')).toEqual([]);
  });

  it('may have a dot in its name where it is declared so; elsewhere a dot leads into it, with a warning', async () => {
    expect(await reading('$inputs.a.b', open)).toEqual([]);
    expect(await reading('$inputs.order.id', open)).toEqual([
      expect.stringMatching(/^warning ARZ103: .* \| order\.id$/),
    ]);
  });
});

describe('a request or response', () => {
  it('cannot be read while the request is being made', async () => {
    const steps =
      '- { stepId: a, operationId: listOrders, parameters: [{ name: state, in: query, value: $response.body#/state }] }';
    expect(await foundIn(steps)).toEqual([
      'error ARZ111: "$response.body#/state" cannot be read here: the request is only being made | $response.body#/state',
    ]);
  });

  it('cannot be read by the outputs of a workflow', async () => {
    const workflows = workflow('main', '- { stepId: a, operationId: listOrders }', 'outputs: { status: $statusCode }');
    expect(await found({ workflows })).toEqual([
      'error ARZ111: "$statusCode" cannot be read here: a workflow has no request and response of its own | $statusCode',
    ]);
  });

  it('is not of a step that calls a workflow; its status is only warned about', async () => {
    const steps =
      '- { stepId: a, workflowId: other, successCriteria: [{ condition: $statusCode == 200 }], outputs: { x: $response.body } }';
    const workflows = `${workflow('main', steps)}\n${workflow('other', '- { stepId: list, operationId: listOrders }')}`;
    expect(await found({ workflows })).toEqual([
      'warning ARZ110: Step "a" calls a workflow, so `$statusCode` has no meaning | $statusCode',
      'error ARZ111: "$response.body" cannot be read here: a step that calls a workflow has no request and response of its own | $response.body',
    ]);
  });

  it('of a message is not of an HTTP step', async () => {
    expect(await foundIn(withOutput('$message.payload'))).toEqual([
      'error ARZ111: "$message.payload" cannot be read here: this step is on no channel | $message.payload',
    ]);
  });
});
