/** For tests of lib/report: the report of a description out of texts in memory, in both of its forms. */
import { analyze, DEFAULT_LATENCY_MS } from '../../lib/analyze/analyze.ts';
import { PRICES } from '../../lib/analyze/prices.ts';
import { compileDescription } from '../../lib/compile/compile.ts';
import { toJson } from '../../lib/diagnostics/render-json.ts';
import { assert } from '../../lib/model/assert.ts';
import type { ReportFacts } from '../../lib/report/facts.ts';
import { integrationReport } from '../../lib/report/integration-report.ts';
import { reportMarkdown } from '../../lib/report/markdown.ts';
import { reportPage } from '../../lib/report/page.ts';
import { memoryFiles } from './memory-files.ts';

export interface Reported {
  readonly facts: ReportFacts;
  readonly markdown: string;
  readonly page: string;
}

export async function reported(
  entry: string,
  texts: { readonly [name: string]: string },
  more: Partial<ReportFacts> = {},
): Promise<Reported> {
  const compiled = await compileDescription({ entry, files: memoryFiles(texts) });
  const { description, documents } = compiled;
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  assert(description && errors.length === 0, `the test's description has no errors: ${JSON.stringify(errors[0])}`);
  const facts: ReportFacts = {
    integration: compiled.workflows[0]?.plan.integration ?? '',
    title: description.arazzo.info.title,
    version: description.arazzo.info.version,
    workflows: compiled.workflows.map((workflow) => {
      const { plan, machine } = workflow;
      const analysis = analyze({ plan, machine, documents, latencyMs: DEFAULT_LATENCY_MS, prices: PRICES });
      return { ...workflow, analysis, findings: toJson(analysis.findings, documents) };
    }),
    ...more,
  };
  const report = integrationReport(facts);
  return { facts, markdown: reportMarkdown(report), page: reportPage(report) };
}
