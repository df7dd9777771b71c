/**
 * `npm run soak -- races`: ten thousand seeded runs in virtual time, each judged by the eight invariants. What breaks one
 * is printed at once, with the few faults that it takes; the same numbers find the same things again.
 */
import { counterexample, race } from '../../test/support/races.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';

const SHOWN = 5;
const EVERY = 500;

export async function sweep({ flags, say }: SweepOptions): Promise<SweepResult> {
  const number = (name: string, otherwise: number): number => Number(flags.get(name) ?? otherwise);
  const [seeds, from, sagas] = [number('seeds', 10_000), number('from', 1), number('sagas', 400)];
  const phases = new Map<string, number>();
  const broken: number[] = [];
  let faults = 0;
  const begun = performance.now();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const raced = await race(seed, { sagas });
    phases.set(raced.phase, (phases.get(raced.phase) ?? 0) + 1);
    faults += raced.evidence.fired.length;
    if (raced.violations.length > 0) {
      broken.push(seed);
      if (broken.length <= SHOWN) say(await counterexample(raced, { sagas }));
    }
    if ((seed - from + 1) % EVERY === 0) say(`${seed - from + 1} runs, ${broken.length} of them broken`);
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  return { ok: broken.length === 0, report: reportOf({ seeds, from, sagas, phases, faults, seconds, broken }) };
}

interface Swept {
  readonly seeds: number;
  readonly from: number;
  readonly sagas: number;
  readonly phases: ReadonlyMap<string, number>;
  readonly faults: number;
  readonly seconds: number;
  readonly broken: readonly number[];
}

function reportOf({ seeds, from, sagas, phases, faults, seconds, broken }: Swept): string {
  const rows: readonly (readonly [string, string | number])[] = [
    ['runs', seeds],
    ['seeds', `${from} to ${from + seeds - 1}, over ${sagas} sagas and the example`],
    ...[...phases].toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ['faults', faults],
    ['seconds', seconds],
  ];
  const verdict = broken.length === 0 ? 'all eight invariants held' : `broken by the seeds ${broken.join(', ')}`;
  return ['races', ...rows.map(([name, value]) => `  ${name.padEnd(18)}${value}`), verdict].join('\n');
}
