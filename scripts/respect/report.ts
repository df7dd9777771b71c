/** What came of it, as numbers for a program and as a table for people. */
import type { Compared } from './compared.ts';
import { REASONS } from './reasons.ts';

export interface Totals {
  readonly documents: number;
  /** Of which at least one workflow ran with both tools. */
  readonly documentsCompared: number;
  readonly workflows: number;
  readonly compared: number;
  readonly same: number;
  readonly explained: number;
  readonly unexplained: number;
  readonly notRunByUs: number;
  readonly notRunByThem: number;
}

export function totalsOf(documents: number, all: readonly Compared[]): Totals {
  const ran = all.filter(isCompared);
  const different = ran.filter(({ differences }) => differences.length > 0);
  const unexplained = different.filter(isUnexplained);
  return {
    documents,
    documentsCompared: new Set(ran.map(({ id }) => id)).size,
    workflows: all.length,
    compared: ran.length,
    same: ran.length - different.length,
    explained: different.length - unexplained.length,
    unexplained: unexplained.length,
    notRunByUs: all.filter(({ ours }) => 'notRun' in ours).length,
    notRunByThem: all.filter(({ ours, theirs }) => !('notRun' in ours) && 'notRun' in theirs).length,
  };
}

function isCompared({ ours, theirs }: Compared): boolean {
  return !('notRun' in ours) && !('notRun' in theirs);
}

export function isUnexplained({ differences }: Compared): boolean {
  return differences.some(({ reason }) => reason === undefined);
}

export function reportOf(totals: Totals, all: readonly Compared[]): string {
  const used = REASONS.filter(({ id }) => countOf(all, id) > 0);
  return [
    ...all.flatMap(linesOf),
    ...used.map(({ id, section, says }) => `${id} (${countOf(all, id)}): ${says} Arazzo 1.1, ${section}.`),
    `${totals.workflows} workflows of ${totals.documents} documents: ${totals.compared} run by both (of ${totals.documentsCompared} documents), ${totals.notRunByUs} not run here, ${totals.notRunByThem} not run by respect`,
    `${totals.same} alike, ${totals.explained} different as the specification explains, ${totals.unexplained} unexplained`,
    '',
  ].join('\n');
}

/** Workflows that it explains a difference of. */
function countOf(all: readonly Compared[], reason: string): number {
  return all.filter(({ differences }) => differences.some((one) => one.reason === reason)).length;
}

function linesOf(compared: Compared): readonly string[] {
  const { id, workflowId, ours, theirs, differences } = compared;
  const place = `${id} ${workflowId}`;
  if ('notRun' in ours) return [`not run here ${place}: ${ours.notRun}`];
  if ('notRun' in theirs) return [`not run by respect ${place}: ${theirs.notRun}`];
  return differences.flatMap((one) => {
    const what = one.name === undefined ? one.in : `${one.in} ${one.name}`;
    const both = `${what}: here ${short(one.ours)}, there ${short(one.theirs)}`;
    if (one.reason !== undefined) return [`${one.reason} ${place} ${both}`];
    return [`UNEXPLAINED ${place} ${both}`, ...[...ours.why, ...theirs.why].map((why) => `  ${why}`)];
  });
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
