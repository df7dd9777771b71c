/** What machines are called: known by the workflow alone, and never two workflows by one name. */
import { describe, expect, it } from 'vitest';
import { machineName } from '../../lib/model/machine-name.ts';

describe("a machine's name", () => {
  it('is its kind and its workflow', () => {
    expect([machineName('run', 'place-order'), machineName('undo', 'place_Order2')]).toEqual([
      'run-place-order',
      'undo-place_Order2',
    ]);
  });

  it('of a workflow whose id is long, or has what no name may have, is cut and told apart by a digest', () => {
    const long = 'cancel-the-subscription-of-a-customer-who-has-left';
    const names = [long, `${long}s`, 'orders.place', 'orders place', 'пример'].map((id) => machineName('express', id));
    for (const name of names) expect(name).toMatch(/^express-[A-Za-z0-9_-]{1,33}$/);
    expect(new Set(names).size).toBe(5);
    expect(names[0]).toMatch(/^express-cancel-the-subscription-[0-9a-f]{8}$/);
  });
});
