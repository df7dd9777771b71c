/**
 * `npm run soak -- lists`: a list as long as they may be, through the deployed functions over emulators of what AWS has: done, and
 * undone after a later step is refused. The depot says what was sent and what stands; each function says what memory it took. Times are
 * of this machine and its emulators; counts and memory are Lambda's, too.
 */
import { join } from 'node:path';
import { openWorld } from '../../test/aws-path/open-world.ts';
import { ParcelDepot } from '../../test/aws-path/parcel-depot.ts';
import type { AwsWorld } from '../../test/aws-path/world.ts';
import { ROOT } from '../../test/support/source-tree.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';

const DESCRIPTION = join(ROOT, 'test', 'aws-path', 'parcels');

interface Passed {
  readonly status: string;
  readonly seconds: number;
  readonly memory: ReturnType<AwsWorld['memory']>;
}

export async function sweep({ flags, say }: SweepOptions): Promise<SweepResult> {
  const items = Number(flags.get('items') ?? 10_000);
  const depot = new ParcelDepot();
  await depot.listen();
  try {
    await using world = await openWorld({
      description: DESCRIPTION,
      secrets: {},
      servers: { 'https://depot.example.com': depot.url },
    });
    const done = await pass(world, listOf('a', items));
    say(`${items} items: ${done.status} in ${done.seconds} s`);
    const sent = depot.sent;
    const gathered = depot.notes[0]?.length ?? 0;
    depot.hasRoom = false;
    const undone = await pass(world, listOf('b', items));
    say(`${items} items: ${undone.status} in ${undone.seconds} s`);
    const faults = [
      ...(done.status === 'succeeded' ? [] : [`the first run is ${done.status}`]),
      ...(undone.status === 'compensated' ? [] : [`the second run is ${undone.status}`]),
      ...(sent === items && gathered === items ? [] : [`${sent} were sent and ${gathered} gathered`]),
      ...(depot.sent === 2 * items ? [] : [`${depot.sent - sent} were sent in the second run`]),
      ...(depot.underWay.size === items ? [] : [`${depot.underWay.size} are under way after both`]),
      ...[...undone.memory].filter(([, { peak, has }]) => peak >= has).map(([name]) => `${name} took all its memory`),
    ];
    return { ok: faults.length === 0, report: reportOf(items, { done, undone, faults }) };
  } finally {
    await depot.stop();
  }
}

function listOf(name: string, items: number): readonly string[] {
  return Array.from({ length: items }, (_, index) => `${name}-${index}`);
}

async function pass(world: AwsWorld, skus: readonly string[]): Promise<Passed> {
  const begun = performance.now();
  const { body } = await world.api('POST /workflows/send-all/runs', { input: { skus: [...skus] } });
  const { status } = await world.ended(String(body['runId']));
  return { status, seconds: Math.round((performance.now() - begun) / 1000), memory: world.memory() };
}

function reportOf(
  items: number,
  { done, undone, faults }: { readonly done: Passed; readonly undone: Passed; readonly faults: readonly string[] },
): string {
  const memory = [...undone.memory].map(
    ([name, { peak, has }]) =>
      `  ${name.padEnd(20)}${done.memory.get(name)?.peak ?? '-'} MB, undoing ${peak} of ${has}`,
  );
  return [
    'lists',
    `  ${'items'.padEnd(20)}${items}`,
    `  ${'done'.padEnd(20)}${done.status}, ${done.seconds} s`,
    `  ${'undone'.padEnd(20)}${undone.status}, ${undone.seconds} s`,
    ...memory,
    faults.length === 0 ? 'every item once, none left behind' : faults.join('; '),
  ].join('\n');
}
