/** `npm run fixtures` as it is called, on fixtures of our own: what has to pass passes, what has to fail names its place. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, type Said } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';

async function fixtures(...words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/fixtures.ts'), ...words], { cwd: ROOT });
  const [out, error]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() };
}

function document(step: string): string {
  return `arazzo: 1.1.0
info: { title: T, version: 1.0.0 }
sourceDescriptions: [{ name: far, url: https://far.example/openapi.yaml, type: openapi }]
workflows:
  - workflowId: w
    steps:
      - stepId: one
        ${step}
`;
}

const FAILING: { readonly [name: string]: string } = {
  'parameter-without-in': 'operationId: get\n        parameters: [{ name: a, value: 1 }]',
  'two-targets': "operationId: get\n        operationPath: '{$sourceDescriptions.far.url}#/paths/~1a/get'",
  'no-criteria': 'operationId: get\n        successCriteria: []',
};

describe('npm run fixtures', () => {
  it('accepts what passes and refuses what fails, each at its place, wherever the sources lie', async () => {
    await inFolder(async (folder) => {
      for (const kind of ['pass', 'fail']) mkdirSync(join(folder, kind));
      writeFileSync(join(folder, 'pass', 'good.yaml'), document('operationId: get'));
      for (const [name, step] of Object.entries(FAILING))
        writeFileSync(join(folder, 'fail', `${name}.yaml`), document(step));
      const { code, out } = await fixtures(folder);
      expect({ code, lines: out.trimEnd().split('\n') }).toEqual({
        code: 0,
        lines: [
          'refused            no-criteria.yaml:9 ARZ007 /workflows/0/steps/0/successCriteria `successCriteria` of step "one" is empty',
          'refused            parameter-without-in.yaml:9 ARZ062 /workflows/0/steps/0/parameters/0 Parameter "a" does not say where in the request it goes',
          'refused            two-targets.yaml:9 ARZ051 /workflows/0/steps/0/operationPath Step "one" has operationId and operationPath',
          '1 that pass: 1 accepted; 3 that fail: 3 refused at a place',
        ],
      });
    });
  });

  it('fails where one that fails is accepted, one that passes is refused, or there is none', async () => {
    await inFolder(async (folder) => {
      expect((await fixtures(folder)).code).toBe(1);
      for (const kind of ['pass', 'fail']) mkdirSync(join(folder, kind));
      writeFileSync(join(folder, 'fail', 'good.yaml'), document('operationId: get'));
      writeFileSync(join(folder, 'pass', 'bad.yaml'), document('operationId: get\n        outputs: []'));
      const { code, out } = await fixtures(folder);
      expect(code).toBe(1);
      expect(out).toContain('WRONGLY REFUSED    bad.yaml');
      expect(out).toContain('WRONGLY ACCEPTED   good.yaml');
    });
  });
});
