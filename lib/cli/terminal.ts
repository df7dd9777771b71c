/** Where a command speaks: stdout is the product, stderr the conversation. Tests give one of their own. */
import type { WriteStream } from 'node:tty';

export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Colours and moving progress belong on a screen only; NO_COLOR is obeyed. */
  readonly screen: { readonly out: boolean; readonly error: boolean };
  readonly colour: { readonly out: boolean; readonly error: boolean };
  readonly width: number;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const colour = (stream: WriteStream): boolean => stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return {
    out: (text) => void stdout.write(text),
    error: (text) => void stderr.write(text),
    screen: { out: stdout.isTTY, error: stderr.isTTY },
    colour: { out: colour(stdout), error: colour(stderr) },
    width: Math.max(40, Math.min(stdout.columns ?? 100, 160)),
  };
}

export interface Ink {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

const PLAIN: Ink = { bold: same, dim: same, red: same, green: same, yellow: same };

const COLOURED: Ink = {
  bold: wrapped(1, 22),
  dim: wrapped(2, 22),
  red: wrapped(31, 39),
  green: wrapped(32, 39),
  yellow: wrapped(33, 39),
};

export function inkFor(colour: boolean): Ink {
  return colour ? COLOURED : PLAIN;
}

function same(text: string): string {
  return text;
}

function wrapped(open: number, close: number): (text: string) => string {
  return (text) => `\u001b[${open}m${text}\u001b[${close}m`;
}
