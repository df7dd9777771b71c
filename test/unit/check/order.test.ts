/** What comes before what: outputs that are read too early, circles of waiting, workflows that have not run. */
import { describe, expect, it } from 'vitest';
import { circles, type WaitOf } from '../../../lib/check/waits.ts';
import { found, foundIn, workflow } from '../../support/checking.ts';

const find = (rest = '') => `- { stepId: find, operationId: listOrders, outputs: { id: $response.body#/0/id }${rest} }`;
const read = (rest = '') =>
  `- { stepId: read, operationId: getOrder, parameters: [{ name: id, in: path, value: $steps.find.outputs.id }]${rest} }`;

const tooEarly =
  'error ARZ088: Step "read" reads "$steps.find.outputs.id" of a step that comes after it | $steps.find.outputs.id';

const page = (rest: string) =>
  `- { stepId: page, operationId: listOrders, parameters: [{ name: state, in: query, value: $steps.page.outputs.next }], outputs: { next: $response.body#/next }${rest} }`;

const other = workflow(
  'other',
  '- { stepId: list, operationId: listOrders, outputs: { n: $statusCode } }',
  'outputs: { total: $steps.list.outputs.n }',
);

const run = (steps: string, rest = '') => found({ workflows: `${workflow('main', steps, rest)}\n${other}` });

const wait = (from: string, to: string): WaitOf<string> => ({
  from,
  to,
  why: 'dependsOn',
  at: { document: '', pointer: '' },
  waiter: from,
  awaited: to,
});

const members = (waits: readonly WaitOf<string>[], things: readonly string[]) =>
  circles(things, waits).map((circle) => circle.map(({ from }) => from).join(''));

describe('an output that is read', () => {
  it('is of an earlier step', async () => {
    expect(await foundIn(`${find()}\n${read()}`)).toEqual([]);
    expect(await foundIn(`${read()}\n${find()}`)).toEqual([tooEarly]);
  });

  it('may be of a later one that an action leads back from', async () => {
    expect(await foundIn(`${read()}\n${find(', onSuccess: [{ name: back, type: goto, stepId: read }]')}`)).toEqual([]);
  });

  it('may be of the repair step of a retry', async () => {
    expect(await foundIn(`${read(', onFailure: [{ name: mend, type: retry, stepId: find }]')}\n${find()}`)).toEqual([]);
  });

  it('may be its own in the next passage of a loop, not in the first', async () => {
    expect(await foundIn(page(''))).toEqual([
      'error ARZ088: Step "page" reads its own output "$steps.page.outputs.next" before it has one | $steps.page.outputs.next',
    ]);
    const more = '{ name: more, type: goto, stepId: page, criteria: [{ condition: $response.body#/next != null }] }';
    expect(await foundIn(page(`, onSuccess: [${more}]`))).toEqual([]);
  });

  it('may be of any step where dependencies order them', async () => {
    expect(await foundIn(`${read(', dependsOn: [find]')}\n${find()}`)).toEqual([]);
    expect(
      await found({ workflows: workflow('main', `${read()}\n${find()}`, 'x-interlock: { parallel: true }') }),
    ).toEqual([]);
  });

  it('that is not declared is an error in a request, and null in an output', async () => {
    const steps =
      '- { stepId: find, operationId: listOrders }\n' + read(', outputs: { found: $steps.find.outputs.id }');
    expect(await foundIn(steps)).toEqual([
      'warning ARZ106: Step "find" has no output "id" | $steps.find.outputs.id',
      'warning ARZ114: This output is always null: step "find" has no output "id" | $steps.find.outputs.id',
    ]);
  });
});

describe('steps that wait for each other', () => {
  it('by dependsOn alone', async () => {
    const steps =
      '- { stepId: a, operationId: listOrders, dependsOn: [b] }\n- { stepId: b, operationId: listOrders, dependsOn: [a] }';
    expect(await foundIn(steps)).toEqual([
      'error ARZ089: Steps wait for each other in a circle: "a" -> "b" -> "a" | b',
    ]);
  });

  it('by dependsOn and by an output', async () => {
    expect(await foundIn(`${find(', dependsOn: [read]')}\n${read()}`)).toEqual([
      'error ARZ089: Steps wait for each other in a circle: "find" -> "read" -> "find" | read',
    ]);
  });

  it('each for itself', async () => {
    expect(await foundIn('- { stepId: a, operationId: listOrders, dependsOn: [a] }')).toEqual([
      'error ARZ089: Steps wait for each other in a circle: "a" -> "a" | a',
    ]);
  });
});

describe('workflows that wait for each other', () => {
  const list = '- { stepId: list, operationId: listOrders }';

  it('by dependsOn', async () => {
    const workflows = `${workflow('a', list, 'dependsOn: [b]')}\n${workflow('b', list, 'dependsOn: [a]')}`;
    expect(await found({ workflows })).toEqual([
      'error ARZ090: Workflows wait for each other in a circle: "a" -> "b" -> "a" | b',
    ]);
  });

  it('by dependsOn and a call', async () => {
    const workflows = `${workflow('a', '- { stepId: call, workflowId: b }')}\n${workflow('b', list, 'dependsOn: [a]')}`;
    expect(await found({ workflows })).toEqual([
      'error ARZ090: Workflows wait for each other in a circle: "a" -> "b" -> "a" | a',
    ]);
  });
});

describe('the outputs of a workflow', () => {
  const reading =
    '- { stepId: a, operationId: listOrders, parameters: [{ name: state, in: query, value: $workflows.other.outputs.total }] }';
  const calling = '- { stepId: call, workflowId: other }';
  const late =
    'warning ARZ112: Nothing makes workflow "other" run before "$workflows.other.outputs.total" is read | $workflows.other.outputs.total';

  it('are there once it has run', async () => {
    expect(await run(reading)).toEqual([late]);
    expect(await run(`${reading}\n${calling}`)).toEqual([late]);
    expect(await run(`${calling}\n${reading}`)).toEqual([]);
    expect(await run(reading, 'dependsOn: [other]')).toEqual([]);
  });

  it('are those that it declares', async () => {
    const steps =
      '- { stepId: call, workflowId: other, outputs: { a: $outputs.total, b: $outputs.sum, c: $workflows.other.outputs.sum } }';
    expect(await found({ workflows: `${workflow('main', steps)}\n${other}` })).toEqual([
      'warning ARZ107: Workflow "other" has no output "sum" | $outputs.sum',
      'warning ARZ107: Workflow "other" has no output "sum" | $workflows.other.outputs.sum',
    ]);
  });
});

describe('circles', () => {
  it('are found in every knot, each once', () => {
    const waits = [wait('a', 'b'), wait('b', 'c'), wait('c', 'b'), wait('c', 'a'), wait('d', 'd'), wait('e', 'a')];
    expect(members(waits, ['a', 'b', 'c', 'd', 'e'])).toEqual(['bc', 'abc', 'd']);
  });

  it('are not seen in diamonds', () => {
    const waits = [wait('a', 'b'), wait('a', 'c'), wait('b', 'd'), wait('c', 'd')];
    expect(members(waits, ['a', 'b', 'c', 'd'])).toEqual([]);
  });

  it('may be as long as a document', () => {
    const things = Array.from({ length: 5_000 }, (_, index) => `s${index}`);
    const waits = things.map((thing, index) => wait(thing, things[(index + 1) % things.length] ?? ''));
    expect(circles(things, waits).map(({ length }) => length)).toEqual([5_000]);
  });
});

describe('`$outputs`', () => {
  it('are told to be missing where a step makes a request, but for what its actions hand on', async () => {
    const hands =
      'onSuccess: [{ name: on, type: goto, workflowId: next, parameters: [{ name: n, value: $outputs.n }] }]';
    const steps = `- { stepId: a, operationId: listOrders, successCriteria: [{ condition: $outputs.n == 1 }], outputs: { n: $outputs.m }, ${hands} }`;
    const next = workflow('next', '- { stepId: b, operationId: listOrders }', 'inputs: { properties: { n: true } }');
    expect(await found({ workflows: `${workflow('main', steps)}\n${next}` })).toEqual([
      'warning ARZ119: "$outputs.n" is never there, since step "a" calls no workflow | $outputs.n',
      'warning ARZ119: "$outputs.m" is never there, since step "a" calls no workflow | $outputs.m',
    ]);
  });
});
