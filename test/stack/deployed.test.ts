/** What `verify --deployed` asks for is what the template puts up: held against the template itself. */
import { expect, it } from 'vitest';
import { type ResourceKind, type StackResource, verifyDeployed } from '../../lib/verify/deployed.ts';
import { describedAt, resourcesOf, synthesised } from '../support/synthesised.ts';

const KINDS: { readonly [type: string]: ResourceKind } = {
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::CompositeAlarm': 'alarm',
  'AWS::SQS::Queue': 'queue',
  'AWS::Events::Rule': 'schedule',
  'AWS::StepFunctions::StateMachine': 'machine',
};

it.each(['state-machines/order-fulfilment', 'test/stack/refunds'])(
  'the stack of %s lacks nothing that is asked for',
  async (path) => {
    const [described, template] = await Promise.all([describedAt(path), synthesised(path)]);
    const resources = [...resourcesOf(template)].flatMap(([logicalId, { Type }]): readonly StackResource[] => {
      const kind = KINDS[Type];
      return kind ? [{ kind, logicalId, physicalId: logicalId }] : [];
    });
    const look = {
      stack: () => Promise.resolve({ status: 'CREATE_COMPLETE', resources }),
      standing: () => Promise.resolve({ isOn: true }),
    };
    const plans = described.workflows.map(({ plan }) => plan);
    const { checks } = await verifyDeployed({ stack: 'Interlock', integration: described.name, plans }, look);
    expect(checks.length).toBeGreaterThan(15);
    expect(checks.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  },
);
