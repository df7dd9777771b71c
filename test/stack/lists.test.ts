/** A step that is done for each item of a list, on AWS: time for what one invocation begins, and a machine that says how many at once. */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, it } from 'vitest';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import { describedAt, resourcesOf, templateOf } from '../support/synthesised.ts';

let described: DescribedIntegration;
let template: Template;

beforeAll(async () => {
  described = await describedAt('test/aws-path/parcels');
  template = await templateOf(described);
}, 120_000);

it('the function of its system has time for the groups of a batch and the undos of a bundle', () => {
  const { steps, calls } = described.workflows[0]?.plan ?? {};
  const beginning = steps?.['ship']?.forEach?.batches.forMs ?? 0;
  const longest = Math.max(steps?.['ship']?.leaseMs ?? 0, calls?.['ship#undo']?.leaseMs ?? 0);
  expect([beginning, longest].every((ms) => ms > 0)).toBe(true);
  const timeouts = [...resourcesOf(template, 'AWS::Lambda::Function').values()]
    .filter(({ Properties }) => Properties['Handler'] === 'call.handler')
    .map(({ Properties }) => Number(Properties['Timeout']) * 1000);
  expect(timeouts).toHaveLength(1);
  expect(timeouts[0]).toBeGreaterThan(longest + beginning);
});

it('its machine keeps from cfn-lint the concurrency that its list gives, and the undo machine keeps nothing from it', () => {
  const machines = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine').values()];
  const computing = machines.filter(({ Properties }) =>
    /"MaxConcurrency":"\{% \$states.input.atOnce %\}"/.test(Properties['DefinitionString'] as string),
  );
  expect([machines.length, computing.length]).toEqual([2, 1]);
  expect(machines.map(({ Metadata }) => Metadata?.['cfn-lint'])).toEqual(
    machines.map((machine) => (computing.includes(machine) ? { config: { ignore_checks: ['E3601'] } } : undefined)),
  );
});
