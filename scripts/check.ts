/** `npm run check`: types, lint and format, each by its own tool, at the same time; prints only what is wrong. */
import { spawn } from 'node:child_process';

interface Tool {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const TOOLS: readonly Tool[] = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--quiet'] },
  { name: 'format', command: ['biome', 'format', '.'] },
];

async function run({ name, command: [program, ...args] }: Tool): Promise<boolean> {
  const child = spawn(`node_modules/.bin/${program}`, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) process.stdout.write(`${name}: ${program} ${args.join(' ')}\n${Buffer.concat(said).toString()}\n`);
  return code === 0;
}

const results = await Promise.all(TOOLS.map(run));
process.stdout.write(`${TOOLS.map(({ name }, index) => `${name} ${results[index] ? 'ok' : 'FAILED'}`).join(', ')}\n`);
process.exitCode = results.every(Boolean) ? 0 : 1;
