/**
 * Runs that a person has to look at. The machine sends each one here; the alarm is on what is visible in the queue, so it
 * also rings when the handler that would have emitted a metric is dead. It closes when the queue is empty again.
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LETTER_ALARM } from '../model/alarm-table.ts';

export class DeadLetters extends Construct {
  readonly queue: sqs.Queue;
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, { encryptionKey }: { readonly encryptionKey?: kms.IKey } = {}) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue', {
      ...(encryptionKey
        ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
        : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.alarm = this.queue
      .metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(LETTER_ALARM.minutes),
        statistic: 'Maximum',
      })
      .createAlarm(this, 'Alarm', {
        alarmDescription: LETTER_ALARM.says({ name: '' }),
        threshold: LETTER_ALARM.above,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
  }
}
