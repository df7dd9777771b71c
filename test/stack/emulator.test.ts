/**
 * The parts of `npm run deploy:emulator` that decide: what becomes of a template before the emulator gets it, whether two
 * descriptions differ, and what is said where there is no emulator. What the emulator does with it is CI's to show.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { differences } from '../../scripts/emulator/checks.ts';
import { emulated, type Template } from '../../scripts/emulator/emulated-template.ts';
import { type Named, valueOf } from '../../scripts/emulator/template-values.ts';
import { ROOT } from '../support/source-tree.ts';

const TEMPLATE: Template = {
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {}, DeletionPolicy: 'RetainExceptOnCreate' },
    Log: { Type: 'AWS::Logs::LogGroup', Properties: {} },
    Function: { Type: 'AWS::Lambda::Function', Properties: {}, DependsOn: ['Route', 'Table'] },
    First: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { DefinitionString: '{"Call":"${Call}"}', DefinitionSubstitutions: { Call: { Ref: 'First' } } },
    },
    Bell: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
    Door: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
    Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: 'Door' } } },
  },
  Outputs: { Url: { Value: { 'Fn::Join': ['', ['https://', { Ref: 'Door' }]] } } },
};

const NAMES: Named = { ref: (id) => `name-of-${id}`, attribute: (id, name) => `${name}-of-${id}` };

describe('a template for the emulator', () => {
  const taken = emulated(TEMPLATE, new Map([['Door', 'a1b2']]));

  test('leaves out what the emulator passes over, and what waits for it waits no more', () => {
    expect(Object.keys(taken.Resources)).toEqual(['Table', 'Log', 'Function', 'First', 'Machine']);
    expect(taken.Resources['Function']).toMatchObject({ DependsOn: ['Table'] });
  });

  test('says "stays" in the word that the emulator knows', () => {
    expect(taken.Resources['Table']).toMatchObject({ DeletionPolicy: 'Retain' });
  });

  test('gives a machine the very text that CloudFormation would make of its substitutions', () => {
    const { DefinitionString = null } = taken.Resources['Machine']?.Properties ?? {};
    expect(valueOf(DefinitionString, { ...NAMES, ref: (id) => (id === 'Function.Arn' ? 'arn' : id) })).toBe(
      '{"Call":"arn:1"}',
    );
  });

  test('names what was made beforehand', () => {
    expect(valueOf(taken['Outputs'] ?? null, NAMES)).toEqual({ Url: { Value: 'https://a1b2' } });
  });

  test('changes nothing of the template itself', () => {
    expect(Object.keys(TEMPLATE.Resources)).toContain('Bell');
    expect(TEMPLATE.Resources['Table']).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' });
  });
});

describe('what a service says against what its template says', () => {
  test('is no difference where there is more, or a number as text', () => {
    expect(
      differences({ days: '90', name: 'a', list: [{ id: 1, more: 2 }] }, { days: 90, list: [{ id: 1 }] }, 'log'),
    ).toEqual([]);
  });

  test('fails where a value differs, is missing, or a list is longer', () => {
    expect(differences({ days: 30 }, { days: 90 }, 'log')).toEqual(['log.days is 30, not 90']);
    expect(differences({}, { days: 90 }, 'log')).toEqual(['log.days is undefined, not 90']);
    expect(differences([1, 2], [1], 'keys')).toEqual(['keys is [1,2], not [1]']);
    expect(differences(null, { days: 90 }, 'log')).toEqual(['log is null, not {"days":90}']);
  });
});

test('without moto it says what to install, deploys nothing and ends with 3', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'deploy-emulator.ts')], {
    encoding: 'utf8',
    env: { PATH: '/nowhere', HOME: '/nowhere' },
  });
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toBe('moto_server is not installed, so nothing was deployed: `pip install "moto[server]"`\n');
});
