/**
 * Which languages a plan is made ready for: whoever has none of them loads none of them. Each is asked in a process of its
 * own, since what is loaded once stays loaded.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../lib/model/plan.ts';
import { callOf, planOf, stepOf } from '../../support/plan-fixture.ts';
import { ROOT } from '../../support/source-tree.ts';

const PATTERN = { type: 'regex', context: '$response.body#/id', condition: '^a' } as const;
const XPATH = { type: 'xpath', context: '$response.body', condition: '//a', version: 'xpath-31' } as const;

const PROGRAM = `
  const { compileRegex } = await import('./lib/expressions/regex.ts');
  const { languagesFor } = await import('./lib/runtime/passage.ts');
  const xpath = await languagesFor(JSON.parse(process.argv[1]));
  let regex = 'loaded';
  try { compileRegex('^a'); } catch (error) { regex = error.message; }
  console.log(JSON.stringify({ xpath: xpath !== undefined, regex }));
`;

async function readyFor(plan: Plan): Promise<{ readonly xpath: boolean; readonly regex: string }> {
  const words = ['--input-type=module', '-e', PROGRAM, JSON.stringify(plan)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: ROOT });
  return JSON.parse(stdout) as { xpath: boolean; regex: string };
}

describe('the languages of a plan', () => {
  it('are none where it holds none: no engine is loaded', async () => {
    expect(await readyFor(planOf({ steps: [stepOf({ path: 'a' })] }))).toEqual({
      xpath: false,
      regex: expect.stringContaining('is loaded before one is evaluated'),
    });
  });

  it('count in the calls of undos and probes, too', async () => {
    const plan = planOf({ steps: [stepOf({ path: 'a' })] });
    const calls = { 'a#undo': callOf({ path: 'a#undo', criteria: [XPATH, PATTERN] }) };
    expect(await readyFor({ ...plan, calls })).toEqual({ xpath: true, regex: 'loaded' });
  });

  it('count in the targets of replacements, too', async () => {
    const body = { replacements: [{ target: '/a', language: 'xpath', value: { kind: 'literal', value: 1 } }] } as const;
    expect(await readyFor(planOf({ steps: [stepOf({ path: 'a', body })] }))).toMatchObject({ xpath: true });
  });
});
