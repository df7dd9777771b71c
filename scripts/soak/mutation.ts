/**
 * `npm run soak -- mutation`: does the rehearsal find bugs? A shipped integration is rehearsed with one thing dropped or one
 * condition of the journal taken out, for each. Killed is a mutant that breaks a promise, that the engine refuses, or that
 * changes what becomes of a fault in the matrix. Those that survive are named, each with why, or the sweep fails.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDescription, type CompiledWorkflow } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { assert } from '../../lib/model/assert.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { explore, type RehearsalReport } from '../../lib/rehearse/explore.ts';
import type { Player } from '../../lib/rehearse/played.ts';
import type { SubjectOptions } from '../../lib/rehearse/scenario.ts';
import { playerOf, subjectOptions } from '../../test/support/rehearsing.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';
import { MUTANT_JOURNALS } from './mutant-journals.ts';
import { mutantsOf } from './mutants.ts';
import { reasonOf } from './mutation-survivors.ts';

const DEFAULT = 'state-machines/order-fulfilment';
const LEAST_SHARE = 0.95;

type Fate = 'violated' | 'refused' | 'changed' | 'survived';

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
  const whole = await explored(subject, 0);
  assert(
    whole.violations.length === 0,
    `the integration itself rehearses clean: ${JSON.stringify(whole.violations[0])}`,
  );
  const cells = endsOf(whole);
  const mutants = [
    ...MUTANT_JOURNALS.map(({ name, make }) => ({ kind: 'journal', name, options: { ...subject, journal: make } })),
    ...mutantsOf(subject.workflow as CompiledWorkflow).map(({ kind, name, workflow }) => ({
      kind,
      name,
      options: { ...subject, workflow },
    })),
  ].filter(({ kind, name }) => only === undefined || kind === only || name.includes(only));
  say(`${mutants.length} mutants of ${folder}, against ${Object.keys(cells).length} cells`);
  const judged: Judged[] = [];
  for (const { kind, name, options } of mutants) {
    const { fate, by } = await worstFate(options, most, cells);
    judged.push({ kind, name, fate, by });
    say(`${String(judged.length).padStart(4)} ${fate.padEnd(9)}${kind.padEnd(8)}${name}${by === '' ? '' : `: ${by}`}`);
  }
  return resultOf(judged, { folder, seconds: Math.round((performance.now() - begun) / 1000) });
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

async function explored(options: SubjectOptions, most: number, stops = false): Promise<RehearsalReport> {
  const play = playerOf(options);
  const player: Player = async (jobs, known) => {
    const played = [];
    for (const job of jobs) {
      const [one] = await play([job], known);
      if (!one) continue;
      const [violation] = one.violations;
      if (stops && violation)
        throw new Killed(`invariant ${violation.invariant} by ${one.fired.join(' + ') || 'nothing'}`);
      played.push(one);
    }
    return played;
  };
  return await explore({ workflow: options.workflow, player, seed: 1, searched: 0, most, notes: [] });
}

/** What is cheap first. */
async function worstFate(
  options: SubjectOptions,
  most: number,
  cells: { readonly [cell: string]: string },
): Promise<Pick<Judged, 'fate' | 'by'>> {
  const singles = await fateOf(options, 0, cells);
  if (singles.fate !== 'survived') return singles;
  const named = await playedByName(options);
  return named ?? (await fateOf(options, most, cells));
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

async function fateOf(
  options: SubjectOptions,
  most: number,
  cells: { readonly [cell: string]: string },
): Promise<Pick<Judged, 'fate' | 'by'>> {
  try {
    const ends = endsOf(await explored(options, most, true));
    const names = [...new Set([...Object.keys(cells), ...Object.keys(ends)])];
    const changed = names.filter((name) => cells[name] !== ends[name]);
    const [first] = changed;
    if (first === undefined) return { fate: 'survived', by: '' };
    return {
      fate: 'changed',
      by: `${first}: ${cells[first] ?? '-'} -> ${ends[first] ?? '-'}, ${changed.length} cells`,
    };
  } catch (error) {
    if (error instanceof Killed) return { fate: 'violated', by: error.message };
    return { fate: 'refused', by: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '' };
  }
}

/** Of single faults, all of which are played; which pairs are, depends on how many there are. */
function endsOf({ matrix }: RehearsalReport): { readonly [cell: string]: string } {
  return Object.fromEntries(
    Object.entries(matrix.cells).flatMap(([row, cells]) =>
      Object.entries(cells).flatMap(([fault, { end, faults }]) =>
        faults.length < 2 ? [[`${fault} at ${row}`, end] as const] : [],
      ),
    ),
  );
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
    `  ${'killed'.padEnd(18)}${killed} (${(100 * share).toFixed(1)} %): ${count('violated')} break a promise, ${count('changed')} change the matrix, ${count('refused')} do not run`,
    ...kinds,
    `  ${'seconds'.padEnd(18)}${seconds}`,
    ...survivors.map(({ name }) => `survived: ${name}\n    ${reasonOf(name) ?? 'UNEXPLAINED'}`),
  ].join('\n');
  return { ok: share >= LEAST_SHARE && unexplained.length === 0, report };
}
