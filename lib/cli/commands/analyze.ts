/** `interlock analyze`: what can be known of a workflow before it runs. */
import { type Analysis, analyze, DEFAULT_LATENCY_MS } from '../../analyze/analyze.ts';
import { type Prices, PRICES } from '../../analyze/prices.ts';
import { type CompiledWorkflow, failing } from '../../compile/compile.ts';
import { type DiagnosticJson, toJson } from '../../diagnostics/render-json.ts';
import { listed, suggestion } from '../../diagnostics/words.ts';
import { durationMs } from '../../model/duration.ts';
import { isObject } from '../../model/json.ts';
import { renderAnalysis, SECTION_NAMES } from '../analysis/render-analysis.ts';
import { type Command, type Invocation, JSON_OPTION, usageFailure } from '../command.ts';
import {
  COMPILE_OPTIONS,
  type CompiledFile,
  compileOperand,
  diagnosticsJson,
  jsonOption,
  outermost,
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
    latency: {
      type: 'string',
      value: 'DURATION',
      says: `What a call is taken to last where all goes well; ${DEFAULT_LATENCY_MS}ms where you do not say.`,
      refuse: (text) => (durationMs(text) === undefined ? `${text} is no duration such as 300ms or 2s` : undefined),
    },
    prices: {
      type: 'string',
      value: 'FILE',
      says: `Other prices, as a JSON object with some of: ${Object.keys(PRICES).join(', ')}.`,
    },
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
    const prices = pricesFrom(options.text('prices'));
    const latencyMs = durationMs(options.text('latency') ?? '') ?? DEFAULT_LATENCY_MS;
    const compiled = await compileOperand(invocation);
    const failed = failing(compiled.diagnostics);
    const chosen = failed ? [] : chosenWorkflows(compiled, options.text('workflow'));
    const silence = new Set(options.texts('silence'));
    const analyses = chosen.map(({ plan, machine, planHash }): Analysed => {
      const analysis = analyze({ plan, machine, documents: compiled.documents, latencyMs, prices });
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

/** Where a document has nothing but workflows that lead to each other, all of them. */
function chosenWorkflows({ workflows }: CompiledFile, named: string | undefined): readonly CompiledWorkflow[] {
  const outer = outermost(workflows);
  return named !== undefined || outer.length === 0 ? workflows : outer;
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

function pricesFrom(path: string | undefined): Prices {
  if (path === undefined) return PRICES;
  const given = jsonOption('prices', `@${path}`);
  if (!isObject(given)) throw usageFailure(`--prices names ${path}, which holds no JSON object`, PRICES_REMEDY);
  for (const [name, value] of Object.entries(given)) {
    const known = Object.hasOwn(PRICES, name) ? PRICES[name as keyof Prices] : undefined;
    if (known === undefined) {
      throw usageFailure(`--prices has ${name}, which is no price`, suggestion(name, Object.keys(PRICES), 'price'));
    }
    const fits = typeof value === typeof known && (typeof value !== 'number' || value >= 0);
    if (!fits) throw usageFailure(`--prices has ${name}, which is no ${typeof known} from 0 on`, PRICES_REMEDY);
  }
  // Each of its members is one of a price list, of the same type.
  return { ...PRICES, ...(given as Partial<Prices>) };
}

const PRICES_REMEDY = `Give a JSON object with some of: ${listed(Object.keys(PRICES))}.`;
