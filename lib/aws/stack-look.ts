/**
 * A deployed stack through the AWS SDK: CloudFormation says what is in it, and each service whether that is still there.
 * The clients are loaded when somebody asks, and a copy that does not have them says which packages to install: they are no
 * part of what everybody installs. Only reads.
 */
import { Failure } from '../model/failure.ts';
import type { ResourceKind, StackLook, StackResource, Standing } from '../verify/deployed.ts';

export interface StackLookOptions {
  readonly region?: string;
  /** Of all services: an emulator's. */
  readonly endpoint?: string;
}

const KINDS: { readonly [type: string]: ResourceKind } = {
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::CompositeAlarm': 'alarm',
  'AWS::SQS::Queue': 'queue',
  'AWS::Events::Rule': 'schedule',
  'AWS::StepFunctions::StateMachine': 'machine',
};

type Looks = { readonly [K in ResourceKind]: (physicalId: string, logicalId: string) => Promise<Standing | undefined> };

export async function awsStackLook(options: StackLookOptions): Promise<StackLook> {
  const clients = await loaded();
  const config = {
    ...(options.region !== undefined && { region: options.region }),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    maxAttempts: 3,
  };
  const { CloudFormationClient, DescribeStacksCommand, paginateListStackResources } = clients.cloudformation;
  const formation = new CloudFormationClient(config);
  const looks = looksOf(clients, config);
  return {
    async stack(name) {
      const described = await orUndefined(
        () => formation.send(new DescribeStacksCommand({ StackName: name })),
        MISSING,
      );
      const status = described?.Stacks?.[0]?.StackStatus;
      if (status === undefined || status === 'DELETE_COMPLETE') return undefined;
      const resources = await answered(async () => {
        const found: StackResource[] = [];
        for await (const page of paginateListStackResources({ client: formation }, { StackName: name }))
          for (const summary of page.StackResourceSummaries ?? []) found.push(...resourceIn(summary));
        return found;
      });
      return { status, resources };
    },
    standing: ({ kind, physicalId, logicalId }) => looks[kind](physicalId, logicalId),
  };
}

function resourceIn({
  LogicalResourceId,
  PhysicalResourceId,
  ResourceType = '',
}: {
  readonly LogicalResourceId?: string | undefined;
  readonly PhysicalResourceId?: string | undefined;
  readonly ResourceType?: string | undefined;
}): readonly StackResource[] {
  const kind = Object.hasOwn(KINDS, ResourceType) ? KINDS[ResourceType] : undefined;
  if (!kind || LogicalResourceId === undefined) return [];
  return [{ kind, logicalId: LogicalResourceId, physicalId: PhysicalResourceId ?? '' }];
}

type Clients = Awaited<ReturnType<typeof loaded>>;
type Config = { readonly region?: string; readonly endpoint?: string; readonly maxAttempts: number };

function looksOf({ cloudwatch, sqs, events, sfn }: Clients, config: Config): Looks {
  const [alarms, queues] = [new cloudwatch.CloudWatchClient(config), new sqs.SQSClient(config)];
  const [rules, machines] = [new events.EventBridgeClient(config), new sfn.SFNClient(config)];
  return {
    alarm: async (physicalId) => {
      const AlarmNames = [physicalId];
      const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'] as const;
      const asked = new cloudwatch.DescribeAlarmsCommand({ AlarmNames, AlarmTypes: [...AlarmTypes] });
      const found = await answered(() => alarms.send(asked));
      const [alarm] = [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])];
      if (!alarm) return undefined;
      const rings = alarm.StateValue === 'ALARM' ? { trouble: 'it rings now' } : {};
      return { isOn: alarm.ActionsEnabled !== false, ...rings };
    },
    queue: async (physicalId) => {
      const asked = { QueueUrl: physicalId, AttributeNames: ['ApproximateNumberOfMessages'] as const };
      const found = await orUndefined(
        () => queues.send(new sqs.GetQueueAttributesCommand({ ...asked, AttributeNames: [...asked.AttributeNames] })),
        MISSING,
      );
      if (!found) return undefined;
      const waiting = Number(found.Attributes?.['ApproximateNumberOfMessages'] ?? 0);
      return { isOn: true, ...(waiting > 0 && { trouble: `${waiting} letters wait for somebody` }) };
    },
    schedule: async (physicalId) => {
      const found = await orUndefined(
        () => rules.send(new events.DescribeRuleCommand({ Name: physicalId.replace(/^.*\//, '') })),
        MISSING,
      );
      return found && { isOn: found.State !== 'DISABLED' };
    },
    machine: async (physicalId) => {
      const found = await orUndefined(
        () => machines.send(new sfn.DescribeStateMachineCommand({ stateMachineArn: physicalId })),
        MISSING,
      );
      return found && { isOn: found.status !== 'DELETING' };
    },
  };
}

/** How the services name what is not there; everything else is the world's trouble, and told as that. */
const MISSING =
  /NonExistentQueue|QueueDoesNotExist|ResourceNotFoundException|StateMachineDoesNotExist|does not exist|NotFound/;

async function orUndefined<T>(ask: () => Promise<T>, missing: RegExp): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const [name, message] = wordsOf(error);
    if (missing.test(name) || missing.test(message)) return undefined;
    throw unanswered(error);
  }
}

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw unanswered(error);
  }
}

function wordsOf(error: unknown): readonly [name: string, message: string] {
  return error instanceof Error ? [error.name, error.message] : ['', String(error)];
}

function unanswered(error: unknown): Failure {
  return new Failure('aws-unreachable', `AWS does not answer: ${wordsOf(error)[0] || 'an error'}`, {
    cause: error,
    remedy: 'Are the credentials and the region of this terminal those of the stack?',
  });
}

const PACKAGES: readonly string[] = ['cloudformation', 'cloudwatch', 'eventbridge', 'sfn', 'sqs'].map(
  (name) => `@aws-sdk/client-${name}`,
);

async function loaded() {
  try {
    const [cloudformation, cloudwatch, events, sfn, sqs] = await Promise.all([
      import('@aws-sdk/client-cloudformation'),
      import('@aws-sdk/client-cloudwatch'),
      import('@aws-sdk/client-eventbridge'),
      import('@aws-sdk/client-sfn'),
      import('@aws-sdk/client-sqs'),
    ]);
    return { cloudformation, cloudwatch, events, sfn, sqs };
  } catch (error) {
    throw new Failure('aws-sdk-missing', 'What asks AWS is not installed', {
      cause: error,
      remedy: `Install it beside Interlock: npm install ${PACKAGES.join(' ')}`,
    });
  }
}
