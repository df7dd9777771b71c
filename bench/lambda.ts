/**
 * What a cold start of the call function reads and how long its import takes, against a bundle of the DynamoDB client
 * alone, made by the same build: each import in a process of its own, both in turn, and the median of the ratios. The
 * cold path is the handler's file with every chunk that it imports at once; what is loaded on first use is not of it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildBundles, bundled } from '../scripts/bundle.ts';
import type { BenchOptions } from './main.ts';

/** What the journal uses of it, made ready as a function would. */
const CLIENT_ALONE = `
  import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
  export const client = new DynamoDBClient({});
  export const commands = [GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand];
`;

export async function bench({ flags }: BenchOptions): Promise<string> {
  const rounds = Number(flags.get('rounds') ?? 15);
  const folder = mkdtempSync(join(tmpdir(), 'interlock-lambda-'));
  try {
    await buildBundles(folder);
    writeFileSync(join(folder, 'environment.json'), '{}');
    const alone = await clientAlone(folder);
    const lines = handlersIn(folder).map((file) => `  ${file.padEnd(18)} ${kilobytes(coldPath(folder, file))} cold`);
    const ours: number[] = [];
    const theirs: number[] = [];
    // The first round fills the file system's cache.
    for (let round = 0; round <= rounds; round += 1) {
      const times = [importMs(join(folder, 'call.mjs')), importMs(alone)] as const;
      if (round === 0) continue;
      ours.push(times[0]);
      theirs.push(times[1]);
    }
    const ratios = ours.map((ms, index) => ms / (theirs[index] ?? ms));
    return [
      ...lines,
      `  in chunks          ${readdirSync(folder)
        .filter((file) => file.startsWith('client-'))
        .join(', ')}`,
      `  import of call     ${median(ours).toFixed(1)} ms of processor, of the DynamoDB client alone (${kilobytes(coldPath(dirname(alone), 'client.mjs'))}) ${median(theirs).toFixed(1)} ms`,
      `  ratio              ${median(ratios).toFixed(2)}, median of ${rounds}`,
    ].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As anybody bundles it: the SDK's own way to credentials included. */
async function clientAlone(folder: string): Promise<string> {
  const stdin = { contents: CLIENT_ALONE, resolveDir: process.cwd(), sourcefile: 'client.js' };
  await bundled(join(folder, 'alone'), { stdin, entryNames: 'client', alias: {}, splitting: true });
  return join(folder, 'alone', 'client.mjs');
}

function handlersIn(folder: string): readonly string[] {
  const names = new Set(readdirSync('lambdas').map((name) => `${name}.mjs`));
  return readdirSync(folder).filter((file) => names.has(file));
}

/** The file and what it imports statically, transitively. */
export function coldPath(folder: string, entry: string): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, chunk = ''] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) visit(chunk);
  };
  visit(entry);
  return [...found].map((file) => join(folder, file));
}

function kilobytes(files: readonly string[]): string {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return `${(bytes / 1000).toFixed(0)} KB`;
}

/** What one import takes in a process that has done nothing else: of the processor, since others use the machine, too. */
function importMs(file: string): number {
  const script = join(tmpdir(), `interlock-import-${process.pid}.mjs`);
  const lines = ['const begin = process.cpuUsage();', `await import(${JSON.stringify(file)});`];
  writeFileSync(
    script,
    [
      ...lines,
      'const { user, system } = process.cpuUsage(begin);',
      'process.stdout.write(String((user + system) / 1000)); process.exit();',
    ].join('\n'),
  );
  try {
    return Number(
      execFileSync(process.execPath, [script], {
        env: { ...FUNCTION_ENVIRONMENT, LAMBDA_TASK_ROOT: dirname(file) },
        encoding: 'utf8',
      })
        .split('\n')
        .at(-1),
    );
  } finally {
    rmSync(script);
  }
}

/** What the handler asks of its process when it is imported; `environment.json` is beside the bundles. */
const FUNCTION_ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  INTERLOCK_TABLE: 'runs',
  INTERLOCK_INTEGRATION: 'bench',
  INTERLOCK_SYSTEM: 'system',
};

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
