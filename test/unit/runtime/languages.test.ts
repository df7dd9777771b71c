/** Which languages a plan is made ready for: whoever has none of them loads none of them. */
import { describe, expect, it, vi } from 'vitest';
import { callOf, planOf, stepOf } from '../../support/plan-fixture.ts';

const PATTERN = { type: 'regex', context: '$response.body#/id', condition: '^a' } as const;
const XPATH = { type: 'xpath', context: '$response.body', condition: '//a', version: 'xpath-31' } as const;

/** As in a process that has just begun: what is loaded stays loaded. */
async function fresh() {
  vi.resetModules();
  const { compileRegex } = await import('../../../lib/expressions/regex.ts');
  const { languagesFor } = await import('../../../lib/runtime/passage.ts');
  return { compileRegex, languagesFor };
}

describe('the languages of a plan', () => {
  it('are none where it holds none: no engine is loaded', async () => {
    const { compileRegex, languagesFor } = await fresh();
    expect(await languagesFor(planOf({ steps: [stepOf({ path: 'a' })] }))).toBeUndefined();
    expect(() => compileRegex('^a')).toThrow('is loaded before one is evaluated');
  });

  it('count in the calls of undos and probes, too', async () => {
    const { compileRegex, languagesFor } = await fresh();
    const plan = planOf({ steps: [stepOf({ path: 'a' })] });
    const calls = { 'a#undo': callOf({ path: 'a#undo', criteria: [XPATH, PATTERN] }) };
    expect(await languagesFor({ ...plan, calls })).toBeDefined();
    expect(compileRegex('^a')).toMatchObject({ ok: true });
  });
});
