import { beforeAll, describe, expect, it } from 'vitest';
import { checkDescription } from '../../../lib/check/check.ts';
import { typedPolicies } from '../../../lib/check/policy.ts';
import type { Plan } from '../../../lib/model/plan.ts';
import { planFromWorkflow } from '../../../lib/plan/plan-from-workflow.ts';
import { readDescription } from '../../../lib/read/description.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { answered } from '../../support/scripted-http.ts';

/** Handlers over plans as lib/plan makes them: sub-workflows, whose callers are judged by the last step inside. */
const OPENAPI = `
openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
servers: [{ url: https://shop.test }]
paths:
${['a', 'b', 'c', 'd']
  .map(
    (name) => `
  /${name}:
    post:
      operationId: ${name}
      requestBody: { content: { application/json: { schema: {} } } }
      responses: { '200': { description: Done., content: { application/json: { schema: {} } } } }
    get:
      operationId: read-${name}
      responses: { '200': { description: Read., content: { application/json: { schema: {} } } } }`,
  )
  .join('')}
`;

async function planFor(workflows: string): Promise<Plan> {
  const text = `
arazzo: 1.1.0
info: { title: Test, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: shop.yaml, type: openapi }]
workflows:
${workflows}`;
  const files = memoryFiles({ 'main.arazzo.yaml': text, 'shop.yaml': OPENAPI });
  const { description, diagnostics } = await readDescription('main.arazzo.yaml', files);
  if (!description) throw new Error(diagnostics.map(({ headline }) => headline).join('\n'));
  const checked = await checkDescription(description);
  const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
  const workflow = [...checked.links.workflows.values()].find((one) => one.workflow.workflowId === 'main');
  const planned =
    workflow && planFromWorkflow({ links: checked.links, workflow, integration: 'shop', policies: typedPolicies });
  if (!planned?.plan || errors.length > 0) throw new Error(errors.map(({ headline }) => headline).join('\n'));
  return planned.plan;
}

async function running(plan: Plan, input = {}): Promise<CallHarness> {
  const harness = await new CallHarness(plan).start(input);
  harness.http.on('*', answered(200, { ok: true }));
  return harness;
}

describe('values through scopes', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planFor(`
  - workflowId: main
    inputs: { type: object, properties: { who: { type: string }, n: { type: integer } } }
    steps:
      - stepId: first
        operationId: a
        outputs: { id: $response.body#/id }
      - stepId: sub
        workflowId: inner
        parameters:
          - { name: person, value: $inputs.who }
          - { name: number, value: $steps.first.outputs.id }
        outputs: { made: $outputs.made, gone: $outputs.gone, twice: '{$outputs.made}-{$outputs.made}' }
      - stepId: last
        operationId: d
        requestBody:
          payload: { made: $steps.sub.outputs.made, twice: $steps.sub.outputs.twice, gone: $steps.sub.outputs.gone }
    outputs: { all: $steps.sub.outputs.twice }
  - workflowId: inner
    inputs:
      type: object
      properties: { person: { type: string }, number: {}, colour: { type: string, default: blue } }
    steps:
      - stepId: make
        operationId: b
        requestBody: { payload: { p: $inputs.person, n: $inputs.number, c: $inputs.colour } }
        outputs: { id: $response.body#/id }
    outputs: { made: $steps.make.outputs.id, gone: $steps.make.outputs.id#/deeper }
`);
  });

  it('enter a sub-workflow as its inputs, with its defaults', async () => {
    const harness = await running(plan, { who: 'zoë' });
    await harness.call('sub/make', { refs: { first: { id: 7 } } });
    expect(harness.http.body(0)).toEqual({ p: 'zoë', n: 7, c: 'blue' });
  });

  it('leave it as its outputs, with those of its step', async () => {
    const harness = await running(plan);
    await harness.call('last', { refs: { 'sub/make': { id: 'm' } } });
    expect(harness.http.body(0)).toEqual({ made: 'm', twice: 'm-m', gone: null });
    expect(await harness.core({ op: 'close', scope: '', refs: { 'sub/make': { id: 'm' } } })).toEqual({
      outputs: { all: 'm-m' },
    });
  });

  it('are missing, not null, where the step inside was not passed', async () => {
    const harness = await running(plan);
    await harness.call('sub/make', { refs: { first: null } });
    expect(harness.http.body(0)).toEqual({ p: null, n: null, c: 'blue' });
    expect(harness.log.map(({ message }) => message)).toContain(
      'the input of sub `number` is missing: $steps.first.outputs.id is missing: the step `first` has given no outputs',
    );
  });
});

describe('a sub-workflow that ends', () => {
  it('is judged by its caller, whose action decides the way', async () => {
    const plan = await planFor(`
  - workflowId: main
    steps:
      - stepId: sub
        workflowId: inner
        successCriteria: [{ condition: $outputs.ok == true }]
        onSuccess: [{ name: skip, type: goto, stepId: last }]
        onFailure: [{ name: redo, type: retry, retryAfter: 2, retryLimit: 1 }]
      - { stepId: between, operationId: c }
      - { stepId: last, operationId: d }
  - workflowId: inner
    steps: [{ stepId: look, operationId: read-b, outputs: { ok: $response.body#/ok } }]
    outputs: { ok: $steps.look.outputs.ok }
`);
    const harness = await running(plan);
    expect(await harness.call('sub/look')).toMatchObject({ go: 'goto last' });
    const other = await running(plan);
    other.http.on('*', answered(200, { ok: false }));
    const first = await other.call('sub/look');
    expect(first).toMatchObject({ go: 'retry sub#redo', seconds: 2, at: { visit: 2, tries: {} } });
    const second = await other.failing('sub/look', { at: first.at ?? null });
    expect(second.error).toBe('Interlock.Unwanted');
    expect(second.cause).toMatch(/^the step sub is no success: /);
  });

  it('cannot be left by its caller when something in it stands', async () => {
    const plan = await planFor(`
  - workflowId: main
    steps:
      - stepId: sub
        workflowId: inner
        successCriteria: [{ condition: $outputs.ok == true }]
        onFailure: [{ name: other, type: goto, stepId: last }]
      - { stepId: last, operationId: d }
  - workflowId: inner
    steps:
      - { stepId: charge, operationId: a }
      - { stepId: look, operationId: read-b, outputs: { ok: $response.body#/ok } }
    outputs: { ok: $steps.look.outputs.ok }
`);
    const clean = await running(plan);
    clean.http.on('*', answered(200, { ok: false }));
    expect(await clean.call('sub/look')).toMatchObject({ go: 'goto last' });
    const charged = await running(plan);
    await charged.call('sub/charge');
    charged.http.on('*', answered(200, { ok: false }));
    expect((await charged.failing('sub/look')).error).toBe('Interlock.Unwanted');
    expect((await charged.journal.header(RUN))?.phase).toBe('fenced');
  });

  it('hands on through every scope that ends with it', async () => {
    const plan = await planFor(`
  - workflowId: main
    steps:
      - { stepId: outer, workflowId: middle, onSuccess: [{ name: far, type: goto, stepId: last }] }
      - { stepId: between, operationId: c }
      - { stepId: last, operationId: d }
  - workflowId: middle
    steps: [{ stepId: sub, workflowId: inner }]
  - workflowId: inner
    steps: [{ stepId: do, operationId: a }]
`);
    const harness = await running(plan);
    expect(await harness.call('outer/sub/do')).toMatchObject({ go: 'goto last' });
  });

  it('early, by `end`, closes it and goes on behind it', async () => {
    const plan = await planFor(`
  - workflowId: main
    steps:
      - { stepId: sub, workflowId: inner }
      - { stepId: last, operationId: d }
  - workflowId: inner
    steps:
      - { stepId: do, operationId: a, onSuccess: [{ name: enough, type: end }] }
      - { stepId: more, operationId: b }
`);
    const harness = await running(plan);
    expect(await harness.call('sub/do')).toMatchObject({ go: 'goto last' });
  });

  it("by `end` of its caller, which ends the scope around it and asks that one's caller", async () => {
    const plan = await planFor(`
  - workflowId: main
    steps:
      - { stepId: outer, workflowId: middle, onSuccess: [{ name: far, type: goto, stepId: last }] }
      - { stepId: between, operationId: c }
      - { stepId: last, operationId: d }
  - workflowId: middle
    steps:
      - { stepId: sub, workflowId: inner, onSuccess: [{ name: enough, type: end }] }
      - { stepId: more, operationId: b }
  - workflowId: inner
    steps: [{ stepId: do, operationId: a }]
`);
    const harness = await running(plan);
    expect(await harness.call('outer/sub/do')).toMatchObject({ go: 'goto last' });
  });
});

describe('a sub-workflow that fails', () => {
  it("asks the caller's actions where the step has none, and those around it where the caller has none", async () => {
    const plan = await planFor(`
  - workflowId: main
    steps:
      - { stepId: outer, workflowId: middle, onFailure: [{ name: other, type: goto, stepId: last }] }
      - { stepId: between, operationId: c }
      - { stepId: last, operationId: d }
  - workflowId: middle
    steps: [{ stepId: sub, workflowId: inner, onFailure: [{ name: stop, type: end }] }]
  - workflowId: inner
    steps: [{ stepId: do, operationId: a }]
`);
    const harness = await running(plan);
    harness.http.on('*', answered(402));
    expect(await harness.call('outer/sub/do')).toMatchObject({ go: 'goto last', out: {} });
    const doubtful = await running(plan);
    doubtful.http.on('*', answered(500));
    expect((await doubtful.failing('outer/sub/do')).error).toBe('Interlock.InDoubt');
  });

  it('is retried as a whole as often as the limit says, and never over what stands', async () => {
    const plan = await planFor(`
  - workflowId: main
    steps:
      - { stepId: sub, workflowId: inner, onFailure: [{ name: redo, type: retry, retryLimit: 2 }] }
  - workflowId: inner
    steps:
      - { stepId: one, operationId: a }
      - { stepId: two, operationId: b }
`);
    const harness = await running(plan);
    harness.http.on('/a', answered(402)).on('/b', answered(402));
    const ways = [];
    for (const visit of [1, 2]) ways.push((await harness.call('sub/one', { at: { visit, tries: {} } })).go);
    expect(ways).toEqual(['retry sub#redo', 'retry sub#redo']);
    expect((await harness.failing('sub/one', { at: { visit: 3, tries: {} } })).error).toBe('Interlock.Refused');
    const standing = await running(plan);
    await standing.call('sub/one');
    standing.http.on('*', answered(402));
    const failure = await standing.failing('sub/two');
    expect(failure.cause).toBe(
      'shop answered 402; its action redo (retry) is not taken, because what was done may stand',
    );
  });
});
