/**
 * An integration of many workflows, and one of many systems: nothing that AWS bounds may be passed. Bounds as its quotas say: an
 * environment of a function 4 KB, all inline policies of a role 10,240 characters, a rule's pattern 2,048.
 */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import { withSystems, withWorkflows } from '../support/many.ts';
import { describedAt, OUR_FLAGS, resourcesOf, templateOf } from '../support/synthesised.ts';

/** What stays below 500 resources. */
const WORKFLOWS = 45;
/** A generous ARN, and a generous name of a queue or a table. */
const ARN = 130;
const NAME = 90;
/** What Lambda allows. */
const FUNCTION_NAME = 64;

/** As many as have room. */
const SYSTEMS = 30;

let workflows: Template;
let systems: Template;

beforeAll(async () => {
  const described = await describedAt('test/stack/refunds');
  workflows = await templateOf(withWorkflows(described, WORKFLOWS));
  // Two machines for each are more resources than a stack has; it is about what is said of the systems.
  systems = await templateOf(withSystems(described, SYSTEMS), {
    ...OUR_FLAGS,
    '@aws-cdk/core:stackResourceLimit': 1_000,
  });
}, 120_000);

/** With references as long as what they stand for may be. */
function lengthOf(value: Json): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one: Json) => sum + lengthOf(one) + 1, 2);
  if (!isObject(value)) return JSON.stringify(value).length;
  if ('Ref' in value) return /Function[0-9A-F]{8}$/.test(String(value['Ref'])) ? FUNCTION_NAME : NAME;
  if ('Fn::GetAtt' in value) return ARN;
  if ('Fn::Select' in value) return 8;
  const [, parts] = (value['Fn::Join'] ?? []) as readonly [Json?, (readonly Json[])?];
  if (parts) return parts.reduce((sum: number, part) => sum + lengthOf(part), 0);
  return Object.entries(value).reduce((sum, [name, member]) => sum + name.length + 4 + lengthOf(member), 2);
}

function environmentsIn(template: Template): readonly number[] {
  return [...resourcesOf(template, 'AWS::Lambda::Function').values()].map(({ Properties }) =>
    lengthOf((Properties['Environment'] as JsonObject | undefined)?.['Variables'] ?? {}),
  );
}

function policiesIn(template: Template): ReadonlyMap<string, number> {
  const roles = new Map<string, number>();
  for (const { Properties } of resourcesOf(template, 'AWS::IAM::Policy').values())
    for (const role of Properties['Roles'] as readonly JsonObject[]) {
      const known = roles.get(String(role['Ref'])) ?? 0;
      roles.set(String(role['Ref']), known + lengthOf(Properties['PolicyDocument'] ?? ''));
    }
  return roles;
}

it('has environments that Lambda takes', () => {
  expect(environmentsIn(workflows).length).toBeGreaterThan(8);
  expect(Math.max(...environmentsIn(workflows))).toBeLessThan(4_096 / 2);
  expect(environmentsIn(systems).length).toBeGreaterThan(SYSTEMS);
  expect(Math.max(...environmentsIn(systems))).toBeLessThan(4_096);
});

it('has roles whose policies IAM takes', () => {
  expect(policiesIn(workflows).size).toBeGreaterThan(WORKFLOWS);
  expect(Math.max(...policiesIn(workflows).values())).toBeLessThan(10_240 / 2);
  expect(policiesIn(systems).size).toBeGreaterThan(SYSTEMS);
  expect(Math.max(...policiesIn(systems).values())).toBeLessThan(10_240);
});

it('has a rule for ended executions whose pattern EventBridge takes', () => {
  const rules = [...resourcesOf(workflows, 'AWS::Events::Rule').values()];
  const patterns = rules.flatMap(({ Properties }) => Properties['EventPattern'] ?? []);
  expect(patterns).toHaveLength(1);
  expect(lengthOf(patterns[0] ?? '')).toBeLessThan(2_048 / 2);
});

it('gives each machine a name of its own, of at most 80 characters', () => {
  const names = [...resourcesOf(workflows, 'AWS::StepFunctions::StateMachine').values()].map(
    ({ Properties }) => Properties['StateMachineName'] ?? '',
  );
  expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(2 * WORKFLOWS);
  const quotes = 8;
  expect(Math.max(...names.map(lengthOf))).toBeLessThanOrEqual(80 + quotes);
});
