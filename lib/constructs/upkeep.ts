/**
 * What looks after an integration when nobody calls: the sweeper (runs that nobody started, or that sleep too long), the
 * health of its systems, and reconciliation with them, each on a schedule; and dead letters driven once more, on demand
 * only, as all of them can be. Each function has what its work needs and no credential: systems are asked through their
 * own call functions.
 */
import { ArnFormat, Duration, Lazy, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function.ts';
import type { Handlers } from './handlers.ts';

type Machines = ReadonlyMap<string, { readonly machine: sfn.StateMachine; readonly undo: sfn.StateMachine }>;

export interface UpkeepProps {
  readonly handlers: Handlers;
  readonly machines: Machines;
  readonly runTable: dynamodb.Table;
  readonly deadLetters: sqs.IQueue;
}

const SWEEP_EVERY: Duration = Duration.minutes(5);
/** Each system is asked as often as it declares; this is how often somebody looks whose turn it is. */
const HEALTH_EVERY: Duration = Duration.minutes(1);
const RECONCILE_EVERY: Duration = Duration.days(1);

export class Upkeep extends Construct {
  constructor(scope: Construct, id: string, { handlers, machines, runTable, deadLetters }: UpkeepProps) {
    super(scope, id);
    const { sweep, health, reconcile, redrive } = handlers.upkeep;
    for (const one of [sweep, reconcile, redrive]) {
      grantStarting(one, machines);
      one.function.addEnvironment('INTERLOCK_MACHINES', machinesText(scope, machines));
    }
    for (const one of [health, reconcile]) this.letAsk(one, handlers.calls);
    allow(sweep, ['dynamodb:Query'], [`${runTable.tableArn}/index/open-by-wake`]);
    allow(sweep, ['dynamodb:Query'], [`${runTable.tableArn}/index/workflow-by-start`]);
    allow(sweep, ['states:DescribeExecution'], executionsOf(machines));
    allow(reconcile, ['dynamodb:Query'], [`${runTable.tableArn}/index/workflow-by-start`]);
    allow(redrive, ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], [deadLetters.queueArn]);
    deadLetters.encryptionMasterKey?.grantDecrypt(redrive.role);
    redrive.function.addEnvironment('INTERLOCK_DEAD_LETTERS', deadLetters.queueUrl);
    this.every(SWEEP_EVERY, 'Sweep', sweep);
    this.every(HEALTH_EVERY, 'Health', health);
    this.every(RECONCILE_EVERY, 'Reconcile', reconcile);
  }

  private every(interval: Duration, id: string, { function: handler }: HandlerFunction): void {
    new events.Rule(this, id, {
      schedule: events.Schedule.rate(interval),
      targets: [new targets.LambdaFunction(handler)],
    });
  }

  /** The functions by system, as lib/aws/system-functions.ts reads them. */
  private letAsk({ role, function: handler }: HandlerFunction, calls: Handlers['calls']): void {
    const names = [...calls].map(([system, { function: call }]) => [system, call.functionName] as const);
    handler.addEnvironment('INTERLOCK_SYSTEMS', Stack.of(this).toJsonString(Object.fromEntries(names)));
    const resources = [...calls.values()].map(({ function: call }) => call.functionArn);
    if (resources.length > 0)
      role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
  }
}

function grantStarting(handler: HandlerFunction, machines: Machines): void {
  const arns = [...machines.values()].flatMap(({ machine, undo }) => [machine.stateMachineArn, undo.stateMachineArn]);
  allow(handler, ['states:StartExecution'], arns);
  allow(handler, ['states:StopExecution'], executionsOf(machines, { undo: false }));
}

function allow({ role }: HandlerFunction, actions: readonly string[], resources: readonly string[]): void {
  if (resources.length === 0) return;
  role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }));
}

function executionsOf(machines: Machines, { undo: withUndo = true } = {}): readonly string[] {
  return [...machines.values()].flatMap(({ machine, undo }) =>
    (withUndo ? [machine, undo] : [machine]).map((one) =>
      Stack.of(one).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${one.stateMachineName}:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ),
  );
}

function machinesText(scope: Construct, machines: Machines): string {
  const arns = [...machines].map(
    ([workflowId, { machine, undo }]) =>
      [workflowId, { machine: machine.stateMachineArn, undo: undo.stateMachineArn }] as const,
  );
  return Lazy.string({ produce: () => Stack.of(scope).toJsonString(Object.fromEntries(arns)) });
}
