/**
 * `npm run soak -- mutation`: does the rehearsal find bugs? A shipped integration is rehearsed with one thing dropped or one
 * condition of the journal taken out, for each. Killed is a mutant that breaks a promise, that the engine refuses, that
 * changes what becomes of a scenario, or that goes another way to the same end (other numbers of requests or transitions, or
 * seconds more or less, which the report says too). How many by which is told. Those that survive are named, each with why, or the
 * sweep fails. Each is told when it is judged; `--from=N` goes on behind those that were.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDescription, type CompiledWorkflow } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { assert } from '../../lib/model/assert.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import type { SubjectOptions } from '../../lib/rehearse/scenario.ts';
import { subjectOptions } from '../../test/support/rehearsing.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';
import { MUTANT_JOURNALS, type MutantJournal } from '../../test/support/mutant-journals.ts';
import { mutantsOf } from './mutants.ts';
import { type Fate, Judge } from './mutation-fate.ts';
import { type Scenario, scenariosOf } from './mutation-scenarios.ts';
import { reasonOf } from './mutation-survivors.ts';

const DEFAULT = 'state-machines/order-fulfilment';
const LEAST_SHARE = 0.95;
const SEEDS = 500;
const PAIRS = 700;

interface Judged {
  readonly kind: string;
  readonly name: string;
  readonly fate: Fate;
}

export async function sweep({ flags, say }: SweepOptions): Promise<SweepResult> {
  const folder = flags.get('integration') ?? DEFAULT;
  const [pairs, seeds] = [Number(flags.get('most') ?? PAIRS), Number(flags.get('seeds') ?? SEEDS)];
  const from = Number(flags.get('from') ?? 1);
  const only = flags.get('only')?.split('|');
  const begun = performance.now();
  const seconds = (): number => Math.round((performance.now() - begun) / 1000);
  const subject = await subjectAt(folder);
  const scenarios = await scenariosOf(subject, { pairs, seeds });
  const mutants = judgingOf(subject, scenarios).filter(
    ({ kind, name }) => only === undefined || only.some((one) => kind === one || name.includes(one)),
  );
  say(`${mutants.length} mutants of ${folder}, against ${scenarios.length} scenarios, ${seconds()} s`);
  const judge = new Judge();
  const judged: Judged[] = [];
  for (const [index, { kind, name, prepared, differs }] of mutants.entries()) {
    if (index + 1 < from) continue;
    const { options, against } = await prepared();
    const { fate, by, played } = await judge.judge(options, against, differs);
    judged.push({ kind, name, fate });
    const told = by === '' ? '' : `: ${by}`;
    say(
      `${String(index + 1).padStart(4)} ${fate.padEnd(9)}${kind.padEnd(8)}${name}${told} [${played}, ${seconds()} s]`,
    );
  }
  return resultOf(judged, { folder, seconds: seconds() });
}

interface Prepared {
  readonly options: SubjectOptions;
  readonly against: readonly Scenario[];
}

interface Judging {
  readonly kind: string;
  readonly name: string;
  readonly prepared: () => Promise<Prepared>;
  /** Of a scenario, by what it covers: could it be another one? */
  readonly differs: (covered: ReadonlySet<string>) => boolean;
}

function judgingOf(subject: SubjectOptions, against: readonly Scenario[]): readonly Judging[] {
  return [
    ...MUTANT_JOURNALS.map((one) => ({
      kind: 'journal',
      name: one.name,
      prepared: async () => await withJournal(one, { options: subject, against }),
      differs: () => true,
    })),
    ...mutantsOf(subject.workflow as CompiledWorkflow).map(({ kind, name, workflow, differs }) => ({
      kind,
      name,
      prepared: async () => await Promise.resolve({ options: { ...subject, workflow }, against }),
      differs,
    })),
  ];
}

/** What no fault alone takes long enough for is shown by runs in a hurry. */
async function withJournal({ make, deadlineMs }: MutantJournal, { options, against }: Prepared): Promise<Prepared> {
  if (deadlineMs === undefined) return { options: { ...options, journal: make }, against };
  const { workflow } = options;
  const hurried = { ...options, workflow: { ...workflow, plan: { ...workflow.plan, deadlineMs } } };
  const own = await scenariosOf(hurried, { pairs: 0, seeds: 0 });
  return { options: { ...hurried, journal: make }, against: own };
}

async function subjectAt(folder: string): Promise<SubjectOptions> {
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files: folderFiles({ root: folder }) });
  const [workflow] = compiled.workflows;
  assert(workflow && compiled.description, `${folder} compiles`);
  const documents = new Map(
    [...compiled.description.sources].flatMap(([name, one]) =>
      one.kind === 'openapi' ? [[name, one.document] as const] : [],
    ),
  );
  const example = join(folder, 'input.example.json');
  const input: JsonObject = existsSync(example) ? JSON.parse(readFileSync(example, 'utf8')) : {};
  return await subjectOptions(workflow, input, documents);
}

function resultOf(
  judged: readonly Judged[],
  { folder, seconds }: { readonly folder: string; readonly seconds: number },
): SweepResult {
  const survivors = judged.filter(({ fate }) => fate === 'survived');
  const unexplained = survivors.filter(({ name }) => reasonOf(name) === undefined);
  const killed = judged.length - survivors.length;
  const share = judged.length === 0 ? 1 : killed / judged.length;
  const count = (fate: Fate): number => judged.filter((one) => one.fate === fate).length;
  const kinds = [...Map.groupBy(judged, ({ kind }) => kind)].map(([kind, own]) => {
    const left = own.filter(({ fate }) => fate === 'survived').length;
    return `  ${kind.padEnd(18)}${own.length - left} of ${own.length}`;
  });
  const report = [
    `mutation of ${folder}`,
    `  ${'mutants'.padEnd(18)}${judged.length}`,
    `  ${'killed'.padEnd(18)}${killed} (${(100 * share).toFixed(1)} %): ${count('violated')} break a promise, ${count('changed')} end otherwise, ${count('detoured')} go another way to the same end or take another time, ${count('refused')} do not run`,
    ...kinds,
    `  ${'seconds'.padEnd(18)}${seconds}`,
    ...survivors.map(({ name }) => `survived: ${name}\n    ${reasonOf(name) ?? 'UNEXPLAINED'}`),
  ].join('\n');
  return { ok: share >= LEAST_SHARE && unexplained.length === 0, report };
}
