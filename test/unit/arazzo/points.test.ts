/** The pages that say point by point what is done: every point names a test, and the test is there, with that sentence. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../support/source-tree.ts';

interface Row {
  readonly point: string;
  readonly behaviour: string;
  readonly test: string;
}

function rowsOf(page: string): readonly Row[] {
  const lines = readFileSync(join(ROOT, 'docs', page), 'utf8').split('\n');
  return lines.flatMap((line): readonly Row[] => {
    const [, point = '', behaviour = '', test = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return line.startsWith('|') && test.startsWith('test/') ? [{ point, behaviour, test }] : [];
  });
}

/** Why the test of a point is none; undefined where it is there. */
function missing(test: string): string | undefined {
  const [, path = '', sentence] = /^(test\/\S+?)(?:: (.+))?$/.exec(test) ?? [];
  const file = join(ROOT, path);
  if (!existsSync(file)) return `there is no ${path}`;
  if (statSync(file).isDirectory()) return readdirSync(file).length > 0 ? undefined : `${path} is empty`;
  if (sentence === undefined) return undefined;
  return readFileSync(file, 'utf8').includes(sentence) ? undefined : `${path} does not say: ${sentence}`;
}

const pages: readonly (readonly [string, number])[] = [
  ['arazzo-points.md', 100],
  ['openapi-3.2.md', 17],
];

describe.each(pages)('docs/%s', (page, least) => {
  const rows = rowsOf(page);

  it('has its points, each with what is done', () => {
    expect(rows.length).toBeGreaterThanOrEqual(least);
    expect(rows.filter(({ behaviour }) => behaviour === '')).toEqual([]);
  });

  it('says each point once', () => {
    const points = rows.map(({ point }) => point);
    expect(points.filter((point, at) => points.indexOf(point) !== at)).toEqual([]);
  });

  it('names tests that there are', () => {
    const tests = rows.flatMap(({ test }) => test.split(/, (?=test\/)/));
    expect(tests.flatMap((test) => missing(test) ?? [])).toEqual([]);
  });
});
