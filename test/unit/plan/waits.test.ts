/** What steps wait for, and what a jump carries back: array order otherwise. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import type { PlanNode } from '../../../lib/model/plan.ts';
import { SHOP, workflow } from '../../support/checking.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const CLEAN = workflow('clean', '- { stepId: clear, operationId: listOrders }');

describe('the order of steps', () => {
  it('is array order where a later output is read after a jump back', async () => {
    const steps = `
- stepId: list
  operationId: listOrders
  parameters: [{ name: state, in: query, value: $steps.next.outputs.page }]
  outputs: { first: $response.body#/0 }
- stepId: next
  operationId: listOrders
  parameters: [{ name: state, in: query, value: $steps.list.outputs.first }]
  outputs: { page: $response.body#/1 }
  onSuccess: [{ name: more, type: goto, stepId: list, criteria: [{ condition: $statusCode == 200 }] }]`;
    const { flow, codes } = await planned(workflow('main', steps));
    expect(codes).toEqual([]);
    expect(flow).toEqual(['list', 'next']);
  });

  it('turns by what is waited for with dependsOn', async () => {
    const steps = `
- { stepId: list, operationId: listOrders, dependsOn: [first] }
- { stepId: first, operationId: listOrders }`;
    expect((await planned(workflow('main', steps))).flow).toEqual(['first', 'list']);
  });
});

describe('a wait for a step of another workflow', () => {
  it('puts the step behind the call of that workflow', async () => {
    const steps = `
- { stepId: list, operationId: listOrders, dependsOn: [$workflows.clean.steps.clear] }
- { stepId: call, workflowId: clean }
- { stepId: again, workflowId: clean }`;
    const { flow, codes } = await planned(`${workflow('main', steps)}\n${CLEAN}`);
    expect(codes).toEqual([]);
    expect(flow).toEqual(['call/clear', 'list', 'again/clear']);
  });

  it('orders parallel steps too', async () => {
    const steps = `
- { stepId: list, operationId: listOrders, dependsOn: [$workflows.clean.steps.clear] }
- { stepId: call, workflowId: clean }`;
    const main = workflow('main', steps, 'x-interlock: { parallel: true }');
    expect((await planned(`${main}\n${CLEAN}`)).flow).toEqual(['call/clear', 'list']);
  });

  it('orders the calls of two workflows when it stands inside one of them', async () => {
    const waiting = workflow(
      'waiting',
      '- { stepId: late, operationId: listOrders, dependsOn: [$workflows.clean.steps.clear] }',
    );
    const main = workflow('main', '- { stepId: a, workflowId: waiting }\n- { stepId: b, workflowId: clean }');
    const { flow, codes } = await planned(`${main}\n${CLEAN}\n${waiting}`);
    expect(codes).toEqual([]);
    expect(flow).toEqual(['b/clear', 'a/late']);
  });

  it('is kept by a workflow that is depended on', async () => {
    const steps = '- { stepId: list, operationId: listOrders, dependsOn: [$workflows.clean.steps.clear] }';
    const { flow, codes } = await planned(`${workflow('main', steps, 'dependsOn: [clean]')}\n${CLEAN}`);
    expect(codes).toEqual([]);
    expect(flow.map((path) => path.split('/').at(-1))).toEqual(['clear', 'list']);
  });

  it('is told, and passed over, where the run never comes to that step', async () => {
    const steps = '- { stepId: list, operationId: listOrders, dependsOn: [$workflows.clean.steps.clear] }';
    const { flow, codes } = await planned(`${workflow('main', steps)}\n${CLEAN}`);
    expect(codes).toEqual(['PLN010']);
    expect(flow).toEqual(['list']);
  });

  it('fails where two workflows wait for each other', async () => {
    const one = workflow('one', '- { stepId: x, operationId: listOrders, dependsOn: [$workflows.two.steps.y] }');
    const two = workflow('two', '- { stepId: y, operationId: listOrders, dependsOn: [$workflows.one.steps.x] }');
    const main = workflow('main', '- { stepId: a, workflowId: one }\n- { stepId: b, workflowId: two }');
    const { codes } = await planned(`${main}\n${one}\n${two}`);
    expect(codes).toEqual(['PLN012']);
  });
});

describe('a retry', () => {
  it('fails where the step that repairs calls a workflow', async () => {
    const steps = `
- stepId: list
  operationId: listOrders
  onFailure: [{ name: again, type: retry, stepId: call }]
- { stepId: call, workflowId: clean }`;
    expect((await planned(`${workflow('main', steps)}\n${CLEAN}`)).codes).toEqual(['PLN006']);
  });
});

interface Planned {
  /** Paths of the steps of workflow `main`, in the order in which they run. */
  readonly flow: readonly string[];
  readonly codes: readonly string[];
}

async function planned(workflows: string): Promise<Planned> {
  const text = `arazzo: 1.1.0
info: { title: Test, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: ./shop.yaml, type: openapi }]
workflows:
${workflows}
`;
  const compiled = await compileDescription({
    entry: 'workflow.arazzo.yaml',
    workflowId: 'main',
    files: memoryFiles({ 'workflow.arazzo.yaml': text, 'shop.yaml': SHOP }),
  });
  const [main] = compiled.workflows;
  return { flow: (main?.plan.flow ?? []).flatMap(pathsOf), codes: compiled.diagnostics.map(({ code }) => code) };
}

function pathsOf(node: PlanNode): readonly string[] {
  return node.kind === 'step' ? [node.step] : node.branches.flat().flatMap(pathsOf);
}
