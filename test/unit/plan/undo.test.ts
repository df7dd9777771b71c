/** What a plan says beside its steps: calls that undo, probe and replace, their policies, what all runs share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { assert } from '../../../lib/model/assert.ts';
import type { Plan, PlanCall } from '../../../lib/model/plan.ts';
import { hashOfPlan } from '../../../lib/plan/plan-hash.ts';
import { SHOP, workflow } from '../../support/checking.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { ROOT } from '../../support/source-tree.ts';
import { of, STOCK } from '../../support/stock.ts';

const INPUTS = 'inputs: { type: object, properties: { id: { type: string } } }';
const ID = '[{ name: id, in: path, value: $steps.a.outputs.id }]';
const RELEASE = `compensate: { ${of('release')}, parameters: ${ID} }`;
const undo = (more: string): string => `compensate: { ${of('release')}, parameters: ${ID}, whenInDoubt: ask, ${more} }`;
const probe = (operation: string, more = ''): string =>
  `probe: { ${operation}, applied: [{ condition: $statusCode == 200 }], outputs: { id: $response.body#/id } ${more} }`;
const PROBE = probe(of('find'), ', parameters: [{ name: key, in: query, value: $inputs.id }]');

const hold = (policy: string): string =>
  `- { stepId: a, ${of('hold')}, outputs: { id: $response.body#/id }, x-interlock: { ${policy} } }`;

interface Texts {
  readonly steps: string;
  readonly others?: readonly string[];
  readonly rest?: string;
  /** x-interlock of the source `stock`. */
  readonly stock?: string;
}

async function compiled({ steps, others = [], rest = INPUTS, stock = '{}' }: Texts) {
  const text = [
    'arazzo: 1.1.0',
    'info: { title: Test, version: 1.0.0 }',
    'sourceDescriptions:',
    `  - { name: stock, url: ./stock.yaml, x-interlock: ${stock} }`,
    '  - { name: shop, url: ./shop.yaml }',
    'workflows:',
    workflow('main', steps, rest),
    ...others,
  ].join('\n');
  const files = memoryFiles({ 'flow.yaml': text, 'stock.yaml': STOCK, 'shop.yaml': SHOP });
  return await compileDescription({ entry: 'flow.yaml', files });
}

async function planned(texts: Texts): Promise<Plan> {
  const { workflows, diagnostics } = await compiled(texts);
  const plan = workflows[0]?.plan;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert(plan, `the test's description has a plan: ${JSON.stringify(errors.map(({ headline }) => headline))}`);
  return plan;
}

function callOf({ calls }: Plan, path: string): PlanCall {
  const call = calls[path];
  assert(call, `there is a call ${path} among ${Object.keys(calls).join()}`);
  return call;
}

describe('the undo of a step', () => {
  it('is a call of its operation, in rounds of four attempts with the waits of an undo', async () => {
    const plan = await planned({ steps: hold(RELEASE) });
    expect(plan.steps['a']?.undo).toEqual({
      kind: 'calls',
      calls: ['a#undo'],
      whenInDoubt: 'ask',
      independent: false,
      attempts: 8,
      budgetMs: 86_400_000,
    });
    expect(callOf(plan, 'a#undo')).toMatchObject({
      operation: 'stock.release',
      scope: '',
      effect: 'idempotent',
      reads: ['a'],
      readsInputs: false,
      retry: { attempts: 4, intervalMs: 500, backoff: 2, capMs: 300_000, jitter: 'full' },
      timeoutsMs: [10_000],
      graceMs: 10_000,
      // Four attempts of 10 s, waits of 0.5, 1 and 2 s, and the margin.
      leaseMs: 45_500,
    });
    expect(plan.steps['a']?.reads).toEqual([]);
  });

  it('takes what it says itself, then what its system says', async () => {
    const stock = '{ grace: 7s, timeouts: 4s, retry: { attempts: 9, interval: 2s, cap: 3s, jitter: none } }';
    const policy = undo('timeouts: [1s, 2s], retry: { attempts: 2, backoff: 3, budget: 1h }, independent: true');
    const plan = await planned({ steps: hold(policy), stock });
    expect(plan.steps['a']?.undo).toMatchObject({ attempts: 2, budgetMs: 3_600_000, independent: true });
    expect(callOf(plan, 'a#undo')).toMatchObject({
      retry: { attempts: 2, intervalMs: 2_000, backoff: 3, capMs: 300_000, jitter: 'none' },
      timeoutsMs: [1_000, 2_000],
      graceMs: 7_000,
      leaseMs: 7_000,
    });
    const plain = await planned({ steps: hold(undo('retry: { attempts: 50 }')), stock });
    expect(callOf(plain, 'a#undo')).toMatchObject({ timeoutsMs: [4_000], retry: { attempts: 4 } });
  });

  it('makes fewer attempts in one round where four would not fit into an invocation', async () => {
    const plan = await planned({ steps: hold(undo('timeouts: 4m')) });
    expect(callOf(plan, 'a#undo')).toMatchObject({ retry: { attempts: 3 }, leaseMs: 723_500 });
    const { diagnostics } = await compiled({ steps: hold(undo('timeouts: 15m')) });
    expect(diagnostics.map(({ code, headline }) => `${code} ${headline}`)).toContain(
      'PLN008 Step "a#undo" may take 902 s with all its attempts',
    );
  });

  it('by POST may be repeated where the system knows a key', async () => {
    const body = 'requestBody: { payload: { hold: $steps.a.outputs.id } }';
    const by = (more: string): string => `compensate: { ${of('order-release')}, ${body}, whenInDoubt: ask ${more} }`;
    expect(callOf(await planned({ steps: hold(by('')) }), 'a#undo').effect).toBe('unsafe');
    const plan = await planned({ steps: hold(by(', idempotency: { field: /key, retention: 2d }')) });
    expect(callOf(plan, 'a#undo')).toMatchObject({
      effect: 'idempotent',
      idempotency: { field: '/key', retentionMs: 172_800_000 },
    });
  });

  it('may be none, for a reason', async () => {
    const plan = await planned({ steps: hold('compensate: { none: It may stay. }') });
    expect(plan.steps['a']?.undo).toEqual({ kind: 'none', reason: 'It may stay.' });
    expect(plan.calls).toEqual({});
  });

  it('is not there where nothing is said', async () => {
    const plan = await planned({ steps: hold('timeouts: 1s') });
    expect(plan.steps['a']).not.toHaveProperty('undo');
    expect(plan.steps['a']).toMatchObject({ onChange: 'refuse' });
  });

  it('brings its system and its operation into the plan', async () => {
    const steps = `- { stepId: a, operationId: $sourceDescriptions.shop.placeOrder, requestBody: { payload: {} }, outputs: { id: $response.body#/id }, x-interlock: { ${RELEASE} } }`;
    const plan = await planned({ steps });
    expect(Object.keys(plan.systems).sort()).toEqual(['shop', 'stock']);
    expect(Object.keys(plan.operations).sort()).toEqual(['shop.placeOrder', 'stock.release']);
  });
});

describe('an undo by a workflow', () => {
  const calling = (more = ''): string =>
    hold(`compensate: { workflowId: back, parameters: [{ name: id, value: $steps.a.outputs.id }] ${more} }`);
  const back = (more = ''): string =>
    workflow(
      'back',
      `- { stepId: release, ${of('release')}, parameters: [{ name: id, in: path, value: $inputs.id }], outputs: { at: $response.header.Date } ${more} }
- { stepId: tell, workflowId: tell, parameters: [{ name: at, value: $steps.release.outputs.at }] }`,
      INPUTS,
    );
  const tell = workflow(
    'tell',
    `- { stepId: set, ${of('set')}, parameters: [{ name: X-At, in: header, value: $inputs.at }] }`,
    'inputs: { type: object, properties: { at: { type: string } } }',
  );

  it('is a row of calls: its steps and those of the workflows that it calls', async () => {
    const plan = await planned({ steps: calling(), others: [back(), tell] });
    expect(plan.steps['a']?.undo).toMatchObject({ calls: ['a#undo/release', 'a#undo/tell/set'] });
    expect(Object.keys(plan.steps)).toEqual(['a']);
    expect(plan.flow).toEqual([{ kind: 'step', step: 'a' }]);
    expect(plan.edges).toEqual([]);
    expect(callOf(plan, 'a#undo/release')).toMatchObject({ scope: 'a#undo', stepId: 'release', reads: ['a'] });
    expect(callOf(plan, 'a#undo/tell/set')).toMatchObject({ scope: 'a#undo/tell', reads: ['a#undo/release'] });
    expect(plan.scopes['a#undo']).toMatchObject({ via: 'undo', parent: '', workflowId: 'back' });
    expect(plan.scopes['a#undo']?.inputs).toEqual({ id: { kind: 'expression', text: '$steps.a.outputs.id' } });
    expect(plan.scopes['a#undo']?.members).toEqual({
      release: { step: 'a#undo/release' },
      tell: { scope: 'a#undo/tell' },
    });
    expect(plan.scopes['a#undo/tell']).toMatchObject({ via: 'step', parent: 'a#undo' });
  });

  it('is no workflow that the flow has passed', async () => {
    const plan = await planned({ steps: calling(), others: [back(), tell] });
    expect(Object.keys(plan.scopes['']?.workflows ?? {})).toEqual(['main']);
  });

  it('has the policies of its steps, and those of compensate where a step has none', async () => {
    const steps = calling(', timeouts: 3s, retry: { attempts: 30, interval: 1s, cap: 1h }');
    const plan = await planned({
      steps,
      others: [back(', x-interlock: { timeouts: 1s, retry: { attempts: 2 } }'), tell],
    });
    expect(callOf(plan, 'a#undo/release')).toMatchObject({
      timeoutsMs: [1_000],
      retry: { attempts: 2, intervalMs: 1_000, capMs: 3_600_000 },
    });
    expect(callOf(plan, 'a#undo/tell/set')).toMatchObject({ timeoutsMs: [3_000], retry: { attempts: 4 } });
    expect(plan.steps['a']?.undo).toMatchObject({ attempts: 30 });
  });

  it('is written out for each step that it undoes, also inside sub-workflows', async () => {
    const inner = workflow('inner', calling(), 'outputs: { id: $steps.a.outputs.id }');
    const steps = '- { stepId: one, workflowId: inner }\n- { stepId: two, workflowId: inner }';
    const plan = await planned({ steps, others: [inner, back(), tell] });
    expect(Object.keys(plan.calls)).toEqual([
      'one/a#undo/release',
      'one/a#undo/tell/set',
      'two/a#undo/release',
      'two/a#undo/tell/set',
    ]);
    expect(plan.scopes['two/a#undo']).toMatchObject({ parent: 'two' });
    expect(callOf(plan, 'two/a#undo/tell/set').reads).toEqual(['two/a#undo/release']);
  });

  it('may not be the workflow that it undoes a step of', async () => {
    const { diagnostics } = await compiled({ steps: hold('compensate: { workflowId: main }') });
    expect(diagnostics.map(({ code }) => code)).toContain('XIL036');
    const inner = workflow('inner', hold('compensate: { workflowId: main }'));
    const both = await compiled({ steps: '- { stepId: call, workflowId: inner }', others: [inner] });
    expect(both.workflows).toEqual([]);
  });

  it('counts among the steps of a plan that may not be too large', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `- { stepId: s${index}, ${of('set')} }`).join('\n');
    const steps = Array.from({ length: 17 }, (_, index) => calling().replaceAll(/\ba\b(?=[,.])/g, `a${index}`));
    const { diagnostics } = await compiled({ steps: steps.join('\n'), others: [workflow('back', many, INPUTS)] });
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['PLN003']);
  });
});

describe('a probe', () => {
  it('is a call with criteria of its own; the default in doubt, and asked in the step’s own invocation', async () => {
    const plan = await planned({ steps: hold(`${RELEASE}, ${PROBE}, sensitive: [id]`) });
    const step = plan.steps['a'];
    expect(step?.undo).toMatchObject({ whenInDoubt: 'probe' });
    expect(step?.probe).toEqual({
      call: 'a#probe',
      applied: [{ type: 'simple', condition: '$statusCode == 200' }],
      absent: [],
    });
    expect(callOf(plan, 'a#probe')).toMatchObject({ effect: 'safe', readsInputs: true, sensitive: ['id'] });
    // Its own attempts, the grace, the probe's attempts, and one more round.
    expect(step?.leaseMs).toBe(33_500 + 10_000 + 33_500 + 33_500);
    expect(step).toMatchObject({ reads: [], readsInputs: false });
  });

  it.each([
    ['the grace is long', PROBE, '{ grace: 61s }', 33_500],
    ['a key settles the doubt', `${PROBE}, idempotency: { header: X-Key }`, '{}', 33_500],
    ['it asks another system', probe('operationId: $sourceDescriptions.shop.listOrders'), '{}', 33_500],
    ['it would not fit into an invocation', `${PROBE}, timeouts: 140s`, '{ grace: 30s }', 423_500],
  ])('is left to settle where %s', async (_, policy, stock, leaseMs) => {
    const plan = await planned({ steps: hold(`${RELEASE}, ${policy}`), stock });
    expect(plan.steps['a']?.leaseMs).toBe(leaseMs);
  });

  it('has timeouts and attempts of its own', async () => {
    const asked = probe(of('find'), ', timeouts: 1s, retry: { attempts: 1 }');
    const plan = await planned({ steps: hold(`${RELEASE}, ${asked}`) });
    expect(callOf(plan, 'a#probe')).toMatchObject({ timeoutsMs: [1_000], retry: { attempts: 1 }, leaseMs: 3_000 });
  });
});

describe('a fallback', () => {
  it('gives outputs, and reads what its step then reads', async () => {
    const plan = await planned({
      steps: `- { stepId: look, ${of('find')}, outputs: { id: $response.body#/0 }, x-interlock: { fallback: { outputs: { id: $inputs.id }, criteria: [{ condition: $statusCode == 503 }] } } }`,
    });
    expect(plan.steps['look']?.fallback).toEqual({
      kind: 'outputs',
      outputs: { id: { kind: 'expression', text: '$inputs.id' } },
      criteria: [{ type: 'simple', condition: '$statusCode == 503' }],
    });
    expect(plan.steps['look']?.readsInputs).toBe(true);
  });

  it('is another step’s request, made within the lease of the one that failed', async () => {
    const steps = `
- { stepId: first, ${of('find')}, outputs: { id: $response.body#/0 } }
- { stepId: look, ${of('find')}, outputs: { id: $response.body#/0 }, x-interlock: { fallback: { stepId: other } } }
- { stepId: other, ${of('find')}, parameters: [{ name: key, in: query, value: $steps.first.outputs.id }], outputs: { id: $response.body#/1 }, x-interlock: { timeouts: 1s } }`;
    const plan = await planned({ steps });
    expect(plan.steps['look']?.fallback).toEqual({ kind: 'call', call: 'look#fallback', criteria: [] });
    const { path: _path, ...copied } = callOf(plan, 'look#fallback');
    expect(plan.steps['other']).toMatchObject(copied);
    expect(plan.steps['look']).toMatchObject({ reads: ['first'], leaseMs: 33_500 + 6_500 });
  });
});

describe('what all runs share', () => {
  it('is a breaker, a rate and a number of calls of each system, and of a step', async () => {
    const stock =
      '{ system: stock.eu, breaker: { slowRate: 0.8, slowAfter: 2s }, rateLimit: { requests: 5, per: 1s }, concurrency: 4 }';
    const plan = await planned({ steps: hold(`${RELEASE}, concurrency: 2, onChange: redo`), stock });
    expect(plan.systems['stock']).toMatchObject({
      identity: 'stock.eu',
      breaker: {
        failureRate: 0.5,
        slowRate: 0.8,
        slowAfterMs: 2_000,
        windowMs: 60_000,
        minimumCalls: 20,
        openForMs: 30_000,
        trialCalls: 3,
      },
      rateLimit: { requests: 5, perMs: 1_000, burst: 5 },
      concurrency: 4,
    });
    expect(plan.steps['a']).toMatchObject({ concurrency: 2, onChange: 'redo' });
  });

  it('is nothing where nothing is declared', async () => {
    const plan = await planned({ steps: hold(RELEASE) });
    expect(Object.keys(plan.systems['stock'] ?? {})).toEqual(['name', 'title', 'servers', 'securitySchemes']);
    expect(plan).not.toHaveProperty('lock');
    expect(plan.onFailure).toBe('compensate');
  });

  it('is a lock by a key, waited for until the deadline', async () => {
    const rest = `${INPUTS}\nx-interlock: { onFailure: hold, deadline: 5m, lock: { key: 'a-{$inputs.id}' } }`;
    const plan = await planned({ steps: hold(RELEASE), rest });
    expect(plan.lock).toEqual({
      key: { kind: 'template', parts: ['a-', { kind: 'expression', text: '$inputs.id' }] },
      leaseMs: 60_000,
      waitMs: 300_000,
    });
    expect(plan.onFailure).toBe('hold');
  });
});

describe('the machines', () => {
  it('are the same from Settle on, and outlast every undo of the plan', async () => {
    const { workflows } = await compiled({ steps: hold(undo('retry: { budget: 3d }')) });
    const [made] = workflows;
    assert(made, 'the workflow is compiled');
    const { machine, undoMachine, plan } = made;
    const { Settle: _settle, ...common } = undoMachine.States;
    expect(machine.States).toMatchObject(common);
    expect(undoMachine.StartAt).toBe('Settle');
    expect(undoMachine.TimeoutSeconds).toBe(3 * 86_400 + 3_600);
    expect(machine.TimeoutSeconds).toBe(plan.deadlineMs / 1_000 + 3 * 86_400 + 3_600);
  });

  it('are the same for the same description, however its keys are ordered', async () => {
    const one = await planned({ steps: hold(`${RELEASE}, ${PROBE}`) });
    const other = await planned({ steps: hold(`${PROBE}, ${RELEASE}`) });
    expect(hashOfPlan(one)).toBe(hashOfPlan(other));
    expect(hashOfPlan(one)).not.toBe(hashOfPlan(await planned({ steps: hold(RELEASE) })));
  });
});

describe('the page about undo', () => {
  it('shows steps that the golden case compiles', () => {
    const page = readFileSync(join(ROOT, 'docs/undo.md'), 'utf8');
    const golden = readFileSync(join(ROOT, 'test/golden/undo/workflow.arazzo.yaml'), 'utf8');
    const shown = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) =>
      text.replaceAll(/^/gm, ' '.repeat(6)).trimEnd(),
    );
    expect(shown.map((text) => golden.includes(text))).toEqual([true, true, true, true]);
  });
});

describe('a cache and a contract', () => {
  const look = (policy = ''): string =>
    `- { stepId: look, ${of('find')}, parameters: [{ name: key, in: query, value: $inputs.id }]${policy} }`;

  it('of a system hold for what its steps read, and never for a probe, which wants to know how it is now', async () => {
    const stock = '{ cache: { ttl: 5m, staleIfError: 1h }, contract: { responses: enforce } }';
    const plan = await planned({ steps: `${hold(`${RELEASE}, ${PROBE}`)}\n${look()}`, stock });
    expect(plan.steps['look']?.cache).toEqual({ ttlMs: 300_000, staleIfErrorMs: 3_600_000 });
    expect([plan.steps['a']?.cache, callOf(plan, 'a#probe').cache, callOf(plan, 'a#undo').cache]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(plan.systems['stock']?.contract).toEqual({ responses: 'enforce' });
  });

  it("give way to the step's own word", async () => {
    const off = await planned({ steps: look(', x-interlock: { cache: false }'), stock: '{ cache: true }' });
    const own = await planned({ steps: look(', x-interlock: { cache: { ttl: 1s } }'), stock: '{ cache: true }' });
    expect([off.steps['look']?.cache, own.steps['look']?.cache]).toEqual([undefined, { ttlMs: 1_000 }]);
  });
});
