/** Metrics, alarms and what to do when one rings: from the tables by which handlers emit and the stack is put up. */
import {
  ALARMS,
  type AlarmRow,
  type AlarmSubject,
  BURN_ANSWERS,
  BURNS,
  burnSays,
  burnTimes,
  LETTER_ALARM,
  SUCCESS_OBJECTIVE,
  receives,
} from '../../model/alarm-table.ts';
import { DEFAULTS } from '../../model/defaults.ts';
import { behind, dependsOnIn, reachedSystems } from '../../model/dependencies.ts';
import { METRIC_WORDS, METRICS, NAMESPACE, OUTCOME_METRICS, RUN_END_METRICS } from '../../model/metric-names.ts';
import { OUTCOMES } from '../../model/outcome.ts';
import {
  budgetOf,
  everyWorkflowPromises,
  percent,
  type Promised,
  promisesOf,
  promiseWords,
} from '../../model/promises.ts';
import { words } from '../../analyze/scenarios.ts';
import { type Block, heading, type Inline, paragraph, type Text, table } from '../block.ts';
import type { ReportFacts } from '../facts.ts';

export function watching(facts: ReportFacts): readonly Block[] {
  return [
    heading(2, 'Metrics and alarms', 'watching'),
    paragraph([
      'As ',
      { code: 'cdk deploy' },
      ' puts them up. Each alarm tells the topic of the integration; all of them together are one light.',
    ]),
    ...objectives(facts),
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
  const plans = workflows.map(({ plan }) => plan);
  const dependsOn = dependsOnIn(plans.flatMap(({ systems }) => Object.values(systems)));
  const subjects: { readonly [O in AlarmRow['of']]: readonly AlarmSubject[] } = {
    integration: [{ name: integration }],
    receiving: receives(plans) ? [{ name: integration }] : [],
    workflow: workflows.map(({ plan }) => ({ name: integration, workflow: plan.workflowId })),
    system: systemNames(workflows).map((system) => ({ name: integration, system, behind: behind(system, dependsOn) })),
  };
  const plain = [['DeadLetters', LETTER_ALARM] as const, ...Object.entries(ALARMS)].flatMap(([id, row]) =>
    subjects[row.of].map((subject) => alarmRow(id, row, subject)),
  );
  const burns = everyWorkflowPromises(plans)
    ? []
    : BURNS.map((row): readonly Text[] => [
        [{ code: row.id }],
        `Runs of ${integration} fail ${burnTimes(row, DEFAULTS.slo.windowMs)} times as fast as an objective of ${SUCCESS_OBJECTIVE * 100} % allows.`,
        `the share of runs that did not succeed, over ${row.shortMinutes} and over ${row.longMinutes} minutes`,
        spoken(ALARMS.FailedRuns.answer),
      ]);
  return [...plain, ...burns, ...promisesOf(plans).flatMap((one) => promiseRows(one, integration))];
}

function promiseRows(promised: Promised, integration: string): readonly (readonly Text[])[] {
  return BURNS.map((row): readonly Text[] => [
    [{ code: row.id }, ` ${promised.name}`],
    burnSays(row, promised, integration),
    `the share that broke a promise, over ${row.shortMinutes} and over ${row.longMinutes} minutes, from ten on`,
    spoken(BURN_ANSWERS[promised.of]),
  ]);
}

/** What is promised, and what that leaves to go wrong. */
function objectives({ workflows }: ReportFacts): readonly Block[] {
  const promises = promisesOf(workflows.map(({ plan }) => plan));
  if (promises.length === 0) return [];
  return [
    heading(3, 'Promises', 'promises'),
    table('Promises', ['of', 'promise', 'over', 'may be broken'], promises.map(promiseRow)),
  ];
}

function promiseRow(promised: Promised): readonly Text[] {
  const { of, name, slo } = promised;
  const failing = budgetOf(slo, 'availability');
  const slow = budgetOf(slo, 'latency');
  const [fails, lasts] =
    of === 'workflow' ? ['of runs fail', 'of runs take longer'] : ['of calls fail', 'of calls take longer'];
  const down =
    failing === undefined ? '' : ` (${words(Math.round((failing * slo.windowMs) / 60_000) * 60_000)} in which all do)`;
  return [
    [`${of === 'workflow' ? 'runs of' : 'calls of'} `, { strong: name }],
    promiseWords(promised).join(', '),
    words(slo.windowMs),
    [
      ...(failing === undefined ? [] : [`${percent(failing)} ${fails}${down}`]),
      ...(slow === undefined ? [] : [`${percent(slow)} ${lasts}`]),
    ].join('; '),
  ];
}

function systemNames(workflows: ReportFacts['workflows']): readonly string[] {
  return [...new Set(workflows.flatMap(({ plan }) => reachedSystems(plan)))];
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
