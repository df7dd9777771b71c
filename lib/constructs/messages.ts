/**
 * What brings messages to runs that wait for them, where that is a queue, a topic or a bus: one function that hands them to
 * the mailboxes, and for each place what makes it do so. A queue's message that could not be taken stays there, a topic's
 * and a bus's are tried again by AWS; none is lost to a deploy. The function may wake runs, and call no system.
 */
import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { nameOfChannel, type PlacedChannel } from './channels.ts';
import { constructId } from './construct-id.ts';
import type { HandlerFunction } from './handler-function.ts';

export interface MessagesProps {
  readonly handler: HandlerFunction;
  readonly channels: readonly PlacedChannel[];
}

const BATCH = 10;

export class Messages extends Construct {
  constructor(scope: Construct, id: string, { handler, channels }: MessagesProps) {
    super(scope, id);
    const places = channels.map(({ place, system: source, channel }) => ({ place, source, channel }));
    handler.function.addEnvironment('INTERLOCK_CHANNELS', Stack.of(this).toJsonString(places));
    const queues = new Map(channels.filter(({ carrier }) => carrier.kind === 'sqs').map((one) => [one.place, one]));
    for (const one of queues.values()) this.fromQueue(handler, one);
    const topics = new Map(channels.filter(({ carrier }) => carrier.kind === 'sns').map((one) => [one.place, one]));
    for (const one of topics.values()) this.fromTopic(handler, one);
    for (const one of channels.filter(({ carrier }) => carrier.kind === 'eventbridge')) this.fromBus(handler, one);
  }

  private fromQueue({ function: handler, role }: HandlerFunction, one: PlacedChannel): void {
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    role.addToPolicy(new iam.PolicyStatement({ actions, resources: [one.place] }));
    const mapping = new lambda.EventSourceMapping(this, channelId('Queue', one), {
      target: handler,
      eventSourceArn: one.place,
      batchSize: BATCH,
      reportBatchItemFailures: true,
    });
    // Who reads the queue may do so before it is asked to.
    mapping.node.addDependency(role);
  }

  private fromTopic({ function: handler }: HandlerFunction, one: PlacedChannel): void {
    const principal = new iam.ServicePrincipal('sns.amazonaws.com');
    handler.addPermission(channelId('Topic', one), { principal, sourceArn: one.place });
    new sns.CfnSubscription(this, channelId('Topic', one), {
      topicArn: one.place,
      protocol: 'lambda',
      endpoint: handler.functionArn,
    });
  }

  /** Events about the channel, whoever sends them. */
  private fromBus({ function: handler }: HandlerFunction, one: PlacedChannel): void {
    new events.Rule(this, channelId('Bus', one), {
      description: `Messages of ${one.channel}`,
      eventBus: events.EventBus.fromEventBusArn(this, channelId('BusOf', one), one.place),
      eventPattern: { detailType: [one.channel] },
      targets: [new targets.LambdaFunction(handler)],
    });
  }
}

/** The permission to send to these places, and to no other. */
export function grantSending(role: iam.Role, channels: readonly PlacedChannel[]): void {
  const actions = { sqs: 'sqs:SendMessage', sns: 'sns:Publish', eventbridge: 'events:PutEvents' } as const;
  for (const kind of ['sqs', 'sns', 'eventbridge'] as const) {
    const resources = channels.filter(({ carrier }) => carrier.kind === kind).map(({ place }) => place);
    if (resources.length === 0) continue;
    role.addToPolicy(
      new iam.PolicyStatement({ actions: [actions[kind]], resources: [...new Set(resources)].toSorted() }),
    );
  }
}

function channelId(prefix: string, one: PlacedChannel): string {
  return constructId(prefix, nameOfChannel(one));
}
