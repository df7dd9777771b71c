/**
 * `npm run corpus -- DIR [--json]`: reads, checks and compiles every Arazzo document of a folder in the corpus format
 * (manifest.json + docs/) and prints totals. A crash is our fault and fails the command; a refusal is an answer.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDescription, failing } from '../lib/compile/compile.ts';
import { folderFiles } from '../lib/embedded/file-source.ts';
import { parseDefinition } from '../lib/engine/definition/parse-definition.ts';
import { isError } from '../lib/engine/definition/finding.ts';
import type { Json } from '../lib/model/json.ts';

interface Entry {
  readonly id: string;
  readonly schemaValid: boolean;
  readonly sources: readonly { readonly url: string; readonly resolved: string | null }[];
}

interface Result {
  readonly id: string;
  readonly result: 'compiled' | 'refused' | 'crashed';
  /** Of errors, each once. */
  readonly codes: readonly string[];
  /** Valid by the official schema, and every source is in the folder. */
  readonly eligible: boolean;
  readonly message?: string;
}

const [folder, ...flags] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: npm run corpus -- DIR [--json]\n');
  process.exit(2);
}

const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as readonly Entry[];
/** A source of a source is found by its URL, whichever entry of the manifest says where it is. */
const byUrl = new Map(
  manifest.flatMap(({ sources }) =>
    sources.flatMap(({ url, resolved }) => (resolved !== null && URL.canParse(url) ? [[url, resolved] as const] : [])),
  ),
);
const documents: Result[] = [];
for (const entry of manifest) documents.push(await tried(entry, folder));

const count = (result: Result['result']): number => documents.filter((one) => one.result === result).length;
const eligible = documents.filter((one) => one.eligible);
const totals = {
  documents: documents.length,
  crashed: count('crashed'),
  refused: count('refused'),
  compiled: count('compiled'),
  eligible: eligible.length,
  eligibleCompiled: eligible.filter(({ result }) => result === 'compiled').length,
};
process.stdout.write(flags.includes('--json') ? `${JSON.stringify({ totals, documents })}\n` : report());
process.exitCode = totals.crashed > 0 ? 1 : 0;

async function tried(entry: Entry, root: string): Promise<Result> {
  const base = {
    id: entry.id,
    eligible: entry.schemaValid && entry.sources.every(({ resolved }) => resolved !== null),
  };
  try {
    return { ...base, ...(await compile(entry, root)) };
  } catch (error) {
    return {
      ...base,
      result: 'crashed',
      codes: [],
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

async function compile(entry: Entry, root: string): Promise<Pick<Result, 'result' | 'codes' | 'message'>> {
  const own = entry.sources.flatMap(({ url, resolved }) => (resolved === null ? [] : [[url, resolved] as const]));
  const overrides = new Map([...byUrl, ...own]);
  const compiled = await compileDescription({
    entry: entry.id,
    files: folderFiles({ root: join(root, 'docs') }),
    read: { overrides },
  });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  if (failing(compiled.diagnostics)) {
    return {
      result: 'refused',
      codes: [...new Set(errors.map(({ code }) => code))],
      message: errors[0]?.headline ?? '',
    };
  }
  for (const { machine, undoMachine, workflowId } of compiled.workflows) {
    for (const definition of [machine, undoMachine]) {
      // A definition is plain JSON; its interfaces only lack the index signature.
      const findings = parseDefinition(definition as unknown as Json).findings.filter(isError);
      if (findings.length > 0)
        throw new Error(`a machine of ${workflowId} is not valid: ${JSON.stringify(findings[0])}`);
    }
  }
  return { result: 'compiled', codes: [] };
}

function report(): string {
  const lines = documents.flatMap(({ id, result, codes, eligible: counted, message }) => {
    if (result === 'compiled' || !(counted || result === 'crashed')) return [];
    return [`${result} ${id} ${codes.join(' ')}: ${message?.split('\n').slice(0, 3).join(' ') ?? ''}`];
  });
  const share = ((100 * totals.eligibleCompiled) / Math.max(1, totals.eligible)).toFixed(1);
  return [
    ...lines,
    `${totals.documents} documents: ${totals.compiled} compiled, ${totals.refused} refused, ${totals.crashed} crashed`,
    `${totals.eligible} of them valid with all sources: ${totals.eligibleCompiled} compiled (${share} %)`,
    '',
  ].join('\n');
}
