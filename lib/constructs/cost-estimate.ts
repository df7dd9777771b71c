/**
 * What an integration costs by list prices (us-east-1, USD), as a graph: transitions of its machines by the happy path of
 * each, and the time of its functions, which together are nearly all of it. To see a change by; the bill knows.
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { PlanSeries } from '../model/plan.ts';
import { functionsOf } from './handlers.ts';
import type { Watched } from './watched.ts';

const USD_PER_TRANSITION = 0.000_025;
const USD_PER_GB_SECOND = 0.000_013_333_4;
const FUNCTION_GB = 0.5;
const HOUR: Duration = Duration.hours(1);

export function costOf(watched: Watched, width: number): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({
    title: 'Cost an hour, estimated: USD by list prices',
    left: [...ofMachines(watched), ofFunctions(watched)],
    stacked: true,
    width,
  });
}

/** Express ones cost by far less than the functions that they call. */
function ofMachines({ described, machines }: Watched): readonly cloudwatch.MathExpression[] {
  const standard = described.workflows.filter(({ plan }) => plan.mode === 'standard');
  const terms = standard.flatMap(({ workflowId, plan }, index) => {
    const started = machines.get(workflowId)?.machine.metricStarted({ period: HOUR });
    return started ? [{ id: `s${index}`, started, transitions: happyTransitions(plan.flow) + 1 }] : [];
  });
  if (terms.length === 0) return [];
  const sum = terms.map(({ id, transitions }) => `FILL(${id},0) * ${transitions}`).join(' + ');
  const usingMetrics = Object.fromEntries(terms.map(({ id, started }) => [id, started]));
  const expression = `(${sum}) * ${USD_PER_TRANSITION}`;
  return [new cloudwatch.MathExpression({ expression, usingMetrics, period: HOUR, label: 'transitions' })];
}

/** One for each step, and for each Parallel; what closes the run is added by the caller. */
function happyTransitions(series: PlanSeries): number {
  return series.reduce(
    (sum, node) =>
      sum + 1 + (node.kind === 'parallel' ? node.branches.reduce((all, one) => all + happyTransitions(one), 0) : 0),
    0,
  );
}

function ofFunctions({ handlers }: Watched): cloudwatch.MathExpression {
  const times = functionsOf(handlers).map(
    (one, index) => [`d${index}`, one.metricDuration({ statistic: 'Sum', period: HOUR })] as const,
  );
  const sum = times.map(([id]) => `FILL(${id},0)`).join(' + ');
  return new cloudwatch.MathExpression({
    expression: `(${sum}) / 1000 * ${FUNCTION_GB} * ${USD_PER_GB_SECOND}`,
    usingMetrics: Object.fromEntries(times),
    period: HOUR,
    label: 'functions',
  });
}
