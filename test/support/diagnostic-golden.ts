/**
 * Runs a folder of test/diagnostics as `interlock check` would run it: reads, checks, plans and emits the workflow in it,
 * then the environment and the run's input beside it if there are any, and renders what was said. Folders of codes that only
 * `interlock analyze` reports (FLW, RSK) are analysed too.
 *
 *   workflow.arazzo.yaml (or .json), the documents it names     environment.yaml (ENV codes)
 *   inputs.json, .jsonl or .csv (INP codes)
 *   options.json: {"limits": {...}} of the reader and {"inputs": {...}}, where a limit would need a huge document
 *   expected.txt: what is printed at a width of 100, without colour
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { analyze, DEFAULT_LATENCY_MS } from '../../lib/analyze/analyze.ts';
import { missingAuth } from '../../lib/analyze/missing-auth.ts';
import { PRICES } from '../../lib/analyze/prices.ts';
import { schemesOf, serversOf } from '../../lib/embedded/environment-file.ts';
import { readEnvironment } from '../../lib/check/environment.ts';
import { type Compiled, compileDescription } from '../../lib/compile/compile.ts';
import { renderText } from '../../lib/diagnostics/render-text.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { inputLimits, type InputLimits, inputsFromText } from '../../lib/embedded/inputs-text.ts';
import type { Description } from '../../lib/model/description.ts';
import type { Diagnostic, PositionedDocument } from '../../lib/model/diagnostic.ts';
import type { Limits } from '../../lib/read/limits.ts';
import { positionedFromText } from '../../lib/read/positioned.ts';

export async function goldenText(folder: string): Promise<string> {
  const compiled = await compileDescription({
    entry: entryOf(folder),
    files: folderFiles({ root: folder }),
    integration: 'golden',
    read: { limits: optionsOf(folder).limits ?? {} },
  });
  const environment = compiled.description && environmentFaults(folder, compiled.description, compiled.workflows);
  const inputs = inputFaults(folder);
  const more = [...(environment ? [environment] : []), ...(inputs ? [inputs] : [])];
  const documents = new Map([
    ...compiled.documents,
    ...more.map(({ document }): [string, PositionedDocument] => [document.uri, document]),
  ]);
  const diagnostics = [...more.flatMap((one) => one.diagnostics), ...analysisOf(folder, compiled)];
  return renderText([...compiled.diagnostics, ...diagnostics], documents, { width: 100 });
}

function analysisOf(folder: string, { workflows, documents }: Compiled): readonly Diagnostic[] {
  if (!/^(FLW|RSK)/.test(basename(folder))) return [];
  return workflows.flatMap(
    ({ plan, machine }) =>
      analyze({ plan, machine, documents, latencyMs: DEFAULT_LATENCY_MS, prices: PRICES }).findings,
  );
}

function inputFaults(folder: string): FileFaults | undefined {
  const format = (['json', 'jsonl', 'csv'] as const).find((one) => existsSync(join(folder, `inputs.${one}`)));
  if (format === undefined) return undefined;
  const name = `inputs.${format}`;
  const limits = { ...inputLimits, ...optionsOf(folder).inputs };
  return inputsFromText(name, readFileSync(join(folder, name), 'utf8'), format, limits);
}

const ENVIRONMENT = 'environment.yaml';

interface FileFaults {
  readonly document: PositionedDocument;
  readonly diagnostics: readonly Diagnostic[];
}

function environmentFaults(
  folder: string,
  description: Description,
  workflows: Compiled['workflows'],
): FileFaults | undefined {
  const path = join(folder, ENVIRONMENT);
  if (!existsSync(path)) return undefined;
  const { document, diagnostics } = positionedFromText(ENVIRONMENT, readFileSync(path, 'utf8'));
  if (!document) throw new Error(`${path} cannot be read: ${diagnostics[0]?.headline}`);
  const about = { systems: schemesOf(description), servers: serversOf(description) };
  const faults = readEnvironment({ name: 'environment', document, ...about }).diagnostics;
  const plans = workflows.map(({ plan }) => plan);
  const undeclared = faults.length > 0 ? [] : missingAuth(plans, { name: 'environment', document });
  return { document, diagnostics: [...faults, ...undeclared] };
}

function entryOf(folder: string): string {
  const entry = readdirSync(folder).find((name) => name.startsWith('workflow.arazzo.'));
  if (entry === undefined) throw new Error(`${folder} has no workflow.arazzo.yaml`);
  return entry;
}

interface GoldenOptions {
  readonly limits?: Partial<Limits>;
  readonly inputs?: Partial<InputLimits>;
}

function optionsOf(folder: string): GoldenOptions {
  const path = join(folder, 'options.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as GoldenOptions) : {};
}
