/**
 * `new Integration(scope, id, { description })`: an Arazzo description as Step Functions machines with their handlers, run
 * table and dead letters, in anybody's CDK app. Construct ids below become logical ids, and those are a contract from the
 * first day: a renamed table is a lost table. Nothing here has a physical name.
 */
import { Duration, RemovalPolicy, Tags } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { CORE, callPlaceholder } from '../model/placeholders.ts';
import { DeadLetters } from './dead-letters.ts';
import { describeInChild } from './describe-in-child.ts';
import { type DescribedIntegration, secretsOf, systemsOf } from './described-integration.ts';
import { handlerCode } from './handler-code.ts';
import { HandlerFunction, type HandlerFunctionProps } from './handler-function.ts';
import { Lifecycle, LIFECYCLE_TIMEOUT } from './lifecycle.ts';
import { RunTable } from './run-table.ts';
import { grantSecrets } from './secret-grants.ts';
import { WorkflowMachine } from './workflow-machine.ts';

export interface IntegrationProps {
  /** Path of an Arazzo file, or of a folder that holds one. */
  readonly description: string;
  /**
   * Where its systems are and which credentials they take: the name of a file in the description's `environments/`, or a
   * path.
   * @default 'aws'
   */
  readonly environment?: string;
  /**
   * The description, compiled already; then no child process compiles it. The repository's own app uses it.
   * @internal
   */
  readonly described?: DescribedIntegration;
}

/** A handler's own time beside the requests of a step: journal, secrets, start. */
const HANDLER_MARGIN_MS = 5_000;
/** What Lambda allows. */
const LONGEST_FUNCTION_MS = 900_000;
const CORE_TIMEOUT: Duration = Duration.seconds(30);

export class Integration extends Construct {
  /** By workflow id. */
  readonly machines: ReadonlyMap<string, sfn.StateMachine>;
  readonly runTable: dynamodb.Table;
  readonly deadLetters: sqs.Queue;
  readonly deadLetterAlarm: cloudwatch.Alarm;
  private readonly described: DescribedIntegration;
  private readonly runs: RunTable;
  private readonly code: lambda.Code;

  constructor(scope: Construct, id: string, props: IntegrationProps) {
    super(scope, id);
    this.described = props.described ?? describeInChild(props.description, props.environment ?? 'aws');
    this.runs = new RunTable(this, 'Runs');
    this.code = handlerCode(this, this.described);
    const letters = new DeadLetters(this, 'DeadLetters');
    const calls = new Map(systemsOf(this.described).map((system) => [system, this.callFunction(system)]));
    const core = this.coreFunction();
    const log = new logs.LogGroup(this, 'Log', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const workflows = new Map(
      this.described.workflows.map((workflow) => {
        const parts = { workflow, calls, core, deadLetters: letters.queue, log };
        return [workflow.workflowId, new WorkflowMachine(this, constructId('Workflow', workflow.workflowId), parts)];
      }),
    );
    this.machines = new Map([...workflows].map(([workflowId, { machine }]) => [workflowId, machine]));
    new Lifecycle(this, 'Ends', { handler: this.lifecycleFunction(), machines: workflows });
    this.runTable = this.runs.table;
    this.deadLetters = letters.queue;
    this.deadLetterAlarm = letters.alarm;
    Tags.of(this).add('interlock:integration', this.described.name);
  }

  /** One per system with the same code, so that each may read its own system's secrets only. */
  private callFunction(system: string): lambda.IFunction {
    const handler = this.handler(callPlaceholder(system), {
      description: `Interlock ${this.described.name}: calls ${system}`,
      handler: 'call.handler',
      timeout: Duration.millis(callTimeoutMs(system, this.described)),
      system,
    });
    grantSecrets(handler.role, secretsOf(system, this.described));
    return handler.function;
  }

  private coreFunction(): lambda.IFunction {
    const description = `Interlock ${this.described.name}: raises, settles and closes runs`;
    const handler = this.handler(CORE, { description, handler: 'core.handler', timeout: CORE_TIMEOUT });
    if (this.waitsForPeople()) grantWaking(handler.role);
    return handler.function;
  }

  private waitsForPeople(): boolean {
    return this.described.workflows.some(({ plan }) =>
      Object.values(plan.steps).some(({ interaction }) => interaction),
    );
  }

  private lifecycleFunction(): HandlerFunction {
    const description = `Interlock ${this.described.name}: looks after runs whose execution has ended`;
    return this.handler('Lifecycle', { description, handler: 'lifecycle.handler', timeout: LIFECYCLE_TIMEOUT });
  }

  private handler(id: string, { system, ...props }: HandlerOf): HandlerFunction {
    const environment = {
      INTERLOCK_TABLE: this.runs.table.tableName,
      INTERLOCK_INTEGRATION: this.described.name,
      ...(system !== undefined && { INTERLOCK_SYSTEM: system }),
    };
    const handler = new HandlerFunction(this, id, { ...props, code: this.code, environment });
    this.runs.grantRuns(handler.role);
    return handler;
  }
}

type HandlerOf = Pick<HandlerFunctionProps, 'description' | 'handler' | 'timeout'> & { readonly system?: string };

/** A token names its task, so the service knows no resource that a policy could name for these. */
function grantWaking(role: iam.Role): void {
  const actions = ['states:SendTaskSuccess', 'states:SendTaskFailure'];
  role.addToPolicy(new iam.PolicyStatement({ actions, resources: ['*'] }));
}

/** A whole visit fits, its retries included; whole seconds, as Lambda counts. */
function callTimeoutMs(system: string, { workflows }: DescribedIntegration): number {
  const leases = workflows.flatMap(({ plan }) =>
    [...Object.values(plan.steps), ...Object.values(plan.calls)].flatMap(({ operation, leaseMs }) =>
      plan.operations[operation]?.system === system ? [leaseMs] : [],
    ),
  );
  const needed = Math.max(0, ...leases) + HANDLER_MARGIN_MS;
  return Math.min(LONGEST_FUNCTION_MS, Math.ceil(needed / 1000) * 1000);
}

/** `place-order` -> `WorkflowPlaceOrder`, the way placeholders are made. */
function constructId(prefix: string, name: string): string {
  return callPlaceholder(name).replace(/^Call/, prefix);
}
