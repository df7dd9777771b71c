/** The repository's own app through the CDK's command, as who deploys it types it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/source-tree.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-app-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cdk(...words: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules/.bin/cdk'), ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    timeout: 120_000,
  });
  return { status, said: stdout + stderr };
}

describe('the app', () => {
  it('synthesises in silence, and a second time without a difference', () => {
    const first = join(folder, 'first');
    expect(cdk('synth', '-q', '-o', first)).toEqual({ status: 0, said: '' });
    const template = join(first, 'Interlock.template.json');
    const { status, said } = cdk('diff', 'Interlock', '--fail', '--template', template, '-o', join(folder, 'second'));
    expect(said).toContain('There were no differences');
    expect(status).toBe(0);
  }, 120_000);

  it('refuses an environment that is not written, in its own words and without a stack trace', () => {
    const { status, said } = cdk('synth', '-q', '-c', 'environment=moon', '-o', join(folder, 'moon'));
    expect(status).not.toBe(0);
    expect(said).toContain("There is no environment 'moon'");
    expect(said).not.toMatch(/\n\s+at .*\.ts:/);
  }, 120_000);
});
