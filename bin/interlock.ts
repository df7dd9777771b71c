/** The command line's process: arguments in, exit code out; everything else is lib/cli. */
import { readFileSync } from 'node:fs';
import { main } from '../lib/cli/main.ts';
import { processTerminal } from '../lib/cli/terminal.ts';
import { versionBeside } from '../lib/cli/version.ts';

const version = versionBeside(import.meta.url, (url) => readFileSync(url, 'utf8'));
process.exitCode = await main({
  words: process.argv.slice(2),
  terminal: processTerminal(),
  version,
  variables: process.env,
});
