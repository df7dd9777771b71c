/** `npm run conformance` as it is called: what it prints for a program, and how it ends. */
import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, type Said } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';

const CASES = join(ROOT, 'test/conformance');

async function conformance(...words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/conformance.ts'), ...words], { cwd: ROOT });
  const [out, error]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() };
}

describe('npm run conformance', () => {
  it('passes all of our own cases and counts them by kind and language', async () => {
    const { code, out } = await conformance(CASES, '--json');
    const { totals, kinds, failures } = JSON.parse(out);
    expect({ code, failures, failed: totals.failed, excused: totals.excused }).toEqual({
      code: 0,
      failures: [],
      failed: 0,
      excused: 0,
    });
    expect(totals.passed).toBe(totals.eligible);
    expect(Object.keys(kinds).toSorted()).toEqual([
      'definitionValidation JSONata',
      'execution JSONata',
      'variableReferences JSONata',
    ]);
  });

  it('fails with 1 and the first difference of a case that does not hold', async () => {
    await inFolder(async (folder) => {
      const wrong = JSON.parse(readFileSync(join(CASES, 'execution/null-is-a-value.json'), 'utf8'));
      writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ ...wrong, name: 'wrong', expectedStatus: 'FAILED' }));
      copyFileSync(join(CASES, 'execution/map-inside-parallel.json'), join(folder, 'right.json'));
      const { code, out } = await conformance(folder, '--json');
      expect(code).toBe(1);
      expect(JSON.parse(out)).toMatchObject({
        totals: { eligible: 2, passed: 1, failed: 1, excused: 0, outOfScope: 0 },
        failures: [{ name: 'wrong', difference: 'outcome/status: got "SUCCEEDED", recorded "FAILED"' }],
      });
    });
  });

  it('fails with 2 on a folder that is not there, is empty, or holds broken JSON', async () => {
    await inFolder(async (folder) => {
      expect(await conformance(join(folder, 'nowhere'))).toMatchObject({
        code: 2,
        error: expect.stringContaining('nowhere'),
      });
      expect((await conformance(folder)).error).toContain('holds no case');
      writeFileSync(join(folder, 'broken.json'), '{');
      expect((await conformance(folder)).error).toContain('broken.json');
      expect((await conformance()).code).toBe(2);
    });
  });
});
