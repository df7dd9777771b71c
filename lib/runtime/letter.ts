/**
 * What is left of a run that needs attention, and its dead letter: exactly the effects that stand or are in doubt against
 * everybody's will, each with why nobody undid it, what an operator needs to find it at the system, and what to run. Made
 * from the journal alone, so it is the same whenever it is asked for again. It holds names, statuses and digests, never a
 * payload. What there is no room for in a message is counted: the run's view has all of it.
 */
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Attention, AttemptView, OpenEffect } from '../model/run.ts';
import { attemptsOfUndo, type EffectOf } from './effects.ts';
import type { Fate } from './fates.ts';
import type { AttemptRecord, RunRecord } from './ports/journal.ts';
import { targetOf } from './request/build.ts';
import { isoTime } from './run-events.ts';

export interface LetterParts {
  readonly record: RunRecord;
  readonly plan: Plan;
  readonly reason: string;
  readonly fates: readonly Fate[];
}

export function letterOf(parts: LetterParts): Json {
  const { record, plan, reason } = parts;
  const { header } = record;
  const letter = {
    run: header.runId,
    integration: plan.integration,
    workflow: plan.workflowId,
    status: 'needs-attention',
    reason,
    epoch: header.epoch,
    plan: header.planHash,
    actor: header.actor,
    startedAt: isoTime(header.startedAt),
    ...(header.endedAt !== undefined && { endedAt: isoTime(header.endedAt) }),
    ...(header.execution !== undefined && { execution: header.execution }),
    ...(header.error && { error: { ...header.error } }),
    ...attentionOf(parts, MOST_BYTES),
  };
  // Plain JSON; the types of its parts only lack the index signature.
  return letter as unknown as Json;
}

/** A state's payload, and a message of SQS, may have 256 KiB; a loop or a list can leave hundreds of effects. */
const MOST_BYTES = 128 * 1_024;
/** An answer of the run API has room for a few megabytes. */
export const MOST_IN_VIEW: number = 1_024 * 1_024;

/** The first that there is room for, what stands before what is in doubt, and how many others there are. */
export function attentionOf(
  { record: { header }, reason, fates }: Omit<LetterParts, 'plan'>,
  mostBytes: number,
): Attention {
  const left = fates.filter(({ kind }) => kind !== 'gone' && kind !== 'kept');
  let room = mostBytes;
  const named = (stands: boolean): readonly OpenEffect[] => {
    const found: OpenEffect[] = [];
    for (const fate of left) {
      if ((fate.effect.state === 'stands') !== stands) continue;
      const effect = openEffect(header.runId, fate);
      room -= Buffer.byteLength(JSON.stringify(effect));
      if (room < 0) break;
      found.push(effect);
    }
    return found;
  };
  const [stands, inDoubt] = [named(true), named(false)];
  const more = left.length - stands.length - inDoubt.length;
  const commands = [...commandsFor(header.runId, reason), ...listCommands(header.runId, left)];
  return { stands, inDoubt, commands, ...(more > 0 && { more }) };
}

/** Of the run as a whole. What is held may be undone or gone on from; an undo that failed may work by now. */
function commandsFor(run: string, reason: string): readonly string[] {
  const show = `interlock runs show ${run}`;
  const undo = `interlock undo ${run}`;
  if (reason === 'held') return [show, undo, `interlock retry ${run}`];
  return reason === 'undo-failed' ? [show, undo] : [show];
}

/** Nobody types a command for each of many items. */
const MOST_ONE_BY_ONE = 5;

function listCommands(run: string, left: readonly Fate[]): readonly string[] {
  const items = left.filter(({ effect }) => effect.step.forEach);
  const lists = Map.groupBy(items, ({ effect: { step, key } }) => placed(step.path, key.visit));
  return [...lists].flatMap(([list, fates]) => {
    if (fates.length <= MOST_ONE_BY_ONE) return [];
    const words = fates.every(({ effect }) => effect.state === 'stands') ? STANDING_WORDS : DOUBTFUL_WORDS;
    return words.map((word) => resolving(run, list, word));
  });
}

const STANDING_WORDS: readonly string[] = ['undone', 'ignore'];
const DOUBTFUL_WORDS: readonly string[] = ['undone', 'applied', 'ignore'];

/** A shell would look for files by the brackets of an item. */
function placed(step: string, visit: number): string {
  const named = step.endsWith(']') ? `'${step}'` : step;
  return visit === 1 ? named : `${named} --visit ${visit}`;
}

function resolving(run: string, place: string, word: string): string {
  return `interlock resolve ${run} ${place} ${word} --note "..."`;
}

function openEffect(runId: string, { effect, kind, why }: Fate): OpenEffect {
  const { step, visit } = effect.key;
  const words = effect.state === 'stands' ? STANDING_WORDS : DOUBTFUL_WORDS;
  return {
    ...factsOf(effect),
    fate: kind === 'unresolved' || kind === 'undo-failed' || kind === 'blocked' ? kind : 'held',
    ...(why !== undefined && { why }),
    undo: effect.undos.flatMap((undo) => attemptsOfUndo(undo).map(attemptView)),
    look: `Look in ${targetOf(effect.plan, effect.step).operation.system} for the request with the idempotency key ${effect.idempotencyKey}.`,
    commands: words.map((word) => resolving(runId, placed(step, visit), word)),
  };
}

function factsOf(effect: EffectOf): Omit<OpenEffect, 'fate' | 'why' | 'undo' | 'look' | 'commands'> {
  const { operation } = targetOf(effect.plan, effect.step);
  const outcome = effect.applied ?? effect.failed;
  const quietAfter = outcome ? outcome.quietAfter : effect.quietAfter;
  return {
    step: effect.key.step,
    visit: effect.key.visit,
    system: operation.system,
    operation: operation.operationId ?? `${operation.method.toUpperCase()} ${operation.path}`,
    idempotencyKey: effect.idempotencyKey,
    begunAt: isoTime(effect.intent.at),
    ...(quietAfter !== undefined && { mayLandUntil: isoTime(quietAfter) }),
    ...(effect.failed && { error: { error: effect.failed.error.error, message: effect.failed.error.message } }),
    ...(outcome ? {} : { error: { error: 'Interlock.InDoubt', message: 'the invocation was lost after its intent' } }),
    attempts: (outcome?.attempts ?? []).map(attemptView),
  };
}

export function attemptView({ startedAt, ...record }: AttemptRecord): AttemptView {
  return { at: isoTime(startedAt), ...record };
}
