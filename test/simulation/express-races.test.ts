/**
 * The races of races.test.ts and list-races.test.ts over express workflows, whose executions begin again from their start at
 * moments of the seed's choosing: branches, jumps, sub-workflows, lists and questions, passed by two at once. The eight
 * invariants hold. `SEEDS=1-500` tries others.
 */
import { expect, test } from 'vitest';
import { counterexample, race } from '../support/races.ts';

const [FIRST = 1, LAST = FIRST] = (process.env['SEEDS'] ?? '1-60').split('-').map(Number);
const SEEDS: readonly number[] = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);

test.each([
  ['of plain steps', false],
  ['of lists and questions', true],
])(
  'an express run %s keeps every promise, however often it begins again',
  async (_, lists) => {
    const broken: string[] = [];
    const phases = new Set<string>();
    let restarted = 0;
    for (const seed of SEEDS) {
      const raced = await race(seed, { lists, express: true });
      phases.add(raced.phase);
      restarted += [...raced.evidence.histories.keys()].filter((id) => id.includes('-again-')).length;
      if (raced.violations.length > 0) broken.push(await counterexample(raced, { lists, express: true }));
    }
    expect(broken.join('\n\n')).toBe('');
    if (SEEDS.length < 60) return;
    expect([...phases].toSorted()).toEqual(['compensated', 'failed', 'needs-attention', 'succeeded']);
    expect(restarted).toBeGreaterThan(20);
  },
  600_000,
);

test.each([[572, 'two tries took two ways, since whether a safe step had failed was not decided by one write']])(
  'keeps them where one was broken while this was built: seed %i, %s',
  async (seed) => {
    for (const lists of [false, true]) {
      const raced = await race(seed, { lists, express: true });
      expect(raced.violations.length === 0 ? '' : await counterexample(raced, { lists, express: true })).toBe('');
    }
  },
);
