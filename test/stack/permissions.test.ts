/** Who may do what, sentence by sentence: least privilege is a list that is written down, not a feeling. */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
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

const TRACES = ['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *'];

function logOf(handler: string): readonly string[] {
  return [`logs:CreateLogStream on Refunds${handler}Log.Arn`, `logs:PutLogEvents on Refunds${handler}Log.Arn`];
}

describe('permissions', () => {
  it("fails if a call function may touch anything but items of runs, its own log and its own system's secrets", () => {
    const secret =
      'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:refunds/payments-??????';
    expect(lines(roles.get('RefundsCallPaymentsRole'))).toEqual([
      ...ITEMS_OF_RUNS,
      ...logOf('CallPayments'),
      `secretsmanager:GetSecretValue on ${secret}`,
      ...TRACES,
    ]);
  });

  it('fails if a credential in SSM may be read with its neighbours', () => {
    const parameter = 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/refunds/ledger-key';
    expect(lines(roles.get('RefundsCallLedgerRole'))).toEqual([
      ...ITEMS_OF_RUNS,
      ...logOf('CallLedger'),
      `ssm:GetParameter on ${parameter}`,
      ...TRACES,
    ]);
  });

  it('fails if the core function, which calls no system, may read any credential', () => {
    expect(lines(roles.get('RefundsCoreRole'))).toEqual([...ITEMS_OF_RUNS, ...logOf('Core'), ...TRACES]);
  });

  it('fails if what looks after ended executions may do more than that and start undo machines', () => {
    expect(lines(roles.get('RefundsLifecycleRole'))).toEqual([
      ...ITEMS_OF_RUNS,
      ...logOf('Lifecycle'),
      'states:StartExecution on RefundsWorkflowAuditUndo',
      'states:StartExecution on RefundsWorkflowRefundUndo',
      ...TRACES,
    ]);
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
    expect(roles.size).toBe(8);
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
      `RefundsLifecycleRole: ${assumedBy('lambda.amazonaws.com')}`,
      `RefundsWorkflowAuditMachineRole: ${assumedBy('states.amazonaws.com')}`,
      `RefundsWorkflowAuditUndoRole: ${assumedBy('states.amazonaws.com')}`,
      `RefundsWorkflowRefundMachineRole: ${assumedBy('states.amazonaws.com')}`,
      `RefundsWorkflowRefundUndoRole: ${assumedBy('states.amazonaws.com')}`,
    ]);
  });

  it('fails if a function lets anybody in but the rule on ended executions', () => {
    const permissions = [...resourcesOf(template, 'AWS::Lambda::Permission').values()];
    expect(
      permissions.map(({ Properties: { Action, Principal, FunctionName } }) => [Action, Principal, FunctionName]),
    ).toEqual([
      [
        'lambda:InvokeFunction',
        'events.amazonaws.com',
        { 'Fn::GetAtt': [expect.stringMatching(/^RefundsLifecycle/), 'Arn'] },
      ],
    ]);
    expect(permissions[0]?.Properties['SourceArn']).toMatchObject({
      'Fn::GetAtt': [expect.stringMatching(/^RefundsEndsEnded/), 'Arn'],
    });
  });

  it('fails if a resource lets anybody in by a policy of its own: the only one refuses what is not encrypted', () => {
    const effects = [...resourcesOf(template).values()].flatMap(({ Type, Properties }) => {
      if (!Type.endsWith('Policy') || Type === 'AWS::IAM::Policy') return [];
      const document = Properties['PolicyDocument'] as { readonly Statement: readonly JsonObject[] } | undefined;
      return (document?.Statement ?? [{}]).map(({ Effect, Condition }) => ({ Type, Effect, Condition }));
    });
    expect(effects).toEqual([
      { Type: 'AWS::SQS::QueuePolicy', Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
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
        : [`lambda:InvokeFunction on ${textOf(value)}`, `lambda:InvokeFunction on ${textOf(value)}:*`],
    )
    .sort();
}

it('fails if the core function may wake waiting tasks where none waits, or may not where one does', async () => {
  const approvals = permissionsOf(await synthesised('test/stack/approvals'));
  const waking = (of: ReadonlyMap<string, readonly Allowed[]>): readonly string[] =>
    [...of].flatMap(([role, allowed]) =>
      lines(allowed).flatMap((line) => (line.includes('SendTask') ? [`${role}: ${line}`] : [])),
    );
  expect(waking(roles)).toEqual([]);
  expect(waking(approvals)).toEqual([
    'ApprovalsCoreRole: states:SendTaskFailure on *',
    'ApprovalsCoreRole: states:SendTaskSuccess on *',
  ]);
}, 60_000);
