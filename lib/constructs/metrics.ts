/** What handlers emit, as metrics of CloudWatch: the names are lib/model/metric-names.ts, the dimensions those of its sets. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS, NAMESPACE, OUTCOME_METRICS, RUN_END_METRICS } from '../model/metric-names.ts';

type ValueOf<T> = T[keyof T];

export type MetricName = ValueOf<typeof METRICS> | ValueOf<typeof OUTCOME_METRICS> | ValueOf<typeof RUN_END_METRICS>;

/** Of which part of an integration; neither: of all of it. */
export interface MetricOf {
  readonly workflow?: string;
  readonly system?: string;
}

const SUM = 'Sum';
const MEDIAN = 'p50';

export function metricOf(
  integration: string,
  name: MetricName,
  { workflow, system, ...options }: MetricOf & cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: NAMESPACE,
    metricName: name,
    dimensionsMap: {
      integration,
      ...(workflow !== undefined && { workflow }),
      ...(system !== undefined && { system }),
    },
    statistic: name.endsWith('Ms') ? MEDIAN : SUM,
    period: Duration.minutes(5),
    ...options,
  });
}
