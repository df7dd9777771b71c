/**
 * Scenarios per second and core of a rehearsal: the example's single faults, each played to its end, and the pairs of
 * every tenth of them, again and again until the code is warm. Processor time and wall time both, since other work on the
 * machine lengthens only the latter much.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { playingOf } from '../lib/cli/rehearse-material.ts';
import { compileDescription } from '../lib/compile/compile.ts';
import { folderFiles } from '../lib/embedded/file-source.ts';
import type { OpenApiDocument } from '../lib/model/openapi.ts';
import { type Listed, type Onward, onwardFrom, type Playing, playJob, playJobs } from '../lib/rehearse/played.ts';
import { answerBook } from '../lib/simulate/answer-book.ts';
import { simulatedEnvironments } from '../lib/simulate/simulated-environment.ts';
import type { BenchOptions } from './main.ts';

const FOLDER = join(import.meta.dirname, '..', 'state-machines', 'order-fulfilment');
const EVERY = 10;

export async function bench({ flags }: BenchOptions): Promise<string> {
  const rounds = Number(flags.get('rounds') ?? 4);
  const playing = playingOf(await exampleMaterial());
  const { singles, pairs, known } = await scenariosOf(playing);
  const lines = [`  ${singles.length} single faults, ${pairs.length} pairs`];
  for (let round = 1; round <= rounds; round += 1) {
    const [wall, processor] = [performance.now(), process.cpuUsage()];
    await playJobs(playing, singles);
    await playJobs(playing, pairs, known);
    const { user, system } = process.cpuUsage(processor);
    const [spent, passed] = [(user + system) / 1e6, (performance.now() - wall) / 1e3];
    const rate = (seconds: number): string => `${Math.round((singles.length + pairs.length) / seconds)}`.padStart(6);
    lines.push(`  round ${round}: ${rate(spent)} scenarios per second of processor time, ${rate(passed)} of wall time`);
  }
  return lines.join('\n');
}

interface Scenarios {
  readonly singles: readonly Listed[];
  readonly pairs: readonly Listed[];
  /** What the good run and the single faults teach, as in a whole rehearsal. */
  readonly known: ReadonlyMap<string, Onward>;
}

async function scenariosOf(playing: Playing): Promise<Scenarios> {
  const good = await playJob(playing, { faults: [] });
  const singles = good.points.map(({ place }) => ({ faults: [place] }));
  const known = new Map(onwardFrom(good));
  const seen = new Set(known.keys());
  const pairs: Listed[] = [];
  for (const [at, played] of (await playJobs(playing, singles)).entries()) {
    for (const [name, onward] of onwardFrom(played)) if (!known.has(name)) known.set(name, onward);
    const fresh = played.points.filter(({ name }) => !seen.has(name) && seen.add(name));
    if (at % EVERY === 3)
      pairs.push(...fresh.map(({ place }) => ({ faults: [...(singles[at]?.faults ?? []), place] })));
  }
  return { singles, pairs, known };
}

async function exampleMaterial(): Promise<Parameters<typeof playingOf>[0]> {
  const files = folderFiles({ root: FOLDER });
  const { workflows, description } = await compileDescription({ entry: 'workflow.arazzo.yaml', files });
  const [workflow] = workflows;
  if (!workflow || !description) throw new Error('the example compiles');
  const documents = new Map<string, OpenApiDocument>();
  for (const [name, source] of description.sources) if (source.kind === 'openapi') documents.set(name, source.document);
  const input = JSON.parse(readFileSync(join(FOLDER, 'input.example.json'), 'utf8'));
  const { plan } = workflow;
  const book = await answerBook({ plan, documents, environments: simulatedEnvironments(plan), input });
  return { workflow, book, input, secrets: [] };
}
