/** What stands in an account: how data is kept and for how long, who is told, and that nothing of it is secret. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { Integration } from '../../lib/public.ts';
import type { Json } from '../../lib/model/json.ts';
import { TABLE_DEFINITION } from '../support/dynamo-emulator.ts';
import { textOf } from '../support/permissions.ts';
import { describedAt, inApp, readableId, type Resource, resourcesOf, synthesised } from '../support/synthesised.ts';

const REFUNDS = 'test/stack/refunds';

/**
 * Names that are unique within something else (a metric in its namespace, a policy in its role), name another's, or are
 * made of the stack's name and the path in it (a composite alarm cannot do without, a saved query is known by it).
 */
const NAMES_WITHIN = ['MetricName', 'PolicyName', 'FunctionName', 'AlarmName', 'Name', 'StageName'];

let template: Template;

beforeAll(async () => {
  template = await synthesised(REFUNDS);
}, 60_000);

function all(type: string): readonly Resource[] {
  return [...resourcesOf(template, type).values()];
}

/** Not after the very first deploy of it has failed: a table without a run in it is nobody's. */
const STAYS = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };

/** The table that integrations share. */
function ofAll(resource: Resource): boolean {
  return resource === resourcesOf(template, 'AWS::DynamoDB::Table').get(idOfShared());
}

function idOfShared(): string {
  return [...resourcesOf(template).keys()].find((id) => readableId(id) === 'SharedTable') ?? '';
}

describe('the tables', () => {
  it('are encrypted, restorable to any point in time, paid by use, and outlive their stack', () => {
    const tables = all('AWS::DynamoDB::Table');
    expect(tables).toHaveLength(2);
    for (const table of tables)
      expect(table).toMatchObject({
        ...STAYS,
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          SSESpecification: { SSEEnabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        },
      });
  });

  it('has the keys and indexes that the journal is tested with', () => {
    const table = all('AWS::DynamoDB::Table').find(({ Properties }) => Properties['GlobalSecondaryIndexes']);
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = TABLE_DEFINITION;
    expect(table?.Properties).toMatchObject({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes });
  });
});

describe('the payload bucket', () => {
  it('is private, encrypted, for TLS only, and outlives its stack', () => {
    template.hasResource('AWS::S3::Bucket', {
      ...STAYS,
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: Match.anyValue() },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: Match.absent(),
      },
    });
  });

  it('forgets values after a year, and never the secret by which their digests are keyed', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          { Id: 'values', Prefix: 'refunds/blobs/', ExpirationInDays: 365, Status: 'Enabled' },
          { Id: 'unfinished-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' },
        ],
      },
    });
  });
});

describe('the dead letters', () => {
  it('are encrypted at rest and on the way, and kept for two weeks', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Action: 'sqs:*' })] },
    });
  });

  it('ring from the first message, and not for want of data', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      AlarmActions: [Match.anyValue()],
      Statistic: 'Maximum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });
});

describe('the handlers', () => {
  it('run on Node 24 and arm64 from one asset, traced', () => {
    const functions = all('AWS::Lambda::Function');
    expect(functions).toHaveLength(9);
    for (const { Properties } of functions) {
      const TracingConfig = { Mode: 'Active' };
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], TracingConfig });
    }
    expect(new Set(functions.map(({ Properties }) => JSON.stringify(Properties['Code']))).size).toBe(1);
  });

  it('have the time of the longest visit of a step at their system, and a margin', async () => {
    const { workflows } = await describedAt(REFUNDS);
    const plans = workflows.map(({ plan }) => plan);
    for (const { Properties } of all('AWS::Lambda::Function').filter(
      ({ Properties: { Handler } }) => Handler === 'call.handler',
    )) {
      const { Variables } = Properties['Environment'] as { readonly Variables: { readonly INTERLOCK_SYSTEM: string } };
      const leases = plans.flatMap((plan) =>
        Object.values(plan.steps)
          .filter(({ operation }) => plan.operations[operation]?.system === Variables.INTERLOCK_SYSTEM)
          .map(({ leaseMs }) => leaseMs),
      );
      expect(leases).not.toEqual([]);
      expect(Number(Properties['Timeout']) * 1000).toBeGreaterThan(Math.max(...leases));
    }
  });

  it('are told the stores, the integration, their system, and the machines and functions that they need, nothing else', () => {
    const told = all('AWS::Lambda::Function').map(({ Properties: { Handler, Environment } }) => {
      const variables = Object.keys((Environment as { readonly Variables: object }).Variables).sort();
      return `${String(Handler)}: ${variables.join(' ')}`;
    });
    const stores = 'INTERLOCK_PREFIX INTERLOCK_SHARED_TABLE';
    const call = `call.handler: INTERLOCK_BUCKET INTERLOCK_INTEGRATION ${stores} INTERLOCK_SYSTEM INTERLOCK_TABLE`;
    const core = `core.handler: INTERLOCK_BUCKET INTERLOCK_INTEGRATION ${stores} INTERLOCK_TABLE`;
    const lifecycle = `lifecycle.handler: INTERLOCK_BUCKET INTERLOCK_INTEGRATION INTERLOCK_MACHINES ${stores} INTERLOCK_TABLE`;
    const runs = (handler: string, first: string, more: string): string =>
      `${handler}.handler: INTERLOCK_BUCKET ${first}INTERLOCK_INTEGRATION INTERLOCK_MACHINES ${stores} ${more}`;
    const health = `health.handler: INTERLOCK_BUCKET INTERLOCK_CALLS INTERLOCK_INTEGRATION ${stores} INTERLOCK_TABLE`;
    expect(told.sort()).toEqual([
      runs('api', 'INTERLOCK_DEAD_LETTERS ', 'INTERLOCK_TABLE'),
      call,
      call,
      core,
      health,
      lifecycle,
      runs('reconcile', 'INTERLOCK_CALLS ', 'INTERLOCK_TABLE'),
      runs('redrive', 'INTERLOCK_DEAD_LETTERS ', 'INTERLOCK_TABLE'),
      runs('sweep', '', 'INTERLOCK_TABLE INTERLOCK_VERSIONED'),
    ]);
  });
});

describe('a deploy', () => {
  it('keeps what was deployed before: machines name functions by version, and versions stay', () => {
    const versions = resourcesOf(template, 'AWS::Lambda::Version');
    expect([...versions.values()].map((version) => version.DeletionPolicy)).toEqual(['Retain', 'Retain', 'Retain']);
    for (const { Properties } of all('AWS::StepFunctions::StateMachine')) {
      const { DeadLetters: _, ...functions } = Properties['DefinitionSubstitutions'] as {
        readonly [name: string]: object;
      };
      for (const named of Object.values(functions))
        expect(versions.has((named as { readonly Ref: string }).Ref)).toBe(true);
    }
  });

  it('asks each call function for the credentials that it will need, after it has its permissions', () => {
    const checks = all('Custom::InterlockCredentials');
    expect(checks.map(({ Properties }) => Properties['References'])).toEqual([
      [{ parameter: '/refunds/ledger-key' }],
      [
        { secret: 'refunds/payments', field: 'clientId' },
        { secret: 'refunds/payments', field: 'clientSecret' },
      ],
    ]);
    for (const { Properties, DependsOn } of checks) {
      expect(Properties).toMatchObject({
        ServiceTimeout: '120',
        Handler: { 'Fn::GetAtt': [expect.anything(), 'Version'] },
      });
      expect(DependsOn?.some((id) => /RoleDefaultPolicy/.test(id))).toBe(true);
    }
  });
});

describe('the machines', () => {
  it('are there before whoever begins runs is brought up to date, though their names alone are told', () => {
    const machines = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine').keys()];
    const [begun] = machines.filter((id) => /^RefundsWorkflow\w+Machine/.test(id));
    const beginning = [...resourcesOf(template, 'AWS::Lambda::Function')].filter(([id]) => /RunApi|Sweep/.test(id));
    expect(beginning).toHaveLength(2);
    for (const [, { DependsOn }] of beginning) expect(DependsOn).toContain(begun);
  });

  it('log errors without data, and are traced', () => {
    const machines = all('AWS::StepFunctions::StateMachine');
    expect(machines).toHaveLength(4);
    for (const { Properties } of machines) {
      const LoggingConfiguration = { IncludeExecutionData: false, Level: 'ERROR' };
      const TracingConfiguration = { Enabled: true };
      expect(Properties).toMatchObject({ StateMachineType: 'STANDARD', LoggingConfiguration, TracingConfiguration });
    }
  });

  it('find every placeholder of their definition filled in', () => {
    for (const { Properties } of all('AWS::StepFunctions::StateMachine')) {
      const named = [...(Properties['DefinitionString'] as string).matchAll(/\$\{(\w+)\}/g)].map(
        ([, name = '']) => name,
      );
      const given = Object.keys(Properties['DefinitionSubstitutions'] as object);
      expect([...new Set(named)].sort()).toEqual(given.toSorted());
    }
  });
});

describe('executions that end badly', () => {
  it('are told to the function that looks after their runs, those of the undo machines too; others are not', () => {
    const rule = all('AWS::Events::Rule').find(({ Properties }) => Properties['EventPattern']);
    const pattern = rule?.Properties['EventPattern'] as {
      readonly detail: { readonly stateMachineArn: readonly { readonly prefix: Json }[] };
    };
    expect(pattern).toMatchObject({ source: ['aws.states'], detail: { status: ['ABORTED', 'FAILED', 'TIMED_OUT'] } });
    const beginnings = pattern.detail.stateMachineArn.map(({ prefix }) => textOf(prefix));
    const own = beginnings.map((arn) => arn.replace(/^.*:stateMachine:Refunds-[0-9a-f]{8}-/, ''));
    expect(own).toEqual(['${AWS::StackId}-run-', '${AWS::StackId}-undo-']);
    const names = all('AWS::StepFunctions::StateMachine').map(({ Properties }) =>
      textOf(Properties['StateMachineName'] ?? null),
    );
    const told = beginnings.map((arn) => arn.replace(/^.*:stateMachine:/, ''));
    expect(names.map((name) => told.findIndex((beginning) => name.startsWith(beginning)))).toEqual([0, 1, 0, 1]);
  });
});

describe('the stores', () => {
  it('of values outlive the longest run: a shorter retention is refused', async () => {
    const short = inApp(
      {},
      (app) =>
        new Integration(new Stack(app, 'Somewhere'), 'Flow', {
          description: REFUNDS,
          payloadRetention: Duration.days(2),
        }),
    );
    await expect(short).rejects.toMatchObject({ code: 'retention-too-short' });
  });
});

describe('the stack', () => {
  it('keeps every log for three months', () => {
    const logs = all('AWS::Logs::LogGroup');
    expect(logs).toHaveLength(11);
    expect(new Set(logs.map(({ Properties }) => Properties['RetentionInDays']))).toEqual(new Set([90]));
  });

  it('gives nothing a physical name but its machines, which the id of the stack is part of: it can stand twice in one account', () => {
    const named = [...resourcesOf(template)].flatMap(([id, { Properties }]) =>
      Object.keys(Properties).flatMap((key) =>
        key.endsWith('Name') && !NAMES_WITHIN.includes(key) ? [`${id} ${key}`] : [],
      ),
    );
    const machines = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine').keys()];
    expect(named).toEqual(machines.map((id) => `${id} StateMachineName`));
    for (const { Properties } of all('AWS::StepFunctions::StateMachine'))
      expect(JSON.stringify(Properties['StateMachineName'])).toContain('{"Ref":"AWS::StackId"}');
  });

  it('tags what can be tagged with its integration', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine'])
      for (const { Properties } of all(type).filter((one) => !ofAll(one)))
        expect(Properties['Tags']).toContainEqual({ Key: 'interlock:integration', Value: 'refunds' });
  });

  it('needs nothing but what `cdk bootstrap` leaves: no container image, no function that is not a handler', () => {
    const handlers = all('AWS::Lambda::Function').map(({ Properties }) => String(Properties['Handler']));
    expect([...new Set(handlers)].sort()).toEqual([
      'api.handler',
      'call.handler',
      'core.handler',
      'health.handler',
      'lifecycle.handler',
      'reconcile.handler',
      'redrive.handler',
      'sweep.handler',
    ]);
    expect(JSON.stringify(template.toJSON())).not.toContain('ImageUri');
  });
});
