/** Totals of a corpus, as numbers for a program and as lines for people. */
import type { UnmetCriterion } from '../../lib/simulate/answer-book.ts';
import { type DocumentResult, endOf, type ExecutedWorkflow } from './result.ts';

export interface Totals {
  readonly documents: number;
  readonly crashed: number;
  readonly hung: number;
  readonly refused: number;
  readonly compiled: number;
  readonly eligible: number;
  readonly eligibleCompiled: number;
}

/** Of documents; a document counts as the worst of its workflows. */
export interface ExecutedTotals {
  readonly executed: number;
  readonly succeeded: number;
  readonly cannotMeet: number;
  readonly failed: number;
  readonly workflows: { readonly executed: number; readonly succeeded: number; readonly cannotMeet: number };
}

export function totalsOf(documents: readonly DocumentResult[]): Totals {
  const count = (result: DocumentResult['result']): number => documents.filter((one) => one.result === result).length;
  const eligible = documents.filter((one) => one.eligible);
  return {
    documents: documents.length,
    crashed: count('crashed'),
    hung: count('hung'),
    refused: count('refused'),
    compiled: count('compiled'),
    eligible: eligible.length,
    eligibleCompiled: eligible.filter(({ result }) => result === 'compiled').length,
  };
}

export function executedTotals(documents: readonly DocumentResult[]): ExecutedTotals {
  const runs = documents.flatMap(({ executed }) => executed ?? []);
  const ends = documents.flatMap(({ executed }) => (executed === undefined ? [] : [endOf(executed)]));
  const among = (list: readonly ExecutedWorkflow['end'][], end: ExecutedWorkflow['end']): number =>
    list.filter((one) => one === end).length;
  const succeeded = among(ends, 'succeeded');
  const cannotMeet = among(ends, 'cannot-meet');
  const all = runs.map(({ end }) => end);
  return {
    executed: ends.length,
    succeeded,
    cannotMeet,
    failed: ends.length - succeeded - cannotMeet,
    workflows: {
      executed: all.length,
      succeeded: among(all, 'succeeded'),
      cannotMeet: among(all, 'cannot-meet'),
    },
  };
}

export interface NamedUnmet extends UnmetCriterion {
  readonly id: string;
  readonly workflowId: string;
}

export function cannotMeetIn(documents: readonly DocumentResult[]): readonly NamedUnmet[] {
  return documents.flatMap(({ id, executed }) =>
    (executed ?? []).flatMap(({ workflowId, cannotMeet }) => cannotMeet.map((unmet) => ({ id, workflowId, ...unmet }))),
  );
}

export function reportOf(documents: readonly DocumentResult[], execute: boolean): string {
  const totals = totalsOf(documents);
  const share = percent(totals.eligibleCompiled, totals.eligible);
  return [
    ...documents.flatMap(refusalLines),
    ...documents.flatMap(runLines),
    `${totals.documents} documents: ${totals.compiled} compiled, ${totals.refused} refused, ${totals.crashed} crashed, ${totals.hung} hung`,
    `${totals.eligible} of them valid with all sources: ${totals.eligibleCompiled} compiled (${share} %)`,
    ...(execute ? executedLines(executedTotals(documents)) : []),
    '',
  ].join('\n');
}

function refusalLines({ id, result, codes, eligible, message }: DocumentResult): readonly string[] {
  if (result === 'compiled' || (result === 'refused' && !eligible)) return [];
  return [`${result} ${id} ${codes.join(' ')}: ${message?.split('\n').slice(0, 3).join(' ') ?? ''}`];
}

function runLines({ id, executed = [] }: DocumentResult): readonly string[] {
  return executed.flatMap(({ workflowId, end, cannotMeet, why }) => {
    if (end === 'cannot-meet')
      return cannotMeet.map(
        ({ step, criterion, why: reason }) =>
          `cannot meet ${id} ${workflowId} ${step}: ${criterion.condition}: ${reason}`,
      );
    return end === 'succeeded' ? [] : [`${end} ${id} ${workflowId}: ${why?.split('\n').slice(0, 3).join(' ') ?? ''}`];
  });
}

function executedLines({ executed, succeeded, cannotMeet, failed, workflows }: ExecutedTotals): readonly string[] {
  const share = percent(succeeded, executed - cannotMeet);
  return [
    `${executed} executed: ${succeeded} succeeded (${share} % of those that can), ${cannotMeet} cannot meet their criteria, ${failed} failed`,
    `with ${workflows.executed} workflows: ${workflows.succeeded} succeeded, ${workflows.cannotMeet} cannot meet their criteria`,
  ];
}

function percent(part: number, whole: number): string {
  return ((100 * part) / Math.max(1, whole)).toFixed(1);
}
