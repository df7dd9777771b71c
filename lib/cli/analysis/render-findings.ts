/** Findings: what, where, why it matters, and the change to make; warnings before remarks, a page named once a code. */
import type { Analysis } from '../../analyze/analyze.ts';
import type { DiagnosticJson } from '../../diagnostics/render-json.ts';
import { counted } from '../../diagnostics/words.ts';
import { pageFromHere } from '../../embedded/package-root.ts';
import { paragraph } from './columns.ts';
import type { Page } from './render-analysis.ts';

export function renderFindings(_: Analysis, page: Page): readonly string[] {
  const { findings } = page;
  if (findings.length === 0) return ['none'];
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const remarks = findings.filter(({ severity }) => severity !== 'warning');
  const seen = new Set<string>();
  const lines = [...warnings, ...remarks].flatMap((finding) => {
    const isFirst = !seen.has(finding.code);
    seen.add(finding.code);
    return lineOf(finding, page, isFirst);
  });
  return [`${counted(warnings.length, 'warning')}, ${counted(remarks.length, 'remark')}`, ...lines];
}

function lineOf(
  { code, severity, headline, file, line, column, notes, fix, page: about }: DiagnosticJson,
  { ink, width }: Page,
  isFirst: boolean,
): readonly string[] {
  const label = severity === 'warning' ? ink.yellow(`warning ${code}`) : ink.dim(`remark ${code}`);
  const place = file === null ? '' : `${file}${line === null ? '' : `:${line}:${column}`}`;
  const room = width - 2;
  return [
    `${label}  ${ink.dim(place)}`,
    ...paragraph('  ', headline, room).map((text) => ink.bold(text)),
    ...notes.flatMap(({ text }) => paragraph('  ', text, room)),
    ...(fix === undefined ? [] : paragraph('  Fix: ', fix, room)),
    ...(isFirst && about !== null ? [ink.dim(`  See ${pageFromHere(about)}`)] : []),
  ];
}
