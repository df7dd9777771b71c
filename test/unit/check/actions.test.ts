/** Actions: their targets, what belongs to which type, which of them can be taken, and where a workflow can go. */
import { describe, expect, it, test } from 'vitest';
import { found, foundIn, workflow } from '../../support/checking.ts';

const withAction = (list: string, action: string) =>
  `- { stepId: a, operationId: listOrders, ${list}: [${action}] }\n- { stepId: b, operationId: listOrders }`;

describe('an action', () => {
  test.each([
    ['onSuccess', '{ name: n, type: goto, stepId: b }', []],
    ['onSuccess', '{ name: n, type: goto, workflowId: main, criteria: [{ condition: $statusCode == 200 }] }', []],
    ['onFailure', '{ name: n, type: retry, retryAfter: 1.5, retryLimit: 3 }', []],
    ['onFailure', '{ name: n, type: retry, stepId: b }', []],
    [
      'onFailure',
      '{ name: n, type: goto }',
      ['error ARZ081: Action "n" is a goto without a target | { name: n, type: goto }'],
    ],
    [
      'onFailure',
      '{ name: n, type: goto, stepId: b, workflowId: main }',
      [
        'error ARZ082: Action "n" leads to step "b" and to workflow "main" | { name: n, type: goto, stepId: b, workflowId: main }',
      ],
    ],
    ['onFailure', '{ name: n, type: goto, stepId: c }', ['error ARZ036: Workflow "main" has no step "c" | c']],
    [
      'onFailure',
      '{ name: n, type: end, stepId: b }',
      ['warning ARZ083: Action "n" ends the workflow, so its stepId has no effect | stepId'],
    ],
    [
      'onFailure',
      '{ name: n, type: end, retryLimit: 2 }',
      ['error ARZ084: Action "n" has "retryLimit", but is of type "end" | retryLimit'],
    ],
    [
      'onFailure',
      '{ name: n, type: goto, stepId: b, parameters: [{ name: x, value: 1 }] }',
      ['error ARZ085: Action "n" has parameters, but leads to no workflow | parameters'],
    ],
    [
      'onFailure',
      '{ name: n, type: retry }, { name: n, type: end }',
      ['error ARZ080: Action "n" stands twice in this list | { name: n, type: end }'],
    ],
    [
      'onFailure',
      '{ name: n, type: end }, { name: m, type: retry }',
      ['warning ARZ086: Action "m" is never taken | { name: m, type: retry }'],
    ],
    // A retry that is used up lets the next action have its turn.
    ['onFailure', '{ name: n, type: retry }, { name: m, type: end }', []],
  ])('%s: %s', async (list, action, findings) => {
    expect(await foundIn(withAction(list, action))).toEqual(findings);
  });

  it('leads to a step of its own workflow only', async () => {
    const steps = '- { stepId: a, operationId: listOrders, onFailure: [{ name: n, type: goto, stepId: far }] }';
    const workflows = `${workflow('main', steps)}\n${workflow('other', '- { stepId: far, operationId: listOrders }')}`;
    expect(await found({ workflows })).toEqual([
      'error ARZ037: Step "far" belongs to another workflow, not to "main" | far',
    ]);
  });

  it('of the workflow hides none of a step, and none of the step is said to be hidden by it', async () => {
    const steps =
      '- { stepId: a, operationId: listOrders, onFailure: [{ name: again, type: retry }, { name: stop, type: end }] }';
    expect(await found({ workflows: workflow('main', steps, 'failureActions: [{ name: leave, type: end }]') })).toEqual(
      ['info ARZ087: Step "a" adds its actions to those of the workflow | onFailure'],
    );
  });

  it('is checked where it is defined, though no step refers to it', async () => {
    const components = '  failureActions: { lost: { name: lost, type: goto } }';
    expect(await foundIn('- { stepId: a, operationId: listOrders }', { components })).toEqual([
      'error ARZ081: Action "lost" is a goto without a target | { name: lost, type: goto }',
    ]);
  });
});

describe('a step that nothing leads to', () => {
  it('is told with the action that is always taken before it', async () => {
    const steps = `
- { stepId: a, operationId: listOrders, onSuccess: [{ name: skip, type: goto, stepId: c }] }
- { stepId: b, operationId: listOrders }
- { stepId: c, operationId: listOrders }
- { stepId: d, operationId: listOrders, onSuccess: [{ name: stop, type: end, criteria: [{ condition: $statusCode == 200 }] }] }
- { stepId: e, operationId: listOrders }
`;
    expect(await foundIn(steps)).toEqual([
      'warning ARZ091: Step "b" is never reached | { stepId: b, operationId: listOrders }',
    ]);
  });

  it('is reached by a failure, by the repair of a retry, and by a jump backwards', async () => {
    const steps = `
- { stepId: a, operationId: listOrders, onSuccess: [{ name: stop, type: end }], onFailure: [{ name: mend, type: retry, stepId: c }, { name: on, type: goto, stepId: d }] }
- { stepId: b, operationId: listOrders, onSuccess: [{ name: stop, type: end }] }
- { stepId: c, operationId: listOrders, onSuccess: [{ name: stop, type: end }] }
- { stepId: d, operationId: listOrders, onSuccess: [{ name: back, type: goto, stepId: b }] }
`;
    expect(await foundIn(steps)).toEqual([]);
  });

  it('is not looked for where an action leads to a step that does not exist', async () => {
    const steps = `
- { stepId: a, operationId: listOrders, onSuccess: [{ name: skip, type: goto, stepId: seas }] }
- { stepId: b, operationId: listOrders }
`;
    expect(await foundIn(steps)).toEqual(['error ARZ036: Workflow "main" has no step "seas" | seas']);
  });
});
