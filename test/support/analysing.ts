/** For tests of lib/analyze: a description out of texts in memory, compiled and analysed. */
import { type Analysis, analyze, DEFAULT_LATENCY_MS } from '../../lib/analyze/analyze.ts';
import { PRICES } from '../../lib/analyze/prices.ts';
import { compileDescription, type CompiledWorkflow } from '../../lib/compile/compile.ts';
import { assert } from '../../lib/model/assert.ts';
import { memoryFiles } from './memory-files.ts';

export interface Analysed {
  readonly analysis: Analysis;
  readonly workflow: CompiledWorkflow;
}

export async function analysed(texts: { readonly [name: string]: string }, workflowId?: string): Promise<Analysed> {
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files: memoryFiles(texts) });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  assert(errors.length === 0, `the test's description has no errors: ${JSON.stringify(errors[0])}`);
  const workflow = compiled.workflows.find((one) => workflowId === undefined || one.workflowId === workflowId);
  assert(workflow, 'the description has the workflow');
  const { plan, machine } = workflow;
  const { documents } = compiled;
  return { workflow, analysis: analyze({ plan, machine, documents, latencyMs: DEFAULT_LATENCY_MS, prices: PRICES }) };
}
