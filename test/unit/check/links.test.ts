/** What linking makes of a description: lib/plan builds on every word of this. */
import { describe, expect, it } from 'vitest';
import { linkDescription } from '../../../lib/check/links.ts';
import type { LinkedAction, LinkedParameter } from '../../../lib/model/links.ts';
import type { FailureAction, SuccessAction } from '../../../lib/model/arazzo.ts';
import { describedBy, linkedStep, linkedWorkflow, linksOf, workflow } from '../../support/checking.ts';

const named = ({ parameter, origin }: LinkedParameter) =>
  `${origin}: ${parameter.in ?? 'input'} ${parameter.name} = ${JSON.stringify(parameter.value)}`;
const titled = ({ action, origin, target }: LinkedAction<SuccessAction | FailureAction>) =>
  `${origin}: ${action.name} -> ${target === undefined ? 'end' : target.kind === 'step' ? target.step.stepId : target.workflow.workflowId}`;

/** An Arazzo document that calls a workflow of another one. */
const leaningOn = (name: string, other: string) => `
arazzo: 1.1.0
info: { title: ${name}, version: 1.0.0 }
sourceDescriptions: [{ name: ${other}, url: ./${other}.yaml }]
workflows: [{ workflowId: ${name}, steps: [{ stepId: s, workflowId: $sourceDescriptions.${other}.${other} }] }]
`;

describe('the parameters that apply to a step', () => {
  it('are those of its workflow that fit, each replaced by its own of the same name and place', async () => {
    const links = await linksOf({
      workflows: workflow(
        'main',
        `
- stepId: read
  operationId: getOrder
  parameters:
    - { name: x-trace, in: header, value: mine }
    - { name: id, in: query, value: 2 }
- stepId: list
  operationId: listOrders
`,
        'parameters:\n  - { name: X-Trace, in: header, value: ours }\n  - { name: id, in: path, value: 1 }\n  - { name: orderId, value: 3 }',
      ),
    });
    expect(linkedStep(links, 'read').parameters.map(named)).toEqual([
      'step: header x-trace = "mine"',
      'workflow: path id = 1',
      'step: query id = 2',
    ]);
    expect(linkedStep(links, 'list').parameters.map(named)).toEqual(['workflow: header X-Trace = "ours"']);
  });

  it('are the inputs of the called workflow, without those that go into requests', async () => {
    const links = await linksOf({
      workflows: [
        workflow(
          'main',
          "- stepId: call\n  workflowId: other\n  parameters: [{ name: orderId, value: '17' }]",
          'parameters: [{ name: state, in: query, value: open }, { name: tenant, value: a }]',
        ),
        workflow('other', '- { stepId: list, operationId: listOrders }'),
      ].join('\n'),
    });
    expect(linkedStep(links, 'call').parameters.map(named)).toEqual([
      'workflow: input tenant = "a"',
      'step: input orderId = "17"',
    ]);
  });

  it('say what the operation declares for them, and where their value is written', async () => {
    const links = await linksOf({
      workflows: workflow(
        'main',
        `
- stepId: read
  operationId: getOrder
  parameters:
    - { reference: $components.parameters.order, value: '17' }
    - { reference: $components.parameters.trace }
`,
      ),
      components:
        '  parameters:\n    order: { name: id, in: path, value: none }\n    trace: { name: x-trace, in: header, value: on }',
    });
    const [order, trace] = linkedStep(links, 'read').parameters;
    expect(order).toMatchObject({
      parameter: { name: 'id', value: '17' },
      at: { pointer: '/workflows/0/steps/0/parameters/0' },
      valueAt: { pointer: '/workflows/0/steps/0/parameters/0/value' },
      declared: { name: 'id', required: true },
    });
    expect(trace).toMatchObject({
      at: { pointer: '/workflows/0/steps/0/parameters/1' },
      valueAt: { pointer: '/components/parameters/trace/value' },
      declared: { name: 'X-Trace' },
    });
  });

  it('get the spelling of the path where only one name of it is meant', async () => {
    const parameters = 'parameters: [{ name: ID, in: path, value: 1 }, { name: lineNo, in: path, value: 2 }]';
    const links = await linksOf({
      workflows: workflow('main', `- { stepId: line, operationId: getLine, ${parameters} }`),
    });
    expect(linkedStep(links, 'line').parameters.map(named)).toEqual(['step: path id = 1', 'step: path line_no = 2']);
  });
});

describe('the actions that apply to a step', () => {
  it('are its own, then those of the workflow whose name it does not use', async () => {
    const links = await linksOf({
      workflows: workflow(
        'main',
        `
- stepId: first
  operationId: listOrders
  onFailure:
    - { name: again, type: retry, stepId: second }
    - { reference: $components.failureActions.stop }
- stepId: second
  operationId: listOrders
`,
        'failureActions:\n  - { name: again, type: end }\n  - { name: leave, type: goto, workflowId: main }',
      ),
      components: '  failureActions:\n    stop: { name: stop, type: end }',
    });
    expect(linkedStep(links, 'first').failureActions.map(titled)).toEqual([
      'step: again -> second',
      'step: stop -> end',
      'workflow: leave -> main',
    ]);
    expect(linkedStep(links, 'second').failureActions.map(titled)).toEqual([
      'workflow: again -> end',
      'workflow: leave -> main',
    ]);
  });
});

describe('what a step reads', () => {
  it('is listed with the moment, the subject and the very characters', async () => {
    const links = await linksOf({
      workflows: workflow(
        'main',
        `
- stepId: find
  operationId: listOrders
  outputs: { first: $response.body#/0/id, a.b: $response.body#/1/id }
- stepId: read
  operationId: getOrder
  parameters: [{ name: id, in: path, value: 'no-{$steps.find.outputs.first}' }]
  successCriteria: [{ condition: $response.body#/id == $inputs.orderId }]
  onFailure: [{ name: stop, type: end, criteria: [{ condition: $steps.find.outputs.a.b.c == 1 }] }]
  outputs: { both: $workflows.other.outputs.total }
`,
      ).concat(
        '\n',
        workflow('other', '- { stepId: list, operationId: listOrders }', 'outputs: { total: $steps.list.outputs.n }'),
      ),
    });
    const [find] = linkedWorkflow(links, 'main').steps;
    expect(linkedStep(links, 'read').reads).toMatchObject([
      {
        moment: 'request',
        what: { kind: 'step', step: find?.step, output: 'first' },
        text: '$steps.find.outputs.first',
        at: { pointer: '/workflows/0/steps/1/parameters/0/value', span: [4, 29] },
      },
      {
        moment: 'criteria',
        what: { kind: 'input', name: 'orderId' },
        at: { pointer: '/workflows/0/steps/1/successCriteria/0/condition', span: [22, 37] },
      },
      { moment: 'action', what: { kind: 'step', output: 'a.b' } },
      { moment: 'outputs', what: { kind: 'workflow', field: 'outputs', name: 'total' } },
    ]);
  });

  it('includes what the defaults of its workflow read', async () => {
    const links = await linksOf({
      workflows: workflow(
        'main',
        '- { stepId: list, operationId: listOrders }',
        'parameters: [{ name: state, in: query, value: $inputs.state }]',
      ),
    });
    expect(linkedStep(links, 'list').reads).toMatchObject([
      { what: { kind: 'input', name: 'state' }, at: { pointer: '/workflows/0/parameters/0/value' } },
    ]);
  });
});

describe('dependencies', () => {
  it('lead to steps of the same workflow, of another one, and of another document', async () => {
    const other = `
arazzo: 1.1.0
info: { title: Other, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: ./shop.yaml }]
workflows:
  - { workflowId: far, steps: [{ stepId: list, operationId: listOrders }] }
  - { workflowId: unused, steps: [{ stepId: list, operationId: nothing }] }
`;
    const links = await linksOf({
      workflows: [
        workflow(
          'main',
          `
- { stepId: one, operationId: listOrders }
- stepId: two
  operationId: listOrders
  dependsOn: [one, $workflows.near.steps.list, $sourceDescriptions.other.far.steps.list]
`,
          'dependsOn: [near, $sourceDescriptions.other.far]',
        ),
        workflow('near', '- { stepId: list, operationId: listOrders }'),
      ].join('\n'),
      sources: { other },
    });
    expect(linkedStep(links, 'two').dependsOn).toMatchObject([
      { kind: 'step', step: { stepId: 'one' }, at: { pointer: '/workflows/0/steps/1/dependsOn/0' } },
      { kind: 'foreign-step', target: { workflow: { workflowId: 'near' } }, step: { stepId: 'list' } },
      { kind: 'foreign-step', target: { sourceName: 'other', workflow: { workflowId: 'far' } } },
    ]);
    expect(linkedWorkflow(links, 'main').dependsOn.map(({ text }) => text)).toEqual([
      'near',
      '$sourceDescriptions.other.far',
    ]);
    // Of another document only what is led to is linked: its other workflows are not ours to judge.
    expect([...links.workflows.keys()].map(({ workflowId }) => workflowId)).toEqual(['main', 'near', 'far']);
    expect(links.descriptions.map(({ arazzo }) => arazzo.uri)).toEqual(['workflow.arazzo.yaml', 'other.yaml']);
  });
});

describe('a broken description', () => {
  it('has links for what is sound, and nothing thrown for what is not', async () => {
    const description = await describedBy({
      workflows: workflow(
        'main',
        `
- { stepId: a, operationId: nothing, dependsOn: [x, $steps.a], onSuccess: [{ name: n, type: goto, stepId: x }] }
- { stepId: b, operationId: listOrders, workflowId: main }
- { stepId: c }
- 17
`,
      ),
    });
    const { links, diagnostics } = linkDescription(description);
    expect(linkedWorkflow(links, 'main').steps.every(({ target }) => target === undefined)).toBe(true);
    expect(diagnostics.map(({ code }) => code)).toEqual(['ARZ052', 'ARZ036', 'ARZ036', 'ARZ040']);
  });

  it('may hold Arazzo documents that name each other', async () => {
    const links = await linksOf({
      workflows: workflow('main', '- { stepId: a, workflowId: $sourceDescriptions.left.left }'),
      sources: { left: leaningOn('left', 'right'), right: leaningOn('right', 'left') },
    });
    expect([...links.workflows.keys()].map(({ workflowId }) => workflowId)).toEqual(['main', 'left', 'right']);
  });
});
