/** What is said beside a step: undo, probe, fallback; what they may read; and what is left unsaid. */
import { describe, expect, it, test } from 'vitest';
import { of, STOCK } from '../../support/stock.ts';
import { found, linkedStep, linkedWorkflow, linksOf, SHOP, workflow } from '../../support/checking.ts';

const RELEASE = `compensate: { ${of('release')}, parameters: [{ name: id, in: path, value: $steps.a.outputs.id }] }`;
const PROBE = `probe: { ${of('find')}, applied: [{ condition: $statusCode == 200 }], outputs: { id: $response.body#/id } }`;
const KEY = 'idempotency: { header: X-Key }';

const hold = (policy: string, stepId = 'a'): string =>
  `- { stepId: ${stepId}, ${of('hold')}, outputs: { id: $response.body#/id, size: $response.body#/size }, x-interlock: { ${policy} } }`;

const inputs = 'inputs: { type: object, properties: { id: { type: string } } }';

/** Findings in a workflow of these steps, others beside it. */
function findings(steps: string, others = '', rest = inputs): Promise<string[]> {
  return found({ sources: { stock: STOCK }, workflows: `${workflow('main', steps, rest)}\n${others}` });
}

describe('an undo', () => {
  it('is linked like a step: its operation, its parameters, what it reads', async () => {
    const links = await linksOf({ sources: { stock: STOCK }, workflows: workflow('main', hold(`${KEY}, ${RELEASE}`)) });
    const { undo } = linkedStep(links, 'a');
    expect(undo?.target).toMatchObject({ kind: 'operation', sourceName: 'stock', operation: { path: '/holds/{id}' } });
    expect(undo?.parameters.map(({ declared }) => declared?.required)).toEqual([true]);
    expect(undo?.reads.map(({ what, moment }) => [what.kind, moment])).toEqual([['step', 'request']]);
    expect(undo?.successActions).toEqual([]);
  });

  it('has no part in where its step leads: actions of the workflow are for its steps', async () => {
    const rest = 'failureActions: [{ name: over, type: end }]';
    const links = await linksOf({
      sources: { stock: STOCK },
      workflows: workflow('main', hold(`${KEY}, ${RELEASE}`), rest),
    });
    expect(linkedStep(links, 'a').failureActions).toHaveLength(1);
    expect(linkedStep(links, 'a').undo?.failureActions).toEqual([]);
  });

  it('orders its step behind what it reads of others', async () => {
    const undo = RELEASE.replace('$steps.a.outputs.id', '$steps.b.outputs.id');
    const steps = `${hold(`${KEY}, ${RELEASE}`, 'b').replace('$steps.a', '$steps.b')}\n${hold(`${KEY}, ${undo}`)}`;
    const links = await linksOf({ sources: { stock: STOCK }, workflows: workflow('main', steps) });
    const [first] = linkedWorkflow(links, 'main').steps;
    expect(linkedStep(links, 'a').reads.map(({ what }) => what.kind === 'step' && what.step)).toEqual([first?.step]);
  });

  it('may read what a called workflow has and its step does not declare: it is handed on there, too', async () => {
    const undo = RELEASE.replace('$steps.a.outputs.id', '$steps.call.outputs.id');
    const called = workflow('called', hold(`${KEY}, ${RELEASE}`), 'outputs: { id: $steps.a.outputs.id }');
    const told = await findings(`- { stepId: call, workflowId: called }\n${hold(`${KEY}, ${undo}`)}`, called);
    expect(told).toEqual([expect.stringMatching(/^warning ARZ106: .* \$steps\.call\.outputs\.id$/)]);
  });

  test.each([
    ['a key', `${KEY}, ${RELEASE}`, []],
    ['a probe that gives its output', `${RELEASE}, ${PROBE}`, []],
    [
      'an operation that is not there',
      `${KEY}, compensate: { ${of('relese')} }`,
      ['error ARZ052: "stock" has no operation "relese" | $sourceDescriptions.stock.relese'],
    ],
    [
      'a parameter of the path too few',
      `${KEY}, compensate: { ${of('release')} }`,
      ['error ARZ066: Step "a#undo" does not give path parameter "id" of DELETE /holds/{id} | { operationId:'],
    ],
    [
      'a body too few',
      `${KEY}, compensate: { ${of('order-release')}, ${KEY} }`,
      ['error ARZ071: Step "a#undo" sends no body, but POST /releases requires one | { operationId:'],
    ],
    [
      'a parameter twice',
      `${KEY}, ${RELEASE.replace('] }', ', { name: id, in: path, value: 1 }] }')}`,
      ['error ARZ061: Parameter "id" in path is given twice | { name: id, in: path, value: 1 }'],
    ],
    ['a malformed expression', `${KEY}, ${RELEASE.replace('$steps.a.outputs.id', '$inputs.')}`, ['error ARZ100: ']],
    [
      'a condition that is none',
      `${KEY}, ${RELEASE.replace('] }', '], successCriteria: [{ condition: 1 == }] }')}`,
      ['error ARZ101: '],
    ],
    [
      'an output that its step has not',
      `${KEY}, ${RELEASE.replace('outputs.id', 'outputs.no')}`,
      ['error XIL035: "$steps.a.outputs.no" cannot be read here: step "a" has no output "no" | $steps.a.outputs.no'],
    ],
    ['a read', `${KEY}, compensate: { ${of('find')} }`, ['error XIL037: The undo of step "a" calls GET /holds,']],
    ['none', 'compensate: { none: It may stay. }', []],
  ])('with %s', async (_, policy, expected) => {
    const lines = await findings(hold(policy));
    expect(lines).toEqual(expected.map((start) => expect.stringContaining(start)));
  });

  it('by POST in doubt is the operator’s, unless the system knows it again', async () => {
    const undo = `compensate: { ${of('order-release')}, requestBody: { payload: { hold: $steps.a.outputs.id } }`;
    expect(await findings(hold(`${KEY}, ${undo} }`))).toEqual([
      expect.stringContaining('warning XIL041: When the answer to step "a#undo" is lost'),
    ]);
    expect(await findings(hold(`${KEY}, ${undo}, idempotency: { field: /key } }`))).toEqual([]);
  });
});

describe('what an undo reads', () => {
  const reading = (value: string, more = ''): string =>
    `compensate: { ${of('release')}, parameters: [{ name: id, in: path, value: ${value} }] ${more} }`;

  test.each([
    ['an input', reading('$inputs.id', ', whenInDoubt: undo'), []],
    ['the key', reading('$request.header.Idempotency-Key', ', whenInDoubt: undo'), []],
    ['the key by the declared header', reading('$request.header.x-key', ', whenInDoubt: undo'), []],
    ['an output, where an operator is asked in doubt', reading('$steps.a.outputs.id', ', whenInDoubt: ask'), []],
    [
      'an output of an effect that nobody has looked for',
      reading('$steps.a.outputs.id', ', whenInDoubt: undo'),
      ['error XIL034: The undo of step "a" reads "id", which is not there in doubt | $steps.a.outputs.id'],
    ],
    [
      'an output that the probe does not give',
      `${reading('$steps.a.outputs.size')}, ${PROBE}`,
      ['error XIL034: The undo of step "a" reads "size", which is not there in doubt | $steps.a.outputs.size'],
    ],
    [
      'an output in doubt that there is no probe for',
      reading('$steps.a.outputs.id', ', whenInDoubt: probe'),
      ['error XIL033: '],
    ],
    ['another header of its request', reading('$request.header.X-Other'), ['error XIL035: ']],
    ['the body of its request', reading('$request.body#/id'), ['error XIL035: ']],
    ['its address', reading('$url'), ['error XIL035: ']],
    [
      'outputs of no workflow',
      reading('$outputs.id'),
      ['error XIL035: "$outputs.id" cannot be read here: no workflow is called | $outputs.id'],
    ],
    ['its answer', reading('$response.body#/id'), ['error ARZ111: ']],
  ])('%s', async (_, undo, expected) => {
    const lines = await findings(hold(`${KEY}, ${undo}`));
    expect(lines).toEqual(expected.map((start) => expect.stringContaining(start)));
  });

  it('is there before its step', async () => {
    const early = `${KEY}, ${reading('$steps.b.outputs.id')}`;
    expect(await findings(`${hold(early)}\n${hold(`${KEY}, compensate: { none: Stays. }`, 'b')}`)).toEqual([
      expect.stringContaining('error ARZ088: '),
    ]);
  });

  it('may be its own answer, to judge it and to give outputs', async () => {
    const judged = reading('$inputs.id', ', successCriteria: [{ condition: $response.body#/gone == true }]');
    expect(await findings(hold(`${KEY}, ${judged}`))).toEqual([]);
  });
});

describe('a probe', () => {
  const probing = (rest: string): string => `${RELEASE}, probe: { ${rest}, outputs: { id: $response.body#/id } }`;
  const applied = 'applied: [{ condition: $statusCode == 200 }]';

  test.each([
    ['that only reads', `${of('find')}, ${applied}`, []],
    ['that changes something', `${of('set')}, ${applied}`, ['error XIL032: The probe of step "a" calls PUT /holds,']],
    [
      'that reads outputs of its step',
      `${of('find')}, parameters: [{ name: key, in: query, value: $steps.a.outputs.id }], ${applied}`,
      ['error XIL035: "$steps.a.outputs.id" cannot be read here: a probe is made when step "a" has given no outputs'],
    ],
    [
      'that judges by outputs of its step',
      `${of('find')}, applied: [{ condition: $response.body#/id == $steps.a.outputs.id }]`,
      ['error XIL035: '],
    ],
    ['with a condition that is none', `${of('find')}, ${applied}, absent: [{ condition: '== 1' }]`, ['error ARZ101: ']],
    [
      'with a parameter that the operation does not know',
      `${of('find')}, parameters: [{ name: kee, in: query, value: 1 }], ${applied}`,
      ['warning ARZ067: '],
    ],
  ])('%s', async (_, probe, expected) => {
    const lines = await findings(hold(probing(probe)));
    expect(lines).toEqual(expected.map((start) => expect.stringContaining(start)));
  });
});

describe('a workflow that undoes', () => {
  const calling = `${KEY}, compensate: { workflowId: back, parameters: [{ name: id, value: $steps.a.outputs.id }] }`;
  const release = (more = ''): string =>
    `- { stepId: release, ${of('release')}, parameters: [{ name: id, in: path, value: $inputs.id }] ${more} }`;

  test.each([
    ['with plain steps', release(), inputs, []],
    ['that fails by an action, as it would without', release(', onFailure: [{ name: no, type: end }]'), inputs, []],
    ['whose effects may stay', release(', x-interlock: { compensate: { none: It is an undo. } }'), inputs, []],
    [
      'that jumps',
      release(', onSuccess: [{ name: on, type: end }]'),
      inputs,
      ['has action "on", which leads elsewhere'],
    ],
    [
      'that repeats by an action',
      release(', onFailure: [{ name: again, type: retry, retryAfter: 1 }]'),
      inputs,
      ['has action "again", which leads elsewhere'],
    ],
    [
      'that is undone itself',
      release(`, x-interlock: { compensate: { ${of('set')} } }`),
      inputs,
      ['has a `compensate` of its own'],
    ],
    [
      'that is replaced',
      release(', x-interlock: { fallback: { outputs: {} } }'),
      inputs,
      ['has a `fallback` of its own'],
    ],
    ['in parallel', release(), `${inputs}\nx-interlock: { parallel: true }`, ['asks for parallel steps']],
    ['that depends on others', release(), `${inputs}\ndependsOn: [other]`, ['depends on other workflows']],
  ])('%s', async (_, steps, rest, expected) => {
    const other = workflow('other', `- { stepId: look, ${of('find')} }`);
    const lines = await findings(hold(calling), `${workflow('back', steps, rest)}\n${other}`);
    const start = 'error XIL036: Workflow "back" undoes step "a", but';
    expect(lines).toEqual(expected.map((what) => expect.stringContaining(`${start} ${what}`)));
  });

  it('calls others, which are straight too and are judged by nobody', async () => {
    const back = workflow(
      'back',
      `- { stepId: call, workflowId: inner, successCriteria: [{ condition: $inputs.id != null }] }`,
      inputs,
    );
    const inner = workflow('inner', `- { stepId: list, ${of('set')}, onSuccess: [{ name: on, type: end }] }`);
    expect(await findings(hold(calling), `${back}\n${inner}`)).toEqual([
      expect.stringContaining('Workflow "back" undoes step "a", but judges the workflow that step "call" calls'),
      expect.stringContaining('Workflow "inner" undoes step "a", but has action "on", which leads elsewhere'),
    ]);
  });

  it('is given the inputs that it needs', async () => {
    const needs =
      'inputs: { type: object, additionalProperties: false, required: [id, why], properties: { id: {}, why: {} } }';
    const given = calling.replace('name: id', 'name: idd');
    expect(await findings(hold(given), workflow('back', release(), needs))).toEqual([
      expect.stringContaining('error ARZ074: '),
      expect.stringContaining('error ARZ074: '),
      expect.stringContaining('error ARZ108: '),
    ]);
  });

  it('has neither criteria nor a key of its own', async () => {
    const more = `${calling.replace(/ \}$/, '')}, successCriteria: [{ condition: 1 == 1 }], ${KEY} }`;
    expect(await findings(hold(more), workflow('back', release(), inputs))).toEqual([
      expect.stringContaining(
        'error XIL003: `x-interlock.compensate.successCriteria` of step "a" does not belong here',
      ),
      expect.stringContaining('error XIL003: `x-interlock.compensate.idempotency` of step "a" does not belong here'),
    ]);
  });

  it('is not asked how it is undone', async () => {
    const back = workflow('back', `- { stepId: set, ${of('hold')}, x-interlock: { timeouts: 1s } }`, inputs);
    expect(await findings(hold(calling), back)).toEqual([
      expect.stringContaining('warning XIL041: When the answer to step "set" is lost'),
    ]);
  });
});

describe('a fallback', () => {
  const look = (policy: string): string =>
    `- { stepId: look, ${of('find')}, outputs: { id: $response.body#/0 }, x-interlock: { fallback: ${policy} } }`;
  const other = (operation: string, more = ''): string =>
    `- { stepId: other, ${operation}, outputs: { id: $response.body#/0 } ${more} }`;
  const placing = 'requestBody: { payload: {} }, x-interlock: { compensate: { none: Stays. } }';

  test.each([
    ['of constants', look('{ outputs: { id: none } }'), []],
    [
      'for a certain answer',
      look('{ outputs: { id: $inputs.id }, criteria: [{ condition: $statusCode == 503 }] }'),
      [],
    ],
    ['that reads', `${look('{ stepId: other }')}\n${other(of('find'))}`, []],
    [
      'whose effect may stay',
      `${look('{ stepId: other }')}\n${other(of('hold'), ', x-interlock: { compensate: { none: Stays. } }')}`,
      [],
    ],
    [
      'whose effect stays without a word',
      `${look('{ stepId: other }')}\n${other(of('hold'), `, x-interlock: { ${KEY}, ${RELEASE.replace('$steps.a', '$steps.other')} }`)}`,
      ['error XIL038: Step "other" cannot stand in for step "look": it changes something'],
    ],
    ['that is the step itself', look('{ stepId: look }'), ['error XIL038: ']],
    [
      'of another system',
      `${look('{ stepId: other }')}\n${other(`operationId: $sourceDescriptions.shop.placeOrder, ${placing}`)}`,
      ['error XIL038: Step "other" cannot stand in for step "look": it calls another system'],
    ],
    [
      'that reads what did not come',
      `${look('{ stepId: other }')}\n${other(of('find'), ', parameters: [{ name: key, in: query, value: $steps.look.outputs.id }]')}`,
      ['error XIL038: Step "other" cannot stand in for step "look": it reads outputs of the step that failed'],
    ],
    ['that is not there', look('{ stepId: othr }'), ['error ARZ036: ']],
    ['with the answer as output', look('{ outputs: { id: $response.body#/id } }'), ['error XIL035: ']],
    ['with its step’s output', look('{ outputs: { id: $steps.look.outputs.id } }'), ['error XIL035: ']],
    [
      'with a misspelt output',
      look('{ outputs: { ID: 1 } }'),
      ['warning XIL039: The fallback of step "look" does not give "id"'],
    ],
    [
      'with an output too many',
      look('{ outputs: { id: 1, more: 2 } }'),
      ['warning XIL039: The fallback of step "look" gives "more", which the step has not'],
    ],
  ])('%s', async (_, steps, expected) => {
    const lines = await findings(steps);
    expect(lines).toEqual(expected.map((start) => expect.stringContaining(start)));
  });
});

describe('policies at the wrong step', () => {
  it('are refused on one that only reads', async () => {
    const steps = `- { stepId: a, ${of('find')}, x-interlock: { ${PROBE.replace(', outputs: { id: $response.body#/id }', '')}, compensate: { none: Nothing. } } }`;
    expect(await findings(steps)).toEqual([
      expect.stringContaining('error XIL030: Step "a" only reads, and has a `probe`'),
      expect.stringContaining('error XIL030: Step "a" only reads, and has a `compensate`'),
    ]);
  });

  it('are refused on one that calls a workflow', async () => {
    const steps = '- { stepId: a, workflowId: other, x-interlock: { compensate: { none: No. }, onChange: redo } }';
    expect(await findings(steps, workflow('other', `- { stepId: look, ${of('find')} }`))).toEqual([
      expect.stringContaining('error XIL031: Step "a" calls a workflow, and has a `compensate`'),
      expect.stringContaining('error XIL031: Step "a" calls a workflow, and has a `onChange`'),
    ]);
  });
});

describe('a lock', () => {
  const locked = (key: string): Promise<string[]> =>
    findings(`- { stepId: look, ${of('find')} }`, '', `${inputs}\nx-interlock: { lock: { key: '${key}' } }`);

  test.each([
    ['account', []],
    ['account-{$inputs.id}', []],
    ['$inputs.id', []],
    ['k-{$inputs.nobody}', ['warning ARZ109: ']],
    ['k-{$inputs.}', ['error ARZ100: ']],
    ['k-{$steps.look.outputs.id}', ['error XIL035: ', 'warning ARZ106: ']],
    ['k-{$statusCode}', ['error XIL035: "$statusCode" cannot be read here: a lock is taken before the first step']],
  ])('of %s', async (key, expected) => {
    expect((await locked(key)).sort()).toEqual(expected.map((start) => expect.stringContaining(start)));
  });
});

describe('what is left unsaid', () => {
  const plain = (operation: string, stepId: string): string => `- { stepId: ${stepId}, ${of(operation)} }`;

  it('is told once a workflow where no policy stands anywhere', async () => {
    const steps = [plain('hold', 'a'), plain('keyed', 'b'), plain('find', 'c')].join('\n');
    expect(await findings(steps)).toEqual([
      expect.stringContaining('warning XIL042: Workflow "main" may fail after 2 steps that nothing says how to undo'),
    ]);
  });

  it('is not told where nothing can fail after an effect', async () => {
    expect(await findings([plain('find', 'a'), plain('hold', 'b')].join('\n'))).toEqual([]);
  });

  it('is told step by step where some policy stands', async () => {
    const steps = [plain('hold', 'a'), plain('set', 'b'), plain('keyed', 'c'), hold('timeouts: 1s', 'd')].join('\n');
    expect((await findings(steps)).map((line) => line.split(' | ')[0])).toEqual([
      'warning XIL040: Nothing says how to undo step "a"',
      'warning XIL041: When the answer to step "a" is lost, only an operator can tell whether it happened',
      'warning XIL040: Nothing says how to undo step "b"',
      'warning XIL040: Nothing says how to undo step "c"',
      'warning XIL043: Step "c" could be repeated in doubt: POST /keyed takes an Idempotency-Key',
      'warning XIL040: Nothing says how to undo step "d"',
      'warning XIL041: When the answer to step "d" is lost, only an operator can tell whether it happened',
    ]);
  });

  it('is nothing of a shop whose steps only read', async () => {
    expect(SHOP).toContain('listOrders');
    expect(await found({ workflows: workflow('main', '- { stepId: a, operationId: listOrders }') })).toEqual([]);
  });
});
