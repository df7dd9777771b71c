/**
 * A few seeds of what `npm run soak -- fuzz` does a million times: nothing that reads what others have written throws, makes
 * code out of text, or takes more steps than its length allows. The steps are counted where they are taken, which is seen
 * here, too: a reader that counts nothing would keep to any bound.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRegex } from '../../lib/expressions/regex.ts';
import { allowed, fuzzed, readyToFuzz, TARGET_NAMES, withoutEvaluation } from '../support/fuzzing.ts';

const SEEDS = 300;
let open = (): void => undefined;

beforeAll(async () => {
  await readyToFuzz();
  open = withoutEvaluation();
});
afterAll(() => open());

describe.each(TARGET_NAMES)('a hostile %s', (target) => {
  it(`is read in bounded work, in ${SEEDS} seeds`, () => {
    let spent = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const one = fuzzed(target, seed);
      spent += one.spent;
      expect(one.spent, `${target} seed ${seed}: ${one.input}`).toBeLessThanOrEqual(allowed(one.input.length));
    }
    expect(spent).toBeGreaterThan(SEEDS);
  });

  it('is the same for the same seed', () => {
    expect(fuzzed(target, 7)).toEqual(fuzzed(target, 7));
  });
});

describe('a pattern of repetitions of repetitions', () => {
  it.each([
    '(a{999}){999}',
    '((ab|c){100}){200}[x-z]{5}',
    'a[^](?:bcdefghijklmnop]qrstuvw){2,999}',
    `(${'a'.repeat(60)}){1000}`,
  ])('%s is refused before it is built', (pattern) => {
    expect(compileRegex(pattern)).toMatchObject({ ok: false, problem: { code: 'too-long' } });
  });

  it.each(['^[0-9A-F]{8}(-[0-9A-F]{4}){3}$', 'a{1000}', '\\{9999}', '[{9999}]+'])('%s is not', (pattern) => {
    expect(compileRegex(pattern).ok).toBe(true);
  });
});
