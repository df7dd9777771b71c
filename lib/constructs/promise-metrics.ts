/**
 * What is promised of runs or calls, as metrics of how much of it was broken in a time: the share of runs that did not
 * succeed or of calls without an answer, and the share that took too long (CloudWatch's percentile rank of what handlers
 * emit). What our own breaker holds back is not counted: nobody was asked. Fewer than `fewest` in a time say nothing.
 */
import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS, OUTCOME_METRICS, RUN_END_METRICS } from '../model/metric-names.ts';
import type { PlanSlo } from '../model/plan.ts';
import { budgetOf, type Promised } from '../model/promises.ts';
import { metricOf, type MetricOf } from './metrics.ts';

export interface BrokenShare {
  readonly label: string;
  /** The share that may be broken. */
  readonly budget: number;
  /** Of the metrics by their ids, which no other share of the same promise has. */
  readonly expression: string;
  readonly usingMetrics: { readonly [id: string]: cloudwatch.IMetric };
}

export interface Measuring {
  /** The integration. */
  readonly integration: string;
  readonly period: Duration;
  readonly fewest: number;
}

export function brokenShares(promised: Promised, measuring: Measuring): readonly BrokenShare[] {
  const { slo } = promised;
  return [...failedShare(promised, slo, measuring), ...slowShare(promised, slo, measuring)];
}

function failedShare(promised: Promised, slo: PlanSlo, measuring: Measuring): readonly BrokenShare[] {
  const budget = budgetOf(slo, 'availability');
  if (budget === undefined) return [];
  const { bad, all, metrics } = promised.of === 'workflow' ? OF_RUNS : OF_CALLS;
  const { fewest } = measuring;
  return [
    {
      label: promised.of === 'workflow' ? 'runs that did not succeed' : 'calls without an answer',
      budget,
      expression: `IF(${all} >= ${fewest}, ${bad} / ${all}, 0)`,
      usingMetrics: Object.fromEntries(
        Object.entries(metrics).map(([id, name]) => [id, metricFor(promised, measuring, name)]),
      ),
    },
  ];
}

const RUNS_BAD = '(FILL(undone,0) + FILL(failed,0) + FILL(attention,0))';
const OF_RUNS = {
  bad: RUNS_BAD,
  all: `(FILL(good,0) + ${RUNS_BAD})`,
  metrics: {
    good: RUN_END_METRICS.succeeded,
    undone: RUN_END_METRICS.compensated,
    failed: RUN_END_METRICS.failed,
    attention: RUN_END_METRICS['needs-attention'],
  },
} as const;

/** What was held back is an attempt that was not sent. */
const OF_CALLS = {
  bad: '(FILL(doubt,0) + FILL(unsent,0) - FILL(held,0))',
  all: '(FILL(attempts,0) - FILL(held,0))',
  metrics: {
    attempts: METRICS.attempts,
    held: METRICS.breakerOpen,
    doubt: OUTCOME_METRICS['in-doubt'],
    unsent: OUTCOME_METRICS['not-sent'],
  },
} as const;

function slowShare(promised: Promised, slo: PlanSlo, measuring: Measuring): readonly BrokenShare[] {
  const budget = budgetOf(slo, 'latency');
  if (!slo.latency || budget === undefined) return [];
  const name = promised.of === 'workflow' ? METRICS.runTime : METRICS.latency;
  const measured = metricFor(promised, measuring, name, 'SampleCount');
  const intime = metricFor(promised, measuring, name, `PR(:${slo.latency.belowMs})`);
  return [
    {
      label: promised.of === 'workflow' ? 'runs that took too long' : 'calls that took too long',
      budget,
      expression: `IF(FILL(measured,0) >= ${measuring.fewest}, 1 - FILL(intime,100) / 100, 0)`,
      usingMetrics: { measured, intime },
    },
  ];
}

function metricFor(
  { of, name }: Promised,
  { integration, period }: Measuring,
  metric: Parameters<typeof metricOf>[1],
  statistic?: string,
): cloudwatch.Metric {
  const part: MetricOf = of === 'workflow' ? { workflow: name } : { system: name };
  return metricOf(integration, metric, { ...part, period, ...(statistic !== undefined && { statistic }) });
}
