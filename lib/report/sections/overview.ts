/** What the integration is, and how well it is: the first screen of a report. */
import { words } from '../../analyze/scenarios.ts';
import { counted } from '../../diagnostics/words.ts';
import { type Block, codes, heading, paragraph, type Text, table, spoken } from '../block.ts';
import type { ReportFacts, WorkflowFacts } from '../facts.ts';

export function overview(facts: ReportFacts): readonly Block[] {
  const { summary, version, workflows, integration, placed } = facts;
  return [
    ...(summary === undefined ? [] : [paragraph(summary)]),
    paragraph([
      'Integration ',
      { code: integration },
      `, version ${version}: ${counted(workflows.length, 'workflow')}`,
      ...(placed ? [', in the environment ', { code: placed.environment }] : []),
      '.',
    ]),
    table(
      'The workflows of the integration',
      ['workflow', 'steps', 'systems', 'expected', 'at worst', 'USD a million runs', 'findings', 'plan'],
      workflows.map((workflow) => rowOf(workflow)),
    ),
    ...findings(workflows),
  ];
}

function rowOf({ plan, planHash, analysis, findings: found }: WorkflowFacts): readonly Text[] {
  const { timing, cost } = analysis;
  const warnings = found.filter(({ severity }) => severity === 'warning').length;
  return [
    codes([plan.workflowId]),
    String(Object.keys(plan.steps).length),
    codes(Object.keys(plan.systems)),
    words(timing.expectedMs),
    words(timing.worstMs),
    `$${(plan.mode === 'express' ? cost.express.total : cost.happy.usdPerMillion.total).toFixed(2)}`,
    warnings === 0
      ? [{ marked: counted(found.length, 'remark'), tone: found.length === 0 ? 'good' : 'quiet' }]
      : [{ marked: counted(warnings, 'warning'), tone: 'warn' }],
    codes([planHash.slice(0, 12)]),
  ];
}

/** What the analysis would mend, in full. */
function findings(workflows: readonly WorkflowFacts[]): readonly Block[] {
  const rows = workflows.flatMap(({ plan, findings: found }) =>
    found.map(({ code, severity, headline, fix, file, line }): readonly Text[] => [
      codes([code]),
      [{ marked: severity === 'warning' ? 'warning' : 'remark', tone: severity === 'warning' ? 'warn' : 'quiet' }],
      spoken(headline),
      fix === undefined ? '-' : spoken(fix),
      file === null ? plan.workflowId : codes([line === null ? file : `${file}:${line}`]),
    ]),
  );
  return [
    heading(2, 'What to mend', 'findings'),
    table(
      'Findings',
      ['code', '', 'finding', 'change to make', 'where'],
      rows,
      'Nothing: the analysis has no finding.',
    ),
  ];
}
