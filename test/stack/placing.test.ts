/** Which integration stands in which stack: one as long as there is room, none moved by another. */
import { describe, expect, it } from 'vitest';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import { missingPins, putUp } from '../../lib/constructs/integrations-app.ts';
import { bytesOf, MOST_BYTES, MOST_RESOURCES, placed, resourcesOf as countOf } from '../../lib/constructs/placing.ts';
import { bundleHandlers } from '../../scripts/bundle.ts';
import { describedAt, inApp, OUR_FLAGS, resourcesOf, templateOf } from '../support/synthesised.ts';

const FOLDERS = [
  'test/stack/refunds',
  'test/stack/prices',
  'test/stack/messages',
  'state-machines/order-fulfilment',
  'state-machines/catalogue-sync',
  'state-machines/customer-onboarding',
];
const FIRST = { first: 'Interlock', pinned: {} };

async function several(count: number): Promise<readonly DescribedIntegration[]> {
  const orders = await describedAt('state-machines/order-fulfilment');
  return Array.from({ length: count }, (_, index) => ({ ...orders, name: `orders-${String(index).padStart(2, '0')}` }));
}

function namesIn(stacks: ReturnType<typeof placed>): { readonly [stack: string]: readonly string[] } {
  return Object.fromEntries([...stacks].map(([stack, members]) => [stack, members.map(({ name }) => name)]));
}

describe('the stacks of an app', () => {
  it.each(FOLDERS)(
    'are filled by the number of resources that an integration really is: %s',
    async (folder) => {
      const described = await describedAt(folder);
      // What all share is there besides.
      expect(countOf(described)).toBe(resourcesOf(await templateOf(described)).size - 1);
    },
    60_000,
  );

  it('are one while there is room, and another begins before CloudFormation refuses', async () => {
    const orders = await several(12);
    const size = countOf(orders[0] as DescribedIntegration);
    const stacks = placed(orders, FIRST);
    expect([...stacks.keys()]).toEqual(['Interlock', 'Interlock2', 'Interlock3', 'Interlock4']);
    for (const members of stacks.values()) expect(1 + members.length * size).toBeLessThanOrEqual(MOST_RESOURCES);
    expect(namesIn(stacks)['Interlock']).toEqual(orders.slice(0, 3).map(({ name }) => name));
  });

  it.each(FOLDERS)(
    'are filled by about as many bytes as an integration really has: %s',
    async (folder) => {
      const described = await describedAt(folder);
      const written = JSON.stringify((await templateOf(described)).toJSON()).length;
      const ratio = bytesOf([described]) / written;
      expect(ratio).toBeGreaterThan(0.95);
      expect(ratio).toBeLessThan(1.5);
    },
    60_000,
  );

  it('begin anew before a template of few but large machines is more than CloudFormation takes', async () => {
    const [orders] = await several(1);
    const workflows = (orders?.workflows ?? []).flatMap((workflow) =>
      Array.from({ length: 12 }, () => ({
        ...workflow,
        machine: { ...workflow.machine, Comment: 'x'.repeat(40_000) },
      })),
    );
    const all = ['a', 'b'].map((name) => ({ ...(orders as DescribedIntegration), name, workflows }));
    expect(all.reduce((sum, one) => sum + countOf(one), 1)).toBeLessThan(MOST_RESOURCES);
    expect(bytesOf(all)).toBeGreaterThan(MOST_BYTES);
    expect(namesIn(placed(all, FIRST))).toEqual({ Interlock: ['a'], Interlock2: ['b'] });
  });

  it('are filled by bytes, of which a letter of another script is three', async () => {
    const [orders] = await several(1);
    const commented = (letter: string): number => {
      const workflows = (orders?.workflows ?? []).map((workflow) => ({
        ...workflow,
        machine: { ...workflow.machine, Comment: letter.repeat(100_000) },
      }));
      return bytesOf([{ ...(orders as DescribedIntegration), workflows }]);
    };
    expect(commented('注') - commented('x')).toBeGreaterThanOrEqual(200_000);
  });

  it('do not depend on the order in which integrations are found', async () => {
    const orders = await several(12);
    expect(namesIn(placed(orders.toReversed(), FIRST))).toEqual(namesIn(placed(orders, FIRST)));
  });

  it('keep what is pinned, whatever is added before it', async () => {
    const orders = await several(12);
    const pins = Object.fromEntries(
      [...placed(orders, FIRST)].flatMap(([stack, all]) => all.map(({ name }) => [name, stack])),
    );
    const added = [{ ...(orders[0] as DescribedIntegration), name: 'aaa' }, ...orders];
    const after = namesIn(placed(added, { first: 'Interlock', pinned: pins }));
    for (const [name, stack] of Object.entries(pins)) expect(after[stack]).toContain(name);
    expect(Object.values(after).flat()).toHaveLength(13);
  });

  it('refuse a pin of what is not there', async () => {
    const orders = await several(1);
    expect(() => placed(orders, { first: 'Interlock', pinned: { gone: 'Interlock' } })).toThrow("pins 'gone'");
  });

  it('are there without any integration', () => {
    expect(namesIn(placed([], FIRST))).toEqual({ Interlock: [] });
  });

  it('share the table of the first, and the app says how to keep them as they are', async () => {
    await bundleHandlers();
    const integrations = await several(6);
    await inApp(OUR_FLAGS, (app) => {
      const stacks = putUp(app, { integrations });
      expect(stacks.map(({ stackName }) => stackName)).toEqual(['Interlock', 'Interlock2']);
      expect(stacks[1]?.shared).toBe(stacks[0]?.shared);
      const pinned = missingPins(stacks, { integrations });
      expect(pinned).toMatchObject({ 'orders-00': 'Interlock', 'orders-05': 'Interlock2' });
      expect(missingPins(stacks, { integrations, pinned: pinned ?? {} })).toBeUndefined();
      expect(missingPins(stacks.slice(0, 1), { integrations })).toBeUndefined();
      app.synth();
      expect(stacks[1]?.dependencies.map(({ stackName }) => stackName)).toEqual(['Interlock']);
    });
  }, 120_000);

  it.each([
    ['staging', ['Interlock-Staging', 'Interlock2-Staging']],
    ['deploy/eu-west.yaml', ['Interlock-EuWest', 'Interlock2-EuWest']],
    ['aws', ['Interlock', 'Interlock2']],
  ])(
    'of the environment %s have names of their own, whatever is pinned',
    async (environment, names) => {
      await bundleHandlers();
      const integrations = await several(2);
      const pinned = { 'orders-01': 'Interlock2' };
      await inApp(OUR_FLAGS, (app) => {
        const stacks = putUp(app, { integrations, pinned, environment });
        expect(stacks.map(({ stackName }) => stackName)).toEqual(names);
      });
    },
    60_000,
  );
});
