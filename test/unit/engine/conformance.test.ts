/** Our own execution cases, in the format of the recorded ones, and the runner that counts them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runExecutionCase } from '../../../lib/engine/conformance/execution-cases.ts';
import { featurePage } from '../../../lib/engine/conformance/feature-page.ts';
import { outOfScope, type RecordedCase } from '../../../lib/engine/conformance/recorded-case.ts';
import { conformanceReport, reportText } from '../../../lib/engine/conformance/report.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';

const FOLDER = fileURLToPath(new URL('../../conformance/execution/', import.meta.url));

function read(file: string): RecordedCase {
  return JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')) as RecordedCase;
}

describe('test/conformance/execution', () => {
  test.each(readdirSync(FOLDER))('%s', async (file) => {
    const recorded = read(file);
    expect(`${recorded.name}.json`).toBe(file);
    expect(await runExecutionCase(recorded)).toEqual({ difference: null, parts: { outcome: true, history: true } });
  });
});

describe('a case that does not hold', () => {
  const recorded = read('null-is-a-value.json');
  const events = recorded['expectedHistory'] as readonly JsonObject[];

  async function difference(change: JsonObject): Promise<unknown> {
    return (await runExecutionCase({ ...recorded, ...change })).difference;
  }

  test('names the first difference of the outcome before one of the history', async () => {
    expect(await difference({ expectedStatus: 'FAILED', expectedHistory: [] })).toBe(
      'outcome/status: got "SUCCEEDED", recorded "FAILED"',
    );
    expect(await difference({ expectedOutput: [null, { n: 1, there: true }] })).toBe(
      'outcome/output/1/n: got null, recorded 1',
    );
  });

  test('names the first event that differs, in id, cause, type or details', async () => {
    const changed = (index: number, change: JsonObject): Json =>
      events.map((event, at) => (at === index ? { ...event, ...change } : event));
    expect(await difference({ expectedHistory: changed(2, { previousEventId: 1 }) })).toBe(
      'history/2/previousEventId: got 2, recorded 1',
    );
    expect(await difference({ expectedHistory: changed(1, { type: 'TaskStateEntered' }) })).toBe(
      'history/1/type: got "PassStateEntered", recorded "TaskStateEntered"',
    );
    expect(await difference({ expectedHistory: events.slice(0, -1) })).toMatch(
      /^history\/5: got .*ExecutionSucceeded.*, recorded undefined$/,
    );
  });

  test('takes placeholders for what stands there, and no more', async () => {
    const { expectedHistory: _history, ...without } = recorded;
    const States = {
      A: { Type: 'Pass', Output: "{% $now() & ' and ' & $states.context.Execution.Name %}", End: true },
    };
    const definition = { QueryLanguage: 'JSONata', StartAt: 'A', States };
    const differs = async (expectedOutput: string): Promise<boolean> =>
      (await runExecutionCase({ ...without, definition, expectedOutput })).difference !== null;
    expect(await differs('2024-01-01T10:00:00.000Z and recorded')).toBe(false);
    expect(await differs('2024-01-01T10:00:00.000Z and <name:1>')).toBe(false);
    expect(await differs('date')).toBe(false);
    expect(await differs('2024-01-01T10:00:00.000Z or <name:1>')).toBe(true);
  });

  test('reads events that lost their order and ids as a set', async () => {
    const parallel = read('parallel-reads-outer-variables.json');
    const history = parallel['expectedHistory'] as readonly JsonObject[];
    const inside = history
      .slice(5, 11)
      .map((event) => ({ ...event, id: 0, previousEventId: 0 }))
      .toReversed();
    const sorted = {
      ...parallel,
      historyOrder: 'branch-events-normalized',
      expectedHistory: [...history.slice(0, 5), ...inside, ...history.slice(12)],
    };
    expect((await runExecutionCase(sorted)).difference).toBeNull();
    const missing = { ...sorted, expectedHistory: [...history.slice(0, 5), ...inside.slice(1), ...history.slice(12)] };
    expect((await runExecutionCase(missing)).difference).toMatch(/PassStateExited.* is not recorded$/);
  });

  test('says why a machine did not run', async () => {
    const definition = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
    expect(await runExecutionCase({ ...recorded, definition })).toEqual({
      difference: "did not run: state 'A' uses JSONPath, which the engine does not run (field /QueryLanguage)",
      parts: { outcome: false, history: false },
    });
  });
});

/** JSONata states around one that speaks JSONPath, two levels down. */
const mixedMachine: JsonObject = {
  QueryLanguage: 'JSONata',
  StartAt: 'P',
  States: {
    P: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', QueryLanguage: 'JSONPath', End: true } } }],
      End: true,
    },
  },
};

describe('what is out of scope', () => {
  const machine = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
  const recorded = (definition: Json, kind = 'execution'): RecordedCase => ({ name: 'n', kind, definition });

  test.each<[string, Json, string | null]>([
    ['a machine that says no language is JSONPath', machine, 'JSONPath states'],
    ['one state of another language is enough, at any depth', mixedMachine, 'JSONPath states'],
    ['JSONata throughout is ours', { ...machine, QueryLanguage: 'JSONata' }, null],
    [
      'also where each state says it for itself',
      { StartAt: 'A', States: { A: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } } },
      null,
    ],
  ])('%s', (_what, definition, reason) => {
    expect(outOfScope(recorded(definition))).toBe(reason);
  });

  test('is no machine that is only looked at: validation answers for every language', () => {
    expect(outOfScope(recorded(mixedMachine, 'definitionValidation'))).toBeNull();
  });
});

describe('the report', () => {
  const good = read('null-is-a-value.json');
  const bad: RecordedCase = { ...good, name: 'bad', expectedStatus: 'FAILED' };
  const cases: readonly RecordedCase[] = [
    good,
    bad,
    { ...bad, name: 'late' },
    { ...good, name: 'path', queryLanguage: 'JSONPath' },
    { ...good, name: 'mixed', queryLanguage: 'Mixed', definition: mixedMachine },
    { ...good, name: 'bucket', requires: ['distributedMap', 's3'] },
    { name: 'else', kind: 'startExecutionError' },
  ];

  test('counts an excused case as failed, and what is out of scope by its kind alone', async () => {
    const report = await conformanceReport(cases, { excuses: new Map([['bad', 'for a reason']]) });
    expect(report.totals).toEqual({ eligible: 3, passed: 1, failed: 2, excused: 1, outOfScope: 4 });
    expect(report.kinds['execution JSONata']).toEqual({
      eligible: 3,
      passed: 1,
      failed: 2,
      excused: 1,
      outOfScope: 1,
      parts: { outcome: 1, history: 3 },
    });
    const difference = 'outcome/status: got "SUCCEEDED", recorded "FAILED"';
    expect(report.failures).toEqual([
      { name: 'bad', kind: 'execution', queryLanguage: 'JSONata', difference, excuse: 'for a reason' },
      { name: 'late', kind: 'execution', queryLanguage: 'JSONata', difference },
    ]);
    expect(reportText(report)).toBe(
      [
        'FAILED execution bad',
        `  ${difference}`,
        '  excused: for a reason',
        'FAILED execution late',
        `  ${difference}`,
        'execution JSONPath                 0 of 0, 1 out of scope',
        'execution JSONata                  1 of 3 (33.3 %), 1 excused, 1 out of scope; outcome 1 of 3; history 3 of 3',
        'execution Mixed                    0 of 0, 1 out of scope',
        'startExecutionError unknown        0 of 0, 1 out of scope',
        'all                                1 of 3 (33.3 %), 1 excused, 4 out of scope',
        '',
      ].join('\n'),
    );
  });

  test('is written as a page that claims only what a case shows', async () => {
    const page = featurePage(cases, await conformanceReport(cases, { excuses: new Map() }));
    const lines = page.split('\n').filter((line) => line.startsWith('|') || line.startsWith('- '));
    expect(lines).toEqual([
      '| Kind of case and query language | passed | |',
      '|---|---|---|',
      '| execution JSONata | 1 of 3 | in part |',
      '| State type | passed | |',
      '|---|---|---|',
      '| Pass | 1 of 3 | in part |',
      '| Succeed | 1 of 3 | in part |',
      '| Field | passed | |',
      '|---|---|---|',
      '| Assign | 1 of 3 | in part |',
      '| Output | 1 of 3 | in part |',
      '- execution JSONata, failing: outcome/status: got "SUCCEEDED", recorded "FAILED" (2)',
      '- execution, not tried: needs Distributed Map from S3. (1)',
      '- execution, not tried: needs JSONPath states. (1)',
      '- execution, not tried: needs JSONPath. (1)',
    ]);
  });
});
