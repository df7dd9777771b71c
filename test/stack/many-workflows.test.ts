/**
 * An integration of many workflows: nothing that AWS bounds may grow with each of them. Bounds as its quotas say: an
 * environment of a function 4 KB, all inline policies of a role 10,240 characters, a rule's pattern 2,048.
 */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, it } from 'vitest';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import { describedAt, resourcesOf, templateOf } from '../support/synthesised.ts';

/** What stays below 500 resources. */
const WORKFLOWS = 45;
/** A generous ARN, and a generous name of a queue or a table. */
const ARN = 130;
const NAME = 90;

let template: Template;

beforeAll(async () => {
  template = await templateOf(many(await describedAt('test/stack/refunds')));
}, 120_000);

function many(described: DescribedIntegration): DescribedIntegration {
  const [first] = described.workflows;
  if (!first) throw new Error('the example has a workflow');
  const workflows = Array.from({ length: WORKFLOWS }, (_, number) => {
    const workflowId = `take-back-what-was-delivered-${number}`;
    return { ...first, workflowId, plan: { ...first.plan, workflowId } };
  });
  return { ...described, workflows };
}

/** With references as long as what they stand for may be. */
function lengthOf(value: Json): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one: Json) => sum + lengthOf(one) + 1, 2);
  if (!isObject(value)) return JSON.stringify(value).length;
  if ('Ref' in value) return NAME;
  if ('Fn::GetAtt' in value) return ARN;
  if ('Fn::Select' in value) return 8;
  const [, parts] = (value['Fn::Join'] ?? []) as readonly [Json?, (readonly Json[])?];
  if (parts) return parts.reduce((sum: number, part) => sum + lengthOf(part), 0);
  return Object.entries(value).reduce((sum, [name, member]) => sum + name.length + 4 + lengthOf(member), 2);
}

it('has environments that Lambda takes', () => {
  const functions = [...resourcesOf(template, 'AWS::Lambda::Function').values()];
  const lengths = functions.map(({ Properties }) =>
    lengthOf((Properties['Environment'] as JsonObject | undefined)?.['Variables'] ?? {}),
  );
  expect(lengths.length).toBeGreaterThan(8);
  expect(Math.max(...lengths)).toBeLessThan(4_096 / 2);
});

it('has roles whose policies IAM takes', () => {
  const roles = new Map<string, number>();
  for (const { Properties } of resourcesOf(template, 'AWS::IAM::Policy').values())
    for (const role of Properties['Roles'] as readonly JsonObject[])
      roles.set(
        String(role['Ref']),
        (roles.get(String(role['Ref'])) ?? 0) + lengthOf(Properties['PolicyDocument'] ?? ''),
      );
  expect(roles.size).toBeGreaterThan(WORKFLOWS);
  expect(Math.max(...roles.values())).toBeLessThan(10_240 / 2);
});

it('has a rule for ended executions whose pattern EventBridge takes', () => {
  const rules = [...resourcesOf(template, 'AWS::Events::Rule').values()];
  const patterns = rules.flatMap(({ Properties }) => Properties['EventPattern'] ?? []);
  expect(patterns).toHaveLength(1);
  expect(lengthOf(patterns[0] ?? '')).toBeLessThan(2_048 / 2);
});

it('gives each machine a name of its own, of at most 80 characters', () => {
  const names = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine').values()].map(
    ({ Properties }) => Properties['StateMachineName'] ?? '',
  );
  expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(2 * WORKFLOWS);
  expect(Math.max(...names.map(lengthOf))).toBeLessThanOrEqual(80 + 2 * 4);
});
