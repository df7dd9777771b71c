import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { SHOP } from '../../support/checking.ts';
import { memoryFiles } from '../../support/memory-files.ts';

async function planned(pay: string) {
  const workflow = `
arazzo: 1.1.0
info: { title: Order, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: ./shop.yaml, type: openapi }]
workflows:
  - workflowId: main
    x-interlock: { parallel: true }
    steps:
      - { stepId: login, operationId: listOrders }
      - ${pay}
  - workflowId: renew
    steps: [{ stepId: token, operationId: listOrders }]
`;
  const files = memoryFiles({ 'workflow.arazzo.yaml': workflow, 'shop.yaml': SHOP });
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files, workflowId: 'main' });
  return {
    codes: compiled.diagnostics.map(({ code }) => code),
    nodes: compiled.workflows[0]?.plan.flow.map((node) => (node.kind === 'step' ? node.step : node.name)),
  };
}

function paying(retry: string): string {
  return `{ stepId: pay, operationId: listOrders, onFailure: [{ name: again, type: retry, ${retry} }] }`;
}

describe('a workflow that asks for parallel steps', () => {
  it('runs them beside each other where a step only retries itself, or repairs by a workflow of its own', async () => {
    expect(await planned(paying('retryLimit: 2'))).toEqual({ codes: [], nodes: ['login and pay'] });
    expect(await planned(paying('workflowId: renew'))).toEqual({ codes: [], nodes: ['login and pay'] });
  });

  it('keeps its order, with a warning, where a retry repairs by a step that would run beside it', async () => {
    expect(await planned(paying('stepId: login'))).toEqual({ codes: ['PLN005'], nodes: ['login', 'pay'] });
  });

  it('keeps its order, with a warning, where an action leads to another step', async () => {
    const leading = '{ stepId: pay, operationId: listOrders, onFailure: [{ name: again, type: goto, stepId: login }] }';
    expect(await planned(leading)).toEqual({ codes: ['PLN005'], nodes: ['login', 'pay'] });
  });
});
