/** An express workflow in an account: its machine and what it may do, who begins it and who cannot stop it, what is watched. */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import { type Allowed, lines, permissionsOf, textOf } from '../support/permissions.ts';
import { readableId, type Resource, resourcesOf, synthesised } from '../support/synthesised.ts';

let template: Template;
let roles: ReadonlyMap<string, readonly Allowed[]>;

beforeAll(async () => {
  template = await synthesised('test/aws-path/express');
  roles = permissionsOf(template);
}, 60_000);

function machine(name: string): Resource['Properties'] {
  const machines = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine')];
  return machines.find(([id]) => readableId(id) === name)?.[1].Properties ?? {};
}

function statesOf(role: string): readonly string[] {
  return lines(roles.get(role)).filter((line) => line.startsWith('states:'));
}

describe('an express workflow', () => {
  it('is an express machine, whose log has errors and no data, and a standard one that undoes', () => {
    const logged = { LoggingConfiguration: { IncludeExecutionData: false, Level: 'ERROR' } };
    expect(machine('ExpressWorkflowHoldMachine')).toMatchObject({ StateMachineType: 'EXPRESS', ...logged });
    expect(machine('ExpressWorkflowHoldUndo')).toMatchObject({ StateMachineType: 'STANDARD', ...logged });
  });

  it('has every placeholder of both definitions filled in, and no others', () => {
    for (const name of ['ExpressWorkflowHoldMachine', 'ExpressWorkflowHoldUndo']) {
      const { DefinitionString, DefinitionSubstitutions } = machine(name);
      const named = [...String(DefinitionString).matchAll(/\$\{(\w+)\}/g)].map(([, one = '']) => one);
      expect([...new Set(named)].sort()).toEqual(Object.keys(DefinitionSubstitutions as JsonObject).toSorted());
    }
  });

  it('fails if it may begin anything but its own undo machine, or send letters', () => {
    const allowed = lines(roles.get('ExpressWorkflowHoldMachineRole'));
    expect(allowed.filter((line) => /^(states|sqs):/.test(line))).toEqual([
      'states:StartExecution on ExpressWorkflowHoldUndo',
    ]);
    expect(lines(roles.get('ExpressWorkflowHoldUndoRole')).filter((line) => /^(states|sqs):/.test(line))).toEqual([
      'sqs:SendMessage on ExpressDeadLettersQueue.Arn',
    ]);
  });

  it('is begun by the run API, which may wait for it, and by the sweeper', () => {
    expect(statesOf('ExpressRunApiHandlerRole').filter((line) => line.includes('Start'))).toEqual([
      'states:StartExecution on machines Express-express-*',
      'states:StartExecution on machines Express-undo-*',
      'states:StartSyncExecution on machines Express-express-*',
    ]);
    expect(statesOf('ExpressSweepRole').filter((line) => line.includes('Start'))).toEqual([
      'states:StartExecution on machines Express-express-*',
      'states:StartExecution on machines Express-undo-*',
    ]);
  });

  it('may be asked after by who looks for runs of a time when it was standard', () => {
    for (const action of ['Describe', 'Stop']) {
      const asked = statesOf('ExpressSweepRole').filter((line) => line.startsWith(`states:${action}Execution`));
      expect(asked).toHaveLength(2);
    }
  });

  it('is not listened to by events, which there are none of; its undo machine is, and what it was when it was standard', () => {
    const rules = [...resourcesOf(template, 'AWS::Events::Rule').values()];
    const pattern = rules.find(({ Properties }) => Properties['EventPattern'])?.Properties['EventPattern'];
    const { detail } = pattern as { readonly detail: { readonly stateMachineArn: readonly JsonObject[] } };
    const heard = detail.stateMachineArn.map(({ prefix }) => textOf(prefix ?? null).replace(/^.*:stateMachine:/, ''));
    expect(heard.map((beginning) => beginning.replace(/^.*\}-/, ''))).toEqual(['run-', 'undo-']);
    const machines = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine').values()];
    const names = machines.map(({ Properties }) => textOf(Properties['StateMachineName'] ?? null));
    expect(names.map((name) => [name.replace(/^.*\}-/, ''), heard.some((of) => name.startsWith(of))])).toEqual([
      ['undo-hold', true],
      ['express-hold', false],
    ]);
  });

  it('rings where executions fail and neither an end nor an undo machine follows', () => {
    const alarms = [...resourcesOf(template, 'AWS::CloudWatch::Alarm')];
    const [, unrecorded] = alarms.find(([id]) => readableId(id).includes('Unrecorded')) ?? [];
    const metrics = unrecorded?.Properties['Metrics'] as readonly JsonObject[];
    const sum = metrics.find(({ Expression }) => Expression !== undefined)?.['Expression'];
    expect(sum).toBe(
      'IF(FILL(undone,0) + FILL(refused,0) + FILL(attention,0) == 0, IF(FILL(ended,0) > FILL(handed,0), FILL(ended,0) - FILL(handed,0), 0) + FILL(late,0) + FILL(settled,0), 0)',
    );
    const named = metrics.map(({ Id }) => Id);
    expect(named).toEqual(expect.arrayContaining(['ended', 'handed', 'late', 'settled']));
  });
});
