/** `interlock analyze`: what can be known of a workflow before it runs. */
import { type Analysis, analyze } from '../../analyze/analyze.ts';
import { failing } from '../../compile/compile.ts';
import { type DiagnosticJson, toJson } from '../../diagnostics/render-json.ts';
import { suggestion } from '../../diagnostics/words.ts';
import { renderAnalysis, SECTION_NAMES } from '../analysis/render-analysis.ts';
import { ASSUMPTION_OPTIONS, assumptionsOf } from '../analysis/assumptions.ts';
import { type Command, type Invocation, JSON_OPTION } from '../command.ts';
import {
  COMPILE_OPTIONS,
  type CompiledFile,
  compileOperand,
  diagnosticsJson,
  outerWorkflows,
  tellDiagnostics,
  WORKFLOW_OPTION,
} from '../compiling.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { inkFor } from '../terminal.ts';

export const analyzeCommand: Command = {
  name: 'analyze',
  summary:
    'Know a workflow before it runs: systems, data flow, what can fail and what is done about it, times, cost, and what to mend.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    workflow: { ...WORKFLOW_OPTION, says: 'Only this workflow; else all that no other leads to.' },
    json: JSON_OPTION,
    only: {
      type: 'string',
      multiple: true,
      value: 'SECTION',
      says: `Print this section: ${SECTION_NAMES.join(', ')}.`,
      refuse: (name) => (SECTION_NAMES.includes(name) ? undefined : suggestion(name, SECTION_NAMES, 'section')),
    },
    strict: { type: 'boolean', says: 'End with exit code 1 when there is a warning among the findings.' },
    ...ASSUMPTION_OPTIONS,
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    {
      line: 'interlock analyze state-machines/order-fulfilment',
      says: 'Everything about the only workflow of a folder.',
    },
    {
      line: 'interlock analyze flow.arazzo.yaml --only findings --strict',
      says: 'For a pipeline: what to mend, and an exit code.',
    },
    { line: 'interlock analyze flow.arazzo.yaml -w refund --json', says: 'One workflow, for a program.' },
  ],
  async run(invocation) {
    const { options, terminal } = invocation;
    const assumptions = assumptionsOf(options);
    const compiled = await compileOperand(invocation);
    const failed = failing(compiled.diagnostics);
    const chosen = failed ? [] : outerWorkflows(compiled, options.text('workflow'));
    const silence = new Set(options.texts('silence'));
    const analyses = chosen.map(({ plan, machine, planHash }): Analysed => {
      const analysis = analyze({ plan, machine, documents: compiled.documents, ...assumptions });
      const findings = analysis.findings.filter(({ code }) => !silence.has(code));
      return { planHash, analysis, findings: toJson(findings, compiled.documents) };
    });
    if (options.flag('json')) terminal.out(`${JSON.stringify(asJson(compiled, analyses), null, 2)}\n`);
    else tell(compiled, analyses, invocation);
    const isWarned = analyses.some(({ findings }) => findings.some(({ severity }) => severity === 'warning'));
    return failed || (options.flag('strict') && isWarned) ? ExitCode.Document : ExitCode.Ok;
  },
};

interface Analysed {
  readonly planHash: string;
  readonly analysis: Analysis;
  readonly findings: readonly DiagnosticJson[];
}

function asJson(compiled: CompiledFile, analyses: readonly Analysed[]): object {
  return {
    ok: !failing(compiled.diagnostics),
    diagnostics: diagnosticsJson(compiled),
    workflows: analyses.map(({ planHash, analysis, findings }) => ({ planHash, ...analysis, findings })),
  };
}

/** What the check says of these is said by the findings at more length. */
const SAID_BY_FINDINGS: ReadonlySet<string> = new Set(['XIL040', 'XIL041', 'XIL042']);

function tell(compiled: CompiledFile, analyses: readonly Analysed[], invocation: Invocation): void {
  const { terminal, options } = invocation;
  const diagnostics = compiled.diagnostics.filter(({ code }) => !SAID_BY_FINDINGS.has(code));
  tellDiagnostics({ ...compiled, diagnostics }, invocation);
  const page = { ink: inkFor(terminal.colour.out), width: terminal.width };
  const texts = analyses.map(({ analysis, findings }) =>
    renderAnalysis(analysis, { ...page, findings }, options.texts('only')),
  );
  terminal.out(texts.join('\n'));
}
