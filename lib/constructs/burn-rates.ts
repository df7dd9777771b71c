/**
 * What is promised, as alarms on how fast the share that may fail is used up: a short window beside a long one, so that an
 * alarm comes soon, and goes when the trouble is over. 14.4 times as fast is a thirty-day budget gone in two days; 6 times,
 * in five. Windows with few runs or calls say nothing. All that one workflow or system promises shares its alarms: they are
 * six for each, however many things it promises.
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { burnIdOf, BURNS, burnSays, type BurnRow, burnTimes } from '../model/alarm-table.ts';
import { DEFAULTS } from '../model/defaults.ts';
import { percent, type Promised } from '../model/promises.ts';
import { createAlarm, unsuccessful } from './alarms.ts';
import { type BrokenShare, brokenShares } from './promise-metrics.ts';

/** A share above it can burn no budget faster: everything fails. */
const MOST = 0.999;
const FEWEST = 10;

/** Of all runs together, where nobody promises anything of them. */
export function burnAlarms(
  scope: Construct,
  { name, objective }: { readonly name: string; readonly objective: number },
): readonly cloudwatch.CompositeAlarm[] {
  return BURNS.map((row) => {
    const times = burnTimes(row, DEFAULTS.slo.windowMs);
    const threshold = limitOf(times, 1 - objective);
    const windows = windowsOf(row).map((minutes) =>
      createAlarm(scope, {
        id: `${row.id}${minutes}`,
        metric: unsuccessful(name, Duration.minutes(minutes), FEWEST),
        description: `Of the runs of ${name}, more than ${percent(threshold)} within ${minutes} minutes did not succeed.`,
        threshold,
      }),
    );
    return new cloudwatch.CompositeAlarm(scope, row.id, {
      alarmDescription: `Runs of ${name} fail ${times} times as fast as an objective of ${percent(objective)} allows.`,
      alarmRule: cloudwatch.AlarmRule.allOf(...windows),
    });
  });
}

export function promiseAlarms(
  scope: Construct,
  name: string,
  promised: Promised,
): readonly cloudwatch.CompositeAlarm[] {
  return BURNS.map((row) => {
    const id = burnIdOf(row, promised);
    const windows = windowsOf(row).map((minutes) =>
      createAlarm(scope, {
        id: `${id}${minutes}`,
        metric: burning(name, promised, { row, minutes }),
        description: `Of the ${promised.of === 'workflow' ? `runs of ${name} ${promised.name}` : `calls of ${name} to ${promised.name}`}, more than may within ${minutes} minutes broke a promise.`,
        threshold: 1,
      }),
    );
    return new cloudwatch.CompositeAlarm(scope, id, {
      alarmDescription: burnSays(row, promised, name),
      alarmRule: cloudwatch.AlarmRule.allOf(...windows),
    });
  });
}

function windowsOf({ shortMinutes, longMinutes }: BurnRow): readonly number[] {
  return [shortMinutes, longMinutes];
}

/** The share at which it rings. */
function limitOf(times: number, budget: number): number {
  return Number(Math.min(MOST, times * budget).toFixed(6));
}

/** The worst of its shares, each measured by the share at which it rings. */
function burning(
  integration: string,
  promised: Promised,
  { row, minutes }: { readonly row: BurnRow; readonly minutes: number },
): cloudwatch.MathExpression {
  const period = Duration.minutes(minutes);
  const shares = brokenShares(promised, { integration, period, fewest: FEWEST });
  const times = burnTimes(row, promised.slo.windowMs);
  const measured = shares.map(({ expression, budget }) => `${expression} / ${limitOf(times, budget)}`);
  return new cloudwatch.MathExpression({
    expression: measured.reduce((worst, one) => `IF(${worst} > ${one}, ${worst}, ${one})`),
    usingMetrics: metricsOf(shares),
    period,
    label: 'above 1: broken faster than may be',
  });
}

function metricsOf(shares: readonly BrokenShare[]): { [id: string]: cloudwatch.IMetric } {
  return Object.assign({}, ...shares.map(({ usingMetrics }) => usingMetrics)) as { [id: string]: cloudwatch.IMetric };
}
