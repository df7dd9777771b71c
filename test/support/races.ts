/**
 * One seeded race: a subject, a weather, a run in virtual time, and what the invariants say of it; after half of the runs
 * an operator puts in order what is open and tries the run again, and the invariants are asked once more.
 */
import type { Evidence } from '../../lib/rehearse/evidence.ts';
import { judgeRun } from '../../lib/rehearse/invariants/judge.ts';
import type { Violation } from '../../lib/rehearse/invariants/violation.ts';
import { putInOrder, tryAgain } from '../../lib/rehearse/operator.ts';
import { Rehearsal } from '../../lib/rehearse/rehearsal.ts';
import { smaller } from '../../lib/rehearse/smaller.ts';
import { timelineOf } from '../../lib/rehearse/timeline.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { exampleSubject, type SagaKind, sagaSubject, type Subject } from './race-subjects.ts';
import { SECRET } from './saga-systems.ts';

export interface Raced {
  readonly seed: number;
  readonly phase: string;
  readonly violations: readonly Violation[];
  readonly evidence: Evidence;
}

/** Also over which sagas. */
export interface RaceOptions extends SagaKind {
  /** How many sagas there are to draw from: compiling one takes longer than running it. */
  readonly sagas?: number;
  /** Faults that do not happen this time. */
  readonly without?: ReadonlySet<string>;
  /** So many times the promised grace is what effects take to land. */
  readonly stretched?: number;
  /** Left out: one that keeps its promises. */
  readonly journal?: () => MemoryJournal;
}

export async function race(
  seed: number,
  { sagas = 40, without, stretched, journal = () => new MemoryJournal(), ...kind }: RaceOptions = {},
): Promise<Raced> {
  const { inputs, isByHand, ...subject } = await subjectOf(seed, sagas, kind);
  const rehearsal = new Rehearsal({
    ...subject,
    seed,
    input: inputs[0],
    ...(without && { without }),
    ...(stretched !== undefined && { stretched }),
    journal: journal(),
    idle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  await rehearsal.run();
  const violations = [...(await judged(rehearsal, 'at first'))];
  if (rehearsal.chance.number('an operator') < 0.5) {
    if (isByHand) await putInOrder(rehearsal);
    violations.push(...(await judged(rehearsal, 'put in order')));
    if (rehearsal.chance.number('again') < 0.8)
      await tryAgain(rehearsal, rehearsal.chance.pick('next input', [undefined, ...inputs]));
    violations.push(...(await judged(rehearsal, 'tried again')));
  }
  const evidence = await rehearsal.evidence();
  return { seed, phase: evidence.record.header.phase, violations, evidence };
}

async function judged(rehearsal: Rehearsal, when: string): Promise<readonly Violation[]> {
  const found = judgeRun(await rehearsal.evidence(), [SECRET]);
  return found.map(({ invariant, what }) => ({ invariant, what: `${when}: ${what}` }));
}

const subjects = new Map<string, Promise<Subject>>();

/** One race in eight is over the example. */
async function subjectOf(seed: number, sagas: number, kind: SagaKind): Promise<Subject> {
  const { lists = false, batches = false, express = false } = kind;
  const isExample = !lists && !express && seed % 8 === 0;
  const number = isExample ? Math.floor(seed / 8) % 5 : seed % sagas;
  const named = isExample ? 'example' : batches ? 'batches' : lists ? 'lists' : 'saga';
  const name = `${named} ${number}${express ? ' express' : ''}`;
  const known = subjects.get(name) ?? (isExample ? exampleSubject(number) : sagaSubject(number, kind));
  subjects.set(name, known);
  return await known;
}

/** For whoever has to find out why: what it takes to see it again, and what happened. */
export async function counterexample(raced: Raced, options: RaceOptions = {}): Promise<string> {
  const { seed } = raced;
  const { violations, evidence } = await smaller(raced, (without) => race(seed, { ...options, without }));
  return [
    `seed ${seed}: SEEDS=${seed}-${seed} npx vitest run test/simulation/${fileOf(options)}.test.ts`,
    ...violations.map(({ invariant, what }) => `invariant ${invariant}: ${what}`),
    ...(await timelineOf(evidence, [])),
  ].join('\n');
}

function fileOf({ lists = false, batches = false, express = false }: RaceOptions): string {
  if (batches) return 'batch-races';
  if (express) return 'express-races';
  return lists ? 'list-races' : 'races';
}
