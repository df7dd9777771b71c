/** A stack through the SDK, at an emulator of AWS on loopback; where none is installed the test says so and passes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DeleteQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsStackLook } from '../../lib/aws/stack-look.ts';

const TIME = 120_000;
const STACK = 'Interlock';
const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };

let emulator: ChildProcess | undefined;
let endpoint: string | undefined;
const before = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, KEYS);
  endpoint = await startEmulator();
  if (endpoint === undefined) return;
  const formation = new CloudFormationClient(config());
  const TemplateBody = JSON.stringify({
    Resources: {
      FlowDeadLettersQueue: { Type: 'AWS::SQS::Queue' },
      FlowUpkeepSweeping: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(5 minutes)' } },
      FlowTopic: { Type: 'AWS::SNS::Topic' },
    },
  });
  await formation.send(new CreateStackCommand({ StackName: STACK, TemplateBody }));
}, TIME);

afterAll(() => {
  emulator?.kill('SIGKILL');
  for (const name of Object.keys(KEYS)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

function config(): { readonly endpoint: string; readonly region: string } {
  return { endpoint: endpoint ?? '', region: 'us-east-1' };
}

async function startEmulator(): Promise<string | undefined> {
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const isUp = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(false));
    child.stderr.on('data', (text: Buffer) => {
      if (String(text).includes('Running on')) resolve(true);
    });
  });
  if (isUp) {
    emulator = child;
    return `http://127.0.0.1:${port}`;
  }
  process.stderr.write('stacks were not looked at: moto_server is not installed (pip install moto[server])\n');
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

describe('a stack on AWS', () => {
  it(
    'is what is in it, and each resource is asked for by itself',
    async () => {
      if (endpoint === undefined) return;
      const look = await awsStackLook(config());
      const stack = await look.stack(STACK);
      expect(stack?.status).toBe('CREATE_COMPLETE');
      expect(stack?.resources.map(({ kind, logicalId }) => `${kind} ${logicalId}`).sort()).toEqual([
        'queue FlowDeadLettersQueue',
        'schedule FlowUpkeepSweeping',
      ]);
      const [queue, rule] = ['queue', 'schedule'].map((kind) => stack?.resources.find((one) => one.kind === kind));
      if (!queue || !rule) throw new Error('both are there');
      expect(await look.standing(queue)).toEqual({ isOn: true });
      const queues = new SQSClient(config());
      await queues.send(new SendMessageCommand({ QueueUrl: queue.physicalId, MessageBody: '{}' }));
      expect(await look.standing(queue)).toEqual({ isOn: true, trouble: '1 letters wait for somebody' });
      await queues.send(new DeleteQueueCommand({ QueueUrl: queue.physicalId }));
      expect(await look.standing(queue)).toBeUndefined();
      expect(await look.standing(rule)).toEqual({ isOn: true });
      await new EventBridgeClient(config()).send(new DisableRuleCommand({ Name: rule.physicalId }));
      expect(await look.standing(rule)).toEqual({ isOn: false });
    },
    TIME,
  );

  it(
    'has alarms that are there, that are switched off, and that are gone',
    async () => {
      if (endpoint === undefined) return;
      const look = await awsStackLook(config());
      const watch = new CloudWatchClient(config());
      const alarm = { kind: 'alarm', logicalId: 'FlowWatchStuckRuns', physicalId: 'flow-stuck' } as const;
      expect(await look.standing(alarm)).toBeUndefined();
      const rings = { ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, Threshold: 0 } as const;
      const metric = { Namespace: 'Interlock', MetricName: 'RunsStuck', Period: 60, Statistic: 'Sum' } as const;
      await watch.send(new PutMetricAlarmCommand({ AlarmName: 'flow-stuck', ...rings, ...metric }));
      expect(await look.standing(alarm)).toMatchObject({ isOn: true });
      const off = { AlarmName: 'flow-stuck', ActionsEnabled: false };
      await watch.send(new PutMetricAlarmCommand({ ...off, ...rings, ...metric }));
      expect(await look.standing(alarm)).toMatchObject({ isOn: false });
      const gone = 'arn:aws:states:us-east-1:123456789012:stateMachine:gone';
      expect(await look.standing({ kind: 'machine', logicalId: 'FlowWorkflowFlow', physicalId: gone })).toBeUndefined();
    },
    TIME,
  );

  it(
    'that is not there is undefined, and a service that does not answer is a failure with advice',
    async () => {
      if (endpoint === undefined) return;
      expect(await (await awsStackLook(config())).stack('Nowhere')).toBeUndefined();
      const nobody = await awsStackLook({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1' });
      await expect(nobody.stack(STACK)).rejects.toMatchObject({ code: 'aws-unreachable' });
      const alarm = { kind: 'alarm', logicalId: 'FlowWatchStuckRuns', physicalId: 'flow-stuck' } as const;
      await expect(nobody.standing(alarm)).rejects.toMatchObject({ code: 'aws-unreachable' });
    },
    TIME,
  );
});
