/**
 * When somebody has to be told, per integration: runs that need a person, runs that fail or hang, letters that nobody
 * reads, an objective that is being used up too fast, breakers that opened, functions that are throttled or fail by
 * themselves. Missing data rings nowhere: an integration without runs is well. Alarms are added up here, since what CloudWatch
 * adds up by itself is a search, which an alarm cannot watch.
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRICS, RUN_END_METRICS } from '../aws/metric-names.ts';
import { constructId } from './construct-id.ts';
import type { Handlers } from './handlers.ts';
import { metricOf } from './metrics.ts';
import type { Watched } from './watched.ts';

export interface AlarmOf {
  readonly id: string;
  readonly metric: cloudwatch.IMetric;
  readonly description: string;
  /** Above it. */
  readonly threshold: number;
  readonly evaluationPeriods?: number;
}

const FIVE_MINUTES: Duration = Duration.minutes(5);
const QUARTER: Duration = Duration.minutes(15);
const HOUR: Duration = Duration.hours(1);
const DAY_SECONDS = 86_400;
/** Fewer runs say nothing about a share. */
const FEWEST_RUNS = 5;
/** What an alarm may watch at once, and room for the sum itself. */
const MOST_METRICS = 9;

export function alarmsOf(watched: Watched): readonly AlarmOf[] {
  return [
    ...ofRuns(watched),
    ...ofWorkflows(watched),
    ...ofLetters(watched),
    ...ofSystems(watched),
    ...ofFunctions(watched),
  ];
}

export function createAlarm(scope: Construct, { id, metric, ...alarm }: AlarmOf): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    metric,
    alarmDescription: alarm.description,
    threshold: alarm.threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: alarm.evaluationPeriods ?? 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

function ofRuns({ name }: Watched): readonly AlarmOf[] {
  return [
    {
      id: 'NeedsAttention',
      metric: metricOf(name, RUN_END_METRICS['needs-attention'], { period: FIVE_MINUTES }),
      description: `A run of ${name} needs attention: an effect stands or is in doubt, and nobody but a person can settle it.`,
      threshold: 0,
    },
    {
      id: 'FailedRuns',
      metric: unsuccessful(name, QUARTER),
      description: `Half of the runs of ${name} within a quarter of an hour did not succeed.`,
      threshold: 0.5,
    },
    {
      id: 'StuckRuns',
      metric: metricOf(name, METRICS.runsStuck, { period: QUARTER, statistic: 'Maximum' }),
      description: `Runs of ${name} are past the time at which something should have moved them.`,
      threshold: 0,
    },
  ];
}

/** The share of runs that ended otherwise than well, where enough of them ended. */
export function unsuccessful(name: string, period: Duration, fewest: number = FEWEST_RUNS): cloudwatch.MathExpression {
  const { succeeded, compensated, failed, 'needs-attention': attention } = RUN_END_METRICS;
  const ends = { good: succeeded, undone: compensated, failed, attention };
  const usingMetrics = Object.fromEntries(
    Object.entries(ends).map(([id, metric]) => [id, metricOf(name, metric, { period })]),
  );
  const bad = '(FILL(undone,0) + FILL(failed,0) + FILL(attention,0))';
  const all = `(FILL(good,0) + ${bad})`;
  const expression = `IF(${all} >= ${fewest}, ${bad} / ${all}, 0)`;
  return new cloudwatch.MathExpression({ expression, usingMetrics, period, label: 'runs that did not succeed' });
}

/** A handler that is dead emits nothing: then executions fail, and no run has an end. */
function ofWorkflows({ name, machines }: Watched): readonly AlarmOf[] {
  return [...machines].map(([workflow, { machine }]) => {
    const { compensated, failed, 'needs-attention': attention } = RUN_END_METRICS;
    const recorded = { undone: compensated, refused: failed, attention };
    const usingMetrics = {
      ended: machine.metricFailed({ period: HOUR }),
      late: machine.metricTimedOut({ period: HOUR }),
      ...Object.fromEntries(
        Object.entries(recorded).map(([id, metric]) => [id, metricOf(name, metric, { workflow, period: HOUR })]),
      ),
    };
    const executions = 'FILL(ended,0) + FILL(late,0)';
    const ends = 'FILL(undone,0) + FILL(refused,0) + FILL(attention,0)';
    const expression = `IF(${ends} == 0, ${executions}, 0)`;
    return {
      id: constructId('Unrecorded', workflow),
      metric: new cloudwatch.MathExpression({
        expression,
        usingMetrics,
        period: HOUR,
        label: 'failed without a record',
      }),
      description: `Executions of ${name} ${workflow} fail, and no handler has recorded how any run ended.`,
      threshold: 0,
    };
  });
}

function ofLetters({ name, deadLetters }: Watched): readonly AlarmOf[] {
  return [
    {
      id: 'OldDeadLetter',
      metric: deadLetters.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES, statistic: 'Maximum' }),
      description: `A dead letter of ${name} has lain for a day. After two weeks it is gone.`,
      threshold: DAY_SECONDS,
    },
  ];
}

function ofSystems({ name, systems }: Watched): readonly AlarmOf[] {
  return systems.map((system) => ({
    id: constructId('BreakerOpen', system),
    metric: metricOf(name, METRICS.breakerOpen, { system, period: FIVE_MINUTES }),
    description: `Calls of ${name} to ${system} are held back: its breaker is open.`,
    threshold: 0,
  }));
}

function ofFunctions({ name, handlers, machines }: Watched): readonly AlarmOf[] {
  const functions = functionsOf(handlers).map((handler) => handler.metricThrottles({ period: FIVE_MINUTES }));
  const executions = [...machines.values()].map(({ machine }) => machine.metricThrottled({ period: FIVE_MINUTES }));
  const throttled = summed([...functions, ...executions], FIVE_MINUTES).map((metric, index) => ({
    id: index === 0 ? 'Throttled' : `Throttled${index + 1}`,
    metric,
    description: `Functions or machines of ${name} are held back by a quota of the account.`,
    threshold: 0,
    evaluationPeriods: 2,
  }));
  const failing = {
    id: 'HandlerErrors',
    metric: metricOf(name, METRICS.handlerErrors, { period: FIVE_MINUTES }),
    description: `Functions of ${name} fail by themselves, not by what a system answered: a store, a credential, or a fault of Interlock.`,
    threshold: 0,
    evaluationPeriods: 2,
  };
  return [...throttled, failing];
}

export function functionsOf({ calls, core, lifecycle }: Handlers): readonly Handlers['core']['function'][] {
  return [...calls.values(), core, lifecycle].map((handler) => handler.function);
}

/** As many sums as it takes, each of what one alarm may watch. */
function summed(metrics: readonly cloudwatch.IMetric[], period: Duration): readonly cloudwatch.MathExpression[] {
  const parts = Array.from({ length: Math.ceil(metrics.length / MOST_METRICS) }, (_, index) =>
    metrics.slice(index * MOST_METRICS, (index + 1) * MOST_METRICS),
  );
  return parts.map((part) => {
    const usingMetrics = Object.fromEntries(part.map((metric, index) => [`m${index}`, metric]));
    const expression = Object.keys(usingMetrics)
      .map((id) => `FILL(${id},0)`)
      .join(' + ');
    return new cloudwatch.MathExpression({ expression, usingMetrics, period, label: 'throttled' });
  });
}
