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
import { alarmsOf, createAlarm } from './alarms.ts';
import { burnAlarms } from './burn-rates.ts';
import { integrationDashboard, systemDashboard } from './dashboards.ts';
import { savedQueries } from './queries.ts';
import type { Watched } from './watched.ts';

export interface WatchProps {
  readonly watched: Watched;
  /** The share of runs that shall succeed. */
  readonly objective: number;
  /** From elsewhere, to be told of and counted in. */
  readonly letterAlarm: cloudwatch.Alarm;
  readonly topic?: sns.ITopic;
  readonly encryptionKey?: kms.IKey;
  readonly systemDashboards: boolean;
}

export class Watch extends Construct {
  readonly topic: sns.ITopic;
  /** Lit while any of them is. */
  readonly alarm: cloudwatch.CompositeAlarm;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { watched, objective, letterAlarm } = props;
    const { name, systems } = watched;
    this.topic = props.topic ?? this.ownTopic(props.encryptionKey);
    const alarms = [
      letterAlarm,
      ...alarmsOf(watched).map((one) => createAlarm(this, one)),
      ...burnAlarms(this, { name, objective }),
    ];
    for (const alarm of alarms) alarm.addAlarmAction(new actions.SnsAction(this.topic));
    this.alarm = new cloudwatch.CompositeAlarm(this, 'Alarm', {
      alarmDescription: `Something is wrong with ${name}.`,
      alarmRule: cloudwatch.AlarmRule.anyOf(...alarms),
    });
    integrationDashboard(this, watched, alarms);
    if (props.systemDashboards) for (const system of systems) systemDashboard(this, name, system);
    savedQueries(this, watched);
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
