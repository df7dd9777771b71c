/** Messages on AWS: what brings them, who may send where, and what is refused before anything is put up. */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertChannelsOnAws } from '../../lib/constructs/channels.ts';
import { assertReadableOnAws, type DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { type Allowed, lines, permissionsOf } from '../support/permissions.ts';
import { describedAt, readableId, resourcesOf, templateOf } from '../support/synthesised.ts';

let described: DescribedIntegration;
let template: Template;
let roles: ReadonlyMap<string, readonly Allowed[]>;

beforeAll(async () => {
  described = await describedAt('test/stack/messages');
  template = await templateOf(described);
  roles = permissionsOf(template);
}, 120_000);

const about = (arn: string): string => `arn:aws:${arn}`;

function sends(role: string): readonly string[] {
  return lines(roles.get(role)).filter((line) => /^(sqs:Send|sns:|events:)/.test(line));
}

function propertiesOf(type: string): readonly JsonObject[] {
  return [...resourcesOf(template, type).values()].map(({ Properties }) => Properties);
}

describe('what sends', () => {
  it('fails if a system may send where it sends nothing, or to more than it sends to', () => {
    expect(sends('MessagesCallBusRole')).toEqual([
      `sns:Publish on ${about('sns:eu-central-1:123456789012:cancelled')}`,
      `sqs:SendMessage on ${about('sqs:eu-central-1:123456789012:orders')}`,
    ]);
    expect(sends('MessagesCallPartnerRole')).toEqual([]);
    expect(sends('MessagesTakeMessagesRole')).toEqual([]);
    expect(sends('MessagesCoreRole')).toEqual([]);
  });
});

describe('the machine of a workflow that waits', () => {
  it('keeps from cfn-lint the timeout that it computes, and no other machine keeps anything from it', () => {
    const machines = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine').values()];
    const computes = machines.filter(({ Properties }) =>
      /"TimeoutSeconds":"\{%/.test(Properties['DefinitionString'] as string),
    );
    expect(computes.length).toBeGreaterThan(0);
    const unlinted = machines.filter(({ Metadata }) => Metadata?.['cfn-lint'] !== undefined);
    expect(unlinted).toEqual(computes);
    expect(unlinted.map((one) => one.Metadata?.['cfn-lint'])).toEqual(
      computes.map(() => ({ config: { ignore_checks: ['E3601'] } })),
    );
  });
});

it('that nobody takes ring an alarm', () => {
  const alarms = propertiesOf('AWS::CloudWatch::Alarm').filter(({ MetricName }) => MetricName === 'MessagesUntaken');
  expect(alarms).toMatchObject([{ Period: 900, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' }]);
});

describe('what brings messages', () => {
  it('is the queue, with those alone again that could not be taken', () => {
    expect(propertiesOf('AWS::Lambda::EventSourceMapping')).toMatchObject([
      {
        EventSourceArn: about('sqs:eu-central-1:123456789012:taken'),
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    ]);
  });

  it('is the topic, which may call the function for it and no other', () => {
    const topic = about('sns:eu-central-1:123456789012:packed');
    const subscribed = propertiesOf('AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'lambda');
    expect(subscribed).toMatchObject([{ TopicArn: topic }]);
    const allowed = propertiesOf('AWS::Lambda::Permission').filter(
      ({ Principal }) => Principal === 'sns.amazonaws.com',
    );
    expect(allowed).toMatchObject([{ SourceArn: topic, Action: 'lambda:InvokeFunction' }]);
  });

  it('is the bus, by events about the channel', () => {
    const rules = propertiesOf('AWS::Events::Rule').filter(({ EventBusName }) => EventBusName !== undefined);
    expect(rules).toMatchObject([{ EventPattern: { 'detail-type': ['shipped'] } }]);
  });

  it('fails if it may do more than read its queue, keep messages and wake runs', () => {
    const own = lines(roles.get('MessagesTakeMessagesRole'));
    const beyond = own.filter((line) => !/^(dynamodb|s3|logs|xray):/.test(line));
    const queue = about('sqs:eu-central-1:123456789012:taken');
    expect(beyond).toEqual([
      `sqs:DeleteMessage on ${queue}`,
      `sqs:GetQueueAttributes on ${queue}`,
      `sqs:ReceiveMessage on ${queue}`,
      'states:SendTaskFailure on *',
      'states:SendTaskSuccess on *',
    ]);
  });

  it('is told over which channel each place brings', () => {
    const taker = [...resourcesOf(template, 'AWS::Lambda::Function')].find(([id]) =>
      readableId(id).startsWith('MessagesTakeMessagesFunction'),
    );
    const text = JSON.stringify(taker?.[1].Properties);
    expect(text).toContain('INTERLOCK_CHANNELS');
    for (const channel of ['taken', 'packed', 'shipped']) expect(text).toContain(`\\"channel\\":\\"${channel}`);
    expect(text).not.toContain('told');
  });
});

it('the run API may read what signs messages, and nobody else may', () => {
  const secret = 'secretsmanager:GetSecretValue';
  const readers = [...roles].filter(([, allowed]) => lines(allowed).some((line) => line.startsWith(secret)));
  expect(readers.map(([role]) => role)).toEqual(['MessagesRunApiHandlerRole']);
  expect(
    lines(roles.get('MessagesRunApiHandlerRole'))
      .filter((line) => line.startsWith(secret))
      .join(),
  ).toContain('secret:partner/webhooks-??????');
});

describe('a channel that AWS does not have', () => {
  const withBus = (channels: JsonObject): DescribedIntegration => ({
    ...described,
    environment: { ...described.environment, bus: { channels: channels as { readonly [name: string]: string } } },
  });

  it('is refused before anything is put up, with what to write', () => {
    expect(() => assertChannelsOnAws(withBus({}), 'aws')).toThrow('does not say where the channel orders is');
    expect(() => assertChannelsOnAws(withBus({ orders: 'queue:orders' }), 'aws')).toThrow('in a data folder');
    expect(() => assertChannelsOnAws(described, 'aws')).not.toThrow();
  });

  it('is refused where its secret is on somebody else machine', () => {
    const partner = { channels: { told: { signature: { secret: { env: 'SECRET' } } } } };
    const local = { ...described, environment: { ...described.environment, partner } };
    expect(() => assertReadableOnAws(local, 'aws')).toThrow('the variable SECRET');
  });
});
