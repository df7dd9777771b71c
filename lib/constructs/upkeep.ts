/**
 * What looks after an integration by the clock: the sweeper every five minutes, reconciliation every hour (it reports;
 * repairs are asked for), the systems' health every minute where a description says how to ask. Each function may do
 * exactly that: none of them reads a credential, since a system's own function does the asking.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { declaresHealth, type DescribedIntegration } from './described-integration.ts';
import type { HandlerFunction } from './handler-function.ts';
import type { Machines } from './machines.ts';
import type { RunTable } from './run-table.ts';

export interface UpkeepProps {
  readonly described: DescribedIntegration;
  readonly handlers: {
    readonly calls: ReadonlyMap<string, HandlerFunction>;
    readonly core: HandlerFunction;
    readonly sweep: HandlerFunction;
    readonly reconcile: HandlerFunction;
    readonly health: HandlerFunction;
    readonly redrive: HandlerFunction;
  };
  readonly machines: Machines;
  readonly runs: RunTable;
  readonly deadLetters: sqs.Queue;
}

export const UPKEEP_TIMEOUT: Duration = Duration.minutes(5);
/** A question lasts as long as its system's timeout; all are asked at once. */
export const HEALTH_TIMEOUT: Duration = Duration.minutes(1);

export class Upkeep extends Construct {
  constructor(scope: Construct, id: string, props: UpkeepProps) {
    super(scope, id);
    const { handlers, runs, machines, deadLetters } = props;
    const { calls, core, sweep, reconcile, health, redrive } = handlers;
    for (const one of [sweep, reconcile, redrive]) {
      machines.tell(one);
      allow(one, ['states:StartExecution'], [`${machines.arnsOf('undo')}*`]);
    }
    for (const one of [sweep, reconcile]) runs.grantSearch(one.role);
    for (const one of [reconcile, health]) this.letAsk(one, calls);
    const starting = machines.ofRuns.map((kind) => `${machines.arnsOf(kind)}*`);
    allow(sweep, ['states:StartExecution'], starting);
    // Of express ones nobody asks; but a run that began when its workflow was standard is asked for here.
    const executions = [machines.executionsOf('run'), machines.executionsOf('undo')];
    allow(sweep, ['states:DescribeExecution', 'states:StopExecution'], executions);
    this.letClear(sweep, [...calls.values(), core]);
    redrive.function.addEnvironment('INTERLOCK_DEAD_LETTERS', deadLetters.queueUrl);
    allow(redrive, ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], [deadLetters.queueArn]);
    deadLetters.encryptionMasterKey?.grantDecrypt(redrive.role);
    this.every('Sweeping', Duration.minutes(5), sweep);
    this.every('Reconciling', Duration.hours(1), reconcile);
    if (declaresHealth(props.described)) this.every('Asking', Duration.minutes(1), health);
  }

  /** Through the functions that have the systems' credentials. */
  private letAsk(asking: HandlerFunction, calls: ReadonlyMap<string, HandlerFunction>): void {
    const names = [...calls].map(([system, call]) => [system, call.function.functionName] as const);
    asking.function.addEnvironment('INTERLOCK_CALLS', Stack.of(this).toJsonString(Object.fromEntries(names)));
    const functions = [...calls.values()].map((call) => call.function.functionArn);
    allow(asking, ['lambda:InvokeFunction'], functions);
  }

  /** Versions that machines named once. The ARN of a function itself, which would be its end, is not among these. */
  private letClear(sweep: HandlerFunction, named: readonly HandlerFunction[]): void {
    const names = named.map((one) => one.function.functionName);
    sweep.function.addEnvironment('INTERLOCK_VERSIONED', Stack.of(this).toJsonString(names));
    const functions = named.map((one) => one.function.functionArn);
    allow(sweep, ['lambda:ListVersionsByFunction'], functions);
    allow(
      sweep,
      ['lambda:DeleteFunction'],
      functions.map((arn) => `${arn}:*`),
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
