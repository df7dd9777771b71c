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
    ...withinLetter(attentionOf(parts)),
  };
  // Plain JSON; the types of its parts only lack the index signature.
  return letter as unknown as Json;
}

/** A state's payload, and a message of SQS, may have 256 KiB; a loop can leave hundreds of effects. */
const MOST_BYTES = 128 * 1_024;

/** The first that there is room for, what stands before what is in doubt, and how many others there are. */
function withinLetter({ stands, inDoubt, commands }: Attention): Attention & { readonly more?: number } {
  let left = MOST_BYTES;
  const fitting = (effects: readonly OpenEffect[]): readonly OpenEffect[] =>
    effects.filter((effect) => {
      left -= Buffer.byteLength(JSON.stringify(effect));
      return left >= 0;
    });
  const kept = { stands: fitting(stands), inDoubt: fitting(inDoubt), commands };
  const more = stands.length + inDoubt.length - kept.stands.length - kept.inDoubt.length;
  return more === 0 ? kept : { ...kept, more };
}

export function attentionOf({ record: { header }, reason, fates }: Omit<LetterParts, 'plan'>): Attention {
  const left = fates.filter(({ kind }) => kind !== 'gone' && kind !== 'kept');
  const named = (stands: boolean): readonly OpenEffect[] =>
    left.filter(({ effect }) => (effect.state === 'stands') === stands).map((fate) => openEffect(header.runId, fate));
  return { stands: named(true), inDoubt: named(false), commands: commandsFor(header.runId, reason) };
}

/** Of the run as a whole. What is held may be undone or gone on from; an undo that failed may work by now. */
function commandsFor(run: string, reason: string): readonly string[] {
  const show = `interlock runs show ${run}`;
  const undo = `interlock undo ${run}`;
  if (reason === 'held') return [show, undo, `interlock retry ${run}`];
  return reason === 'undo-failed' ? [show, undo] : [show];
}

function openEffect(runId: string, { effect, kind, why }: Fate): OpenEffect {
  const { step, visit } = effect.key;
  // A shell would look for files by the brackets of an item.
  const named = step.endsWith(']') ? `'${step}'` : step;
  const at = visit === 1 ? named : `${named} --visit ${visit}`;
  const words = effect.state === 'stands' ? ['undone', 'ignore'] : ['undone', 'applied', 'ignore'];
  return {
    ...factsOf(effect),
    fate: kind === 'unresolved' || kind === 'undo-failed' || kind === 'blocked' ? kind : 'held',
    ...(why !== undefined && { why }),
    undo: effect.undos.flatMap((undo) => attemptsOfUndo(undo).map(attemptView)),
    look: `Look in ${targetOf(effect.plan, effect.step).operation.system} for the request with the idempotency key ${effect.idempotencyKey}.`,
    commands: words.map((word) => `interlock resolve ${runId} ${at} ${word} --note "..."`),
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
