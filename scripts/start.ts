/**
 * `npm start`: the order example twice, by the real command against the example's own servers. The first order goes
 * through; the second cannot be shipped, and everything that was done for it is undone. It fails where either ends
 * otherwise, so that whoever looks first does not have to know what should have come. Further words are the command's.
 */
import { readFileSync } from 'node:fs';
import { ExitCode } from '../lib/cli/exit-code.ts';
import { main } from '../lib/cli/main.ts';
import { processTerminal } from '../lib/cli/terminal.ts';
import { versionBeside } from '../lib/cli/version.ts';

const EXAMPLE = 'state-machines/order-fulfilment';

interface Order {
  readonly says: string;
  readonly input: string;
  readonly code: ExitCode;
  readonly status: string;
}

const ORDERS: readonly Order[] = [
  { says: 'An order that goes through.', input: 'input.example.json', code: ExitCode.Ok, status: 'succeeded' },
  {
    says: 'An order that nobody can deliver, which shows only when it is paid for: watch it being undone.',
    input: 'input.undeliverable.json',
    code: ExitCode.Document,
    status: 'compensated',
  },
];

const terminal = processTerminal();
const version = versionBeside(import.meta.url, (url) => readFileSync(url, 'utf8'));

/** The exit code of what went wrong; 0 where it ended as told. */
async function place({ says, input, code, status }: Order): Promise<ExitCode> {
  const words = ['run', EXAMPLE, '--demo', '--input', `@${EXAMPLE}/${input}`, ...process.argv.slice(2)];
  terminal.error(`\n${says}\n$ interlock ${words.join(' ')}\n`);
  let said = '';
  const out = (text: string): void => {
    said += text;
    terminal.out(text);
  };
  const ended = await main({ words, terminal: { ...terminal, out }, version, variables: process.env });
  if (ended === code && said.includes(status)) return ExitCode.Ok;
  terminal.error(`This order should have ended as ${status}.\n`);
  return ended === ExitCode.Ok ? ExitCode.Document : ended;
}

for (const order of ORDERS) {
  process.exitCode = await place(order);
  if (process.exitCode !== ExitCode.Ok) break;
}
