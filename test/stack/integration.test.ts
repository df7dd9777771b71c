/** The construct as somebody else's app uses it: a path in, a compiler in a process of its own, errors in its words. */
import { inspect } from 'node:util';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { Integration, type IntegrationProps, Shared } from '../../lib/public.ts';
import { Failure } from '../../lib/model/failure.ts';
import { bundleHandlers } from '../../scripts/bundle.ts';
import { inApp, OUR_FLAGS, synthesised } from '../support/synthesised.ts';

const REFUNDS = 'test/stack/refunds';

beforeAll(() => bundleHandlers(), 60_000);

describe('an Integration', () => {
  it('gives by a path what the app of the repository gives', async () => {
    const byPath = await inApp(OUR_FLAGS, (app) => {
      const stack = new Stack(app, 'Interlock');
      new Integration(stack, 'Refunds', { description: REFUNDS, shared: new Shared(stack, 'Shared') });
      return Template.fromStack(stack);
    });
    expect(byPath.toJSON()).toEqual((await synthesised(REFUNDS)).toJSON());
  });

  it('names its machines by workflow, its table, its dead letters and their alarm', async () => {
    await inApp({}, (app) => {
      const stack = new Stack(app, 'Somewhere');
      const { machines, runTable, deadLetters, deadLetterAlarm } = new Integration(stack, 'Flow', {
        description: `${REFUNDS}/workflow.arazzo.yaml`,
      });
      expect([...machines.keys()]).toEqual(['refund', 'audit']);
      for (const part of [runTable, deadLetters, deadLetterAlarm]) expect(Stack.of(part)).toBe(stack);
    });
  });

  it('stands twice in one stack', async () => {
    await inApp({}, (app) => {
      const stack = new Stack(app, 'Somewhere');
      for (const id of ['One', 'Other']) new Integration(stack, id, { description: REFUNDS });
      Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 4);
    });
  });

  it('fails with the diagnostics of a broken description, without a stack', async () => {
    const failure = await refusal({ description: 'test/diagnostics/ARZ052-operation-unknown' });
    expect(failure.message).toContain('error ARZ052');
    expect(failure.message).toContain('workflow.arazzo.yaml:');
    expect(inspect(failure)).toBe(`[${failure.message}]`);
  });

  it('fails where there is no description, and names what was looked for', async () => {
    expect((await refusal({ description: 'nowhere' })).message).toContain('There is no file or folder nowhere');
  });

  it('fails where the environment is not written, and says where it belongs', async () => {
    const { message } = await refusal({ description: 'state-machines/order-fulfilment', environment: 'moon' });
    expect(message).toContain("There is no environment 'moon'");
    expect(message).toContain('state-machines/order-fulfilment/environments/moon.yaml');
  });

  it('fails on a credential that a function on AWS could not read', async () => {
    const { message } = await refusal({ description: REFUNDS, environment: 'laptop' });
    expect(message).toContain('keeps a credential of ledger in the variable LEDGER_KEY, which does not exist on AWS');
    expect(message).toContain('`{secret: NAME}`');
  });
});

function refusal(props: IntegrationProps): Promise<Failure> {
  return inApp({}, (app) => {
    try {
      new Integration(new Stack(app, 'Somewhere'), 'Flow', props);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
    throw new Error('it was not refused');
  });
}
