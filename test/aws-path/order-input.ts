/** Inputs of the order example, and the patience that real time takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../lib/model/json.ts';
import { ROOT } from '../support/source-tree.ts';
import type { AwsWorld } from './world.ts';

export function orderInput(name: 'example' | 'undeliverable'): JsonObject {
  const file = join(ROOT, 'state-machines', 'order-fulfilment', `input.${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
}

/** Everything but the rate is answered: nothing is under way that may have an effect. */
export async function underWay(world: AwsWorld): Promise<string> {
  await world.fault('shipping', { operation: 'listRates', answerAfterMs: 4_000 });
  const run = await world.start(orderInput('example'));
  await until(async () => {
    const { steps } = await world.view(run);
    return steps.filter(({ status }) => status === 'applied').length >= 3;
  });
  return run;
}

/** Looks again, for ten seconds at most. */
export async function until(seen: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    if (await seen()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to pass');
}
