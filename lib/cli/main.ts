/**
 * The command line as a whole: which command was meant, its help, and how errors end. It computes nothing and writes
 * only through the terminal it is given, so tests run it in their own process.
 */
import { type Command, parseInvocation, renderHelp, usageFailure } from './command.ts';
import { suggestion } from '../diagnostics/words.ts';
import { EXIT_CODES_HELP, ExitCode, exitCodeOf, renderError } from './exit-code.ts';
import type { Variables } from '../embedded/secrets.ts';
import type { Terminal } from './terminal.ts';

/** Loaded when named: `interlock run` must not wait for what only `init` needs. */
const COMMANDS: { readonly [name: string]: { readonly says: string; readonly load: () => Promise<Command> } } = {
  check: {
    says: 'Check a description and the APIs it names.',
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  analyze: {
    says: 'Know a workflow before it runs: data flow, failures, cost.',
    load: async () => (await import('./commands/analyze.ts')).analyzeCommand,
  },
  compile: {
    says: 'Compile a workflow to its state machine.',
    load: async () => (await import('./commands/compile.ts')).compileCommand,
  },
  rehearse: {
    says: 'Rehearse every failure of a workflow, before it runs.',
    load: async () => (await import('./commands/rehearse.ts')).rehearseCommand,
  },
  report: {
    says: 'Write the report of an integration: drawings, failures, runbook.',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  verify: {
    says: 'Ask the real systems of an environment, before anything runs.',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  'deploy-plan': {
    says: 'Say what a deploy would change, and for which runs.',
    load: async () => (await import('./commands/deploy-plan.ts')).deployPlanCommand,
  },
  run: {
    says: 'Run a workflow on this machine, durably.',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  dev: {
    says: 'Serve the run API on this machine.',
    load: async () => (await import('./commands/dev.ts')).devCommand,
  },
  runs: {
    says: 'List the runs of this machine, or show one.',
    load: async () => (await import('./commands/runs.ts')).runsCommand,
  },
  queue: {
    says: 'The dead letters: runs that need an operator.',
    load: async () => (await import('./commands/queue.ts')).queueCommand,
  },
  cancel: {
    says: 'Cancel a run, and undo what it did.',
    load: async () => (await import('./commands/cancel.ts')).cancelCommand,
  },
  undo: {
    says: 'Undo what a run holds or could not undo.',
    load: async () => (await import('./commands/undo.ts')).undoCommand,
  },
  resolve: {
    says: 'Say what became of an effect that nobody could undo.',
    load: async () => (await import('./commands/resolve.ts')).resolveCommand,
  },
  approve: {
    says: 'Approve a step that waits for a person.',
    load: async () => (await import('./commands/approve.ts')).approveCommand,
  },
  reject: {
    says: 'Reject a step that waits for a person.',
    load: async () => (await import('./commands/reject.ts')).rejectCommand,
  },
  skip: {
    says: 'Let a run go on without a step.',
    load: async () => (await import('./commands/skip.ts')).skipCommand,
  },
  retry: {
    says: 'Run a failed run again, with corrections.',
    load: async () => (await import('./commands/retry.ts')).retryCommand,
  },
  init: {
    says: 'Make a new integration from OpenAPI documents.',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
};

export interface Program {
  /** Without node and script. */
  readonly words: readonly string[];
  readonly terminal: Terminal;
  readonly version: string;
  /** The environment's: credentials are named by it, and read from nowhere else. */
  readonly variables: Variables;
}

export async function main(program: Program): Promise<ExitCode> {
  try {
    return await dispatch(program);
  } catch (error) {
    program.terminal.error(renderError(error));
    return exitCodeOf(error);
  }
}

async function dispatch({ words, terminal, version, variables }: Program): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === '--version' || name === '-V') {
    terminal.out(`${version}\n`);
    return ExitCode.Ok;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return help(rest[0], terminal);
  const command = await load(name);
  if (rest.includes('--help') || rest.includes('-h')) return help(name, terminal);
  return await command.run(parseInvocation(command, rest, { terminal, variables }));
}

async function help(name: string | undefined, terminal: Terminal): Promise<ExitCode> {
  terminal.out(name === undefined ? overview() : renderHelp(await load(name)));
  return ExitCode.Ok;
}

async function load(name: string): Promise<Command> {
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (known) return await known.load();
  throw usageFailure(`There is no command ${name}`, suggestion(name, Object.keys(COMMANDS), 'command'));
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
  const rows = Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(width)}${says}`);
  return [
    'Interlock coordinates work across many APIs: Arazzo and OpenAPI in, a checked and durable state machine out.',
    '',
    'Usage: interlock COMMAND [FILE|FOLDER] [options]',
    '',
    'Commands:',
    ...rows,
    '',
    'Examples:',
    '  interlock init my-flow --from petstore.yaml     a new integration that runs at once',
    '  interlock check my-flow                         everything that is wrong with it',
    '  interlock run my-flow --simulate                run it against systems made from the documents',
    '',
    'interlock COMMAND --help tells more.',
    EXIT_CODES_HELP,
    '',
  ].join('\n');
}
