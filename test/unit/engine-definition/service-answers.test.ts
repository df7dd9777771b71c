import { describe, expect, test } from 'vitest';
import { parseDefinition } from '../../../lib/engine/definition/parse-definition.ts';
import { creationError, validationResponse } from '../../../lib/engine/definition/service-answers.ts';
import { variableReferences } from '../../../lib/engine/definition/variable-references.ts';
import type { Json } from '../../../lib/model/json.ts';
import { only } from './machines.ts';

function findingsOf(definition: Json): ReturnType<typeof parseDefinition>['findings'] {
  return parseDefinition(definition).findings;
}

describe('the response of ValidateStateMachineDefinition', () => {
  const findings = findingsOf(only({ Type: 'Pass', A: 1, B: 2, Output: '{% $never %}' }));

  test('has the errors', () => {
    expect(validationResponse(findings)).toEqual({
      result: 'FAIL',
      diagnostics: [
        {
          code: 'SCHEMA_VALIDATION_FAILED',
          location: '/States/S',
          message: "Field 'A' is not supported",
          severity: 'ERROR',
        },
        {
          code: 'SCHEMA_VALIDATION_FAILED',
          location: '/States/S',
          message: "Field 'B' is not supported",
          severity: 'ERROR',
        },
      ],
      truncated: false,
    });
  });

  test('has warnings when asked', () => {
    const response = validationResponse(findings, { severity: 'WARNING' });
    expect(response.diagnostics.map((diagnostic) => diagnostic.severity)).toEqual(['ERROR', 'ERROR', 'WARNING']);
  });

  test('is cut at the number asked for', () => {
    expect(validationResponse(findings, { maxResults: 1 })).toMatchObject({ diagnostics: [{}], truncated: true });
    expect(validationResponse(findings, { maxResults: 0 })).toMatchObject({ diagnostics: [{}, {}], truncated: false });
  });

  test('is OK for what only we do not support', () => {
    const jsonPath = findingsOf({ StartAt: 'S', States: { S: { Type: 'Succeed' } } });
    expect(jsonPath).toHaveLength(1);
    expect(validationResponse(jsonPath)).toEqual({ result: 'OK', diagnostics: [], truncated: false });
  });
});

describe('the exception of CreateStateMachine', () => {
  test('joins the findings', () => {
    expect(
      creationError(findingsOf({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Next: 'N' } } })),
    ).toEqual({
      code: 'InvalidDefinition',
      message:
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: N at /States/A/Next, " +
        "MISSING_END_STATE: Workflow has no terminal state at null'",
    });
  });

  test('is none for warnings', () => {
    expect(creationError(findingsOf(only({ Type: 'Succeed', Output: '{% $never %}' })))).toBeUndefined();
  });

  test('is of another kind for a definition that is too large', () => {
    expect(creationError(findingsOf({ Comment: 'x'.repeat(1_048_576) }))?.code).toBe('ValidationException');
  });
});

describe('variable references', () => {
  test('are those of each state, in JSONPath too', () => {
    const processor = {
      StartAt: 'In',
      States: { In: { Type: 'Pass', Parameters: { 'a.$': "States.Format('$no {}', $yes.x)" }, End: true } },
    };
    const map = {
      Type: 'Map',
      ItemsPath: '$list[0]',
      Parameters: { b: '$literal', 'c.$': '$$.Execution.Id' },
      Iterator: processor,
      Next: 'C',
    };
    const choice = {
      Type: 'Choice',
      Choices: [{ Or: [{ Variable: '$left', StringEqualsPath: '$right' }], Next: 'M' }],
    };
    expect(Object.fromEntries(variableReferences({ StartAt: 'M', States: { M: map, C: choice } }))).toEqual({
      C: ['left', 'right'],
      In: ['yes'],
      M: ['list'],
    });
  });

  test('of an expression that does not parse are none', () => {
    expect(variableReferences(only({ Type: 'Succeed', Output: '{% $a + %}' }))).toEqual(new Map());
  });
});
