/** Points of the standard about actions: which is taken, where it leads, how often (docs/arazzo-points.md). */
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../lib/model/defaults.ts';
import type { Json } from '../../../lib/model/json.ts';
import { playedRun, type SaidByShop, valueIn } from '../../support/played-workflow.ts';

const FAILS: SaidByShop = { status: 404 };

describe('the actions of a step', () => {
  const flow = (actions: string, more = ''): string => `  - workflowId: main
${more}    steps:
      - { stepId: one, operationId: a, ${actions} }
      - { stepId: two, operationId: b }
      - { stepId: three, operationId: c }`;

  it('are asked in their order, and the first one whose criteria all hold is taken', async () => {
    const run = await playedRun({
      workflows: flow(`onSuccess: [
          { name: no, type: end, criteria: [{ condition: $statusCode == 200 }, { condition: $statusCode == 201 }] },
          { name: yes, type: goto, stepId: three, criteria: [{ condition: $statusCode == 200 }] },
          { name: late, type: end }]`),
    });
    expect(run.sent).toEqual(['GET /a', 'GET /c']);
  });

  it('leave a step to the next one where none holds', async () => {
    const run = await playedRun({
      workflows: flow('onSuccess: [{ name: no, type: end, criteria: [{ condition: $statusCode == 201 }] }]'),
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /a', 'GET /b', 'GET /c']]);
  });

  it('fail the run where the step has failed and none holds', async () => {
    const run = await playedRun({
      workflows: flow(
        'onFailure: [{ name: no, type: goto, stepId: three, criteria: [{ condition: $statusCode == 500 }] }]',
      ),
      says: { a: [FAILS] },
    });
    expect([run.phase, run.sent]).toEqual(['failed', ['GET /a']]);
  });

  it('go before those of the workflow, which hold where the step has none of their name', async () => {
    const more = `    failureActions:
      - { name: shared, type: goto, stepId: two }
      - { name: last, type: goto, stepId: three }\n`;
    const replaced = await playedRun({
      workflows: flow(
        'onFailure: [{ name: shared, type: goto, stepId: two, criteria: [{ condition: $statusCode == 500 }] }]',
        more,
      ),
      says: { a: [FAILS] },
    });
    const inherited = await playedRun({ workflows: flow('description: none', more), says: { a: [FAILS] } });
    expect(replaced.sent).toEqual(['GET /a', 'GET /c']);
    expect(inherited.sent).toEqual(['GET /a', 'GET /b', 'GET /c']);
  });

  it('hold after a failure of the network, too, but for what asks for a status', async () => {
    const run = await playedRun({
      workflows: flow(`onFailure: [
          { name: status, type: goto, stepId: two, criteria: [{ condition: $statusCode != 200 }] },
          { name: otherwise, type: goto, stepId: three }], x-interlock: { retry: { attempts: 1 } }`),
      faults: ['not-sent at shop.a #1'],
    });
    expect(run.sent).toEqual(['GET /c']);
  });
});

describe('a goto', () => {
  it('to a workflow gives up the rest of its own, and the outputs of the run are those of its target', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    inputs: { type: object, properties: { q: { type: integer } } }
    steps:
      - { stepId: one, operationId: a, onSuccess: [{ name: on, type: goto, workflowId: other }] }
      - { stepId: two, operationId: b }
    outputs: { x: $inputs.q }
  - workflowId: other
    inputs: { type: object, properties: { q: { type: integer } } }
    steps: [{ stepId: far, operationId: c, parameters: [{ name: q, in: query, value: $inputs.q }], outputs: { x: $response.body#/x } }]
    outputs: { y: $steps.far.outputs.x }`,
      input: { q: 4 },
      says: { c: [{ body: { x: 9 } }] },
    });
    expect([run.phase, run.sent, run.outputs]).toEqual(['succeeded', ['GET /a', 'GET /c?q=4'], { y: 9 }]);
  });

  it('to a workflow with parameters gives it those as its inputs', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, outputs: { x: $response.body#/x }, onSuccess: [{ name: on, type: goto, workflowId: other, parameters: [{ name: q, value: $response.body#/x }] }] }
  - workflowId: other
    inputs: { type: object, properties: { q: { type: integer } } }
    steps: [{ stepId: far, operationId: c, parameters: [{ name: q, in: query, value: $inputs.q }] }]`,
      says: { a: [{ body: { x: 8 } }] },
    });
    expect(run.sent).toEqual(['GET /a', 'GET /c?q=8']);
  });

  it('of a step that asks until something is done hands on the last answer, by which it was chosen, too', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - stepId: one
        operationId: a
        outputs: { x: $response.body#/x }
        onSuccess:
          - name: on
            type: goto
            workflowId: other
            criteria: [{ condition: $response.body#/x == 3 }]
            parameters: [{ name: q, value: $response.body#/x }]
        x-interlock: { poll: { operationId: b, until: [{ condition: $response.body#/done == true }], every: 1s } }
    outputs: { x: $steps.one.outputs.x }
  - workflowId: other
    inputs: { type: object, properties: { q: { type: integer } } }
    steps: [{ stepId: far, operationId: c, parameters: [{ name: q, in: query, value: $inputs.q }] }]`,
      says: { a: [{ body: { x: 1 } }], b: [{ body: { x: 2, done: false } }, { body: { x: 3, done: true } }] },
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /a', 'GET /b', 'GET /b', 'GET /c?q=3']]);
  });

  const REPORT = `  - workflowId: other
    inputs: { type: object, properties: { q: { type: integer }, r: { type: string } } }
    steps: [{ stepId: far, operationId: c, parameters: [{ name: q, in: query, value: $inputs.q }, { name: r, in: query, value: $inputs.r }] }]`;
  const HANDING = 'parameters: [{ name: q, value: $statusCode }, { name: r, value: $response.body#/why }]';

  it('after a failure hands on what it reads of the answer, and nothing else is kept of that', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - stepId: one
        operationId: a
        outputs: { why: $response.body#/why }
        onFailure: [{ name: on, type: goto, workflowId: other, ${HANDING} }]
    outputs: { why: $steps.one.outputs.why }
${REPORT}
    outputs: { why: $inputs.r }`,
      says: { a: [{ status: 404, body: { why: 'gone', more: 'unread' } }] },
    });
    expect([run.phase, run.sent, run.told]).toEqual(['succeeded', ['GET /a', 'GET /c?q=404&r=gone'], []]);
    expect(run.outputs).toEqual({ why: 'gone' });
  });

  it('after a failure without an answer hands on what there is, and leaves out the rest', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - stepId: one
        operationId: a
        onFailure: [{ name: on, type: goto, workflowId: other, parameters: [{ name: q, value: $statusCode }, { name: r, value: $method }] }]
        x-interlock: { retry: { attempts: 1 } }
${REPORT}`,
      faults: ['not-sent at shop.a #1'],
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /c?r=GET']]);
  });

  it('after a failure hands on what an undo of its target reads, too', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps: [{ stepId: one, operationId: a, onFailure: [{ name: on, type: goto, workflowId: other, ${HANDING} }] }]
  - workflowId: other
    inputs: { type: object, properties: { q: { type: integer }, r: { type: string } } }
    steps:
      - stepId: write
        operationId: w
        x-interlock: { compensate: { operationId: w, requestBody: { contentType: application/json, payload: { undo: $inputs.r } } } }
      - { stepId: far, operationId: c }`,
      says: { a: [{ status: 404, body: { why: 'gone' } }], c: [FAILS] },
    });
    expect([run.phase, run.sent]).toEqual(['compensated', ['GET /a', 'POST /w', 'GET /c', 'POST /w {"undo":"gone"}']]);
  });

  it('after a success has nothing of what a failure would have handed on', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, onFailure: [{ name: on, type: goto, workflowId: other, ${HANDING} }] }
      - { stepId: two, operationId: b }
${REPORT}`,
      says: { a: [{ body: { why: 'well' } }] },
    });
    expect([run.phase, run.sent, run.told, run.notes]).toEqual(['succeeded', ['GET /a', 'GET /b'], [], []]);
  });

  it('that repairs for a retry is handed what the failed answer said, each time anew', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - stepId: one
        operationId: a
        onFailure: [{ name: again, type: retry, retryLimit: 2, workflowId: other, ${HANDING} }]
${REPORT}`,
      says: { a: [{ status: 404, body: { why: 'first' } }, { status: 409, body: { why: 'second' } }, {}] },
    });
    const sent = ['GET /a', 'GET /c?q=404&r=first', 'GET /a', 'GET /c?q=409&r=second', 'GET /a'];
    expect([run.phase, run.sent]).toEqual(['succeeded', sent]);
  });

  it('after the failure of a step that calls a workflow, or asks until it is done, has no answer, and that is told', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, workflowId: inner, onFailure: [{ name: on, type: goto, workflowId: other, parameters: [{ name: q, value: $statusCode }] }] }
  - workflowId: inner
    steps: [{ stepId: deep, operationId: a }]
${REPORT}`,
      says: { a: [FAILS] },
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /a', 'GET /c']]);
    expect(run.told).toContain('ARZ118');
  });

  it('without an end is stopped after as many visits of steps as a run has', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps: [{ stepId: one, operationId: a, onSuccess: [{ name: again, type: goto, stepId: one }] }]`,
    });
    expect([run.phase, run.sent.length]).toEqual(['failed', DEFAULTS.stepBudget]);
  });

  it('without an end leaves as many effects as there were visits, and a letter that has room for some of them', async () => {
    const run = await playedRun({
      workflows:
        '  - { workflowId: main, steps: [{ stepId: one, operationId: w, onSuccess: [{ name: again, type: goto, stepId: one }] }] }',
    });
    const [letter, ...others] = run.letters;
    const { stands, more } = letter as { readonly stands: readonly Json[]; readonly more: number };
    expect([run.phase, others]).toEqual(['needs-attention', []]);
    expect(stands.length + more).toBe(DEFAULTS.stepBudget);
    expect(JSON.stringify(letter).length).toBeLessThan(140_000);
  });
});

describe('a retry', () => {
  const flow = (retry: string, more = ''): string => `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, onFailure: [{ name: again, type: retry${retry} }${more}] }
      - { stepId: two, operationId: b }`;

  it.each([
    ['once where it does not say how often', '', 2],
    ['never with a limit of 0', ', retryLimit: 0', 1],
    ['as often as its limit says', ', retryLimit: 3', 4],
  ])('is made %s', async (_, retry, calls) => {
    const run = await playedRun({ workflows: flow(retry), says: { a: [FAILS] } });
    expect([run.phase, run.sent.length]).toEqual(['failed', calls]);
  });

  it('waits for seconds, and as long as the answer asks where it does', async () => {
    const own = await playedRun({ workflows: flow(', retryAfter: 2.5'), says: { a: [FAILS, {}] } });
    const asked = await playedRun({
      workflows: flow(', retryAfter: 2.5'),
      says: { a: [{ ...FAILS, headers: { 'retry-after': '30' } }, {}] },
    });
    expect(own.at[1]).toBeGreaterThanOrEqual(2_500);
    expect(own.at[1]).toBeLessThan(10_000);
    expect(asked.at[1]).toBeGreaterThanOrEqual(30_000);
  });

  it('that is used up leaves the next action that holds its turn', async () => {
    const run = await playedRun({
      workflows: flow(', retryLimit: 1', ', { name: on, type: goto, stepId: two }'),
      says: { a: [FAILS] },
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /a', 'GET /a', 'GET /b']]);
  });

  it('asks its criteria anew of each answer: another failure finds another action', async () => {
    const run = await playedRun({
      workflows: flow(
        ', retryLimit: 5, criteria: [{ condition: $statusCode == 404 }]',
        ', { name: on, type: goto, stepId: two, criteria: [{ condition: $statusCode == 409 }] }',
      ),
      says: { a: [FAILS, FAILS, { status: 409 }] },
    });
    expect(run.sent).toEqual(['GET /a', 'GET /a', 'GET /a', 'GET /b']);
  });

  it('has its limit for each visit of the step', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, onFailure: [{ name: again, type: retry, retryLimit: 1 }] }
      - { stepId: two, operationId: b, onSuccess: [{ name: back, type: goto, stepId: one, criteria: [{ condition: $response.body#/more == true }] }] }`,
      says: { a: [FAILS, {}, FAILS, {}], b: [{ body: { more: true } }, { body: { more: false } }] },
    });
    expect([run.phase, run.sent]).toEqual(['succeeded', ['GET /a', 'GET /a', 'GET /b', 'GET /a', 'GET /a', 'GET /b']]);
  });

  it('by a step runs that one step before each repetition, and none of its actions', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: fix, operationId: d, onSuccess: [{ name: away, type: goto, stepId: last, criteria: [{ condition: $statusCode == 205 }] }] }
      - { stepId: one, operationId: a, onFailure: [{ name: again, type: retry, stepId: fix, retryLimit: 2 }] }
      - { stepId: last, operationId: b }`,
      says: { a: [FAILS, FAILS, {}], d: [{}, { status: 205 }] },
    });
    expect([run.phase, run.sent]).toEqual([
      'succeeded',
      ['GET /d', 'GET /a', 'GET /d', 'GET /a', 'GET /d', 'GET /a', 'GET /b'],
    ]);
  });

  it('by a workflow runs all of it before each repetition', async () => {
    const run = await playedRun({
      workflows: `  - workflowId: main
    steps:
      - { stepId: one, operationId: a, parameters: [{ name: q, in: query, value: $workflows.fix.outputs.t }], onFailure: [{ name: again, type: retry, workflowId: fix }] }
  - { workflowId: fix, steps: [{ stepId: f, operationId: c, outputs: { t: $response.body#/t } }, { stepId: g, operationId: d }], outputs: { t: $steps.f.outputs.t } }`,
      says: { a: [FAILS, {}], c: [{ body: { t: 5 } }] },
    });
    expect([run.phase, run.sent.slice(1)]).toEqual(['succeeded', ['GET /c', 'GET /d', 'GET /a?q=5']]);
    expect(valueIn(run, 'x')).toBeUndefined();
  });
});

describe('a timeout', () => {
  it('is one attempt’s: one that is late is made again in its own time', async () => {
    const run = await playedRun({
      workflows: '  - { workflowId: main, steps: [{ stepId: one, operationId: a, timeout: 2000 }] }',
      faults: ['lost-before at shop.a #1'],
    });
    expect([run.phase, run.tried]).toEqual(['succeeded', 2]);
    expect(run.tookMs).toBeGreaterThan(2_000);
    expect(run.tookMs).toBeLessThan(10_000);
  });
});
