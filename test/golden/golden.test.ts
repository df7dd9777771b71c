/**
 * Golden and run: every case is compiled, its machine compared with the text on disk, validated, and executed by the
 * engine through its scenarios. Text catches drift, execution catches lies. UPDATE=1 rewrites the machines, and fills in
 * `status`, `transitions` and `entered` of a scenario that has none yet.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../lib/engine/definition/parse-definition.ts';
import { isError } from '../../lib/engine/definition/finding.ts';
import { compactJson } from '../support/compact-json.ts';
import {
  besideFlow,
  compileCase,
  expectedText,
  GOLDEN,
  goldenCases,
  mainOf,
  reviewable,
  scenariosOf,
  UPDATE,
  WHOLE,
} from '../support/golden-case.ts';
import { callsOf, play, type Played, type Scenario } from '../support/golden-run.ts';

describe.each(goldenCases())('%s', (name) => {
  it('says in one line why it is here', () => {
    expect(readFileSync(join(GOLDEN, name, 'why.md'), 'utf8')).toMatch(/^[A-Z].+[.]\n$/);
  });

  it('compiles without errors to the expected machine', async () => {
    const compiled = await compileCase(name);
    expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const actual = reviewable(mainOf(compiled), name === WHOLE);
    expect(actual).toBe(expectedText(name, actual));
  });

  it('compiles to the expected calls beside the flow', async () => {
    const actual = besideFlow(mainOf(await compileCase(name)));
    expect(actual).toBe(expectedText(name, actual, 'expected.beside.json'));
  });

  it('gives machines that are valid', async () => {
    for (const { plan, machine, undoMachine } of (await compileCase(name)).workflows) {
      const type = plan.mode === 'express' ? 'EXPRESS' : 'STANDARD';
      expect(parseDefinition(JSON.stringify(machine), { type }).findings.filter(isError)).toEqual([]);
      expect(parseDefinition(JSON.stringify(undoMachine)).findings.filter(isError)).toEqual([]);
    }
  });

  it.each(scenariosOf(name))('runs: $name', async ({ name: file, path, scenario }) => {
    const played = await play(mainOf(await compileCase(name)), scenario);
    const expected = UPDATE && scenario.entered === undefined ? filledIn(path, scenario, played) : scenario;
    expect(played.faults).toEqual([]);
    expect(outcomeOf(played, expected)).toEqual(outcomeOf(expected, expected));
    if (file.startsWith('happy')) expect(played.transitions).toBe(played.happyTransitions);
    for (const [task, sent] of Object.entries(expected.sent ?? {})) {
      expect(callsOf(played, task), task).toMatchObject(sent);
    }
  });
});

it('compiles to the expected machine for runs that are ended from outside', async () => {
  const actual = compactJson(mainOf(await compileCase(WHOLE)).undoMachine);
  expect(actual).toBe(expectedText(WHOLE, actual, 'expected.undo.asl.json'));
});

/** What a scenario says nothing of is not compared. */
function outcomeOf(of: Played | Scenario, { output, seconds }: Scenario): object {
  return {
    status: of.status,
    error: of.error,
    transitions: of.transitions,
    entered: of.entered,
    ...(output !== undefined && { output: of.output }),
    ...(seconds !== undefined && { seconds: of.seconds }),
  };
}

function filledIn(path: string, { given, answers, sent, output, seconds }: Scenario, played: Played): Scenario {
  const { status, error, transitions, entered } = played;
  const told = {
    given,
    ...(answers && { answers }),
    ...(sent && { sent }),
    status,
    ...(error !== undefined && { error }),
    ...(output !== undefined && { output }),
    ...(seconds !== undefined && { seconds }),
    transitions,
    entered,
  };
  writeFileSync(path, compactJson(told));
  return told;
}
