/** What stands on AWS against what there must be, seen through a stack of this test. */
import { describe, expect, it } from 'vitest';
import type { Checked } from '../../../lib/verify/check.ts';
import { type StackLook, type StackResource, type Standing, verifyDeployed } from '../../../lib/verify/deployed.ts';
import { analysed } from '../../support/analysing.ts';
import { flowFiles } from '../../support/rehearsing.ts';

const RESOURCES: readonly StackResource[] = [
  { kind: 'queue', logicalId: 'FlowDeadLettersQueue0A1B2C3D', physicalId: 'https://sqs.example.com/1/letters' },
  { kind: 'schedule', logicalId: 'FlowUpkeepSweeping0A1B2C3D', physicalId: 'flow-sweeping' },
  {
    kind: 'machine',
    logicalId: 'FlowWorkflowFlow0A1B2C3D',
    physicalId: 'arn:aws:states:eu-west-1:1:stateMachine:flow',
  },
  { kind: 'alarm', logicalId: 'FlowWatchNeedsAttention0A1B2C3D', physicalId: 'flow-attention' },
  { kind: 'alarm', logicalId: 'OtherWatchFailedRuns0A1B2C3D', physicalId: 'other-failed' },
];

async function seen(
  status: string | undefined,
  standing: (resource: StackResource) => Standing | undefined = () => ({ isOn: true }),
): Promise<Checked> {
  const files = flowFiles({});
  const { workflow } = await analysed({
    'workflow.arazzo.yaml': files['flow.arazzo.json'] ?? '',
    'shop.json': files['shop.json'] ?? '',
  });
  const look: StackLook = {
    stack: () => Promise.resolve(status === undefined ? undefined : { status, resources: RESOURCES }),
    standing: (resource) => Promise.resolve(standing(resource)),
  };
  return await verifyDeployed({ stack: 'Interlock', integration: 'flow', plans: [workflow.plan] }, look);
}

const told = ({ checks }: Checked, name: string): string => {
  const found = checks.find((check) => check.name.includes(name));
  return found ? `${found.verdict}: ${found.says}` : '';
};

describe('a deployed stack', () => {
  it('that is not there is one failed check', async () => {
    const { checks } = await seen(undefined);
    expect(checks.map(({ verdict, says }) => `${verdict}: ${says}`)).toEqual(['failed: there is no stack Interlock']);
  });

  it.each([
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'warning'],
    ['UPDATE_ROLLBACK_COMPLETE', 'warning'],
    ['ROLLBACK_COMPLETE', 'failed'],
    ['DELETE_FAILED', 'failed'],
  ])('in the status %s is %s', async (status, verdict) => {
    expect((await seen(status)).checks[0]?.verdict).toBe(verdict);
  });

  it('has what it has, lacks what it lacks, and takes nothing of another integration for its own', async () => {
    const found = await seen('CREATE_COMPLETE');
    expect(told(found, 'FlowDeadLettersQueue')).toBe('ok: it is there');
    expect(told(found, 'NeedsAttention')).toBe('ok: it is there');
    expect(told(found, 'alarm FailedRuns')).toBe('failed: the stack has none');
    expect(told(found, 'UpkeepReconciling')).toBe('failed: the stack has none');
    // Nothing of it says how to ask for health.
    expect(told(found, 'UpkeepAsking')).toBe('');
  });

  it('tells what is in the stack and not there any more, what is off, and what rings', async () => {
    const found = await seen('CREATE_COMPLETE', ({ kind }) => {
      if (kind === 'queue') return undefined;
      return kind === 'alarm' ? { isOn: true, trouble: 'it rings now' } : { isOn: kind !== 'schedule' };
    });
    expect(told(found, 'FlowDeadLettersQueue')).toBe('failed: letters is in the stack, and is not there any more');
    expect(told(found, 'FlowUpkeepSweeping')).toBe('failed: it is there, and switched off');
    expect(told(found, 'FlowWatchNeedsAttention')).toBe('warning: it rings now');
  });
});
