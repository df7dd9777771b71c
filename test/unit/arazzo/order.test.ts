/** Points of the standard about order and ends: what runs, in which order, and what a run comes to (docs/arazzo-points.md). */
import { describe, expect, it } from 'vitest';
import { playedRun, valueIn } from '../../support/played-workflow.ts';

const DEP =
  '  - { workflowId: dep, steps: [{ stepId: d, operationId: d, outputs: { x: $response.body#/x } }], outputs: { x: $steps.d.outputs.x } }';

describe('a workflow that depends on another', () => {
  const main = `  - workflowId: main
    dependsOn: [dep]
    inputs: { type: object, properties: { q: { type: string } } }
    steps: [{ stepId: one, operationId: a, parameters: [{ name: q, in: query, value: $workflows.dep.outputs.x }] }]`;

  it('runs behind it, and reads its outputs', async () => {
    const run = await playedRun({ workflows: `${main}\n${DEP}`, says: { d: [{ body: { x: 7 } }] } });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /d', 'GET /a?q=7']]);
  });

  it('does not begin where the other one has failed, and fails', async () => {
    const run = await playedRun({ workflows: `${main}\n${DEP}`, says: { d: [{ status: 404 }] } });
    expect([run.phase, run.sent]).toEqual(['failed', ['GET /d']]);
  });

  it('gives it the inputs of the run, and runs it once, however many depend on it', async () => {
    const run = await playedRun({
      workflows: `  - { workflowId: main, dependsOn: [left, right], steps: [{ stepId: one, operationId: a }] }
  - { workflowId: left, dependsOn: [dep], steps: [{ stepId: l, operationId: b }] }
  - { workflowId: right, dependsOn: [dep], steps: [{ stepId: r, operationId: c }] }
  - { workflowId: dep, inputs: { type: object, properties: { q: { type: integer } } }, steps: [{ stepId: d, operationId: d, parameters: [{ name: q, in: query, value: $inputs.q }] }] }`,
      input: { q: 3 },
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /d?q=3', 'GET /b', 'GET /c', 'GET /a']]);
  });
});

describe('a step that depends on another', () => {
  it('waits for it, and does not begin it', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, dependsOn: [two] }
      - { stepId: two, operationId: b }
      - { stepId: three, operationId: c }`,
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /b', 'GET /a', 'GET /c']]);
  });

  it('runs all the same where the other one was passed over', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, onSuccess: [{ name: over, type: goto, stepId: three }] }
      - { stepId: two, operationId: b }
      - { stepId: three, operationId: c, dependsOn: [two] }`,
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /a', 'GET /c']]);
  });

  it('never runs beside another unless the workflow asks for it', async () => {
    const steps = `steps:
      - { stepId: one, operationId: a }
      - { stepId: two, operationId: b }`;
    const plain = await playedRun({ workflows: `  - workflowId: main\n    ${steps}` });
    const beside = await playedRun({
      workflows: `  - workflowId: main\n    x-interlock: { parallel: true }\n    ${steps}`,
    });
    expect(plain.at[1]).toBeGreaterThan(0);
    expect(plain.sent).toEqual(['GET /a', 'GET /b']);
    expect(beside.sent.toSorted()).toEqual(['GET /a', 'GET /b']);
  });
});

describe('a step without `successCriteria`', () => {
  it.each([200, 201, 204, 299])('has succeeded with %i', async (status) => {
    const run = await playedRun({
      workflows: '  - { workflowId: main, steps: [{ stepId: one, operationId: a }] }',
      says: { a: [{ status }] },
    });
    expect(run.phase).toBe('succeeded');
  });

  it.each([400, 404, 422])('has failed with %i, and nothing comes behind it', async (status) => {
    const run = await playedRun({
      workflows: '  - { workflowId: main, steps: [{ stepId: one, operationId: w }, { stepId: two, operationId: b }] }',
      says: { w: [{ status }] },
    });
    expect([run.phase, run.sent]).toEqual(['failed', ['POST /w']]);
  });
});

describe('a step that calls a workflow', () => {
  const called = (criteria: string): string => `  - workflowId: main
    steps:
      - { stepId: call, workflowId: dep${criteria}, outputs: { x: $outputs.x } }
      - { stepId: then, operationId: a, parameters: [{ name: q, in: query, value: $steps.call.outputs.x }] }
${DEP}`;

  it('has failed where that workflow has', async () => {
    const run = await playedRun({ workflows: called(''), says: { d: [{ status: 404 }] } });
    expect([run.phase, run.sent]).toEqual(['failed', ['GET /d']]);
  });

  it('hands on what that workflow has and it does not declare where that is read, and that is told', async () => {
    const handsOn =
      called('')
        .replace(', outputs: { x: $outputs.x }', '')
        .replace(DEP, '    outputs: { y: $steps.call.outputs.x }\n') + DEP;
    const run = await playedRun({ workflows: handsOn, says: { d: [{ body: { x: 7 } }] } });
    expect([run.phase, run.sent, run.told]).toEqual(['succeeded', ['GET /d', 'GET /a?q=7'], ['ARZ106', 'ARZ106']]);
    expect(run.outputs).toEqual({ y: 7 });
  });

  it('runs before a step that reads what it hands on, also where all may run beside each other and that step is written first', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    x-interlock: { parallel: true }
    steps:
      - { stepId: then, operationId: a, parameters: [{ name: q, in: query, value: $steps.call.outputs.x }] }
      - { stepId: call, workflowId: dep }
${DEP}`,
      says: { d: [{ body: { x: 7 } }] },
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /d', 'GET /a?q=7']]);
  });

  it('is judged without a criterion on a status that it cannot have, and that is told', async () => {
    const run = await playedRun({
      workflows: called(', successCriteria: [{ condition: $statusCode == 200 }]'),
      says: { d: [{ body: { x: 7 } }] },
    });
    expect([run.phase, run.sent, run.told]).toEqual(['succeeded', ['GET /d', 'GET /a?q=7'], ['ARZ110']]);
  });

  it('may call one of another document', async () => {
    const run = await playedRun({
      workflows: '  - { workflowId: main, steps: [{ stepId: call, workflowId: $sourceDescriptions.far.dep }] }',
      sources: { far: 'far.yaml' },
      files: {
        'far.yaml': `arazzo: 1.0.1\ninfo: { title: Far, version: '1' }\nsourceDescriptions: [{ name: shop, url: ./shop.yaml }]\nworkflows:\n${DEP}`,
      },
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /d']]);
  });
});

describe('the outputs of a workflow', () => {
  it('are null where the step that would give one was passed over, and the run ends well', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, onSuccess: [{ name: over, type: end }] }
      - { stepId: two, operationId: b, outputs: { x: $response.body#/x } }
    outputs: { x: $steps.two.outputs.x }`,
    });
    expect([run.phase, valueIn(run, 'x')]).toEqual(['succeeded', null]);
    expect(run.notes.join()).toContain('x');
  });
});

describe('an `end`', () => {
  const flow = (list: string): string => `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, outputs: { x: $response.body#/x }, ${list}: [{ name: stop, type: end }] }
      - { stepId: two, operationId: b }
    outputs: { x: $steps.one.outputs.x }`;

  it('in `onSuccess` ends the run well, with the outputs that there are', async () => {
    const run = await playedRun({ workflows: flow('onSuccess'), says: { a: [{ body: { x: 1 } }] } });
    expect([run.phase, run.outputs, run.sent]).toEqual(['succeeded', { x: 1 }, ['GET /a']]);
  });

  it('in `onFailure` leaves the run failed', async () => {
    const run = await playedRun({ workflows: flow('onFailure'), says: { a: [{ status: 404 }] } });
    expect([run.phase, run.outputs, run.sent]).toEqual(['failed', undefined, ['GET /a']]);
  });
});
