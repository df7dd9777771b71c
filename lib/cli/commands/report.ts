/** `interlock report`: everything about an integration on one page, for whoever has to build on it, run it, or sign it off. */
import { join, parse, relative } from 'node:path';
import { failing } from '../../compile/compile.ts';
import { loadEnvironment } from '../../embedded/environment-file.ts';
import { makeFolder } from '../../embedded/make-folder.ts';
import { Failure } from '../../model/failure.ts';
import type { Report } from '../../report/block.ts';
import { integrationReport } from '../../report/integration-report.ts';
import { reportMarkdown } from '../../report/markdown.ts';
import { reportPage } from '../../report/page.ts';
import { ASSUMPTION_OPTIONS, assumptionsOf } from '../analysis/assumptions.ts';
import { type Command, type Invocation } from '../command.ts';
import {
  COMPILE_OPTIONS,
  type CompiledFile,
  compileOperand,
  outerWorkflows,
  tellDiagnostics,
  WORKFLOW_OPTION,
} from '../compiling.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { type Reporting, reportFacts } from '../reporting.ts';
import { writeText } from '../write-file.ts';

export const reportCommand: Command = {
  name: 'report',
  summary:
    'Write the report of an integration: architecture, sequence, data flow and state machine as drawings, endpoints, failures, a recovery runbook, alarms and cost.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    workflow: { ...WORKFLOW_OPTION, says: 'Only this workflow; else all that no other leads to.' },
    out: {
      type: 'string',
      short: 'o',
      value: 'FOLDER',
      says: 'Write <integration>.md and <integration>.html into it; it is made where there is none.',
    },
    markdown: { type: 'string', value: 'FILE', says: 'Write the Markdown there; without any of these it is printed.' },
    html: { type: 'string', value: 'FILE', says: 'Write the page there: one file, which loads nothing.' },
    env: {
      type: 'string',
      value: 'NAME|FILE',
      says: 'Name the servers of this environment, and where its credentials are kept; never what they are.',
    },
    ...ASSUMPTION_OPTIONS,
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    { line: 'interlock report state-machines/order-fulfilment -o docs/order-fulfilment', says: 'Both files.' },
    { line: 'interlock report my-flow > report.md', says: 'Markdown, with its drawings as Mermaid.' },
    { line: 'interlock report my-flow --env aws --html report.html', says: 'The page, with the servers of aws.' },
  ],
  async run(invocation) {
    const compiled = await compileOperand(invocation);
    if (failing(compiled.diagnostics)) {
      tellDiagnostics(compiled, invocation);
      return ExitCode.Document;
    }
    const report = integrationReport(reportFacts(await reportingOf(invocation, compiled)));
    deliver(invocation, report, nameOf(compiled));
    return ExitCode.Ok;
  },
};

async function reportingOf({ options }: Invocation, compiled: CompiledFile): Promise<Reporting> {
  const workflows = outerWorkflows(compiled, options.text('workflow'));
  if (workflows.length === 0 || !compiled.description)
    throw new Failure('nothing-to-report', 'The description has no workflow', {
      kind: 'document',
      remedy: 'Write one: docs/arazzo.md shows how.',
    });
  const named = options.text('env');
  const environment =
    named === undefined
      ? undefined
      : (await loadEnvironment(compiled.opened.folder, named, compiled.description)).environments;
  return {
    compiled,
    workflows,
    assumptions: assumptionsOf(options),
    silence: new Set(options.texts('silence')),
    environment:
      environment && named !== undefined
        ? { name: parse(named).name, system: (name) => environment.system(name) }
        : undefined,
  };
}

function nameOf({ workflows }: CompiledFile): string {
  return workflows[0]?.plan.integration ?? 'integration';
}

function deliver({ options, terminal }: Invocation, report: Report, name: string): void {
  const folder = options.text('out');
  if (folder !== undefined) makeFolderFor(folder);
  const inFolder = (end: string): readonly string[] => (folder === undefined ? [] : [join(folder, `${name}.${end}`)]);
  const markdown = [...inFolder('md'), ...[options.text('markdown') ?? []].flat()];
  const pages = [...inFolder('html'), ...[options.text('html') ?? []].flat()];
  if (markdown.length + pages.length === 0) {
    terminal.out(reportMarkdown(report));
    return;
  }
  for (const path of markdown) write(path, reportMarkdown(report));
  for (const path of pages) write(path, reportPage(report));
  for (const path of [...markdown, ...pages]) terminal.error(`wrote ${relative('.', path)}\n`);
}

function makeFolderFor(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new Failure('write-failed', `The folder ${folder} cannot be made`, {
      cause: error,
      remedy: 'Name one that can be: check what lies above it, and its permissions.',
    });
  }
}

function write(path: string, text: string): void {
  writeText(path, text, { shown: relative('.', path), remedy: 'Check that its folder is there, and its permissions.' });
}
