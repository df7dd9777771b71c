/**
 * An operator with access to the systems, after a run has ended badly: looks at what the letter names, finds out the truth,
 * undoes by hand or leaves it, says so, and in the end tries the run again, as it was or with another input. What the
 * operator does is drawn from the seed; that it is right is the operator's part, what becomes of it the run's.
 */
import { stepOfPath } from '../model/item-path.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { resolve, type Resolution } from '../runtime/operator/resolve.ts';
import { undoRun } from '../runtime/operator/resume.ts';
import { retry } from '../runtime/operator/retry.ts';
import type { Evidence } from './evidence.ts';
import { standingByStep } from './invariants/visits.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { LandedEffect } from './systems.ts';

const MOST_ACTIONS = 20;
/** How long an operator goes away who was told to look again. */
const LATER_MS = 60_000;

/** Until nothing of the run is open. */
export async function putInOrder(rehearsal: Rehearsal): Promise<void> {
  for (let action = 0; action < MOST_ACTIONS; action += 1) {
    const { phase, reason } = await rehearsal.header();
    if (phase !== 'needs-attention') return;
    rehearsal.handled = true;
    const asked = rehearsal.chance.number('undo all') < 0.2 || reason === 'held';
    await (asked ? undoRun(by(rehearsal), rehearsal.operatorPorts()) : resolveOne(rehearsal));
    await rehearsal.rest();
  }
}

/** Undefined: it may not be retried yet, or it was refused for another reason that is right. */
export async function tryAgain(rehearsal: Rehearsal, input?: Json): Promise<void> {
  rehearsal.handled = true;
  await rehearsal.clock.advance(rehearsal.chance.between('before the retry', 0, 90_000));
  const asked = { ...by(rehearsal), ...(input !== undefined && { input }) };
  await retry(asked, rehearsal.operatorPorts());
  await rehearsal.rest();
}

function by({ runId }: Rehearsal): { readonly run: string; readonly actor: string } {
  return { run: runId, actor: 'operator' };
}

async function resolveOne(rehearsal: Rehearsal): Promise<void> {
  const evidence = await rehearsal.evidence();
  const [entry] = shuffled(rehearsal, namedIn(evidence));
  if (!entry) return;
  const { step, visit } = { step: String(entry['step']), visit: Number(entry['visit']) };
  const say = (as: Resolution): ReturnType<typeof resolve> =>
    resolve({ ...by(rehearsal), step, visit, as }, rehearsal.operatorPorts());
  const answer = await say(resolutionFor(rehearsal, evidence, entry));
  if (answer.kind !== 'refused') return;
  if (answer.code === 'conflict') await say('ignore');
  if (answer.code === 'not-now') await rehearsal.clock.advance(LATER_MS);
}

/** What is there is undone by hand or may stay; what is not there is gone; what nobody can tell apart may stay. */
function resolutionFor({ chance, systems }: Rehearsal, evidence: Evidence, entry: JsonObject): Resolution {
  const found = lookFor(evidence, entry);
  if (found === 'unclear') return 'ignore';
  if (found === undefined) return 'undone';
  const as = chance.pick<Resolution>('resolution', ['undone', 'undone', 'applied', 'ignore']);
  if (as === 'undone') systems.takeBack(found.id);
  return as;
}

/** By the key that the letter names, where the system knows it; else it is the only one of its step, or nobody can say. */
function lookFor(evidence: Evidence, { step, idempotencyKey }: JsonObject): LandedEffect | 'unclear' | undefined {
  const there = standingByStep(evidence).get(stepOfPath(String(step))) ?? [];
  const keyed = there.filter(({ key }) => key !== undefined);
  if (keyed.length > 0) return keyed.find(({ key }) => key === idempotencyKey);
  const visits = evidence.record.header.intents.filter(({ key }) => stepOfPath(key.step) === stepOfPath(String(step)));
  return there.length > 0 && visits.length > 1 ? 'unclear' : there[0];
}

function namedIn({ letters }: Evidence): readonly JsonObject[] {
  const letter = letters.findLast((one) => isObject(one) && one['status'] === 'needs-attention');
  if (!isObject(letter)) return [];
  return [letter['stands'], letter['inDoubt']].flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
}

function shuffled<T>({ chance }: Rehearsal, list: readonly T[]): readonly T[] {
  return list
    .map((one) => ({ one, at: chance.number('order of resolving') }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ one }) => one);
}
