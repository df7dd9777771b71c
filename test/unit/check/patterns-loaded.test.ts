/**
 * The engine of regular expressions is loaded by a check that meets a pattern, wherever a criterion may stand, and by no
 * other. Each is asked in a process of its own, since what is loaded once stays loaded.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../support/source-tree.ts';

const SHIPPED = join(ROOT, 'state-machines', 'catalogue-sync');

const PROGRAM = `
  const { compileRegex } = await import('./lib/expressions/regex.ts');
  const { compileDescription } = await import('./lib/compile/compile.ts');
  const { folderFiles } = await import('./lib/embedded/file-source.ts');
  const files = folderFiles({ root: process.argv[1] });
  const { diagnostics } = await compileDescription({ entry: 'workflow.arazzo.yaml', files });
  let regex = 'loaded';
  try { compileRegex('^a'); } catch (error) { regex = error.message; }
  console.log(JSON.stringify({ codes: diagnostics.map(({ code }) => code), regex }));
`;

/** A line of the shipped description by where it stands, and a pattern in its place that is none. */
const PLACES = [
  ['successCriteria', '- condition: $statusCode == 202'],
  ['what a probe finds', '- condition: $response.body#/exports/0/exportId != null'],
  ['what a poll waits for', "- condition: $response.body#/state == 'done'"],
] as const;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-patterns-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function checked(at: string): Promise<{ readonly codes: readonly string[]; readonly regex: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, at], {
    cwd: ROOT,
  });
  return JSON.parse(stdout) as { codes: string[]; regex: string };
}

async function withPatternAt(line: string): Promise<string> {
  const copy = join(folder, line.replace(/\W+/g, '-'));
  await cp(SHIPPED, copy, { recursive: true });
  const file = join(copy, 'workflow.arazzo.yaml');
  const text = await readFile(file, 'utf8');
  expect(text).toContain(line);
  await writeFile(file, text.replace(line, `- { context: $statusCode, type: regex, condition: '([' }`));
  return copy;
}

describe('a check', () => {
  it('loads no engine of patterns for a description without one', async () => {
    expect(await checked(SHIPPED)).toEqual({ codes: [], regex: expect.stringContaining('is loaded before') });
  });

  it.each(PLACES)('loads it for a pattern among %s, and says what is wrong with it', async (_where, line) => {
    const { codes, regex } = await checked(await withPatternAt(line));
    expect(codes).toContain('ARZ101');
    expect(regex).toBe('loaded');
  });
});
