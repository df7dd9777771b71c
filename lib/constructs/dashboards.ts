/**
 * What one looks at: a dashboard of the integration (how runs end and how long they take, what is retried, undone and in
 * doubt, dead letters, functions, an estimate of cost) and one of each system (calls, answers, times, breaker, limits).
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRICS, OUTCOME_METRICS, RUN_END_METRICS } from '../model/metric-names.ts';
import type { Promised } from '../model/promises.ts';
import { functionsOf } from './handlers.ts';
import { constructId } from './construct-id.ts';
import { costOf } from './cost-estimate.ts';
import { type MetricName, type MetricOf, metricOf } from './metrics.ts';
import { promiseWidgets } from './promise-widgets.ts';
import type { Watched } from './watched.ts';

/** Half of the width. */
const WIDTH = 12;
const PERCENTILES: readonly string[] = ['p50', 'p95', 'p99'];
const PERIOD: Duration = Duration.minutes(5);

export function integrationDashboard(
  scope: Construct,
  watched: Watched,
  { alarms, promises }: { readonly alarms: readonly cloudwatch.IAlarm[]; readonly promises: readonly Promised[] },
): cloudwatch.Dashboard {
  const { name, deadLetters, handlers } = watched;
  const sums = (title: string, names: readonly MetricName[]): cloudwatch.GraphWidget =>
    graph(
      title,
      names.map((metric) => metricOf(name, metric)),
      true,
    );
  const functions = functionsOf(handlers);
  return new cloudwatch.Dashboard(scope, 'Dashboard', {
    widgets: [
      ...statusRows(name, alarms),
      ...promises.map((one) => [...promiseWidgets(name, one, WIDTH)]),
      [sums('Runs by their end', Object.values(RUN_END_METRICS)), graph('Time of a run', times(name, METRICS.runTime))],
      [
        sums('Retried, undone, in doubt', [METRICS.retries, METRICS.compensations, METRICS.inDoubt]),
        graph('Dead letters', [
          deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'waiting', period: PERIOD }),
          deadLetters.metricApproximateAgeOfOldestMessage({ label: 'age of the oldest, seconds', period: PERIOD }),
        ]),
      ],
      [
        sums('Attempts by outcome', Object.values(OUTCOME_METRICS)),
        graph(
          'Functions: longest times',
          functions.map((one) => one.metricDuration({ statistic: 'Maximum', period: PERIOD })),
        ),
      ],
      [
        costOf(watched, WIDTH),
        graph(
          'Functions: throttled',
          functions.map((one) => one.metricThrottles({ period: PERIOD })),
        ),
      ],
    ],
  });
}

/** A widget shows so many alarms. */
const MOST_SHOWN = 100;

function statusRows(name: string, alarms: readonly cloudwatch.IAlarm[]): cloudwatch.IWidget[][] {
  return Array.from({ length: Math.ceil(alarms.length / MOST_SHOWN) }, (_, index) => [
    new cloudwatch.AlarmStatusWidget({
      title: `${name}: alarms`,
      alarms: alarms.slice(index * MOST_SHOWN, (index + 1) * MOST_SHOWN),
      width: 2 * WIDTH,
    }),
  ]);
}

export function systemDashboard(
  scope: Construct,
  name: string,
  { system, promised }: { readonly system: string; readonly promised: Promised | undefined },
): cloudwatch.Dashboard {
  const of: MetricOf = { system };
  const counts = (metrics: readonly MetricName[]): readonly cloudwatch.IMetric[] =>
    metrics.map((metric) => metricOf(name, metric, of));
  const { throttled, 'not-sent': notSent } = OUTCOME_METRICS;
  return new cloudwatch.Dashboard(scope, constructId('System', system), {
    widgets: [
      ...(promised ? [[...promiseWidgets(name, promised, WIDTH)]] : []),
      [
        graph(`${system}: calls by outcome`, counts(Object.values(OUTCOME_METRICS)), true),
        graph(`${system}: time of a call`, times(name, METRICS.latency, of)),
      ],
      [
        graph(`${system}: share of calls that failed`, [failedShare(name, system)]),
        graph(`${system}: breaker open`, counts([METRICS.breakerOpen])),
      ],
      [
        graph(`${system}: refused for their number, or held back`, counts([throttled, notSent]), true),
        graph(`${system}: retried, answered from the cache`, counts([METRICS.retries, METRICS.cacheHits]), true),
      ],
    ],
  });
}

function failedShare(name: string, system: string): cloudwatch.MathExpression {
  const { 'in-doubt': doubt, 'not-sent': notSent } = OUTCOME_METRICS;
  return new cloudwatch.MathExpression({
    expression: '100 * (FILL(doubt,0) + FILL(unsent,0)) / attempts',
    usingMetrics: {
      doubt: metricOf(name, doubt, { system }),
      unsent: metricOf(name, notSent, { system }),
      attempts: metricOf(name, METRICS.attempts, { system }),
    },
    period: PERIOD,
    label: 'percent without an answer',
  });
}

function times(name: string, metric: MetricName, of: MetricOf = {}): readonly cloudwatch.IMetric[] {
  return PERCENTILES.map((statistic) => metricOf(name, metric, { ...of, statistic, label: statistic }));
}

function graph(title: string, left: readonly cloudwatch.IMetric[], stacked = false): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left: [...left], stacked, width: WIDTH });
}
