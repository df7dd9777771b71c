/**
 * `new Integration(scope, id, { description })`: an Arazzo description as Step Functions machines with their handlers, run
 * table, payload bucket and dead letters, in anybody's CDK app. Construct ids below become logical ids, and those are a
 * contract from the first day: a renamed table is a lost table. Nothing here has a physical name.
 */
import { Duration, RemovalPolicy, Tags } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { METRICS, RUN_END_METRICS } from '../model/metric-names.ts';
import { Failure } from '../model/failure.ts';
import { receivingOf } from './channels.ts';
import { constructId } from './construct-id.ts';
import { DeadLetters } from './dead-letters.ts';
import { describeInChild } from './describe-in-child.ts';
import { type DescribedIntegration, longestRunSeconds, withSystems } from './described-integration.ts';
import { handlerCode } from './handler-code.ts';
import type { HandlerSettings } from './handler-function.ts';
import { type Handlers, handlersIn } from './handlers.ts';
import type { IntegrationProps } from './integration-props.ts';
import { grantServices } from './key-grants.ts';
import { Lifecycle } from './lifecycle.ts';
import { Machines } from './machines.ts';
import { Messages } from './messages.ts';
import { type MetricName, type MetricOf, metricOf } from './metrics.ts';
import { PayloadBucket } from './payload-bucket.ts';
import { RunApi } from './run-api.ts';
import { RunTable } from './run-table.ts';
import { Shared } from './shared.ts';
import { Upkeep } from './upkeep.ts';
import { Watch } from './watch.ts';
import { WorkflowMachine, type WorkflowMachineProps } from './workflow-machine.ts';

const YEAR: Duration = Duration.days(365);

export class Integration extends Construct {
  /** By workflow id. */
  readonly machines: ReadonlyMap<string, sfn.StateMachine>;
  /** By system, the function that calls it: what it may do on AWS beside its own work is granted to it. */
  readonly callers: ReadonlyMap<string, lambda.IFunction>;
  readonly runTable: dynamodb.Table;
  readonly payloads: s3.Bucket;
  readonly shared: Shared;
  readonly deadLetters: sqs.Queue;
  readonly deadLetterAlarm: cloudwatch.Alarm;
  /** Runs over HTTP: docs/run-api.md. */
  readonly api: RunApi;
  readonly alarmTopic: sns.ITopic;
  /** Lit while any alarm of the integration is. It tells nobody by itself; each of them tells the topic. */
  readonly alarm: cloudwatch.CompositeAlarm;
  private readonly name: string;
  private readonly runs: RunTable;
  private readonly bucket: PayloadBucket;

  constructor(scope: Construct, id: string, props: IntegrationProps) {
    super(scope, id);
    const read = props.described ?? describeInChild(props.description, props.environment ?? 'aws');
    const described = withSystems(read, props.systems ?? {});
    const { encryptionKey, permissionsBoundary } = props;
    if (encryptionKey) grantServices(this, encryptionKey);
    const kept = {
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      ...(encryptionKey && { encryptionKey }),
    };
    this.runs = new RunTable(this, 'Runs', kept);
    this.bucket = new PayloadBucket(this, 'Payloads', {
      ...kept,
      integration: described.name,
      retention: retentionOf(described, props.payloadRetention ?? YEAR),
    });
    this.shared = props.shared ?? new Shared(this, 'Shared', kept);
    const letters = new DeadLetters(this, 'DeadLetters', kept);
    const tracing = props.tracing ?? true;
    const logRetention = props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
    const handlers = handlersIn(this, {
      described,
      systems: props.systems ?? {},
      policies: props.policies ?? {},
      runs: this.runs,
      payloads: this.bucket,
      shared: this.shared,
      settings: { ...networkOf(props), ...kept, code: handlerCode(this, read), logRetention, tracing },
    });
    const log = new logs.LogGroup(this, 'Log', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    const machines = new Machines(this, described.workflows);
    const workflows = this.workflows(described, {
      machines,
      calls: functionsOf(handlers.calls),
      core: handlers.core.function,
      deadLetters: letters.queue,
      log,
      tracing,
    });
    this.callers = functionsOf(handlers.calls);
    this.machines = new Map([...workflows].map(([workflowId, { machine }]) => [workflowId, machine]));
    // Who begins runs knows machines by name only, and begins none under a plan before its machine is there.
    for (const { machine } of workflows.values()) {
      for (const one of [handlers.api, handlers.sweep]) one.function.node.addDependency(machine);
    }
    new Lifecycle(this, 'Ends', { handler: handlers.lifecycle, machines });
    new Upkeep(this, 'Upkeep', {
      described,
      handlers,
      machines,
      runs: this.runs,
      deadLetters: letters.queue,
    });
    const { messages } = handlers;
    if (messages) new Messages(this, 'Messages', { handler: messages, channels: receivingOf(described) });
    this.api = new RunApi(this, 'RunApi', {
      ...props.api,
      handler: handlers.api,
      machines,
      runTable: this.runs.table,
      deadLetters: letters.queue,
      logRetention,
      ...(encryptionKey && { encryptionKey }),
    });
    const watch = new Watch(this, 'Watch', {
      watched: {
        name: described.name,
        described,
        systems: [...handlers.calls.keys()],
        handlers,
        machines: workflows,
        deadLetters: letters.queue,
      },
      letterAlarm: letters.alarm,
      systemDashboards: props.systemDashboards ?? true,
      ...(props.successObjective !== undefined && { objective: props.successObjective }),
      ...(props.alarmTopic && { topic: props.alarmTopic }),
      ...(encryptionKey && { encryptionKey }),
    });
    this.alarmTopic = watch.topic;
    this.alarm = watch.alarm;
    this.runTable = this.runs.table;
    this.payloads = this.bucket.bucket;
    this.deadLetters = letters.queue;
    this.deadLetterAlarm = letters.alarm;
    this.name = described.name;
    if (permissionsBoundary) iam.PermissionsBoundary.of(this).apply(permissionsBoundary);
    // Not every region knows tags of dashboards.
    const excludeResourceTypes = ['AWS::CloudWatch::Dashboard'];
    Tags.of(this).add('interlock:integration', described.name, { excludeResourceTypes });
  }

  /** To start runs through the run API, and to see what became of them. Of an API with JWTs, tokens decide. */
  grantStart(grantee: iam.IGrantable): void {
    this.api.grantCall(grantee, 'startRun', 'getRun');
  }

  /** Of the whole integration, of a workflow of it, or of a system that it calls. */
  metric(name: MetricName, of: MetricOf & cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return metricOf(this.name, name, of);
  }

  metricRunsSucceeded(of?: MetricOf & cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(RUN_END_METRICS.succeeded, of);
  }

  metricRunsCompensated(of?: MetricOf & cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(RUN_END_METRICS.compensated, of);
  }

  metricRunsFailed(of?: MetricOf & cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(RUN_END_METRICS.failed, of);
  }

  metricRunsNeedingAttention(of?: MetricOf & cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(RUN_END_METRICS['needs-attention'], of);
  }

  metricRunTime(of?: MetricOf & cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.runTime, of);
  }

  private workflows(
    { workflows }: DescribedIntegration,
    parts: Omit<WorkflowMachineProps, 'workflow'>,
  ): ReadonlyMap<string, WorkflowMachine> {
    return new Map(
      workflows.map((workflow) => {
        const id = constructId('Workflow', workflow.workflowId);
        return [workflow.workflowId, new WorkflowMachine(this, id, { ...parts, workflow })];
      }),
    );
  }
}

function networkOf({ vpc, vpcSubnets, securityGroups }: IntegrationProps): Partial<HandlerSettings> {
  return { ...(vpc && { vpc }), ...(vpcSubnets && { vpcSubnets }), ...(securityGroups && { securityGroups }) };
}

function functionsOf(handlers: Handlers['calls']): ReadonlyMap<string, lambda.Function> {
  return new Map([...handlers].map(([system, { function: handler }]) => [system, handler]));
}

/** A value that expires while its run goes on would be a run that cannot be undone. */
function retentionOf(described: DescribedIntegration, retention: Duration): Duration {
  const longest = Math.ceil(longestRunSeconds(described) / 86_400);
  if (retention.toDays() > longest) return retention;
  throw new Failure(
    'retention-too-short',
    `Values of ${described.name} would be kept for ${retention.toDays()} days, and a run of it may take ${longest}`,
    { kind: 'usage', remedy: `Choose a \`payloadRetention\` of more than ${longest} days.` },
  );
}
