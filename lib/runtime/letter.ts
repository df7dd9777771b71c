/**
 * The dead letter of a run that needs attention: exactly the effects that stand or are in doubt against everybody's will,
 * each with why nobody undid it, what an operator needs to find it at the system, and what to run. Made from the journal alone, so it is the same whenever it is
 * asked for again. It holds names, statuses and digests, never a payload.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
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

export function letterOf({ record: { header }, plan, reason, fates }: LetterParts): Json {
  const left = fates.filter(({ kind }) => kind !== 'gone' && kind !== 'kept');
  const named = (stands: boolean): readonly Json[] =>
    left.filter(({ effect }) => (effect.state === 'stands') === stands).map((fate) => fateJson(header.runId, fate));
  return {
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
    stands: named(true),
    inDoubt: named(false),
    commands: [
      `interlock runs show ${header.runId}`,
      ...(reason === 'held' ? [`interlock undo ${header.runId}`, `interlock retry ${header.runId}`] : []),
    ],
  };
}

function fateJson(runId: string, { effect, kind, why }: Fate): JsonObject {
  const { step, visit } = effect.key;
  const at = visit === 1 ? step : `${step} --visit ${visit}`;
  const words = effect.state === 'stands' ? ['undone', 'ignore'] : ['undone', 'applied', 'ignore'];
  return {
    ...effectJson(effect),
    fate: OPEN_FATES.has(kind) ? kind : 'held',
    ...(why !== undefined && { why }),
    undo: effect.undos.flatMap((undo) => attemptsOfUndo(undo).map(attemptJson)),
    commands: words.map((word) => `interlock resolve ${runId} ${at} ${word} --note "..."`),
  };
}

const OPEN_FATES: ReadonlySet<string> = new Set(['unresolved', 'undo-failed', 'blocked']);

function effectJson(effect: EffectOf): JsonObject {
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
    attempts: (outcome?.attempts ?? []).map(attemptJson),
    look: `Look in ${operation.system} for the request with the idempotency key ${effect.idempotencyKey}.`,
  };
}

function attemptJson({ startedAt, outcome, status, requestDigest, responseDigest }: AttemptRecord): JsonObject {
  return {
    at: isoTime(startedAt),
    outcome,
    ...(status !== undefined && { status }),
    ...(requestDigest !== undefined && { requestDigest }),
    ...(responseDigest !== undefined && { responseDigest }),
  };
}
