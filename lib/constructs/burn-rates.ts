/**
 * An objective of runs that succeed, as alarms on how fast the share that may fail is used up: a short window beside a
 * long one, so that an alarm comes soon, and goes when the trouble is over. 14.4 times as fast is a thirty-day budget gone
 * in two days; 6 times, in five. Windows with few runs say nothing.
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { BURNS } from '../model/alarm-table.ts';
import { createAlarm, unsuccessful } from './alarms.ts';

/** A share above it can burn no budget faster: everything fails. */
const MOST = 0.999;
const FEWEST_RUNS = 10;

export function burnAlarms(
  scope: Construct,
  { name, objective }: { readonly name: string; readonly objective: number },
): readonly cloudwatch.CompositeAlarm[] {
  return BURNS.map(({ id, times, shortMinutes, longMinutes }) => {
    const threshold = Number(Math.min(MOST, times * (1 - objective)).toFixed(4));
    const windows = [shortMinutes, longMinutes].map((minutes) =>
      createAlarm(scope, {
        id: `${id}${minutes}`,
        metric: unsuccessful(name, Duration.minutes(minutes), FEWEST_RUNS),
        description: `Of the runs of ${name}, more than ${percent(threshold)} within ${minutes} minutes did not succeed.`,
        threshold,
      }),
    );
    return new cloudwatch.CompositeAlarm(scope, id, {
      alarmDescription: `Runs of ${name} fail ${times} times as fast as an objective of ${percent(objective)} allows.`,
      alarmRule: cloudwatch.AlarmRule.allOf(...windows),
    });
  });
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
