/**
 * When somebody has to be told, per integration: runs that need a person, runs that fail or hang, letters that nobody
 * reads, an objective that is being used up too fast, breakers that opened, functions that are throttled or fail by
 * themselves. When each rings is lib/model/alarm-table.ts; here is what it looks at. Missing data rings nowhere: an integration
 * without runs is well. Alarms are added up here, since what CloudWatch adds up by itself is a search, which none can watch.
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type AlarmId, ALARMS, type AlarmSubject, receives } from '../model/alarm-table.ts';
import { behind, dependsOnIn } from '../model/dependencies.ts';
import { METRICS, RUN_END_METRICS } from '../model/metric-names.ts';
import { constructId } from './construct-id.ts';
import { functionsOf } from './handlers.ts';
import { metricOf } from './metrics.ts';
import type { Watched } from './watched.ts';
import type { WorkflowMachine } from './workflow-machine.ts';

export interface AlarmOf {
  readonly id: string;
  readonly metric: cloudwatch.IMetric;
  readonly description: string;
  /** Above it. */
  readonly threshold: number;
  readonly evaluationPeriods?: number;
}

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

/** As the table says it, of its own id or one made of it. */
function alarmOf(
  row: AlarmId,
  subject: AlarmSubject,
  { id = row, metric }: { readonly id?: string; readonly metric: cloudwatch.IMetric },
): AlarmOf {
  const { says, above, periods } = ALARMS[row];
  const more = periods === 1 ? {} : { evaluationPeriods: periods };
  return { id, metric, description: says(subject), threshold: above, ...more };
}

function periodOf(row: AlarmId): Duration {
  return Duration.minutes(ALARMS[row].minutes);
}

function ofRuns(watched: Watched): readonly AlarmOf[] {
  const { name } = watched;
  const attention = metricOf(name, RUN_END_METRICS['needs-attention'], { period: periodOf('NeedsAttention') });
  const stuck = metricOf(name, METRICS.runsStuck, { period: periodOf('StuckRuns'), statistic: 'Maximum' });
  return [
    alarmOf('NeedsAttention', { name }, { metric: attention }),
    alarmOf('FailedRuns', { name }, { metric: unsuccessful(name, periodOf('FailedRuns')) }),
    alarmOf('StuckRuns', { name }, { metric: stuck }),
    ...ofMessages(watched),
  ];
}

function ofMessages({ name, described }: Watched): readonly AlarmOf[] {
  if (!receives(described.workflows.map(({ plan }) => plan))) return [];
  const metric = metricOf(name, METRICS.messagesUntaken, { period: periodOf('UntakenMessages') });
  return [alarmOf('UntakenMessages', { name }, { metric })];
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
  const period = periodOf('Unrecorded');
  return [...machines].map(([workflow, machine]) => {
    const { compensated, failed, 'needs-attention': attention } = RUN_END_METRICS;
    const recorded = { undone: compensated, refused: failed, attention };
    const { executions, metrics } = endedBadly(machine, period);
    const usingMetrics = {
      ...metrics,
      ...Object.fromEntries(
        Object.entries(recorded).map(([id, metric]) => [id, metricOf(name, metric, { workflow, period })]),
      ),
    };
    const ends = 'FILL(undone,0) + FILL(refused,0) + FILL(attention,0)';
    const expression = `IF(${ends} == 0, ${executions}, 0)`;
    const metric = new cloudwatch.MathExpression({
      expression,
      usingMetrics,
      period,
      label: 'failed without a record',
    });
    return alarmOf('Unrecorded', { name, workflow }, { id: constructId('Unrecorded', workflow), metric });
  });
}

/** An express run that was handed over has its end later: then its undo machine speaks for it. */
function endedBadly(
  { machine, undo, isExpress }: WorkflowMachine,
  period: Duration,
): { readonly executions: string; readonly metrics: { readonly [id: string]: cloudwatch.IMetric } } {
  const metrics = { ended: machine.metricFailed({ period }), late: machine.metricTimedOut({ period }) };
  if (!isExpress) return { executions: 'FILL(ended,0) + FILL(late,0)', metrics };
  return {
    executions:
      'IF(FILL(ended,0) > FILL(handed,0), FILL(ended,0) - FILL(handed,0), 0) + FILL(late,0) + FILL(settled,0)',
    metrics: { ...metrics, handed: undo.metricStarted({ period }), settled: undo.metricFailed({ period }) },
  };
}

function ofLetters({ name, deadLetters }: Watched): readonly AlarmOf[] {
  const metric = deadLetters.metricApproximateAgeOfOldestMessage({
    period: periodOf('OldDeadLetter'),
    statistic: 'Maximum',
  });
  return [alarmOf('OldDeadLetter', { name }, { metric })];
}

function ofSystems({ name, systems, described }: Watched): readonly AlarmOf[] {
  const dependsOn = dependsOnIn(described.workflows.flatMap(({ plan }) => Object.values(plan.systems)));
  return systems.flatMap((system) => [
    alarmOf(
      'Unwell',
      { name, system, behind: behind(system, dependsOn) },
      {
        id: constructId('Unwell', system),
        metric: metricOf(name, METRICS.systemUnwell, { system, period: periodOf('Unwell'), statistic: 'Maximum' }),
      },
    ),
    alarmOf(
      'BreakerOpen',
      { name, system, behind: behind(system, dependsOn) },
      {
        id: constructId('BreakerOpen', system),
        metric: metricOf(name, METRICS.breakerOpen, { system, period: periodOf('BreakerOpen') }),
      },
    ),
  ]);
}

function ofFunctions({ name, handlers, machines }: Watched): readonly AlarmOf[] {
  const period = periodOf('Throttled');
  const functions = functionsOf(handlers).map((handler) => handler.metricThrottles({ period }));
  const executions = [...machines.values()].map(({ machine }) => machine.metricThrottled({ period }));
  const throttled = summed([...functions, ...executions], period).map((metric, index) =>
    alarmOf('Throttled', { name }, { id: index === 0 ? 'Throttled' : `Throttled${index + 1}`, metric }),
  );
  const errors = metricOf(name, METRICS.handlerErrors, { period: periodOf('HandlerErrors') });
  return [...throttled, alarmOf('HandlerErrors', { name }, { metric: errors })];
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
