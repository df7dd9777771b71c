/**
 * The conformance report: every case of a folder run by the runner of its kind, counted honestly. A case out of scope
 * is so by its kind; an excused one is still a failure in every number, with its reason beside it.
 */
import { type CaseOutcome, runDefinitionCase, runVariableReferencesCase } from '../definition/conformance-cases.ts';
import { runTestStateCase } from '../test-state/conformance-cases.ts';
import { runExecutionCase } from './execution-cases.ts';
import { type CaseRunner, type CaseVerdict, outOfScope, type RecordedCase } from './recorded-case.ts';

/** By kind. A kind that is not here is not ours to answer. */
export const RUNNERS: { readonly [kind: string]: CaseRunner | undefined } = {
  execution: runExecutionCase,
  testState: async (recorded) => verdict(await runTestStateCase(recorded)),
  definitionValidation: (recorded) => verdict(runDefinitionCase(recorded)),
  variableReferences: (recorded) => verdict(runVariableReferencesCase(recorded)),
};

export interface Counts {
  readonly eligible: number;
  readonly passed: number;
  readonly failed: number;
  /** Of the failed ones. */
  readonly excused: number;
  readonly outOfScope: number;
}

export interface KindCounts extends Counts {
  /** Cases that passed in one part, of all eligible ones. */
  readonly parts: { readonly [part: string]: number };
}

export interface CaseFailure {
  readonly name: string;
  readonly kind: string;
  readonly queryLanguage: string;
  readonly difference: string;
  readonly excuse?: string;
}

export interface ConformanceReport {
  readonly totals: Counts;
  /** By kind and query language, as `execution JSONata`. */
  readonly kinds: { readonly [kind: string]: KindCounts };
  readonly failures: readonly CaseFailure[];
}

export interface ReportOptions {
  /** Reasons by the name of the case. */
  readonly excuses: ReadonlyMap<string, string>;
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

export async function conformanceReport(
  cases: readonly RecordedCase[],
  { excuses }: ReportOptions,
): Promise<ConformanceReport> {
  const kinds = new Map<string, Mutable<KindCounts>>();
  const failures: CaseFailure[] = [];
  for (const recorded of cases) {
    const counts = countsFor(kinds, `${recorded.kind} ${languageOf(recorded)}`);
    const runner = RUNNERS[recorded.kind];
    if (runner === undefined || outOfScope(recorded) !== null) {
      counts.outOfScope += 1;
      continue;
    }
    const { difference, parts = {} } = await runner(recorded);
    count(counts, difference, parts);
    if (difference !== null) {
      const failure = failureOf(recorded, difference, excuses.get(recorded.name));
      if (failure.excuse !== undefined) counts.excused += 1;
      failures.push(failure);
    }
  }
  return { totals: sum([...kinds.values()]), kinds: Object.fromEntries(kinds), failures };
}

function verdict(outcome: CaseOutcome): CaseVerdict {
  return { difference: outcome.ok ? null : outcome.difference };
}

function languageOf(recorded: RecordedCase): string {
  const language = recorded['queryLanguage'];
  return typeof language === 'string' && language !== '?' ? language : 'unknown';
}

function countsFor(kinds: Map<string, Mutable<KindCounts>>, kind: string): Mutable<KindCounts> {
  const known = kinds.get(kind) ?? { eligible: 0, passed: 0, failed: 0, excused: 0, outOfScope: 0, parts: {} };
  kinds.set(kind, known);
  return known;
}

function count(
  counts: Mutable<KindCounts>,
  difference: string | null,
  parts: { readonly [part: string]: boolean },
): void {
  counts.eligible += 1;
  if (difference === null) counts.passed += 1;
  else counts.failed += 1;
  const passed = Object.entries(parts).map(([part, ok]): [string, number] => [
    part,
    (counts.parts[part] ?? 0) + (ok ? 1 : 0),
  ]);
  counts.parts = { ...counts.parts, ...Object.fromEntries(passed) };
}

function failureOf({ name, kind, ...rest }: RecordedCase, difference: string, excuse: string | undefined): CaseFailure {
  const queryLanguage = languageOf({ name, kind, ...rest });
  return { name, kind, queryLanguage, difference, ...(excuse !== undefined && { excuse }) };
}

function sum(all: readonly Counts[]): Counts {
  const total = (field: keyof Counts): number => all.reduce((all, counts) => all + counts[field], 0);
  return {
    eligible: total('eligible'),
    passed: total('passed'),
    failed: total('failed'),
    excused: total('excused'),
    outOfScope: total('outOfScope'),
  };
}

/** For people: a table of kinds, then each failure with its first difference. */
export function reportText({ totals, kinds, failures }: ConformanceReport): string {
  const lines = Object.entries(kinds)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([kind, counts]) => `${kind.padEnd(34)} ${countsText(counts)}${partsText(counts)}`);
  const failed = failures.map(({ name, kind, difference, excuse }) => {
    return `FAILED ${kind} ${name}\n  ${difference}${excuse === undefined ? '' : `\n  excused: ${excuse}`}`;
  });
  return `${[...failed, ...lines, `${'all'.padEnd(34)} ${countsText(totals)}`].join('\n')}\n`;
}

function countsText({ eligible, passed, excused, outOfScope: out }: Counts): string {
  const share = eligible === 0 ? '' : ` (${((100 * passed) / eligible).toFixed(1)} %)`;
  const excuses = excused === 0 ? '' : `, ${excused} excused`;
  return `${passed} of ${eligible}${share}${excuses}, ${out} out of scope`;
}

function partsText({ parts, eligible }: KindCounts): string {
  return Object.entries(parts)
    .map(([part, passed]) => `; ${part} ${passed} of ${eligible}`)
    .join('');
}
