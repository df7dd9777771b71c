/** One mistake, one finding, with the change to make; and none where nothing is wrong. */
import { describe, expect, it, test } from 'vitest';
import { checkDescription } from '../../../lib/check/check.ts';
import type { Diagnostic } from '../../../lib/model/diagnostic.ts';
import { describedBy, workflow } from '../../support/checking.ts';
import { of, STOCK } from '../../support/stock.ts';

async function told(steps: string, stock = STOCK): Promise<readonly Diagnostic[]> {
  const description = await describedBy({ sources: { stock }, workflows: workflow('main', steps) });
  return (await checkDescription(description)).diagnostics;
}

async function briefly(steps: string, stock = STOCK): Promise<readonly string[]> {
  return (await told(steps, stock)).map(({ code, fix }) => `${code}: ${fix ?? ''}`);
}

describe('a misspelt name', () => {
  const hold = (read: string, given: string): string =>
    `- { stepId: a, ${of('hold')}, outputs: { id: $response.body#/id }, x-interlock: { idempotency: { header: X-Key }, compensate: { ${of('release')}, parameters: [{ name: id, in: path, value: $steps.a.outputs.${read} }] }, probe: { ${of('find')}, applied: [{ condition: $statusCode == 200 }], outputs: { ${given}: $response.body#/id } } } }`;

  test.each([
    ['of the output that an undo reads', hold('idd', 'id'), ['XIL035: Write `$steps.a.outputs.id`.']],
    ['of the output that a probe gives', hold('id', 'idd'), ['XIL034: Call the output "idd" of the probe "id".']],
    ['that is like none', hold('reference', 'id'), ['XIL035: Declare it under `outputs` of step "a".']],
    [
      'that is no misspelling: the probe gives another output',
      hold('id', 'reference'),
      ['XIL034: Give the probe an output "id", or write `whenInDoubt: ask` under `compensate`.'],
    ],
  ])('%s', async (_, steps, expected) => {
    expect(await briefly(steps)).toEqual(expected);
  });
});

describe('a key of a policy that stands beside it', () => {
  const step = (policy: string): string => `- { stepId: a, ${of('hold')}, x-interlock: { ${policy} } }`;
  const undone = 'compensate: { none: It may stay. }, idempotency: { header: X-Key }';

  it('is sent to where it belongs', async () => {
    const [only, ...others] = await told(step(`${undone}, whenInDoubt: undo`));
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      code: 'XIL001',
      fix: 'Move it to `x-interlock.compensate` of a step.',
    });
    expect(JSON.stringify(only?.notes)).toContain('`whenInDoubt` belongs under `x-interlock.compensate` of a step.');
  });

  it('has several places to go to, or none', async () => {
    const [several] = await told(step(`${undone}, window: 1d`));
    expect(JSON.stringify(several?.notes)).toContain(
      '`window` belongs under `x-interlock.slo` of a workflow, `x-interlock.breaker` of a source description or `x-interlock.slo` of a source description',
    );
    const [none] = await told(step(`${undone}, constructor: 1`));
    expect(JSON.stringify(none?.notes)).toContain('Known keys');
  });
});

describe('a member of an answer', () => {
  const json = (members: string): string =>
    `content: { application/json: { schema: { type: object, properties: { ${members} } } } }`;
  const stock = STOCK.replace(
    "responses: { '200': { description: Holds. } }",
    `responses: { '200': { description: Holds., ${json('state: {}')} }, '409': { description: No., ${json('stat: {}, title: {}')} } }`,
  );
  const look = (rest: string): string => `- { stepId: a, ${of('find')}, ${rest} }`;

  it('is told with the members of good answers, also where an error has some', async () => {
    const [only, ...others] = await told(look("successCriteria: [{ condition: $response.body#/none == 'x' }]"), stock);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      code: 'ARZ116',
      fix: 'Correct "none" in the pointer, or describe the member in the OpenAPI document.',
    });
    expect(JSON.stringify(only?.notes)).toContain('Known members: state.');
  });

  it('of an error is let be', async () => {
    expect(await briefly(look("successCriteria: [{ condition: $response.body#/title == 'x' }]"), stock)).toEqual([]);
  });

  it('that is misspelt is the nearest of a good answer, not of an error', async () => {
    expect(await briefly(look('outputs: { x: $response.body#/statt }'), stock)).toEqual(['ARZ116: Write "state".']);
  });
});

describe('a filter at the root of a JSONPath', () => {
  const stock = (schema: string): string =>
    STOCK.replace(
      "responses: { '200': { description: Holds. } }",
      `responses: { '200': { description: Holds., content: { application/json: { schema: ${schema} } } } }`,
    );
  const look = (context: string): string =>
    `- { stepId: a, ${of('find')}, successCriteria: [{ context: ${context}, type: jsonpath, condition: "$[?@.x==1].id" }] }`;
  const LIST = '{ type: array, items: { type: object } }';

  test.each([
    ['a list', '$response.body', LIST, []],
    ['what may be a list', '$response.body', '{ type: [array, "null"] }', []],
    ['a list inside', '$response.body#/holds', `{ type: object, properties: { holds: ${LIST} } }`, []],
    ['an object', '$response.body', '{ type: object }', ['ARZ103']],
    ['an element of a list', '$response.body#/0', LIST, ['ARZ103']],
    ['nobody knows what', '$response.body', '{}', ['ARZ103']],
  ])('over %s', async (_, context, schema, codes) => {
    expect((await told(look(context), stock(schema))).map(({ code }) => code)).toEqual(codes);
  });

  it('over the list that a probe looks into', async () => {
    const probe = `probe: { ${of('find')}, applied: [{ context: $response.body, type: jsonpath, condition: "$[?@.x==1].id" }] }`;
    const steps = `- { stepId: a, ${of('hold')}, x-interlock: { compensate: { none: It may stay. }, ${probe} } }`;
    expect((await told(steps, stock(LIST))).map(({ code }) => code)).toEqual([]);
    expect((await told(steps, stock('{ type: object }'))).map(({ code }) => code)).toEqual(['ARZ103']);
  });
});
