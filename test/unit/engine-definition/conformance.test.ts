/** Our own cases about definitions, in the format of the recorded ones: test/conformance/{validation,variable-references}. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  type CaseOutcome,
  runDefinitionCase,
  runVariableReferencesCase,
} from '../../../lib/engine/definition/conformance-cases.ts';
import type { JsonObject } from '../../../lib/model/json.ts';

const FOLDER = fileURLToPath(new URL('../../conformance/', import.meta.url));

const RUNNERS: Readonly<Record<string, (recorded: JsonObject) => CaseOutcome>> = {
  validation: runDefinitionCase,
  'variable-references': runVariableReferencesCase,
};

describe.each(Object.entries(RUNNERS))('test/conformance/%s', (folder, run) => {
  test.each(readdirSync(`${FOLDER}${folder}`))('%s', (file) => {
    const recorded = JSON.parse(readFileSync(`${FOLDER}${folder}/${file}`, 'utf8')) as JsonObject & {
      readonly name: string;
    };
    expect(`${recorded.name}.json`).toBe(file);
    expect(run(recorded)).toEqual({ ok: true });
  });
});

describe('a case that does not hold', () => {
  test('names the first difference of a validation response', () => {
    const outcome = runDefinitionCase({
      op: 'validate_state_machine_definition',
      definition: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Succeed' } } },
      expected: { diagnostics: [], result: 'FAIL', truncated: false },
    });
    expect(outcome).toEqual({ ok: false, difference: '/result: got "OK", recorded "FAIL"' });
  });

  test('names the first difference of an exception', () => {
    const outcome = runDefinitionCase({
      op: 'create_state_machine',
      definition: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Succeed' } } },
      expected: { exception_typename: 'InvalidDefinition', exception_value: 'An error occurred' },
    });
    expect(outcome).toEqual({
      ok: false,
      difference: '/: got null, recorded {"code":"InvalidDefinition","message":"An error occurred"}',
    });
  });

  test('names the state whose variables differ', () => {
    const outcome = runVariableReferencesCase({
      definition: {
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: { A: { Type: 'Succeed', Output: '{% $x %}' } },
      },
      expectedVariableReferences: { A: ['y'] },
    });
    expect(outcome).toEqual({ ok: false, difference: '/A/0: got "x", recorded "y"' });
  });

  test('fails without a definition to look at', () => {
    const outcome = runVariableReferencesCase({ expectedVariableReferences: {} });
    expect(outcome).toEqual({ ok: false, difference: 'the case has no definition' });
  });
});
