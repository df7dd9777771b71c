/** The exit codes (contracts): a test runs a command for each. */
import { Bug } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';

export const ExitCode = {
  /** Fine. */
  Ok: 0,
  /** The document or the run: errors in a description, an input against its schema, any run end but `succeeded`. */
  Document: 1,
  /** The command line: an unknown option, an unreadable file, an `--input` that is no JSON. */
  Usage: 2,
  /** The world stopped the command itself: a missing credential, the data folder, the disk, a port, a missing tool. */
  World: 3,
  /** Our bug. */
  Bug: 70,
  /** A signal broke it off before its end: what was known by then has been said. */
  BrokenOff: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODES_HELP = `Exit codes: 0 fine, 1 the document or the run, 2 the command line, 3 the world (credentials, disk, ports), 70 our bug, 130 broken off by a signal.`;

export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof Failure)) return ExitCode.Bug;
  switch (error.kind) {
    case 'document':
      return ExitCode.Document;
    case 'usage':
      return ExitCode.Usage;
    case 'world':
      return ExitCode.World;
  }
}

/** What is said of an error: a failure without its stack and with its remedy, a bug with everything. */
export function renderError(error: unknown): string {
  if (error instanceof Failure) {
    // A cause of several lines is a page of its own: the diagnostics of a document.
    const causes = causesOf(error).map((message) =>
      message.includes('\n') ? `\n${message}\n` : `  because: ${message}\n`,
    );
    const remedy = error.remedy === undefined ? '' : `  ${error.remedy}\n`;
    return `interlock: ${error.message}\n${causes.join('')}${remedy}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const whose = error instanceof Bug ? 'a broken invariant' : 'an unexpected error';
  return `interlock: this is our fault (${whose}), please report it with the lines below\n${stack}\n`;
}

function causesOf(error: Error): readonly string[] {
  const messages: string[] = [];
  for (let cause = error.cause; cause instanceof Error && messages.length < 5; cause = cause.cause) {
    if (!error.message.includes(cause.message)) messages.push(cause.message);
  }
  return messages;
}
