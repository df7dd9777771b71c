/** A list that is done in batches, through the deployed functions and the run table of an emulator. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../lib/model/run.ts';
import { ROOT } from '../support/source-tree.ts';
import { openWorld } from './open-world.ts';
import { ParcelDepot } from './parcel-depot.ts';
import type { AwsWorld } from './world.ts';

const depot = new ParcelDepot();
let world: AwsWorld;

beforeAll(async () => {
  await depot.listen();
  const description = join(ROOT, 'test', 'aws-path', 'parcels');
  world = await openWorld({ description, secrets: {}, servers: { 'https://depot.example.com': depot.url } });
}, 60_000);

beforeEach(() => {
  depot.underWay.clear();
  depot.notes.length = 0;
  depot.refused.clear();
  depot.hasRoom = true;
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await depot.stop();
});

function skus(count: number, of: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${of}-${index}`);
}

async function sent(list: readonly string[]): Promise<RunView> {
  const { status, body } = await world.api('POST /workflows/send-all/runs', { input: { skus: list } });
  expect(status).toBe(202);
  return await world.ended(String(body['runId']));
}

describe('a long list on AWS', () => {
  it('is done in batches, every item once, and gathered in its order', async () => {
    const list = skus(230, 'a');
    const view = await sent(list);
    expect(view.status).toBe('succeeded');
    expect([...depot.underWay.values()].toSorted()).toEqual([...list].toSorted());
    const [note] = depot.notes;
    expect(note?.map((id) => depot.underWay.get(id))).toEqual(list);
  });

  it('is undone in bundles when a later step is refused', async () => {
    depot.hasRoom = false;
    const before = depot.sent;
    const view = await sent(skus(230, 'b'));
    expect([view.status, view.error?.step]).toEqual(['compensated', 'note']);
    expect(depot.sent - before).toBe(230);
    expect([...depot.underWay]).toEqual([]);
  });

  it('ends with the group of an item that is refused: nothing further begins, and what was sent is recalled', async () => {
    depot.refused.add('c-12');
    const before = depot.sent;
    const view = await sent(skus(100, 'c'));
    expect([view.status, view.error?.step]).toEqual(['compensated', 'ship[c-12]']);
    expect(depot.sent - before).toBe(19);
    expect([...depot.underWay]).toEqual([]);
  });
});
