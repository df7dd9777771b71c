/**
 * A promise on a dashboard: what is left of its budget over its own window, and how fast each thing that is promised burns
 * hour by hour (1: just as fast as may be).
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type Promised, promiseWords } from '../model/promises.ts';
import { type BrokenShare, brokenShares } from './promise-metrics.ts';

const HOUR: Duration = Duration.hours(1);
const DAY_MS = 86_400_000;

export function promiseWidgets(integration: string, promised: Promised, width: number): readonly cloudwatch.IWidget[] {
  const hourly = brokenShares(promised, { integration, period: HOUR, fewest: 1 });
  const days = Math.ceil(promised.slo.windowMs / DAY_MS);
  return [
    new cloudwatch.SingleValueWidget({
      title: `${promised.name}: percent left of what may fail in ${days} days (${promiseWords(promised).join(', ')})`,
      metrics: hourly.map((share) => ofShare(share, `100 * (1 - (${share.expression}) / ${share.budget})`)),
      setPeriodToTimeRange: true,
      start: `-P${days}D`,
      width,
    }),
    new cloudwatch.GraphWidget({
      title: `${promised.name}: how fast it is used up (1: as fast as may be)`,
      left: hourly.map((share) => ofShare(share, `(${share.expression}) / ${share.budget}`)),
      leftAnnotations: [{ value: 1, label: 'as fast as may be' }],
      width,
    }),
  ];
}

function ofShare({ label, usingMetrics }: BrokenShare, expression: string): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({ expression, usingMetrics: { ...usingMetrics }, period: HOUR, label });
}
