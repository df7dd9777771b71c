/**
 * Alarms, dashboards and queries of a template as a page that can be reviewed: what is watched, from when on it rings, what
 * is shown. Dashboards as text are thousands of lines in which nobody sees a change.
 */
import type { Template } from 'aws-cdk-lib/assertions';
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import { textOf } from './permissions.ts';
import { readableId, resourcesOf } from './synthesised.ts';

export function watchSummary(template: Template): string {
  const of = (type: string, line: (properties: JsonObject) => string): readonly string[] =>
    [...resourcesOf(template, type)].map(([id, { Properties }]) => `${readableId(id)}: ${line(Properties)}`).sort();
  return [
    ...of('AWS::CloudWatch::Alarm', alarmLine),
    ...of(
      'AWS::CloudWatch::CompositeAlarm',
      ({ AlarmRule, AlarmActions }) =>
        `${textOf(AlarmRule ?? '').replaceAll(/ALARM\("?(\w+)\.Arn"?\)/g, '$1')}${tells(AlarmActions)}`,
    ),
    ...of('AWS::CloudWatch::Dashboard', ({ DashboardBody }) => titlesIn(textOf(DashboardBody ?? '')).join('; ')),
    ...of('AWS::Logs::QueryDefinition', ({ Name }) => String(Name)),
    '',
  ].join('\n');
}

function alarmLine(alarm: JsonObject): string {
  const { EvaluationPeriods, Threshold, AlarmActions } = alarm;
  return `${watchedBy(alarm)} > ${String(Threshold)}, ${String(EvaluationPeriods)} x${tells(AlarmActions)}`;
}

function tells(actions: Json | undefined): string {
  return Array.isArray(actions) ? ` -> ${actions.map(textOf).join()}` : '';
}

function watchedBy({ Metrics, MetricName, Namespace, Dimensions, Statistic, Period }: JsonObject): string {
  if (!Array.isArray(Metrics))
    return metricText(
      { MetricName: MetricName ?? '', Namespace: Namespace ?? '', Dimensions: Dimensions ?? [] },
      Statistic,
      Period,
    );
  const parts = Metrics.filter(isObject);
  const expression = parts.map((part) => part['Expression']).find((text) => text !== undefined);
  const metrics = parts.flatMap(({ Id, MetricStat }) =>
    isObject(MetricStat) && isObject(MetricStat['Metric'])
      ? [`${String(Id)} = ${metricText(MetricStat['Metric'], MetricStat['Stat'], MetricStat['Period'])}`]
      : [],
  );
  return `${String(expression)} where ${metrics.join(', ')}`;
}

function metricText(
  { Namespace, MetricName, Dimensions }: JsonObject,
  statistic: Json | undefined,
  period: Json | undefined,
): string {
  const dimensions = (Array.isArray(Dimensions) ? Dimensions : [])
    .filter(isObject)
    .map(({ Name, Value }) => `${String(Name)}=${textOf(Value ?? '')}`);
  return `${String(Namespace)} ${String(MetricName)} {${dimensions.join(' ')}} ${String(statistic)}/${String(period)}s`;
}

/** In the order in which they stand there. */
function titlesIn(body: string): readonly string[] {
  return [...body.matchAll(/"title":"([^"]*)"/g)].map(([, title = '']) => title);
}
