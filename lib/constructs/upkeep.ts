/**
 * What looks after an integration by the clock: the sweeper every five minutes, reconciliation every hour (it reports;
 * repairs are asked for), the systems' health every minute where a description says how to ask. Each function may do
 * exactly that: none of them reads a credential, since a system's own function does the asking.
 */
import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { declaresHealth, type DescribedIntegration } from './described-integration.ts';
import type { HandlerFunction } from './handler-function.ts';
import type { RunTable } from './run-table.ts';

export interface UpkeepProps {
  readonly described: DescribedIntegration;
  readonly handlers: {
    readonly calls: ReadonlyMap<string, HandlerFunction>;
    readonly sweep: HandlerFunction;
    readonly reconcile: HandlerFunction;
    readonly health: HandlerFunction;
    readonly redrive: HandlerFunction;
  };
  readonly machines: Machines;
  readonly runs: RunTable;
  readonly deadLetters: sqs.Queue;
}

type Machines = ReadonlyMap<string, { readonly machine: sfn.StateMachine; readonly undo: sfn.StateMachine }>;

export const UPKEEP_TIMEOUT: Duration = Duration.minutes(5);
/** A question lasts as long as its system's timeout; all are asked at once. */
export const HEALTH_TIMEOUT: Duration = Duration.minutes(1);

export class Upkeep extends Construct {
  constructor(scope: Construct, id: string, props: UpkeepProps) {
    super(scope, id);
    const { handlers, runs, machines, deadLetters } = props;
    const { sweep, reconcile, health, redrive } = handlers;
    for (const one of [sweep, reconcile, redrive]) {
      one.function.addEnvironment('INTERLOCK_MACHINES', machinesText(scope, machines));
      allow(one, ['states:StartExecution'], undosOf(machines));
    }
    for (const one of [sweep, reconcile]) runs.grantSearch(one.role);
    for (const one of [reconcile, health]) this.letAsk(one, handlers.calls);
    allow(
      sweep,
      ['states:StartExecution'],
      [...machines.values()].map((one) => one.machine.stateMachineArn),
    );
    allow(sweep, ['states:DescribeExecution', 'states:StopExecution'], executionsOf(scope, machines));
    redrive.function.addEnvironment('INTERLOCK_DEAD_LETTERS', deadLetters.queueUrl);
    allow(redrive, ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], [deadLetters.queueArn]);
    deadLetters.encryptionMasterKey?.grantDecrypt(redrive.role);
    this.every('Sweeping', Duration.minutes(5), sweep);
    this.every('Reconciling', Duration.hours(1), reconcile);
    if (declaresHealth(props.described)) this.every('Asking', Duration.minutes(1), health);
  }

  /** Through the functions that have the systems' credentials. */
  private letAsk(asking: HandlerFunction, calls: ReadonlyMap<string, HandlerFunction>): void {
    const names = [...calls].map(
      ([
        system,
        {
          function: { functionName },
        },
      ]) => [system, functionName] as const,
    );
    asking.function.addEnvironment('INTERLOCK_CALLS', Stack.of(this).toJsonString(Object.fromEntries(names)));
    allow(
      asking,
      ['lambda:InvokeFunction'],
      [...calls.values()].map((one) => one.function.functionArn),
    );
  }

  private every(id: string, rate: Duration, handler: HandlerFunction): void {
    new events.Rule(this, id, {
      schedule: events.Schedule.rate(rate),
      targets: [new targets.LambdaFunction(handler.function, { retryAttempts: 0 })],
    });
  }
}

function allow({ role }: HandlerFunction, actions: readonly string[], resources: readonly string[]): void {
  role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }));
}

function undosOf(machines: Machines): readonly string[] {
  return [...machines.values()].map(({ undo }) => undo.stateMachineArn);
}

function executionsOf(scope: Construct, machines: Machines): readonly string[] {
  const stack = Stack.of(scope);
  return [...machines.values()]
    .flatMap(({ machine, undo }) => [machine.stateMachineName, undo.stateMachineName])
    .map((name) => `arn:${stack.partition}:states:${stack.region}:${stack.account}:execution:${name}:*`);
}

function machinesText(scope: Construct, machines: Machines): string {
  const arns = [...machines].map(([workflowId, { machine, undo }]) => {
    return [workflowId, { machine: machine.stateMachineArn, undo: undo.stateMachineArn }] as const;
  });
  return Lazy.string({ produce: () => Stack.of(scope).toJsonString(Object.fromEntries(arns)) });
}
