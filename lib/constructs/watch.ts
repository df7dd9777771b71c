/**
 * An integration under watch: alarms, each of which tells a topic, one that is the sum of all for whoever wants a single
 * light, dashboards, and saved queries. The sum tells nobody by itself: while it is lit already, a second trouble would go
 * unheard.
 */
import { Aws } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { everyWorkflowPromises, type Promised, promisesOf } from '../model/promises.ts';
import { SUCCESS_OBJECTIVE } from '../model/alarm-table.ts';
import { alarmsOf, createAlarm } from './alarms.ts';
import { burnAlarms, promiseAlarms } from './burn-rates.ts';
import { integrationDashboard, systemDashboard } from './dashboards.ts';
import { savedQueries } from './queries.ts';
import type { Watched } from './watched.ts';

export interface WatchProps {
  readonly watched: Watched;
  /** The share of all runs that shall succeed; absent: as the workflows promise, or as is usual. */
  readonly objective?: number;
  /** From elsewhere, to be told of and counted in. */
  readonly letterAlarm: cloudwatch.Alarm;
  readonly topic?: sns.ITopic;
  readonly encryptionKey?: kms.IKey;
  readonly systemDashboards: boolean;
}

/** Of one rule: CloudWatch takes 100 alarms in 10,240 characters, and an ARN may be 200 of them. */
const MOST_ALARMS = 50;

export class Watch extends Construct {
  readonly topic: sns.ITopic;
  /** Lit while any of them is. */
  readonly alarm: cloudwatch.CompositeAlarm;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { watched, objective, letterAlarm } = props;
    const { name, systems, described } = watched;
    const plans = described.workflows.map(({ plan }) => plan);
    const promises = promisesOf(plans);
    const isSaid = objective === undefined && everyWorkflowPromises(plans);
    this.topic = props.topic ?? this.ownTopic(props.encryptionKey);
    const alarms = [
      letterAlarm,
      ...alarmsOf(watched).map((one) => createAlarm(this, one)),
      ...(isSaid ? [] : burnAlarms(this, { name, objective: objective ?? SUCCESS_OBJECTIVE })),
      ...promises.flatMap((one) => promiseAlarms(this, name, one)),
    ];
    for (const alarm of alarms) alarm.addAlarmAction(new actions.SnsAction(this.topic));
    this.alarm = this.lightOf(alarms, name);
    integrationDashboard(this, watched, {
      alarms,
      promises: props.systemDashboards ? promises.filter(ofWorkflow) : promises,
    });
    if (props.systemDashboards)
      for (const system of systems)
        systemDashboard(this, name, {
          system,
          promised: promises.find((one) => one.of === 'system' && one.name === system),
        });
    savedQueries(this, watched);
  }

  /** A composite alarm takes so many others and no more: of many there are some between. */
  private lightOf(alarms: readonly cloudwatch.IAlarm[], name: string): cloudwatch.CompositeAlarm {
    const alarmDescription = `Something is wrong with ${name}.`;
    const groups = Array.from({ length: Math.ceil(alarms.length / MOST_ALARMS) }, (_, index) =>
      alarms.slice(index * MOST_ALARMS, (index + 1) * MOST_ALARMS),
    );
    const lights =
      groups.length === 1
        ? alarms
        : groups.map(
            (group, index) =>
              new cloudwatch.CompositeAlarm(this, `Alarm${index + 1}`, {
                alarmDescription: `${alarmDescription} (${index + 1} of ${groups.length})`,
                alarmRule: cloudwatch.AlarmRule.anyOf(...group),
              }),
          );
    return new cloudwatch.CompositeAlarm(this, 'Alarm', {
      alarmDescription,
      alarmRule: cloudwatch.AlarmRule.anyOf(...lights),
    });
  }

  private ownTopic(masterKey: kms.IKey | undefined): sns.Topic {
    const topic = new sns.Topic(this, 'Topic', { enforceSSL: true, ...(masterKey && { masterKey }) });
    // A policy of its own replaces the one by which the account's alarms may publish.
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    return topic;
  }
}

function ofWorkflow({ of }: Promised): boolean {
  return of === 'workflow';
}
