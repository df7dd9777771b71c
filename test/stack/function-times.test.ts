/** How long the function of a system may take, where the items of a list are done or undone in many at once. */
import { expect, it } from 'vitest';
import { callTimeoutMs, coreTimeoutMs } from '../../lib/constructs/function-times.ts';
import { parseValue } from '../../lib/expressions/values.ts';
import type { Plan } from '../../lib/model/plan.ts';
import { callOf, operationOf, planOf, stepOf, undoOf } from '../support/plan-fixture.ts';

const BATCHES = { over: 40, size: 100, group: 10, atOnce: 1, forMs: 60_000 };
const FOR_EACH = { items: parseValue('$inputs.lines'), concurrency: 10, tolerate: 0, batches: BATCHES };

/** Its step is undone at another system. */
function shipping(more: Parameters<typeof stepOf>[0]): { readonly plan: Plan } {
  return {
    plan: planOf({
      steps: [stepOf({ undo: undoOf('ship'), leaseMs: 60_000, ...more })],
      calls: [callOf({ path: 'ship#undo', leaseMs: 50_000 })],
      operations: [operationOf('ship-undo', { system: 'returns' })],
    }),
  };
}

it('is a whole visit, and a margin', () => {
  expect(callTimeoutMs('shop', [shipping({ path: 'ship' })])).toBe(65_000);
  expect(callTimeoutMs('returns', [shipping({ path: 'ship' })])).toBe(55_000);
  expect(callTimeoutMs('other', [shipping({ path: 'ship' })])).toBe(35_000);
});

it('has room for what is undone before a step is done with other data', () => {
  const redone = shipping({ path: 'ship', onChange: 'redo' });
  expect(callTimeoutMs('shop', [redone])).toBe(115_000);
});

it('has room for a batch of a list, and for a bundle of its undos at whatever system they call', () => {
  const listed = shipping({ path: 'ship', forEach: FOR_EACH });
  expect(callTimeoutMs('shop', [listed])).toBe(125_000);
  expect(callTimeoutMs('returns', [listed])).toBe(115_000);
});

it('is never more than a function may take', () => {
  const listed = shipping({ path: 'ship', forEach: FOR_EACH, leaseMs: 880_000 });
  expect(callTimeoutMs('shop', [listed])).toBe(900_000);
});

it('of the core is longer where there are lists, since it reads what all of their items gave', () => {
  expect(coreTimeoutMs([shipping({ path: 'ship' })])).toBe(30_000);
  expect(coreTimeoutMs([shipping({ path: 'ship' }), shipping({ path: 'ship', forEach: FOR_EACH })])).toBe(180_000);
});
