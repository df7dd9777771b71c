/** What is said at a source description of other systems, of its health and of what it promises. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { assert } from '../../../lib/model/assert.ts';
import type { Plan } from '../../../lib/model/plan.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { SHOP } from '../../support/checking.ts';

const other = (title: string): string => SHOP.replace('title: Shop', `title: ${title}`);

const OTHERS = `
arazzo: 1.1.0
info: { title: Others, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: ./shop.yaml, type: openapi }]
workflows: [{ workflowId: other, steps: [{ stepId: list, operationId: listOrders }] }]
`;

interface Policies {
  readonly shop?: string;
  readonly bank?: string;
  readonly workflow?: string;
}

interface Compiled {
  readonly plan?: Plan;
  /** Both machines. */
  readonly machines: string;
  readonly said: readonly string[];
}

async function compiled({ shop = '', bank = '', workflow = '' }: Policies): Promise<Compiled> {
  const text = `
arazzo: 1.1.0
info: { title: Systems, version: 1.0.0 }
sourceDescriptions:
  - { name: shop, url: ./shop.yaml, type: openapi, x-interlock: { ${shop} } }
  - { name: bank, url: ./bank.yaml, type: openapi, x-interlock: { ${bank} } }
  - { name: vault, url: ./vault.yaml, type: openapi }
  - { name: others, url: ./others.yaml, type: arazzo }
workflows:
  - workflowId: main
    x-interlock: { ${workflow} }
    steps:
      - { stepId: list, operationId: $sourceDescriptions.shop.listOrders }
`;
  const { workflows, diagnostics } = await compileDescription({
    entry: 'main.yaml',
    files: memoryFiles({
      'main.yaml': text,
      'shop.yaml': SHOP,
      'bank.yaml': other('Bank'),
      'vault.yaml': other('Vault'),
      'others.yaml': OTHERS,
    }),
  });
  const [first] = workflows;
  const plan = first?.plan;
  const machines = JSON.stringify([first?.machine, first?.undoMachine]);
  const said = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, headline, place }) => {
      const where = place?.pointer.replace(/^.*x-interlock/, '') ?? '';
      return `${code} ${where} ${headline}`;
    });
  return { ...(plan && { plan }), machines, said };
}

async function planOf(policies: Policies): Promise<Plan> {
  const { plan, said } = await compiled(policies);
  assert(plan, `the description is sound: ${said.join('; ')}`);
  return plan;
}

describe('what a system depends on', () => {
  it('is a system of the plan too, however far, though no step calls it', async () => {
    const plan = await planOf({ shop: 'dependsOn: [bank]', bank: 'dependsOn: [vault]' });
    expect(Object.keys(plan.systems)).toEqual(['shop', 'bank', 'vault']);
    expect(plan.systems['shop']?.dependsOn).toEqual(['bank']);
    expect(plan.systems['vault']?.dependsOn).toBeUndefined();
    expect(Object.keys(plan.operations)).toEqual(['shop.listOrders']);
  });

  it('is called by no machine: nothing would fill in the name of a function that there may not be', async () => {
    const { machines } = await compiled({ shop: 'dependsOn: [bank]', bank: 'dependsOn: [vault]' });
    expect(machines).toContain('${CallShop}');
    expect(machines).not.toMatch(/\$\{Call(Bank|Vault)\}/);
  });

  it('leaves the plan as it is where nothing is said', async () => {
    expect(Object.keys((await planOf({})).systems)).toEqual(['shop']);
    expect((await planOf({ shop: 'dependsOn: []' })).systems).toEqual((await planOf({})).systems);
  });

  it('is a source description with operations, and none that depends on this one', async () => {
    expect((await compiled({ shop: 'dependsOn: [bnak]' })).said).toEqual([
      expect.stringMatching(/^ARZ034 \/dependsOn\/0 .*bnak/),
    ]);
    expect((await compiled({ shop: 'dependsOn: [others]' })).said).toEqual([
      expect.stringMatching(/^ARZ041 \/dependsOn\/0 /),
    ]);
    expect((await compiled({ shop: 'dependsOn: [shop]' })).said).toEqual([
      'XIL056 /dependsOn/0 System "shop" depends on itself',
    ]);
    expect((await compiled({ shop: 'dependsOn: [bank]', bank: 'dependsOn: [shop]' })).said).toEqual([
      'XIL056 /dependsOn/0 Systems depend on each other in a circle: shop -> bank -> shop',
    ]);
  });
});

describe('the health of a system', () => {
  it('by an operation is in the plan with its parameters, criteria and thresholds', async () => {
    const health = `operationId: getOrder, parameters: [{ name: id, in: path, value: probe }], every: 1m, unhealthyAfter: 3,
      healthyAfter: 2, successCriteria: [{ condition: $statusCode == 404 }]`;
    const plan = await planOf({ shop: `health: { ${health} }` });
    expect(plan.systems['shop']?.health).toMatchObject({
      call: { operation: { operationId: 'getOrder', path: '/orders/{id}' }, parameters: [{ name: 'id', in: 'path' }] },
      everyMs: 60_000,
      unhealthyAfter: 3,
      healthyAfter: 2,
      criteria: [{ condition: '$statusCode == 404' }],
    });
    expect(Object.keys(plan.operations)).toEqual(['shop.listOrders']);
  });

  it('by a path is as it ever was, so that no plan changes', async () => {
    const plan = await planOf({ shop: 'health: { path: /health }' });
    expect(plan.systems['shop']?.health).toEqual({ path: '/health', everyMs: 300_000, timeoutMs: 5_000 });
  });

  it.each([
    ['operationId: placeOrder', 'XIL057 /health/operationId', 'changes something'],
    ['operationId: getOrdr', 'ARZ052', 'getOrdr'],
    ['operationId: $sourceDescriptions.bank.listOrders', 'ARZ034', 'bank'],
    ['operationId: getOrder', 'ARZ066', 'id'],
    [
      'operationId: getOrder, parameters: [{ name: id, in: path, value: $inputs.id }]',
      'XIL057 /health/parameters/0/value',
      'belongs to a run',
    ],
    ['path: /health, successCriteria: [{ condition: $steps.list.outputs.x == 1 }]', 'XIL057', '$steps.list'],
    ['path: /health, successCriteria: [{ condition: "$statusCode ===== 1" }]', 'ARZ101', ''],
    [
      'path: /health, parameters: [{ name: id, in: query, value: x }]',
      'XIL057 /health/parameters',
      'takes no parameters',
    ],
    ['path: /health, operationId: listOrders', 'XIL003', ''],
    ['every: 1m', 'XIL002', 'operationId'],
    ['path: /health, unhealthyAfter: 0', 'XIL003', '0'],
    ['path: /health, timeout: 2m', 'XIL057 /health/timeout', 'waited for 2m'],
    ['path: /health, every: 30s', 'XIL057 /health/every', 'every 30s'],
    ['path: /health, every: 90s', 'XIL057 /health/every', 'rings by the minute'],
  ])('is refused as %s', async (health, code, why) => {
    const { said } = await compiled({ shop: `health: { ${health} }` });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(code);
    expect(said[0]).toContain(why);
  });
});

describe('a promise', () => {
  it('is in the plan of a workflow and of a system, over thirty days where nothing is said', async () => {
    const plan = await planOf({
      shop: 'slo: { availability: 0.99 }',
      workflow: 'slo: { latency: { percentile: 99.5, below: 20s }, window: 7d }',
    });
    expect(plan.systems['shop']?.slo).toEqual({ availability: 0.99, windowMs: 30 * 86_400_000 });
    expect(plan.slo).toEqual({ latency: { percentile: 99.5, belowMs: 20_000 }, windowMs: 7 * 86_400_000 });
  });

  it.each([
    ['availability: 1', 'XIL003', '1'],
    ['availability: 0', 'XIL003', '0'],
    ['availability: 99.9', 'XIL003', '99.9'],
    ['latency: { percentile: 100, below: 1s }', 'XIL003', '100'],
    ['latency: { percentile: 99 }', 'XIL002', 'below'],
    ['latency: { percentile: 99, below: fast }', 'XIL004', 'fast'],
    ['', 'XIL055', 'neither an availability nor a latency'],
    ['window: 30d', 'XIL055', 'neither an availability nor a latency'],
    ['availabilty: 0.9', 'XIL001', 'availabilty'],
    ['latency: { percentile: 0.99, below: 1s }', 'XIL055 /slo/latency/percentile', 'of 0.99 %'],
    ['availability: 0.9, window: 6d', 'XIL055 /slo/window', 'over 6d'],
    ['availability: 0.9, window: 91d', 'XIL055 /slo/window', 'over 91d'],
    ['latency: { percentile: 99, below: 1h }', 'XIL055 /slo/latency/below', 'at its deadline of 1h'],
  ])('of runs is refused as { %s }', async (slo, code, why) => {
    const { said } = await compiled({ workflow: `slo: { ${slo} }` });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(code);
    expect(said[0]).toContain(why);
  });
});
