/**
 * `npm run respect -- DIR [--only TEXT] [--cli FILE] [--json]`: a cross-check against another tool that runs Arazzo. Every
 * workflow of a folder in the corpus format that compiles is run by `interlock run` and by Redocly's `respect`, against the
 * same systems on loopback, and what they say of it is compared: verdict, calls, outputs. A difference that the specification
 * does not explain (respect/reasons.ts) fails the command. Needs an npm registry where the tool is not installed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCorpus } from './corpus/entries.ts';
import { answering } from './respect/answering.ts';
import { type Compared, comparedDocument } from './respect/compared.ts';
import { copyCorpus } from './respect/corpus-copy.ts';
import { reportOf, totalsOf } from './respect/report.ts';
import { NoTool, respectTool } from './respect/tool.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** For one workflow with one tool. */
const PATIENCE_MS = 120_000;
const USAGE = 'usage: npm run respect -- DIR [--only TEXT] [--cli FILE] [--json]\n';

interface Asked {
  readonly corpus: string;
  readonly only: string;
  readonly cli?: string;
  readonly json: boolean;
}

function asked(): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { only: { type: 'string' }, cli: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [corpus, ...others] = positionals;
    if (corpus === undefined || others.length > 0) return undefined;
    const { only = '', cli, json = false } = values;
    return { corpus, only, json, ...(cli !== undefined && { cli }) };
  } catch {
    return undefined;
  }
}

async function compare({ corpus, only, cli, json }: Asked, folder: string): Promise<number> {
  const place = join(folder, 'tool');
  await mkdir(place);
  const path = process.env['PATH'] ?? '';
  const tool = await respectTool({ path, folder: place, ...(cli !== undefined && { named: cli }) });
  process.stderr.write(`respect of @redocly/cli ${tool.version} (${tool.from})\n`);
  const copied = copyCorpus(readCorpus(corpus), folder).filter(({ entry }) => entry.id.includes(only));
  const systems = await answering();
  const all: Compared[] = [];
  try {
    const bench = { root: ROOT, folder, script: tool.script, answering: systems, patienceMs: PATIENCE_MS };
    for (const [at, one] of copied.entries()) {
      all.push(...(await comparedDocument(one, bench)));
      if ((at + 1) % 25 === 0) process.stderr.write(`${at + 1} of ${copied.length} documents\n`);
    }
  } finally {
    await systems.close();
  }
  const totals = totalsOf(copied.length, all);
  const shown = all.map(plainly);
  process.stdout.write(
    json
      ? `${JSON.stringify({ tool: { version: tool.version, from: tool.from }, totals, workflows: shown })}\n`
      : reportOf(totals, all),
  );
  return totals.unexplained > 0 ? 1 : 0;
}

/** JSON knows no maps. */
function plainly({ ours, theirs, ...rest }: Compared): object {
  const [here, there] = [ours, theirs].map((ran) =>
    'notRun' in ran ? ran : { ...ran, outputs: Object.fromEntries(ran.outputs) },
  );
  return { ...rest, ours: here, theirs: there };
}

const request = asked();
if (!request) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'interlock-respect-'));
try {
  process.exitCode = await compare(request, folder);
} catch (error) {
  if (!(error instanceof NoTool)) throw error;
  process.stderr.write(`respect: ${error.message}\n`);
  process.exitCode = 3;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
