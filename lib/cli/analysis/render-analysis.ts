/**
 * An analysis for people: sections of aligned lines that read well at 100 columns, the last line saying what to do next. It
 * shows what lib/analyze found and computes nothing. `--json` has everything; what is cut or summed up here is whole there.
 */
import type { Analysis } from '../../analyze/analyze.ts';
import type { DiagnosticJson } from '../../diagnostics/render-json.ts';
import { counted } from '../../diagnostics/words.ts';
import type { Ink } from '../terminal.ts';
import { renderCost, renderTime } from './render-budgets.ts';
import { renderFailures } from './render-failures.ts';
import { renderFindings } from './render-findings.ts';
import { renderFlows } from './render-flows.ts';
import { renderDependencies, renderSystems } from './render-systems.ts';

export interface Page {
  readonly ink: Ink;
  readonly width: number;
  /** Of the analysis, with lines and columns. */
  readonly findings: readonly DiagnosticJson[];
}

type Section = (analysis: Analysis, page: Page) => readonly string[];

const SECTIONS: { readonly [name: string]: { readonly title: string; readonly lines: Section } } = {
  systems: { title: 'Systems and endpoints', lines: renderSystems },
  dependencies: { title: 'Dependencies', lines: renderDependencies },
  data: { title: 'Data flow', lines: renderFlows },
  failures: { title: 'What can fail, and what is done about it', lines: renderFailures },
  time: { title: 'Time', lines: renderTime },
  cost: { title: 'Cost and quotas', lines: renderCost },
  findings: { title: 'Findings', lines: renderFindings },
};

export const SECTION_NAMES: readonly string[] = Object.keys(SECTIONS);

export function renderAnalysis(analysis: Analysis, page: Page, only: readonly string[]): string {
  const { ink } = page;
  const chosen = SECTION_NAMES.filter((name) => only.length === 0 || only.includes(name));
  const steps = counted(analysis.timing.steps.length, 'step');
  const systems = counted(analysis.systems.length, 'system');
  const blocks = chosen.map((name) => {
    const section = SECTIONS[name];
    return section
      ? [ink.bold(section.title), ...section.lines(analysis, page).map((line) => `  ${line}`.trimEnd())].join('\n')
      : '';
  });
  return (
    [`${ink.bold(analysis.workflowId)}: ${analysis.mode}, ${steps} on ${systems}`, ...blocks, '']
      .join('\n\n')
      .trimEnd() + '\n'
  );
}
