/**
 * What an app may say of an integration (integration-props.ts), each in a template: that it reaches every resource that it is
 * for, and that nobody may do more by it than the sentences of permissions.test.ts, those additions apart that are named here.
 */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import { Integration, type IntegrationProps } from '../../lib/public.ts';
import { bundleHandlers } from '../../scripts/bundle.ts';
import { lines, permissionsOf } from '../support/permissions.ts';
import { describedAt, inApp, OUR_FLAGS, type Resource, resourcesOf } from '../support/synthesised.ts';

let described: NonNullable<IntegrationProps['described']>;
let plain: Template;

beforeAll(async () => {
  await bundleHandlers();
  described = await describedAt('test/stack/refunds');
  plain = await withProps(() => ({}));
}, 60_000);

async function withProps(
  props: (stack: Stack) => Partial<IntegrationProps>,
  then: (integration: Integration, stack: Stack) => void = () => undefined,
): Promise<Template> {
  return await inApp(OUR_FLAGS, (app) => {
    const stack = new Stack(app, 'Somewhere', { env: { account: '000000000000', region: 'eu-central-1' } });
    then(new Integration(stack, 'Refunds', { description: 'refunds', described, ...props(stack) }), stack);
    return Template.fromStack(stack);
  });
}

function all(template: Template, type: string): readonly Resource[] {
  return [...resourcesOf(template, type).values()];
}

/** What roles may do with `template` that they may not without: role, action and resource. */
function additions(template: Template): readonly string[] {
  const before = permissionsOf(plain);
  return [...permissionsOf(template)].flatMap(([role, allowed]) => {
    const known = lines(before.get(role));
    return lines(allowed).flatMap((line) => (known.includes(line) ? [] : [`${role}: ${line}`]));
  });
}

describe('vpc', () => {
  it('puts every function into its subnets, which costs each the six rights over network interfaces and no more', async () => {
    const template = await withProps((stack) => ({
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-central-1a'],
        privateSubnetIds: ['subnet-1'],
        privateSubnetRouteTableIds: ['rtb-1'],
      }),
    }));
    const functions = all(template, 'AWS::Lambda::Function');
    for (const { Properties } of functions) expect(Properties['VpcConfig']).toMatchObject({ SubnetIds: ['subnet-1'] });
    const added = additions(template);
    expect(added).toHaveLength(6 * functions.length);
    for (const line of added)
      expect(line).toMatch(/^Refunds\w+Role: ec2:\w+(NetworkInterfaces?|Subnets|PrivateIpAddresses) on \*$/);
  });

  it('takes security groups that the app has', async () => {
    const template = await withProps((stack) => {
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-central-1a'],
        privateSubnetIds: ['subnet-1'],
        privateSubnetRouteTableIds: ['rtb-1'],
      });
      return { vpc, securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')] };
    });
    for (const { Properties } of all(template, 'AWS::Lambda::Function'))
      expect(Properties['VpcConfig']).toMatchObject({ SecurityGroupIds: ['sg-1'] });
    expect(all(template, 'AWS::EC2::SecurityGroup')).toEqual([]);
  });
});

describe('encryptionKey', () => {
  const template = (): Promise<Template> =>
    withProps((stack) => ({ encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) }));

  it('encrypts tables, bucket, queue, topic and every log', async () => {
    const encrypted = await template();
    const keyed = (type: string): readonly JsonObject[] => all(encrypted, type).map(({ Properties }) => Properties);
    for (const table of keyed('AWS::DynamoDB::Table'))
      expect(table['SSESpecification']).toMatchObject({ SSEType: 'KMS' });
    const [queue] = keyed('AWS::SQS::Queue');
    expect(queue?.['KmsMasterKeyId']).toBeDefined();
    expect(JSON.stringify(keyed('AWS::S3::Bucket'))).toContain('"SSEAlgorithm":"aws:kms"');
    expect(keyed('AWS::SNS::Topic')[0]?.['KmsMasterKeyId']).toBeDefined();
    const logs = keyed('AWS::Logs::LogGroup');
    expect(logs.length).toBeGreaterThan(10);
    for (const log of logs) expect(log['KmsKeyId']).toBeDefined();
  });

  it('lets roles use this key and no other, and health, which touches nothing of a run, none at all', async () => {
    const added = additions(await template());
    expect(added).not.toEqual([]);
    for (const line of added) expect(line).toMatch(/: kms:\S+ on Key\.Arn$/);
    expect(added.filter((line) => line.startsWith('RefundsHealthRole'))).toEqual([]);
  });

  it('lets the services that write logs and ring alarms use it', async () => {
    const [key] = all(await template(), 'AWS::KMS::Key');
    const { Statement = [] } = (key?.Properties['KeyPolicy'] ?? {}) as { readonly Statement?: readonly JsonObject[] };
    const services = Statement.slice(1).map(({ Principal, Condition }) => [Principal, Object.keys(Condition ?? {})]);
    expect(services).toEqual([
      [{ Service: 'logs.eu-central-1.amazonaws.com' }, ['ArnLike']],
      [{ Service: 'cloudwatch.amazonaws.com' }, ['StringEquals']],
    ]);
  });
});

it('permissionsBoundary is the boundary of every role', async () => {
  const template = await withProps((stack) => ({
    permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'),
  }));
  const roles = all(template, 'AWS::IAM::Role');
  expect(roles).toHaveLength(13);
  for (const { Properties } of roles)
    expect(JSON.stringify(Properties['PermissionsBoundary'])).toContain(':policy/boundary');
  expect(additions(template)).toEqual([]);
});

describe('removalPolicy', () => {
  const KEPT = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'];
  const policies = (template: Template): readonly (string | undefined)[] =>
    KEPT.flatMap((type) => all(template, type).map(({ DeletionPolicy }) => DeletionPolicy));

  it('keeps tables and bucket unless it says otherwise', async () => {
    expect(policies(plain)).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate', 'RetainExceptOnCreate']);
    const gone = await withProps(() => ({ removalPolicy: RemovalPolicy.DESTROY }));
    expect(policies(gone)).toEqual(['Delete', 'Delete', 'Delete']);
  });

  it('touches no version of a function: runs under way need them', async () => {
    const gone = await withProps(() => ({ removalPolicy: RemovalPolicy.DESTROY }));
    const versions = all(gone, 'AWS::Lambda::Version').map(({ DeletionPolicy }) => DeletionPolicy);
    expect(new Set(versions)).toEqual(new Set(['Retain']));
  });
});

it('alarmTopic is told by every alarm, and no other topic is made', async () => {
  const template = await withProps((stack) => ({
    alarmTopic: sns.Topic.fromTopicArn(stack, 'Told', 'arn:aws:sns:eu-central-1:000000000000:told'),
  }));
  expect(all(template, 'AWS::SNS::Topic')).toEqual([]);
  const told = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    all(template, type).flatMap(
      ({ Properties }) => (Properties['AlarmActions'] as readonly string[] | undefined) ?? [],
    ),
  );
  expect(told.length).toBeGreaterThan(15);
  expect(new Set(told)).toEqual(new Set(['arn:aws:sns:eu-central-1:000000000000:told']));
  expect(additions(template)).toEqual([]);
});

it('grantStart lets a role start runs and look at single ones by the API, and nothing else', async () => {
  const template = await withProps(
    () => ({}),
    (integration, stack) =>
      integration.grantStart(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountPrincipal('000000000000') })),
  );
  const added = additions(template);
  expect(added.every((line) => line.startsWith('Caller: execute-api:Invoke on '))).toBe(true);
  expect(added.map((line) => line.replace(/^.*RefundsRunApi(Api)?/, '')).sort()).toEqual([
    '/*/GET/runs/*',
    '/*/POST/workflows/*',
  ]);
});

it('metric* are those that handlers emit, of the integration, a workflow or a system', async () => {
  await withProps(
    () => ({}),
    (integration) => {
      const named = {
        RunsSucceeded: integration.metricRunsSucceeded(),
        RunsCompensated: integration.metricRunsCompensated(),
        RunsFailed: integration.metricRunsFailed(),
        RunsNeedingAttention: integration.metricRunsNeedingAttention({ workflow: 'refund' }),
        RunMs: integration.metricRunTime({ statistic: 'p99', period: Duration.hours(1) }),
        Attempts: integration.metric('Attempts', { system: 'payments' }),
      };
      for (const [name, metric] of Object.entries(named))
        expect(metric).toMatchObject({ namespace: 'Interlock', metricName: name });
      expect(named.RunsSucceeded.dimensions).toEqual({ integration: 'refunds' });
      expect(named.RunsNeedingAttention.dimensions).toEqual({ integration: 'refunds', workflow: 'refund' });
      expect(named.Attempts.dimensions).toEqual({ integration: 'refunds', system: 'payments' });
      expect(named.RunMs).toMatchObject({ statistic: 'p99', period: Duration.hours(1) });
    },
  );
});
