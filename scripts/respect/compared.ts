/** One document, each of its workflows run by both tools against the same answers. */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Compiled, type CompiledWorkflow, compileDescription, failing } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import type { Description } from '../../lib/model/description.ts';
import type { Json } from '../../lib/model/json.ts';
import type { Plan } from '../../lib/model/plan.ts';
import { loadValidator } from '../../lib/runtime/contract/validate.ts';
import { checkedInput } from '../../lib/runtime/run.ts';
import { answerBook } from '../../lib/simulate/answer-book.ts';
import { SystemRoutes } from '../../lib/simulate/effect-systems.ts';
import { fittedInput } from '../../lib/simulate/fitted-input.ts';
import { simulatedEnvironments } from '../../lib/simulate/simulated-environment.ts';
import { systemDocuments } from '../../lib/simulate/system-documents.ts';
import type { Answering } from './answering.ts';
import { type CopiedEntry, tellable, tellOutputs } from './corpus-copy.ts';
import { differencesOf } from './differences.ts';
import { ourRun } from './our-run.ts';
import type { NotRun, Ran } from './ran.ts';
import { explained, type Explained } from './reasons.ts';
import { theirRun } from './their-run.ts';

export interface Bench {
  readonly root: string;
  /** Everything that is written. */
  readonly folder: string;
  readonly script: string;
  readonly answering: Answering;
  readonly patienceMs: number;
}

export interface Compared {
  readonly id: string;
  readonly workflowId: string;
  readonly ours: Ran | NotRun;
  readonly theirs: Ran | NotRun;
  /** Empty where one of the two did not run. */
  readonly differences: readonly Explained[];
}

/** Empty where we refuse the document, or it speaks of messages, which the other tool does not know. */
export async function comparedDocument(copied: CopiedEntry, bench: Bench): Promise<readonly Compared[]> {
  const compiled = await compiledHere(copied, bench);
  const { description } = compiled;
  if (failing(compiled.diagnostics) || !description || hasChannels(description)) return [];
  const all: Compared[] = [];
  for (const workflow of compiled.workflows) all.push(await comparedWorkflow({ copied, bench, description, workflow }));
  return all;
}

async function compiledHere({ entry }: CopiedEntry, { folder }: Bench): Promise<Compiled> {
  return await compileDescription({ entry: entry.id, files: folderFiles({ root: join(folder, 'docs') }) });
}

function hasChannels({ sources }: Description): boolean {
  return [...sources.values()].some(({ kind }) => kind === 'asyncapi');
}

interface Pair {
  readonly copied: CopiedEntry;
  readonly bench: Bench;
  readonly description: Description;
  readonly workflow: CompiledWorkflow;
}

async function comparedWorkflow({ copied, bench, description, workflow }: Pair): Promise<Compared> {
  const { plan, workflowId } = workflow;
  const { answering, script, patienceMs, root } = bench;
  const { port } = answering;
  const base = { id: copied.entry.id, workflowId };
  if (presentsCertificates(plan)) return { ...base, ...bothNot('a certificate is presented over TLS only') };
  const input = await inputFor(workflow);
  if (input === undefined) return { ...base, ...bothNot('no input was found that its schema allows') };
  const environments = simulatedEnvironments(plan);
  const book = await answerBook({ plan, documents: systemDocuments(description, plan), environments, input });
  const routes = new SystemRoutes(plan, book);
  const folder = join(bench.folder, 'runs');
  mkdirSync(folder, { recursive: true });
  const asked = tellable(workflowId, Object.keys(plan.scopes['']?.outputs ?? {}));
  const telling = tellOutputs(copied, { workflowId, outputs: asked }, port);
  const common = { folder, input, port, patienceMs };
  answering.begin(routes);
  const ours = await ourRun({ ...common, root, file: copied.file, plan, description });
  answering.begin(routes);
  const systems = Object.keys(plan.systems);
  const theirs = await theirRun({
    ...common,
    script,
    file: relative(folder, copied.telling),
    workflowId,
    telling,
    systems,
    told: answering.told,
  });
  const isBoth = !('notRun' in ours) && !('notRun' in theirs);
  const differences = isBoth ? differencesOf(ours, theirs, asked) : [];
  const written = description.arazzo.workflows.find((one) => one.workflowId === workflowId);
  const outputs = [...(written?.outputs.values() ?? [])];
  return { ...base, ours, theirs, differences: isBoth ? explained(differences, { outputs, ours, theirs }) : [] };
}

function presentsCertificates({ systems }: Plan): boolean {
  const schemes = Object.values(systems).flatMap(({ securitySchemes }) => Object.values(securitySchemes));
  return schemes.some(({ type }) => type === 'mutualTLS');
}

function bothNot(notRun: string): Pick<Compared, 'ours' | 'theirs' | 'differences'> {
  return { ours: { notRun }, theirs: { notRun }, differences: [] };
}

async function inputFor({ plan }: CompiledWorkflow): Promise<Json | undefined> {
  await loadValidator();
  const checked = await checkedInput(plan, await fittedInput(plan));
  return checked.kind === 'invalid' ? undefined : checked.input;
}
