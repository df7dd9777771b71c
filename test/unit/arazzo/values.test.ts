/** Points of the standard about values: where they come from, what they become on the way (docs/arazzo-points.md). */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { type PlayedAsked, playedRun, type PlayedRun, valueIn } from '../../support/played-workflow.ts';

/** What the step's criterion comes to when `a` answers so. */
async function holds(criterion: string, body: Json, input: Json = {}): Promise<boolean> {
  const run = await playedRun({
    workflows: `  - workflowId: main
    inputs: { type: object }
    steps: [{ stepId: one, operationId: a, successCriteria: [${criterion}] }]`,
    says: { a: [{ body }] },
    input,
  });
  return run.phase === 'succeeded';
}

/** What `w` is sent for such a body. */
async function written(requestBody: string, input: Json, more: Partial<PlayedAsked> = {}): Promise<PlayedRun> {
  return await playedRun({
    workflows: `  - workflowId: main
    inputs: { type: object }
    steps: [{ stepId: one, operationId: w, requestBody: ${requestBody} }]`,
    input,
    ...more,
  });
}

describe('inputs', () => {
  const flow = `  - workflowId: main
    inputs: { type: object, required: [n], properties: { n: { type: integer }, q: { type: string, default: all } } }
    steps: [{ stepId: one, operationId: a, parameters: [{ name: q, in: query, value: $inputs.q }] }]`;

  it('have the defaults of their schema', async () => {
    expect((await playedRun({ workflows: flow, input: { n: 1 } })).sent).toEqual(['GET /a?q=all']);
  });

  it('may be a schema of the components, or of an anchor in itself', async () => {
    const run = await playedRun({
      root: 'components: { inputs: { Given: { type: object, properties: { q: { $ref: "#q" } }, $defs: { q: { $anchor: q, type: string, default: some } } } } }',
      workflows: `  - workflowId: main
    inputs: { $ref: '#/components/inputs/Given' }
    steps: [{ stepId: one, operationId: a, parameters: [{ name: q, in: query, value: $inputs.q }] }]`,
    });
    expect(run.sent).toEqual(['GET /a?q=some']);
  });
});

describe('parameters', () => {
  it('of a workflow are those of each step, unless it has one of the same name and place', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    parameters: [{ name: q, in: query, value: all }, { name: r, in: query, value: 1 }]
    steps:
      - { stepId: one, operationId: a }
      - { stepId: two, operationId: b, parameters: [{ name: q, in: query, value: mine }] }`,
    });
    expect(run.sent).toEqual(['GET /a?q=all&r=1', 'GET /b?q=mine&r=1']);
  });

  it('may be components with another value', async () => {
    const run = await playedRun({
      root: 'components: { parameters: { page: { name: q, in: query, value: 1 } } }',
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, parameters: [{ reference: $components.parameters.page }] }
      - { stepId: two, operationId: b, parameters: [{ reference: $components.parameters.page, value: 2 }] }`,
    });
    expect(run.sent).toEqual(['GET /a?q=1', 'GET /b?q=2']);
  });

  it('of a step that calls a workflow are its inputs, with their types', async () => {
    const run = await playedRun({
      workflows: `  - { workflowId: main, steps: [{ stepId: call, workflowId: sub, parameters: [{ name: o, value: $inputs.o }] }], inputs: { type: object } }
  - { workflowId: sub, inputs: { type: object }, steps: [{ stepId: one, operationId: w, requestBody: { payload: { o: $inputs.o } } }] }`,
      input: { o: { a: [1, null] } },
    });
    expect(run.sent).toEqual(['POST /w {"o":{"a":[1,null]}}']);
  });

  it('that are optional and have no value are left out', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    inputs: { type: object }
    steps: [{ stepId: one, operationId: a, parameters: [{ name: q, in: query, value: $inputs.none }, { name: r, in: query, value: 2 }] }]`,
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /a?r=2']]);
  });
});

describe('a simple condition', () => {
  it.each<readonly [string, Json]>([
    ["$response.body#/s == 'OPEN'", { s: 'open' }],
    ['$response.body#/s == 5', { s: '5' }],
    ['$response.body#/n == null', { n: null }],
    ['$response.body#/t', { t: true }],
    ['$response.body#/t', { t: 0 }],
    ['$response.body#/t', { t: '' }],
    ['$response.body#/s == "x"', { s: 'x' }],
    ['$response.body.a.b == 1', { a: { b: 1 } }],
    ['$response.body#/a == 1 || $response.body#/b == 2', { a: 0, b: 2 }],
    ['!($response.body#/a > 2) && $response.body#/a >= 2', { a: 2 }],
    ["$response.body#/s == 'it''s'", { s: "it's" }],
    ['$inputs.n == $response.body#/n', { n: 3 }],
  ])('%s holds of %j', async (condition, body) => {
    expect(await holds(`{ condition: '${condition.replaceAll("'", "''")}' }`, body, { n: 3 })).toBe(true);
  });

  it.each<readonly [string, Json]>([
    ['$response.body#/t', { t: false }],
    ['$response.body#/t', { t: null }],
    ['$response.body#/none', {}],
    ['$response.body#/none == 1', {}],
    ["$response.body#/s != 'A'", { s: 'a' }],
    ['$response.body#/o > 1', { o: {} }],
  ])('%s does not hold of %j', async (condition, body) => {
    expect(await holds(`{ condition: '${condition.replaceAll("'", "''")}' }`, body)).toBe(false);
  });
});

describe('a criterion of another type', () => {
  it('that is a pattern is looked for anywhere in the text, and fails where there is none', async () => {
    const of = (pattern: string): string => `{ context: $response.body#/s, type: regex, condition: '${pattern}' }`;
    expect(await Promise.all([holds(of('^ab'), { s: 'abc' }), holds(of('b'), { s: 'abc' })])).toEqual([true, true]);
    expect(await Promise.all([holds(of('^b'), { s: 'abc' }), holds(of('.*'), { s: null })])).toEqual([false, false]);
  });

  it('that is a JSONPath holds where it selects anything, of an object also as if in a list', async () => {
    const of = (path: string): string => `{ context: $response.body, type: jsonpath, condition: '${path}' }`;
    expect(await holds(of('$.pets[?@.n > 1]'), { pets: [{ n: 2 }] })).toBe(true);
    expect(await holds(of('$.pets[?@.n > 2]'), { pets: [{ n: 2 }] })).toBe(false);
    expect(await holds(of('$[?count(@.pets) > 0]'), { pets: [{}] })).toBe(true);
  });

  it('that compares JSONPaths is the simple condition which that can only be', async () => {
    const of = (path: string): string => `{ context: $response.body, type: jsonpath, condition: "${path}" }`;
    expect(await holds(of('$.token != null && $.pets[0].n >= 2'), { token: 't', pets: [{ n: 2 }] })).toBe(true);
    expect(await holds(of('$.token != null'), { pets: [{ token: 't' }] })).toBe(false);
    expect(await holds(of('$.pets.length == 2'), { pets: [1, 2] })).toBe(true);
  });

  it('that is an XPath has the effective boolean value of its version', async () => {
    const of = (path: string, version: string): string =>
      `{ context: $response.body, type: { type: xpath, version: ${version} }, condition: '${path}' }`;
    const run = async (criterion: string): Promise<string> =>
      (
        await playedRun({
          workflows: `  - { workflowId: main, steps: [{ stepId: one, operationId: a, successCriteria: [${criterion}] }] }`,
          says: { a: [{ body: '<pets><pet/></pets>', headers: { 'content-type': 'application/xml' } }] },
        })
      ).phase;
    expect(await run(of('/pets/pet', 'xpath-31'))).toBe('succeeded');
    expect(await run(of('count(/pets/cat)', 'xpath-10'))).toBe('failed');
  });

  it('takes values as text of its own language, never as a part of it', async () => {
    const criterion = `{ context: $response.body#/s, type: regex, condition: '^{$inputs.p}$' }`;
    expect(await holds(criterion, { s: 'abc' }, { p: '.*' })).toBe(false);
    expect(await holds(criterion, { s: '.*' }, { p: '.*' })).toBe(true);
  });

  it('holds together with all others', async () => {
    const both = `{ condition: $response.body#/a == 1 }, { condition: $response.body#/b == 1 }`;
    expect(await Promise.all([holds(both, { a: 1, b: 1 }), holds(both, { a: 1, b: 2 })])).toEqual([true, false]);
  });

  it('that cannot be evaluated does not hold, and the run says so', async () => {
    const run = await playedRun({
      workflows: `  - { workflowId: main, steps: [{ stepId: one, operationId: a, successCriteria: [{ context: $response.body, type: jsonpath, condition: $.a }] }] }`,
      says: { a: [{}] },
    });
    expect(run.phase).toBe('failed');
  });
});

describe('a payload', () => {
  it('keeps the type of what stands alone, and writes what stands in a text as text', async () => {
    const { sent } = await written("{ payload: { whole: $inputs.o, text: 'of {$inputs.o} and {$inputs.s}' } }", {
      o: { a: 1 },
      s: 'x',
    });
    expect(sent).toEqual(['POST /w {"whole":{"a":1},"text":"of {\\"a\\":1} and x"}']);
  });

  it('that is JSON text has a value where a placeholder in quotes is the whole of a string', async () => {
    const { sent } = await written(
      `{ contentType: application/json, payload: '{ "c": "{$inputs.o}", "d": "a {$inputs.s}" }' }`,
      {
        o: { a: 1 },
        s: 'x"y',
      },
    );
    expect(sent).toEqual(['POST /w {"c":{"a":1},"d":"a x\\"y"}']);
  });

  it('has null for a value that there is not', async () => {
    expect((await written('{ payload: { a: $inputs.none, b: 1 } }', {})).sent).toEqual(['POST /w {"a":null,"b":1}']);
  });

  it('is changed at the target of a replacement, which may be new, but not below what is not there', async () => {
    const payload = '{ payload: { a: { b: 1 } }, replacements: ';
    expect(
      (await written(`${payload}[{ target: /a/c, value: $inputs.n }, { target: /d, value: [1] }] }`, { n: 2 })).sent,
    ).toEqual(['POST /w {"a":{"b":1,"c":2},"d":[1]}']);
    const lost = await written(`${payload}[{ target: /x/y, value: 1 }] }`, {});
    expect([lost.phase, lost.sent]).toEqual(['failed', []]);
  });

  it('is changed at all places of a JSONPath, and in XML at those of an XPath', async () => {
    const json = await written(
      '{ payload: { a: [{ b: 1 }, { b: 2 }] }, replacements: [{ target: "$.a[*].b", targetSelectorType: jsonpath, value: 0 }] }',
      {},
    );
    const xml = await written(
      "{ contentType: application/xml, payload: '<a><b>1</b></a>', replacements: [{ target: /a/b, value: '2' }] }",
      {},
    );
    expect(json.sent).toEqual(['POST /w {"a":[{"b":0},{"b":0}]}']);
    expect(xml.sent[0]).toContain('<a><b>2</b></a>');
  });
});

describe('an expression', () => {
  async function output(value: string, body: Json, more: Partial<PlayedAsked> = {}): Promise<Json | undefined> {
    const run = await playedRun({
      workflows: `  - workflowId: main
    inputs: { type: object }
    steps: [{ stepId: one, operationId: a, parameters: [{ name: q, in: query, value: 7 }, { name: X-H, in: header, value: h }], outputs: { x: ${value} } }]
    outputs: { x: $steps.one.outputs.x }`,
      says: { a: [{ body, headers: { 'X-Page': '2' } }] },
      ...more,
    });
    return valueIn(run, 'x');
  }

  it.each<readonly [string, Json]>([
    ['$url', 'http://shop.simulated.invalid/a?q=7'],
    ['$method', 'GET'],
    ['$statusCode', 200],
    ['$response.header.x-page', '2'],
    ['$response.body', { a: { b: [1] } }],
    ['$response.body#/a/b/0', 1],
    ['$request.query.q', 7],
    ['$request.header.x-h', 'h'],
    ["'{$statusCode} at {$method}'", '200 at GET'],
    ['{ context: $response.body, selector: "$.a.b[*]", type: jsonpath }', 1],
    ['{ context: $response.body, selector: /a/b, type: jsonpointer }', [1]],
  ])('%s is %j', async (value, expected) => {
    expect(await output(value, { a: { b: [1] } })).toEqual(expected);
  });

  it('of a selector is the one value that it selects, the list of several, and nothing of none', async () => {
    const selector = '{ context: $response.body, selector: "$[*].n", type: jsonpath }';
    expect(await output(selector, [{ n: 1 }])).toBe(1);
    expect(await output(selector, [{ n: 1 }, { n: 2 }])).toEqual([1, 2]);
    expect(await output(selector, [{}])).toBeNull();
  });

  it('with dots is the name as it stands, and else the way into a value', async () => {
    const step = (inputs: string): string => `  - workflowId: main
    inputs: { type: object, properties: ${inputs} }
    steps: [{ stepId: one, operationId: a, parameters: [{ name: q, in: query, value: $inputs.a.b }] }]`;
    const exact = await playedRun({ workflows: step('{ a.b: {}, a: {} }'), input: { 'a.b': 1, a: { b: 2 } } });
    const nested = await playedRun({ workflows: step('{ a: { type: object } }'), input: { a: { b: 2 } } });
    expect([exact.sent, nested.sent, nested.told]).toEqual([['GET /a?q=1'], ['GET /a?q=2'], ['ARZ103']]);
  });

  it('of `$self` is what the document calls itself', async () => {
    const more = { root: '$self: https://flows.example/main.yaml' };
    expect(await output('$self', {}, more)).toBe('https://flows.example/main.yaml');
  });

  it('of a source description is what the document says of it', async () => {
    expect(await output('$sourceDescriptions.shop.url', {})).toBe('./shop.yaml');
    expect(await output('$sourceDescriptions.shop.nothing', {})).toBeNull();
  });

  it('that the data only looks like is data', async () => {
    expect(await output('$response.body#/s', { s: '$inputs.secret' })).toBe('$inputs.secret');
  });
});

describe('a document', () => {
  it.each(['1.0.0', '1.0.1', '1.1.0', '1.1.7'])('of version %s runs', async (version) => {
    const run = await playedRun({
      version,
      workflows: '  - { workflowId: main, steps: [{ stepId: one, operationId: a }] }',
    });
    expect(run.phase).toBe('succeeded');
  });
});
