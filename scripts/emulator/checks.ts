/**
 * What is asked of each kind of resource once it is there: that its service describes it by the properties which the template
 * gives it, references filled in. A kind without a question here is a mistake of ours, found by `uncheckedKinds`.
 */
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import type { AwsCalls } from './aws-calls.ts';
import { lowered } from './apart.ts';
import type { StackNames } from './stack-names.ts';
import { valueOf } from './template-values.ts';

export interface Asked {
  readonly logicalId: string;
  /** Of the template, its references filled in. */
  readonly properties: JsonObject;
  readonly calls: AwsCalls;
  readonly names: StackNames;
}

interface Check {
  readonly says: string;
  /** What the service says, and what of it is expected; more may be there. */
  readonly compare: (asked: Asked) => Promise<readonly (readonly [actual: Json, expected: Json])[]>;
}

export const CHECKS: { readonly [type: string]: Check } = {
  'AWS::DynamoDB::Table': { says: 'keys, indexes, billing, expiry, point-in-time recovery', compare: table },
  'AWS::S3::Bucket': { says: 'encryption', compare: bucket },
  'AWS::SQS::Queue': { says: 'encryption, retention', compare: queue },
  'AWS::SNS::Topic': { says: 'there, by its ARN', compare: topic },
  'AWS::Logs::LogGroup': { says: 'retention', compare: logGroup },
  'AWS::IAM::Role': { says: 'who takes it on', compare: role },
  'AWS::IAM::Policy': { says: 'every statement', compare: policy },
  'AWS::Lambda::Function': {
    says: 'runtime, handler, time, memory, variables, role, code',
    compare: lambdaFunction,
  },
  'AWS::Lambda::Version': { says: 'published', compare: version },
  'AWS::Lambda::Permission': { says: 'who may invoke, from where', compare: permission },
  'AWS::StepFunctions::StateMachine': { says: 'definition, role, logging, tracing', compare: machine },
  'AWS::Events::Rule': { says: 'pattern or schedule, targets', compare: rule },
  'AWS::CloudWatch::Dashboard': { says: 'every widget', compare: dashboard },
  'AWS::CloudWatch::Alarm': { says: 'metric, threshold, missing data, actions', compare: alarm },
  'AWS::CloudWatch::CompositeAlarm': { says: 'made of alarms that are there', compare: compositeAlarm },
  'AWS::ApiGatewayV2::Api': { says: 'protocol', compare: api },
  'AWS::ApiGatewayV2::Integration': { says: 'function, payload format', compare: partOf('integrations') },
  'AWS::ApiGatewayV2::Route': { says: 'key, who may call', compare: partOf('routes') },
  'AWS::ApiGatewayV2::Stage': { says: 'throttling, access log', compare: partOf('stages') },
};

/** Everything that is not as it should be, in words. */
export async function misfitsOf(type: string, asked: Asked): Promise<readonly string[]> {
  const pairs = await CHECKS[type]?.compare(asked);
  return (pairs ?? []).flatMap(([actual, expected]) => differences(actual, expected, asked.logicalId));
}

/** Where what is expected is not. Numbers may come as text, and texts that are JSON are compared as what they say. */
export function differences(actual: Json | undefined, expected: Json, path: string): readonly string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [differs(path, actual, expected)];
    return expected.flatMap((item: Json, index) => differences(actual[index] as Json, item, `${path}[${index}]`));
  }
  if (!isObject(expected)) return String(actual) === String(expected) ? [] : [differs(path, actual, expected)];
  if (!isObject(actual)) return [differs(path, actual, expected)];
  return Object.entries(expected).flatMap(([name, member]) => differences(actual[name], member, `${path}.${name}`));
}

function differs(path: string, actual: Json | undefined, expected: Json): string {
  return `${path} is ${JSON.stringify(actual)?.slice(0, 300)}, not ${JSON.stringify(expected).slice(0, 300)}`;
}

type Pairs = ReturnType<Check['compare']>;

async function table({ logicalId, properties, calls, names }: Asked): Pairs {
  const TableName = names.ref(logicalId);
  const { KeySchema = [], AttributeDefinitions = [], GlobalSecondaryIndexes = [], BillingMode = '' } = properties;
  const [{ Table = {} }, { TimeToLiveDescription = {} }, { ContinuousBackupsDescription = {} }] = await Promise.all([
    calls.json('dynamodb', 'DescribeTable', { TableName }),
    calls.json('dynamodb', 'DescribeTimeToLive', { TableName }),
    calls.json('dynamodb', 'DescribeContinuousBackups', { TableName }),
  ]);
  const { AttributeName = '' } = properties['TimeToLiveSpecification'] as JsonObject;
  return [
    [Table, { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingModeSummary: { BillingMode } }],
    [TimeToLiveDescription, { TimeToLiveStatus: 'ENABLED', AttributeName }],
    [ContinuousBackupsDescription, { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } }],
  ];
}

async function bucket({ logicalId, properties, calls, names }: Asked): Pairs {
  const { text } = await calls.plain('s3', `GET /${names.ref(logicalId)}?encryption`);
  const [, SSEAlgorithm = ''] = /<SSEAlgorithm>([^<]*)/.exec(text) ?? [];
  const { ServerSideEncryptionConfiguration } = properties['BucketEncryption'] as JsonObject;
  const [{ ServerSideEncryptionByDefault = {} } = {}] = ServerSideEncryptionConfiguration as readonly JsonObject[];
  return [[{ SSEAlgorithm }, ServerSideEncryptionByDefault]];
}

async function queue({ logicalId, properties, calls, names }: Asked): Pairs {
  const asked = { QueueUrl: names.ref(logicalId), AttributeNames: ['All'] };
  const { Attributes = {} } = await calls.json('sqs', 'GetQueueAttributes', asked);
  const { Tags: _, ...expected } = properties;
  return [[Attributes, expected]];
}

async function topic({ logicalId, calls, names }: Asked): Pairs {
  const TopicArn = names.ref(logicalId);
  return [[await calls.query('sns', 'GetTopicAttributes', { TopicArn }), {}]];
}

async function logGroup({ logicalId, properties, calls, names }: Asked): Pairs {
  const logGroupName = names.ref(logicalId);
  const { logGroups } = await calls.json('logs', 'DescribeLogGroups', { logGroupNamePrefix: logGroupName });
  const [found = {}] = logGroups as readonly JsonObject[];
  return [[found, { logGroupName, retentionInDays: properties['RetentionInDays'] ?? 0 }]];
}

async function role({ logicalId, properties, calls, names }: Asked): Pairs {
  const { Role = {} } = await calls.query('iam', 'GetRole', { RoleName: names.ref(logicalId) });
  const document = readJson((Role as JsonObject)['AssumeRolePolicyDocument']);
  return [[document, properties['AssumeRolePolicyDocument'] ?? {}]];
}

async function policy({ properties, calls }: Asked): Pairs {
  const { PolicyName = '', PolicyDocument = {}, Roles } = properties;
  return await Promise.all(
    (Roles as readonly string[]).map(async (RoleName) => {
      const found = await calls.query('iam', 'GetRolePolicy', { RoleName, PolicyName });
      return [readJson(found['PolicyDocument']), PolicyDocument] as const;
    }),
  );
}

async function lambdaFunction({ logicalId, properties, calls, names }: Asked): Pairs {
  const { Configuration = {}, Code = {} } = await calls.rest(
    'lambda',
    `GET /2015-03-31/functions/${names.ref(logicalId)}`,
  );
  const { Description, Runtime, Handler, Timeout, MemorySize, Environment, Role } = properties;
  const expected = { Description, Runtime, Handler, Timeout, MemorySize, Environment, Role };
  const { S3Key = '' } = properties['Code'] as JsonObject;
  const { Location } = Code as { readonly Location?: string };
  return [
    [Configuration, present(expected)],
    [{ S3Key: decodeURIComponent(Location ?? '').includes(String(S3Key)) ? S3Key : (Location ?? null) }, { S3Key }],
  ];
}

async function version({ properties, calls }: Asked): Pairs {
  const { Versions } = await calls.rest(
    'lambda',
    `GET /2015-03-31/functions/${String(properties['FunctionName'])}/versions`,
  );
  const numbers = (Versions as readonly JsonObject[]).map(({ Version = '' }) => Version);
  return [[numbers, ['$LATEST', '1']]];
}

async function permission({ properties, calls }: Asked): Pairs {
  const { FunctionName, Action = '', Principal = '', SourceArn = '' } = properties;
  const [name] = String(FunctionName).split(':').slice(-1);
  const { Policy } = await calls.rest('lambda', `GET /2015-03-31/functions/${name}/policy`);
  const { Statement } = readJson(Policy) as { readonly Statement: readonly JsonObject[] };
  const expected = {
    Action,
    Principal: { Service: Principal },
    Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
  };
  const fits = Statement.some((one) => differences(one, expected, '').length === 0);
  return [[fits ? expected : Statement, expected]];
}

async function machine({ logicalId, properties, calls, names }: Asked): Pairs {
  const found = await calls.json('states', 'DescribeStateMachine', { stateMachineArn: names.ref(logicalId) });
  const { DefinitionString, DefinitionSubstitutions = {}, RoleArn = '', ...others } = properties;
  const { LoggingConfiguration = {}, TracingConfiguration = {} } = others;
  const substitutions = Object.entries(DefinitionSubstitutions as JsonObject);
  const definition = substitutions.reduce(
    (text, [name, value]) => text.replaceAll(`\${${name}}`, String(value)),
    String(DefinitionString),
  );
  return [
    [readJson(found['definition']), JSON.parse(definition) as Json],
    [found, { roleArn: RoleArn, ...lowered({ LoggingConfiguration, TracingConfiguration }) }],
  ];
}

async function rule({ logicalId, properties, calls, names }: Asked): Pairs {
  const Name = names.ref(logicalId);
  const [found, { Targets = [] }] = await Promise.all([
    calls.json('events', 'DescribeRule', { Name }),
    calls.json('events', 'ListTargetsByRule', { Rule: Name }),
  ]);
  const { Targets: targets = [], EventPattern, ScheduleExpression, State } = properties;
  return [
    [readJson(found['EventPattern']), EventPattern ?? null],
    [found, present({ ScheduleExpression, State })],
    [
      (Targets as readonly JsonObject[]).map(({ Arn = '' }) => Arn),
      (targets as readonly JsonObject[]).map(({ Arn = '' }) => Arn),
    ],
  ];
}

async function dashboard({ logicalId, properties, calls, names }: Asked): Pairs {
  const found = await calls.query('monitoring', 'GetDashboard', { DashboardName: names.ref(logicalId) });
  return [[readJson(found['DashboardBody']), readJson(properties['DashboardBody'])]];
}

async function alarm({ logicalId, properties, calls }: Asked): Pairs {
  const found = await calls.query('monitoring', 'DescribeAlarms', { AlarmNames: [logicalId] });
  const [actual = {}] = found['MetricAlarms'] as readonly JsonObject[];
  const { Tags: _, ...expected } = properties;
  return [[actual, { AlarmName: logicalId, ...expected }]];
}

/** It cannot be made here; that it is made of alarms which are there can be seen. */
async function compositeAlarm({ properties, calls, names }: Asked): Pairs {
  const arns = [...String(properties['AlarmRule']).matchAll(/:alarm:([A-Za-z0-9]+)/g)].flatMap(([, id]) => id ?? []);
  const { MetricAlarms } = await calls.query('monitoring', 'DescribeAlarms', { MaxRecords: 100 });
  const there = (MetricAlarms as readonly JsonObject[]).map(({ AlarmName }) => String(AlarmName));
  const known = arns.filter((id) => there.includes(id) || names.isOf(id, 'AWS::CloudWatch::CompositeAlarm'));
  return [[known, arns]];
}

async function api({ logicalId, properties, calls, names }: Asked): Pairs {
  const { Tags: _, ...expected } = properties;
  return [[await calls.rest('apigateway', `GET /v2/apis/${names.ref(logicalId)}`), lowered(expected)]];
}

function partOf(kind: string): Check['compare'] {
  return async ({ logicalId, properties, calls, names }) => {
    const { ApiId, Tags: _, ...expected } = properties;
    const path = `GET /v2/apis/${String(ApiId)}/${kind}/${encodeURIComponent(names.ref(logicalId))}`;
    return [[await calls.rest('apigateway', path), lowered(expected)]];
  };
}

/** Documents come as text here and as what they say there. */
function readJson(value: Json | undefined): Json {
  if (typeof value !== 'string') return value ?? null;
  return JSON.parse(value.startsWith('%7B') ? decodeURIComponent(value) : value) as Json;
}

function present(members: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

export function filledIn({ Properties = {} }: { readonly Properties?: JsonObject }, names: StackNames): JsonObject {
  return valueOf(Properties, names) as JsonObject;
}
