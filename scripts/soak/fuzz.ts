/**
 * `npm run soak -- fuzz`: a million seeded texts through everything that reads what others have written, and documents with
 * bytes changed through the whole pipeline. Nothing may throw, make code out of text, or take more than 100 steps a
 * character and 10,000 besides. `--inputs` (all targets together), `--from`, `--only=TARGET`, `--corpus=DIR --mutations`.
 */
import {
  allowed,
  type Fuzzed,
  fuzzed,
  readyToFuzz,
  type Target,
  TARGET_NAMES,
  withoutEvaluation,
} from '../../test/support/fuzzing.ts';
import { mutatedCorpus } from './fuzz-corpus.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';

const SHOWN = 10;
const EVERY = 100_000;

interface Tally {
  inputs: number;
  /** Steps as a share of those allowed, at most. */
  worst: number;
  readonly faults: string[];
}

export async function sweep({ flags, say }: SweepOptions): Promise<SweepResult> {
  const number = (name: string, otherwise: number): number => Number(flags.get(name) ?? otherwise);
  await readyToFuzz();
  const only = flags.get('only');
  const targets = TARGET_NAMES.filter((name) => only === undefined || name === only);
  const each = Math.ceil(number('inputs', 1_000_000) / Math.max(1, targets.length));
  const tallies = new Map<Target, Tally>();
  let done = 0;
  const open = withoutEvaluation();
  try {
    for (const target of targets) {
      const tally: Tally = { inputs: 0, worst: 0, faults: [] };
      tallies.set(target, tally);
      for (let seed = number('from', 1); seed < number('from', 1) + each; seed += 1) {
        tryOne(target, seed, tally);
        done += 1;
        if (done % EVERY === 0) say(`${done} inputs`);
      }
    }
  } finally {
    open();
  }
  const corpus = flags.get('corpus');
  const mutated = corpus === undefined ? undefined : await mutatedCorpus(corpus, number('mutations', 10), say);
  const faults = [...[...tallies.values()].flatMap((tally) => tally.faults), ...(mutated?.faults ?? [])];
  const lines = [...tallies].map(
    ([target, { inputs, worst }]) =>
      `${target.padEnd(12)}${inputs} inputs, at most ${(100 * worst).toFixed(1)} % of the steps allowed`,
  );
  if (mutated)
    lines.push(`${mutated.documents} mutated documents: ${mutated.refused} refused, ${mutated.compiled} compiled`);
  return {
    ok: faults.length === 0,
    report: [...lines, ...faults.slice(0, SHOWN), `${faults.length} faults`].join('\n'),
  };
}

function tryOne(target: Target, seed: number, tally: Tally): void {
  tally.inputs += 1;
  try {
    const { input, spent }: Fuzzed = fuzzed(target, seed);
    const share = spent / allowed(input.length);
    tally.worst = Math.max(tally.worst, share);
    if (share > 1)
      tally.faults.push(`${target} seed ${seed}: ${spent} steps for ${input.length} characters: ${shown(input)}`);
  } catch (error) {
    tally.faults.push(
      `${target} seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

function shown(input: string): string {
  return JSON.stringify(input).slice(0, 300);
}
