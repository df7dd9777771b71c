/**
 * `npm run soak -- mutation`: does the rehearsal find bugs? A shipped integration is rehearsed with one thing dropped or one
 * condition of the journal taken out, for each. Killed is a mutant that breaks a promise, that the engine refuses, that
 * changes what becomes of a scenario, or that goes another way to the same end (other numbers of requests or
 * transitions, which the report says too). How many by which is told. Those that survive are named, each with why, or the sweep fails.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDescription, type CompiledWorkflow } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { assert } from '../../lib/model/assert.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { explore, type RehearsalReport } from '../../lib/rehearse/explore.ts';
import type { PlayedJob, Player } from '../../lib/rehearse/played.ts';
import type { SubjectOptions } from '../../lib/rehearse/scenario.ts';
import { playerOf, subjectOptions } from '../../test/support/rehearsing.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';
import { MUTANT_JOURNALS, type MutantJournal } from './mutant-journals.ts';
import { mutantsOf } from './mutants.ts';
import { reasonOf } from './mutation-survivors.ts';

const DEFAULT = 'state-machines/order-fulfilment';
const LEAST_SHARE = 0.95;
/** Drawn for each mutant that single faults, named ones and pairs have left standing. */
const SEEDS = 500;

type Fate = 'violated' | 'refused' | 'changed' | 'detoured' | 'survived';

const SURVIVED = { fate: 'survived', by: '' } as const;

interface Judged {
  readonly kind: string;
  readonly name: string;
  readonly fate: Fate;
  readonly by: string;
}

export async function sweep({ flags, say }: SweepOptions): Promise<SweepResult> {
  const folder = flags.get('integration') ?? DEFAULT;
  const most = Number(flags.get('most') ?? 700);
  const only = flags.get('only');
  const subject = await subjectAt(folder);
  const begun = performance.now();
  const whole = await explored(subject, most);
  assert(
    whole.violations.length === 0,
    `the integration itself rehearses clean: ${JSON.stringify(whole.violations[0])}`,
  );
  const tales = new Map([...whole.tales, ...(await drawnTales(subject))]);
  const mutants: readonly Judging[] = [
    ...(await Promise.all(MUTANT_JOURNALS.map((one) => ofJournal(one, { subject, tales })))),
    ...mutantsOf(subject.workflow as CompiledWorkflow).map(({ kind, name, workflow }) => ({
      kind,
      name,
      options: { ...subject, workflow },
      tales,
    })),
  ].filter(({ kind, name }) => only === undefined || kind === only || name.includes(only));
  say(`${mutants.length} mutants of ${folder}, against ${tales.size} scenarios`);
  const judged: Judged[] = [];
  for (const { kind, name, options, tales: own } of mutants) {
    const { fate, by } = await worstFate(options, most, own);
    judged.push({ kind, name, fate, by });
    say(`${String(judged.length).padStart(4)} ${fate.padEnd(9)}${kind.padEnd(8)}${name}${by === '' ? '' : `: ${by}`}`);
  }
  return resultOf(judged, { folder, seconds: Math.round((performance.now() - begun) / 1000) });
}

interface Judging {
  readonly kind: string;
  readonly name: string;
  readonly options: SubjectOptions;
  /** Of the integration itself. */
  readonly tales: Tales;
}

async function ofJournal(
  { name, make, deadlineMs }: MutantJournal,
  { subject, tales }: { readonly subject: SubjectOptions; readonly tales: Tales },
): Promise<Judging> {
  if (deadlineMs === undefined) return { kind: 'journal', name, options: { ...subject, journal: make }, tales };
  const { workflow } = subject;
  const hurried = { ...subject, workflow: { ...workflow, plan: { ...workflow.plan, deadlineMs } } };
  const own = await explored(hurried, 0);
  assert(own.violations.length === 0, `in a hurry the integration itself rehearses clean: ${name}`);
  return { kind: 'journal', name, options: { ...hurried, journal: make }, tales: own.tales };
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

/** The first broken promise is enough. */
class Killed extends Error {}

/** What became of a scenario, and by how much of what. */
interface Tale {
  readonly end: string;
  readonly way: string;
}

/** By the faults. */
type Tales = ReadonlyMap<string, Tale>;

interface Explored {
  readonly violations: RehearsalReport['violations'];
  readonly tales: Tales;
}

async function explored(options: SubjectOptions, most: number, stops = false): Promise<Explored> {
  const play = playerOf(options);
  const tales = new Map<string, Tale>();
  const player: Player = async (jobs, known) => {
    const played = [];
    for (const job of jobs) {
      const [one] = await play([job], known);
      if (!one) continue;
      const [violation] = one.violations;
      if (stops && violation)
        throw new Killed(`invariant ${violation.invariant} by ${one.fired.join(' + ') || 'nothing'}`);
      if ('faults' in job) tales.set(job.faults.join(' + '), taleOf(one));
      played.push(one);
    }
    return played;
  };
  const { workflow } = options;
  const { violations } = await explore({ workflow, player, seed: 1, searched: 0, most, notes: [] });
  return { violations, tales };
}

function taleOf({ end, phase, requests, transitions }: PlayedJob): Tale {
  return { end: `${end} (${phase})`, way: `${requests} requests, ${transitions} transitions` };
}

/** What is cheap first. */
async function worstFate(options: SubjectOptions, most: number, tales: Tales): Promise<Pick<Judged, 'fate' | 'by'>> {
  const singles = await fateOf(options, 0, tales);
  if (singles.fate !== 'survived' && singles.fate !== 'detoured') return singles;
  const named = await playedByName(options);
  if (named) return named;
  const pairs = await fateOf(options, most, tales);
  if (pairs.fate !== 'survived' && pairs.fate !== 'detoured') return pairs;
  const drawn = await drawnFate(options, tales);
  return [drawn, pairs, singles].find(({ fate }) => fate !== 'survived') ?? singles;
}

/** Several faults at once, as seeds draw them: what the integration itself does by the same draw is known. */
async function drawnFate(options: SubjectOptions, tales: Tales): Promise<Pick<Judged, 'fate' | 'by'>> {
  const play = playerOf(options);
  const compared: Compared[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const [one] = await play([{ seed }]);
    if (!one) continue;
    const [violation] = one.violations;
    if (violation) return { fate: 'violated', by: `invariant ${violation.invariant} by seed ${seed}` };
    const was = tales.get(seedName(seed));
    if (was) compared.push({ faults: seedName(seed), was, is: taleOf(one) });
  }
  return differing(compared, 'end', 'changed') ?? differing(compared, 'way', 'detoured') ?? SURVIVED;
}

async function drawnTales(options: SubjectOptions): Promise<Tales> {
  const play = playerOf(options);
  const tales = new Map<string, Tale>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const [one] = await play([{ seed }]);
    assert(one && one.violations.length === 0, `the integration itself holds its promises by seed ${seed}`);
    tales.set(seedName(seed), taleOf(one));
  }
  return tales;
}

function seedName(seed: number): string {
  return `seed ${seed}`;
}

/** Interleavings that take more than two faults: of an old epoch, and of two who settle, at each step. */
function namedScenarios({ workflow }: SubjectOptions): readonly (readonly string[])[] {
  const effects = Object.values(workflow.plan.steps).filter(({ effect }) => effect !== 'safe');
  return effects.flatMap(({ path }, index) => {
    const before = effects[index - 1]?.path;
    return [
      [`paused call ${path} before intend #1`, `cancel before call ${path} #1`, 'retried at the end #1'],
      ...(before === undefined ? [] : [[`abort before call ${path} #1`, `twice undo ${before} #1`]]),
    ];
  });
}

async function playedByName(options: SubjectOptions): Promise<Pick<Judged, 'fate' | 'by'> | undefined> {
  const play = playerOf(options);
  for (const faults of namedScenarios(options)) {
    const [one] = await play([{ faults }]);
    const [violation] = one?.violations ?? [];
    if (violation) return { fate: 'violated', by: `invariant ${violation.invariant} by ${faults.join(' + ')}` };
  }
  return undefined;
}

async function fateOf(options: SubjectOptions, most: number, tales: Tales): Promise<Pick<Judged, 'fate' | 'by'>> {
  try {
    const own = (await explored(options, most, true)).tales;
    // Which pairs are played depends on how many there are: what both have played is compared.
    const both = [...tales].flatMap(([faults, was]) => {
      const is = own.get(faults);
      return is === undefined ? [] : [{ faults: faults || 'no fault', was, is }];
    });
    return differing(both, 'end', 'changed') ?? differing(both, 'way', 'detoured') ?? SURVIVED;
  } catch (error) {
    if (error instanceof Killed) return { fate: 'violated', by: error.message };
    return { fate: 'refused', by: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '' };
  }
}

interface Compared {
  readonly faults: string;
  readonly was: Tale;
  readonly is: Tale;
}

function differing(all: readonly Compared[], what: keyof Tale, fate: Fate): Pick<Judged, 'fate' | 'by'> | undefined {
  const differ = all.filter(({ was, is }) => was[what] !== is[what]);
  const [first] = differ;
  if (first === undefined) return undefined;
  const { faults, was, is } = first;
  return { fate, by: `${faults}: ${was[what]} -> ${is[what]}, ${differ.length} scenarios` };
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
    `  ${'killed'.padEnd(18)}${killed} (${(100 * share).toFixed(1)} %): ${count('violated')} break a promise, ${count('changed')} end otherwise, ${count('detoured')} go another way to the same end, ${count('refused')} do not run`,
    ...kinds,
    `  ${'seconds'.padEnd(18)}${seconds}`,
    ...survivors.map(({ name }) => `survived: ${name}\n    ${reasonOf(name) ?? 'UNEXPLAINED'}`),
  ].join('\n');
  return { ok: share >= LEAST_SHARE && unexplained.length === 0, report };
}
