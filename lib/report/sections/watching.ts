/** Metrics, alarms and what to do when one rings: from the tables by which handlers emit and the stack is put up. */
import {
  ALARMS,
  type AlarmRow,
  type AlarmSubject,
  BURNS,
  LETTER_ALARM,
  SUCCESS_OBJECTIVE,
} from '../../model/alarm-table.ts';
import { METRIC_WORDS, METRICS, NAMESPACE, OUTCOME_METRICS, RUN_END_METRICS } from '../../model/metric-names.ts';
import { OUTCOMES } from '../../model/outcome.ts';
import { type Block, heading, type Inline, paragraph, type Text, table } from '../block.ts';
import type { ReportFacts } from '../facts.ts';

export function watching(facts: ReportFacts): readonly Block[] {
  return [
    heading(2, 'Metrics and alarms', 'watching'),
    paragraph(
      'As `cdk deploy` puts them up. Each alarm tells the topic of the integration; all of them together are one light.',
    ),
    heading(3, 'Alarms', 'alarms'),
    table('Alarms', ['alarm', 'rings when', 'looks at', 'what to do'], alarmRows(facts)),
    heading(3, 'Metrics', 'metrics'),
    paragraph([
      'In the namespace ',
      { code: NAMESPACE },
      ', kept by integration, by integration and workflow, and by integration and system.',
    ]),
    table('Metrics', ['metric', 'counts'], metricRows()),
  ];
}

function alarmRows({ integration, workflows }: ReportFacts): readonly (readonly Text[])[] {
  const subjects: { readonly [O in AlarmRow['of']]: readonly AlarmSubject[] } = {
    integration: [{ name: integration }],
    workflow: workflows.map(({ plan }) => ({ name: integration, workflow: plan.workflowId })),
    system: systemNames(workflows).map((system) => ({ name: integration, system })),
  };
  const plain = [['DeadLetters', LETTER_ALARM] as const, ...Object.entries(ALARMS)].flatMap(([id, row]) =>
    subjects[row.of].map((subject) => alarmRow(id, row, subject)),
  );
  const burns = BURNS.map(({ id, times, shortMinutes, longMinutes }): readonly Text[] => [
    [{ code: id }],
    `Runs of ${integration} fail ${times} times as fast as an objective of ${SUCCESS_OBJECTIVE * 100} % allows.`,
    `the share of runs that did not succeed, over ${shortMinutes} and over ${longMinutes} minutes`,
    spoken(ALARMS.FailedRuns.answer),
  ]);
  return [...plain, ...burns];
}

function systemNames(workflows: ReportFacts['workflows']): readonly string[] {
  return [...new Set(workflows.flatMap(({ plan }) => Object.keys(plan.systems)))];
}

function alarmRow(
  id: string,
  { says, watches, minutes, above, periods, answer }: AlarmRow,
  subject: AlarmSubject,
): readonly Text[] {
  const of = subject.workflow ?? subject.system;
  const often = periods === 1 ? '' : `, ${periods} times one after the other`;
  return [
    [{ code: id }, ...(of === undefined ? [] : [` ${of}`])],
    says(subject),
    `${watches}: above ${above} in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}${often}`,
    spoken(answer),
  ];
}

/** Commands of the table's own sentences stand between backquotes. */
function spoken(sentence: string): Text {
  return sentence.split('`').map((part, index): Inline => (index % 2 === 1 ? { code: part } : part));
}

function metricRows(): readonly (readonly Text[])[] {
  // The keys of both are the same by their types.
  const keys = Object.keys(METRICS) as (keyof typeof METRICS)[];
  return [
    ...keys.map((key): readonly Text[] => [[{ code: METRICS[key] }], METRIC_WORDS[key]]),
    ...Object.entries(RUN_END_METRICS).map(([end, name]): readonly Text[] => [
      [{ code: name }],
      `runs that ended ${end}`,
    ]),
    ...Object.entries(OUTCOME_METRICS).map(([outcome, name]): readonly Text[] => [
      [{ code: name }],
      // The keys of both are the outcomes.
      `attempts: ${OUTCOMES[outcome as keyof typeof OUTCOMES].when}`,
    ]),
  ];
}
