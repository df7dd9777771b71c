/**
 * A command as data: its words, options and examples in one value, from which the parser and the help are made, so that
 * neither can say what the other does not. `run` gets what was typed, already checked, and returns the exit code.
 */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { Failure } from '../model/failure.ts';
import type { Variables } from '../embedded/secrets.ts';
import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help, e.g. `NAME|FILE`. */
  readonly value?: string;
  readonly says: string;
  /** Why a value is none of this option, before anything is done with it. */
  readonly refuse?: (value: string) => string | undefined;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** `[FILE|FOLDER]` and the like. */
  readonly operands: string;
  readonly operandRange: readonly [least: number, most: number];
  readonly options: { readonly [name: string]: OptionSpec };
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  run(invocation: Invocation): Promise<ExitCode>;
}

export interface Invocation {
  readonly operands: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  readonly variables: Variables;
}

export class Options {
  private readonly values: { readonly [name: string]: unknown };

  constructor(values: { readonly [name: string]: unknown }) {
    this.values = values;
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  }
}

export function usageFailure(message: string, remedy: string): Failure {
  return new Failure('usage', message, { kind: 'usage', remedy });
}

/** Reads the words behind the command's name; what is wrong with them is a usage failure that names the help. */
export function parseInvocation(
  command: Command,
  words: readonly string[],
  around: Pick<Invocation, 'terminal' | 'variables'>,
): Invocation {
  const config: ParseArgsOptionsConfig = {};
  for (const [name, { type, short, multiple }] of Object.entries(command.options)) {
    config[name] = { type, ...(short && { short }), ...(multiple && { multiple }) };
  }
  const remedy = `Run \`interlock ${command.name} --help\` for its options.`;
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: config, allowPositionals: true });
    const [least, most] = command.operandRange;
    if (positionals.length < least || positionals.length > most) {
      throw usageFailure(
        `${command.name} takes ${command.operands || 'no operands'}, not ${positionals.length} operands`,
        remedy,
      );
    }
    requireFit(command, values, remedy);
    return { operands: positionals, options: new Options(values), ...around };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof TypeError && 'code' in error) throw usageFailure(firstSentence(error.message), remedy);
    throw error;
  }
}

function requireFit(command: Command, values: { readonly [name: string]: unknown }, remedy: string): void {
  for (const [name, { refuse }] of Object.entries(command.options)) {
    const given: readonly unknown[] = [values[name]].flat();
    const [why] = given.flatMap((value) => (typeof value === 'string' ? (refuse?.(value) ?? []) : []));
    if (why !== undefined) throw usageFailure(`--${name}: ${why}`, remedy);
  }
}

function firstSentence(message: string): string {
  return message.split(/\. |\n/)[0] ?? message;
}

export function renderHelp(command: Command): string {
  const rows = Object.entries({ ...command.options, help: HELP_OPTION }).map(([name, spec]) => {
    const short = spec.short ? `-${spec.short}, ` : '    ';
    return [`  ${short}--${name}${spec.value ? ` ${spec.value}` : ''}`, spec.says] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const examples = command.examples.map(({ line, says }) => `  ${line}\n      ${says}`);
  return [
    `${command.summary}\n`,
    `Usage: interlock ${command.name} ${[command.operands, '[options]'].filter(Boolean).join(' ')}\n`,
    'Options:',
    ...rows.map(([left, says]) => `${left.padEnd(width)}${says}`),
    '\nExamples:',
    ...examples,
    '',
  ].join('\n');
}

const HELP_OPTION: OptionSpec = { type: 'boolean', short: 'h', says: 'Show this help.' };

export const JSON_OPTION: OptionSpec = { type: 'boolean', says: 'Print one JSON value on stdout.' };
