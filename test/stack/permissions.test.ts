/** Who may do what, sentence by sentence: least privilege is a list that is written down, not a feeling. */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { type Allowed, lines, permissionsOf, textOf } from '../support/permissions.ts';
import { readableId, resourcesOf, synthesised } from '../support/synthesised.ts';

let template: Template;
let roles: ReadonlyMap<string, readonly Allowed[]>;

beforeAll(async () => {
  template = await synthesised('test/stack/refunds');
  roles = permissionsOf(template);
}, 60_000);

/** X-Ray and the delivery of a machine's logs have no resources that a policy could name. */
const WITHOUT_RESOURCE = /^(xray:|logs:\w+(LogDelivery|LogDeliveries|ResourcePolic(y|ies)|LogGroups)$)/;

const ITEMS_OF_RUNS = [
  'dynamodb:ConditionCheckItem on RefundsRunsTable.Arn',
  'dynamodb:GetItem on RefundsRunsTable.Arn',
  'dynamodb:PutItem on RefundsRunsTable.Arn',
  'dynamodb:Query on RefundsRunsTable.Arn',
  'dynamodb:UpdateItem on RefundsRunsTable.Arn',
];

/** In the values' bucket what is the integration's own, and whether it is there; of what integrations share single items. */
const VALUES_AND_SHARED = [
  'dynamodb:GetItem on SharedTable.Arn',
  'dynamodb:UpdateItem on SharedTable.Arn',
  's3:GetObject on RefundsPayloadsBucket.Arn/refunds/blobs/*',
  's3:GetObject on RefundsPayloadsBucket.Arn/refunds/plans/*',
  's3:GetObject on RefundsPayloadsBucket.Arn/refunds/secret',
  's3:ListBucket on RefundsPayloadsBucket.Arn',
  's3:PutObject on RefundsPayloadsBucket.Arn/refunds/blobs/*',
  's3:PutObject on RefundsPayloadsBucket.Arn/refunds/secret',
];

const TRACES = ['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *'];

function logOf(handler: string): readonly string[] {
  return [`logs:CreateLogStream on Refunds${handler}Log.Arn`, `logs:PutLogEvents on Refunds${handler}Log.Arn`];
}

/** What every handler may, and what this one may besides. */
function ofHandler(handler: string, ...more: readonly string[]): readonly string[] {
  return [...ITEMS_OF_RUNS, ...VALUES_AND_SHARED, ...logOf(handler), ...more, ...TRACES].sort();
}

const SEARCH = ['open-by-wake', 'workflow-by-start'].map(
  (index) => `dynamodb:Query on RefundsRunsTable.Arn/index/${index}`,
);

const ASK_SYSTEMS = ['Ledger', 'Payments'].map((name) => `lambda:InvokeFunction on RefundsCall${name}Function.Arn`);

const START_UNDO = 'states:StartExecution on machines Refunds-undo-*';

describe('permissions', () => {
  it("fails if a call function may touch anything but its table's items, its own system's secrets, its bucket prefix", () => {
    const secret =
      'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:refunds/payments-??????';
    expect(lines(roles.get('RefundsCallPaymentsRole'))).toEqual(
      ofHandler('CallPayments', `secretsmanager:GetSecretValue on ${secret}`),
    );
  });

  it('fails if a credential in SSM may be read with its neighbours', () => {
    const parameter = 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/refunds/ledger-key';
    expect(lines(roles.get('RefundsCallLedgerRole'))).toEqual(
      ofHandler('CallLedger', `ssm:GetParameter on ${parameter}`),
    );
  });

  it('fails if a step that is probed at another system would find no credential there, or more than it asks for', async () => {
    const lent = permissionsOf(await synthesised('test/stack/prices'));
    const secret = (name: string): string =>
      `secretsmanager:GetSecretValue on arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:prices/${name}-??????`;
    const credentials = (role: string): readonly string[] =>
      lines(lent.get(role)).filter((line) => /^(secretsmanager|ssm):/.test(line));
    expect(credentials('PricesCallCatalogueRole')).toEqual([
      secret('shop'),
      'ssm:GetParameter on arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/prices/auditor',
    ]);
    expect(credentials('PricesCallArchiveRole')).toEqual([secret('archive-writer'), secret('archive')].toSorted());
    expect(credentials('PricesCallAuditRole').join()).toContain('/auditor');
  });

  it('fails if the core function, which calls no system, may read any credential', () => {
    expect(lines(roles.get('RefundsCoreRole'))).toEqual(ofHandler('Core'));
  });

  it('fails if what looks after ended executions may do more than that and start undo machines', () => {
    expect(lines(roles.get('RefundsLifecycleRole'))).toEqual(ofHandler('Lifecycle', START_UNDO));
  });

  it('fails if the run API may do more than find, start and stop runs, and look after dead letters', () => {
    const starting = [
      START_UNDO,
      'states:StartExecution on machines Refunds-run-*',
      'states:StopExecution on executions Refunds-run-*:*',
    ];
    const letters = ['sqs:DeleteMessage', 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'].map(
      (action) => `${action} on RefundsDeadLettersQueue.Arn`,
    );
    const index = 'dynamodb:Query on RefundsRunsTable.Arn/index/workflow-by-start';
    const plans = 's3:PutObject on RefundsPayloadsBucket.Arn/refunds/plans/*';
    expect(lines(roles.get('RefundsRunApiHandlerRole'))).toEqual(
      ofHandler('RunApiHandler', ...starting, ...letters, index, plans),
    );
  });

  it('fails if the sweeper may do more than find runs, look at, start or stop their executions, and remove versions but never a function', () => {
    expect(lines(roles.get('RefundsSweepRole'))).toEqual(
      ofHandler(
        'Sweep',
        ...SEARCH,
        ...['run', 'undo'].flatMap((kind) => [
          `states:DescribeExecution on executions Refunds-${kind}-*:*`,
          `states:StopExecution on executions Refunds-${kind}-*:*`,
          `states:StartExecution on machines Refunds-${kind}-*`,
        ]),
        ...['CallLedger', 'CallPayments', 'Core'].flatMap((name) => [
          `lambda:ListVersionsByFunction on Refunds${name}Function.Arn`,
          `lambda:DeleteFunction on Refunds${name}Function.Arn:*`,
        ]),
      ),
    );
  });

  it('fails if reconciliation may do more than find runs, ask the systems by their functions, and start undo machines', () => {
    expect(lines(roles.get('RefundsReconcileRole'))).toEqual(
      ofHandler('Reconcile', ...SEARCH, ...ASK_SYSTEMS, START_UNDO),
    );
  });

  it('fails if what asks after the health of systems may touch anything of a run', () => {
    expect(lines(roles.get('RefundsHealthRole'))).toEqual([...ASK_SYSTEMS, ...logOf('Health'), ...TRACES]);
  });

  it('fails if what redrives dead letters may do more than take and remove these, and start undo machines', () => {
    const take = ['sqs:DeleteMessage', 'sqs:ReceiveMessage'].map(
      (action) => `${action} on RefundsDeadLettersQueue.Arn`,
    );
    expect(lines(roles.get('RefundsRedriveRole'))).toEqual(ofHandler('Redrive', ...take, START_UNDO));
  });

  it('fails if the machine may call anything that its definition does not use', () => {
    for (const [id, { Properties: machine }] of resourcesOf(template, 'AWS::StepFunctions::StateMachine')) {
      const granted = roles.get(`${readableId(id)}Role`)?.filter(({ action }) => !WITHOUT_RESOURCE.test(action));
      expect(lines(granted)).toEqual(usedBy(machine));
    }
  });

  it('fails if a workflow may call a system of another workflow only', () => {
    const invoked = lines(roles.get('RefundsWorkflowAuditMachineRole')).filter((line) => line.startsWith('lambda:'));
    expect(invoked).not.toEqual([]);
    expect(invoked.filter((line) => line.includes('Payments'))).toEqual([]);
  });

  it('fails if anybody may do something to everything, but for services that know no resources', () => {
    const broad = [...roles].flatMap(([role, allowed]) =>
      allowed
        .filter(({ action, resource }) => action.includes('*') || (resource === '*' && !WITHOUT_RESOURCE.test(action)))
        .map(({ action, resource }) => `${role}: ${action} on ${resource}`),
    );
    expect(broad).toEqual([]);
    expect(roles.size).toBe(13);
  });

  it('fails if a role trusts anybody but the service that it is for', () => {
    const trusted = [...resourcesOf(template, 'AWS::IAM::Role')].map(([id, { Properties }]) => {
      const { Statement } = Properties['AssumeRolePolicyDocument'] as { readonly Statement: readonly JsonObject[] };
      return `${readableId(id)}: ${JSON.stringify(Statement.map(({ Action, Principal }) => [Action, Principal]))}`;
    });
    const assumedBy = (service: string): string => JSON.stringify([['sts:AssumeRole', { Service: service }]]);
    expect(trusted.sort()).toEqual([
      `RefundsCallLedgerRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsCallPaymentsRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsCoreRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsHealthRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsLifecycleRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsReconcileRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsRedriveRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsRunApiHandlerRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsSweepRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsWorkflowAuditMachineRole: ${assumedBy('states.amazonaws.com')}`,
      `RefundsWorkflowAuditUndoRole: ${assumedBy('states.amazonaws.com')}`,
      `RefundsWorkflowRefundMachineRole: ${assumedBy('states.amazonaws.com')}`,
      `RefundsWorkflowRefundUndoRole: ${assumedBy('states.amazonaws.com')}`,
    ]);
  });

  it('fails if a function lets anybody in but the rules of its own and the gateway', () => {
    const permissions = [...resourcesOf(template, 'AWS::Lambda::Permission').values()];
    const letIn = permissions.map(({ Properties: { Action, Principal, FunctionName, SourceArn } }) =>
      [Action, Principal, textOf(FunctionName ?? ''), textOf(SourceArn ?? '').replace(/^arn:.*:(?=Refunds)/, '')].join(
        ' ',
      ),
    );
    const rule = (handler: string, source: string): string =>
      `lambda:InvokeFunction events.amazonaws.com Refunds${handler}Function.Arn Refunds${source}.Arn`;
    expect(letIn.sort()).toEqual([
      'lambda:InvokeFunction apigateway.amazonaws.com RefundsRunApiHandlerFunction.Arn RefundsRunApi/*/*/*',
      rule('Lifecycle', 'EndsEnded'),
      rule('Reconcile', 'UpkeepReconciling'),
      rule('Sweep', 'UpkeepSweeping'),
    ]);
  });

  it('fails if a resource lets anybody in by a policy of its own but alarms of this account to the topic', () => {
    const effects = [...resourcesOf(template).values()].flatMap(({ Type, Properties }) => {
      if (!Type.endsWith('Policy') || Type === 'AWS::IAM::Policy') return [];
      const document = Properties['PolicyDocument'] as { readonly Statement: readonly JsonObject[] } | undefined;
      return (document?.Statement ?? [{}]).map(({ Effect, Condition }) => ({ Type, Effect, Condition }));
    });
    const notEncrypted = { Bool: { 'aws:SecureTransport': 'false' } };
    expect(effects.toSorted((one, other) => (one.Type < other.Type ? -1 : 1))).toEqual([
      { Type: 'AWS::S3::BucketPolicy', Effect: 'Deny', Condition: notEncrypted },
      { Type: 'AWS::S3::BucketPolicy', Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
      { Type: 'AWS::SNS::TopicPolicy', Effect: 'Deny', Condition: notEncrypted },
      {
        Type: 'AWS::SNS::TopicPolicy',
        Effect: 'Allow',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
      { Type: 'AWS::SQS::QueuePolicy', Effect: 'Deny', Condition: notEncrypted },
    ]);
  });
});

/** Each function that the definition names by its placeholder, in every version, and the queue that it sends to. */
function usedBy(machine: JsonObject): readonly string[] {
  const definition = machine['DefinitionString'] as string;
  const substitutions = Object.entries(machine['DefinitionSubstitutions'] as JsonObject);
  const used = substitutions.filter(([name]) => definition.includes(`\${${name}}`));
  return used
    .flatMap(([name, value]) =>
      name === 'DeadLetters'
        ? [`sqs:SendMessage on ${textOf(value)}.Arn`]
        : ['', ':*'].map((versions) => `lambda:InvokeFunction on ${functionOf(value)}.Arn${versions}`),
    )
    .sort();
}

/** A definition names a version; what may be invoked are all of that function's. */
function functionOf(version: Json): string {
  return textOf(version).replace(/CurrentVersion$/, '');
}

it('fails if anybody may wake waiting tasks where none waits, or others than core and run API where one does', async () => {
  const approvals = permissionsOf(await synthesised('test/stack/approvals'));
  const waking = (of: ReadonlyMap<string, readonly Allowed[]>): readonly string[] =>
    [...of].flatMap(([role, allowed]) =>
      lines(allowed).flatMap((line) => (line.includes('SendTask') ? [`${role}: ${line}`] : [])),
    );
  expect(waking(roles)).toEqual([]);
  expect(waking(approvals)).toEqual(
    ['Core', 'RunApiHandler'].flatMap((handler) => [
      `Approvals${handler}Role: states:SendTaskFailure on *`,
      `Approvals${handler}Role: states:SendTaskSuccess on *`,
    ]),
  );
}, 60_000);
