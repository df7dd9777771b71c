/**
 * One scenario of a subject: run, judged, and told as far as the tree of scenarios and the report need it.
 */
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { AnswerBook } from '../simulate/answer-book.ts';
import { EffectSystems, SystemRoutes } from '../simulate/effect-systems.ts';
import type { Awaited } from '../runtime/ports/senders.ts';
import { correlatedFor, messageOf, type SimulatedMessage } from '../simulate/simulated-messages.ts';
import type { Evidence } from './evidence.ts';
import { judgeRun, judgeSofar } from './invariants/judge.ts';
import type { Violation } from './invariants/violation.ts';
import type { Recording } from './prelude.ts';
import { MemoryJournal } from './memory-journal.ts';
import { putInOrder, tryAgain } from './operator.ts';
import { Rehearsal, type RehearsedWorkflow, type RehearsalOptions } from './rehearsal.ts';
import { REHEARSED_SECRET, rehearsedPorts } from './rehearsed-ports.ts';
import { type Point, Script, type Sofar } from './script.ts';

export interface SubjectOptions {
  readonly workflow: RehearsedWorkflow;
  readonly book: AnswerBook;
  readonly environments: Environments;
  readonly input: Json;
  /** Values of the input that nobody may keep. */
  readonly secrets: readonly string[];
  /** Resolves after everything runnable has run. */
  readonly idle: () => Promise<void>;
  /** Another journal, whose rules are held against the invariants. */
  readonly journal?: () => RehearsalOptions['journal'];
}

/** Everything that scenarios share. */
export interface Subject extends SubjectOptions {
  readonly routes: SystemRoutes;
  readonly beside: RehearsalOptions['beside'];
}

export function subjectOf(options: SubjectOptions): Subject {
  const { workflow, book, environments } = options;
  return { ...options, routes: new SystemRoutes(workflow.plan, book), beside: rehearsedPorts(environments) };
}

export interface Played {
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
}

export interface Scripted extends Played {
  /** Places where one more fault could happen after the last. */
  readonly points: readonly Point[];
  /** The point from which on it went as another scenario did: the evidence ends there. */
  readonly joined: string | undefined;
  readonly sofar: Sofar;
  /** Where it was to be recorded, and could be. */
  readonly recording?: Recording;
}

/** Exactly these faults. */
export async function play(
  subject: Subject,
  faults: readonly string[],
  { known, prelude }: Pick<Chosen, 'known' | 'prelude'> = {},
): Promise<Scripted> {
  const rehearsal = rehearsalOf(subject, { seed: 0, faults, ...(known && { known }), ...(prelude && { prelude }) });
  await rehearsal.run();
  const evidence = await rehearsal.evidence();
  const { chance, executions } = rehearsal;
  const { points, joined } = chance instanceof Script ? chance : { points: [], joined: undefined };
  const { startedAt, endedAt = evidence.now } = evidence.record.header;
  const whole = { ms: Math.round(endedAt - startedAt), requests: evidence.sent.length };
  const sofar = joined?.sofar ?? { ...whole, transitions: executions.transitions };
  const secrets = secretsOf(subject);
  const violations = joined === undefined ? judgeRun(evidence, secrets) : judgeSofar(evidence, secrets);
  const recording = rehearsal.recording();
  return { evidence, violations, points, joined: joined?.name, sofar, ...(recording && { recording }) };
}

/** What the seed draws: faults of all kinds, an operator after half of the runs, and another try. */
export async function playSeed(subject: Subject, seed: number, without?: ReadonlySet<string>): Promise<Played> {
  const rehearsal = rehearsalOf(subject, { seed, ...(without && { without }) });
  await rehearsal.run();
  const violations = [...judged(subject, await rehearsal.evidence())];
  if (rehearsal.chance.number('an operator') < 0.5) {
    await putInOrder(rehearsal);
    violations.push(...judged(subject, await rehearsal.evidence()));
    if (rehearsal.chance.number('again') < 0.8) await tryAgain(rehearsal);
    violations.push(...judged(subject, await rehearsal.evidence()));
  }
  return { evidence: await rehearsal.evidence(), violations };
}

/** Of a step that no document speaks of. */
const NOTHING_SAID = { status: 200, headers: {} } as const;

type Chosen = Pick<RehearsalOptions, 'seed' | 'faults' | 'without' | 'known' | 'prelude'>;

function rehearsalOf(subject: Subject, chosen: Chosen): Rehearsal {
  const { workflow, input, beside, routes, idle, journal } = subject;
  return new Rehearsal({
    ...chosen,
    workflow,
    input,
    beside,
    idle,
    systems: (now) => new EffectSystems(routes, now),
    journal: journal?.() ?? new MemoryJournal(),
    says: saying(subject),
  });
}

/** What the systems of a subject say to a step that waits for a message. */
export function saying({ book }: Subject): (message: Awaited) => SimulatedMessage {
  return ({ plan, step, correlation }) =>
    messageOf(correlatedFor(plan, step, book.messages[step.path] ?? NOTHING_SAID, correlation));
}

function judged(subject: Subject, evidence: Evidence): readonly Violation[] {
  return judgeRun(evidence, secretsOf(subject));
}

/** What nobody may keep or show. */
export function secretsOf({ secrets }: Subject): readonly string[] {
  return [REHEARSED_SECRET, ...secrets];
}

export function planOf({ workflow }: Subject): Plan {
  return workflow.plan;
}
