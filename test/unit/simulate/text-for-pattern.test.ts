/** A text that a pattern matches is made of the pattern, without asking an engine. */
import { beforeAll, describe, expect, it } from 'vitest';
import { compileRegex, loadRegex } from '../../../lib/expressions/regex.ts';
import { textForPattern } from '../../../lib/simulate/text-for-pattern.ts';

beforeAll(loadRegex);

describe('a text for a pattern', () => {
  it.each([
    '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}$',
    '^[A-Z]{3}$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^(ab|cd)+(?:e?f*)\\.x$',
    '^(?<year>\\d{4})$',
    '^[^abc]{2}$',
    '^[^\\d]+$',
    '[\\w.-]+@[\\w-]+\\.\\w{2,}',
    '^\\/orders\\/[a-z-]{3,}$',
    '^\\u00e9\\x41$',
    'a{0,3}b{2}',
    '^[\\]a]$',
    '^[a-]$',
    '^😀+$',
    '',
  ])('of %j is matched by it', (pattern) => {
    const text = textForPattern(pattern);
    const compiled = compileRegex(pattern);
    expect(compiled.ok && text !== undefined && compiled.matches(text)).toBe(true);
  });

  it.each([
    ['what it does not know', '(?=a)b'],
    ['a back-reference', '(a)\\1'],
    ['a class that is not closed', '[abc'],
    ['a class of nothing that is known', '[[:alpha:]]'],
    ['a group that is not closed', '(ab'],
    ['a repetition of nothing', '*a'],
    ['too many repetitions', '(a{9999}){9999}'],
    ['too many groups in each other', `${'('.repeat(99)}a${')'.repeat(99)}`],
    ['a pattern that is too long', 'a'.repeat(5_000)],
  ])('is not made of %s', (_what, pattern) => {
    expect(textForPattern(pattern)).toBeUndefined();
  });
});
