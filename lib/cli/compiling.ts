/** What check, compile and run share: compile what was named, and say what is wrong with it in text or JSON. */
import { type Compiled, type CompiledWorkflow, compileDescription, failing } from '../compile/compile.ts';
import { entryOf } from '../diagnostics/registry.ts';
import { type DiagnosticJson, toJson } from '../diagnostics/render-json.ts';
import { defaultLimits } from '../read/limits.ts';
import { boundedText, STDIN } from './bounded-text.ts';
import type { Invocation, OptionSpec } from './command.ts';
import { usageFailure } from './command.ts';
import { diagnosticsText } from './diagnostics-text.ts';
import { ExitCode } from './exit-code.ts';
import { type OpenedDescription, openDescription } from './open-description.ts';

export const COMPILE_OPTIONS: { readonly [name: string]: OptionSpec } = {
  silence: {
    type: 'string',
    multiple: true,
    value: 'CODE',
    says: 'Leave out warnings of this code; errors cannot be silenced.',
    refuse: unsilenceable,
  },
};

function unsilenceable(code: string): string | undefined {
  const known = entryOf(code);
  if (!known) return `${code} is no code; those that there are stand in docs/errors`;
  return known.severity === 'error' ? `${code} is an error, and errors cannot be silenced` : undefined;
}

export const WORKFLOW_OPTION: OptionSpec = {
  type: 'string',
  short: 'w',
  value: 'WORKFLOW',
  says: 'The workflow, where the document has several that no other leads to.',
};

export interface CompiledFile extends Compiled {
  readonly opened: OpenedDescription;
}

export async function compileOperand(invocation: Invocation): Promise<CompiledFile> {
  return await compileAt(invocation.operands[0] ?? '.', invocation, invocation.options.text('workflow'));
}

export async function compileAt(
  operand: string,
  { options }: Invocation,
  workflowId: string | undefined,
): Promise<CompiledFile> {
  const opened = openDescription(operand, options);
  const compiled = await compileDescription({
    entry: opened.entry,
    files: opened.files,
    ...(opened.integration !== undefined && { integration: opened.integration }),
    ...(workflowId !== undefined && { workflowId }),
    check: { silence: new Set(options.texts('silence')) },
  });
  if (workflowId !== undefined && compiled.description && !compiled.workflowIds.includes(workflowId)) {
    throw usageFailure(`There is no workflow ${workflowId}`, `The document has: ${compiled.workflowIds.join(', ')}.`);
  }
  return { ...compiled, opened };
}

/** The diagnostics as people read them, on the stream that is not the product. */
export function tellDiagnostics(compiled: Compiled, invocation: Invocation): void {
  const { terminal } = invocation;
  if (compiled.diagnostics.length === 0) return;
  terminal.error(diagnosticsText(compiled.diagnostics, compiled.documents, terminal));
}

/** Of a description with errors, where nothing is done with it. */
export function tellRefused(compiled: Compiled, invocation: Invocation): ExitCode {
  if (invocation.options.flag('json')) {
    invocation.terminal.out(`${JSON.stringify({ status: 'refused', diagnostics: diagnosticsJson(compiled) })}\n`);
  } else {
    tellDiagnostics(compiled, invocation);
  }
  return ExitCode.Document;
}

export function diagnosticsJson(compiled: Compiled): readonly DiagnosticJson[] {
  return toJson(compiled.diagnostics, compiled.documents);
}

/** The workflow that a command is about: the one named, the only one, or the only one that no other leads to. */
export function chosenWorkflow(compiled: Compiled, named: string | undefined): CompiledWorkflow | undefined {
  if (failing(compiled.diagnostics)) return undefined;
  const [only, second] = compiled.workflows.length > 1 ? outermost(compiled.workflows) : compiled.workflows;
  if (only && !second) return only;
  throw usageFailure(
    named === undefined ? 'The document has several workflows' : `There is no workflow ${named}`,
    `Choose one with --workflow: ${compiled.workflowIds.join(', ')}.`,
  );
}

/** Those that are no part of another: called by none of its steps, and undoing none of them. */
export function outermost(workflows: readonly CompiledWorkflow[]): readonly CompiledWorkflow[] {
  const inner = new Set(
    workflows.flatMap(({ plan }) =>
      Object.values(plan.scopes).flatMap(({ path, workflowId }) => (path === '' ? [] : [workflowId])),
    ),
  );
  return workflows.filter(({ workflowId }) => !inner.has(workflowId));
}

/** The one that is named, or all that no other leads to; where they all lead to each other, all of them. */
export function outerWorkflows({ workflows }: Compiled, named: string | undefined): readonly CompiledWorkflow[] {
  const outer = outermost(workflows);
  return named !== undefined || outer.length === 0 ? workflows : outer;
}

/** JSON given as text, as `@file`, or `-` for standard input. */
export function jsonOption(name: string, given: string): unknown {
  const text = given === '-' || given.startsWith('@') ? readText(given === '-' ? STDIN : given.slice(1), name) : given;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageFailure(
      `--${name} is not JSON${placeOf(error)}`,
      `Give --${name} JSON text, @file, or - for standard input.`,
    );
  }
}

/** Where it breaks; the parser's own message quotes the text around it, which may hold a secret. */
function placeOf(error: unknown): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(String(error)) ?? [];
  return line === undefined ? '' : ` (line ${line}, column ${column})`;
}

const LIMIT = defaultLimits.characters;

function readText(path: string | typeof STDIN, name: string): string {
  const from = path === STDIN ? 'standard input' : path;
  let text: string | undefined;
  try {
    text = boundedText(path, LIMIT);
  } catch {
    throw usageFailure(`--${name} names ${from}, which cannot be read`, 'Check the path and its permissions.');
  }
  if (text !== undefined) return text;
  const remedy = 'Give large data by reference, such as a URL: an input travels with its run.';
  throw usageFailure(`--${name} names ${from}, which holds more than ${LIMIT / 1024 / 1024} MiB`, remedy);
}
