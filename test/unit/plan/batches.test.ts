/** How the items of a long list are batched: so that whatever an invocation begins, it has time for. */
import { expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import type { JsonObject } from '../../../lib/model/json.ts';
import type { PlanBatches } from '../../../lib/model/plan.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const OPENAPI = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.test' }],
  paths: {
    '/orders': {
      post: { operationId: 'place', responses: { '201': { description: 'Placed.' } } },
      delete: { operationId: 'drop', responses: { '204': { description: 'Gone.' } } },
    },
  },
};

async function batchesOf(forEach: JsonObject, undo: JsonObject = {}): Promise<PlanBatches | undefined> {
  const policies = { forEach: { items: '$inputs.lines', ...forEach }, compensate: { operationId: 'drop', ...undo } };
  const place = { stepId: 'place', operationId: 'place', 'x-interlock': policies };
  const arazzo = {
    arazzo: '1.1.0',
    info: { title: 'Lists', version: '1' },
    sourceDescriptions: [{ name: 'shop', url: './shop.json', type: 'openapi' }],
    workflows: [
      { workflowId: 'place-all', inputs: { type: 'object', properties: { lines: { type: 'array' } } }, steps: [place] },
    ],
  };
  const files = memoryFiles({ 'flow.arazzo.json': JSON.stringify(arazzo), 'shop.json': JSON.stringify(OPENAPI) });
  const { workflows } = await compileDescription({ entry: 'flow.arazzo.json', files });
  return workflows[0]?.plan.steps['place']?.forEach?.batches;
}

it('of ten at once, in groups that keep the concurrency', async () => {
  expect(await batchesOf({})).toEqual({ over: 40, size: 100, group: 10, atOnce: 1, forMs: 60_000 });
  expect(await batchesOf({ concurrency: 3 })).toMatchObject({ group: 3, atOnce: 1 });
  expect(await batchesOf({ concurrency: 40 })).toMatchObject({ group: 10, atOnce: 4 });
});

it('begins no further undo of a bundle that its function would have no time for', async () => {
  const slow = { timeouts: ['13m'], retry: { attempts: 1 } };
  const { forMs } = (await batchesOf({}, slow)) ?? {};
  expect(forMs).toBeLessThan(60_000);
});
