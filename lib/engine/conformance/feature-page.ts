/**
 * The page that says what is built of Step Functions (docs/feature-support.md), written from a conformance report: by
 * kind of case, by state type and by field, each with how many recorded cases need it and how many of those we pass. It
 * claims nothing that no case shows.
 */
import { isObject, type Json } from '../../model/json.ts';
import { outOfScope, type RecordedCase } from './recorded-case.ts';
import type { ConformanceReport } from './report.ts';

/** What a definition may use, by the words that it uses for it. */
const STATE_TYPES: readonly string[] = ['Task', 'Pass', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map'];
const FIELDS: readonly string[] = [
  'Arguments',
  'Assign',
  'Catch',
  'Condition',
  'Credentials',
  'HeartbeatSeconds',
  'Items',
  'ItemSelector',
  'MaxConcurrency',
  'Output',
  'Retry',
  'Seconds',
  'TimeoutSeconds',
  'Timestamp',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
];

export function featurePage(cases: readonly RecordedCase[], report: ConformanceReport): string {
  const failed = new Set(report.failures.map(({ name }) => name));
  const executed = cases.filter((one) => one.kind === 'execution' && one['queryLanguage'] === 'JSONata');
  const mine = executed.filter((one) => outOfScope(one) === null);
  return [
    '# What is built of Step Functions',
    '',
    'Written by `npm run conformance -- DIR --page docs/feature-support.md` from cases recorded at the service itself',
    '(definition, input, answers of the tasks, and the whole history). A case counts as passed when status, output, error,',
    'cause and every event of the history are the same. What no recorded case shows is not listed; our own cases in',
    'test/conformance add to it.',
    '',
    ...kindTable(report),
    '',
    '## By state type and field',
    '',
    'Executions of JSONata machines that use it, and how many of them pass.',
    '',
    ...usageTable(
      'State type',
      STATE_TYPES,
      (name) => mine.filter((one) => usesType(one['definition'] ?? null, name)),
      failed,
    ),
    '',
    ...usageTable('Field', FIELDS, (name) => mine.filter((one) => usesField(one['definition'] ?? null, name)), failed),
    '',
    '## What does not pass, and what is not tried',
    '',
    ...refusals(cases, report),
    '',
  ].join('\n');
}

function kindTable({ kinds }: ConformanceReport): readonly string[] {
  const rows = Object.entries(kinds)
    .filter(([, { eligible }]) => eligible > 0)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([kind, { passed, eligible }]) => `| ${kind} | ${passed} of ${eligible} | ${mark(passed, eligible)} |`);
  return ['| Kind of case and query language | passed | |', '|---|---|---|', ...rows];
}

function usageTable(
  title: string,
  names: readonly string[],
  using: (name: string) => readonly RecordedCase[],
  failed: ReadonlySet<string>,
): readonly string[] {
  const rows = names.flatMap((name) => {
    const cases = using(name);
    const passed = cases.filter((one) => !failed.has(one.name)).length;
    return cases.length === 0 ? [] : [`| ${name} | ${passed} of ${cases.length} | ${mark(passed, cases.length)} |`];
  });
  return [`| ${title} | passed | |`, '|---|---|---|', ...rows];
}

function mark(passed: number, eligible: number): string {
  if (passed === eligible) return 'yes';
  return passed === 0 ? 'no' : 'in part';
}

/** By reason, with the number of cases. */
function refusals(cases: readonly RecordedCase[], { failures }: ConformanceReport): readonly string[] {
  const counts = new Map<string, number>();
  const add = (line: string): void => void counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const { kind, queryLanguage, excuse, difference } of failures)
    add(`${kind} ${queryLanguage}, failing: ${excuse ?? difference}`);
  for (const one of cases) {
    const reason = outOfScope(one);
    if (reason !== null) add(`${one.kind}, not tried: needs ${reason}.`);
  }
  return [...counts]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([line, count]) => `- ${line} (${count})`);
}

function usesType(definition: Json, type: string): boolean {
  return anyObject(definition, (object) => object['Type'] === type);
}

function usesField(definition: Json, field: string): boolean {
  return anyObject(definition, (object) => Object.hasOwn(object, field));
}

function anyObject(value: Json, wanted: (object: { readonly [key: string]: Json }) => boolean): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some((item) => anyObject(item, wanted));
  if (!isObject(value)) return false;
  return wanted(value) || Object.values(value).some((item) => anyObject(item, wanted));
}
