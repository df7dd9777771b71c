/**
 * What takes the place of a step that failed and left nothing: fixed outputs, or another request, made here and now. Such
 * a request changes nothing (a fallback with an effect would need an undo of its own: that is a step, and an action leads
 * to it), so it has no intent and no outcome of its own; its attempts stand in the step's record. It has what is left of
 * the step's lease.
 */
import { assert } from '../model/assert.ts';
import { itemOfPath, itemPath } from '../model/item-path.ts';
import { type JsonObject, own } from '../model/json.ts';
import type { PlanCall, PlanFallback } from '../model/plan.ts';
import type { Scope } from '../expressions/scope.ts';
import { answerScope, type Bounds } from './attempt.ts';
import { type Attempts, authoriseFor, makeAttempts } from './attempts.ts';
import type { Calling, CallPorts, Passage } from './passage.ts';
import type { AttemptRecord } from './ports/journal.ts';
import { xmlWriterFor } from './request/xml.ts';
import { buildRequest, targetOf } from './request/build.ts';
import { outputsIn } from './step-outputs.ts';

export interface FailedPassage {
  readonly passage: Passage;
  /** Of the step, with its last answer. */
  readonly scope: Scope;
  /** Absent where its lease is over. */
  readonly bounds?: Bounds;
}

export type FellBack =
  | { readonly kind: 'stands-in'; readonly outputs: JsonObject; readonly records: readonly AttemptRecord[] }
  | { readonly kind: 'fails'; readonly why: string; readonly records: readonly AttemptRecord[] };

export async function fallBack(fallback: PlanFallback, failed: FailedPassage, ports: CallPorts): Promise<FellBack> {
  if (fallback.kind === 'call') return await callInstead(fallback.call, failed, ports);
  const outputs = outputsIn(fallback.outputs, failed.scope, noteOf(failed.passage, ports));
  return { kind: 'stands-in', outputs, records: [] };
}

async function callInstead(path: string, failed: FailedPassage, ports: CallPorts): Promise<FellBack> {
  const { passage, bounds } = failed;
  const call = own(passage.plan.calls, path);
  assert(call, `a fallback names a call of the plan (${path})`);
  if (call.effect !== 'safe') return fails('its fallback would change something, and nobody could undo that');
  if (!bounds) return fails('no time is left for its fallback');
  const calling = callingOf(call, passage, ports);
  const scope = passage.evaluation.scope(call.scope);
  const environment = ports.environments.system(calling.system.name);
  const { plan, idempotencyKey } = calling;
  const xml = await xmlWriterFor(call, calling.operation);
  const built = buildRequest({ plan, step: call, environment, scope, idempotencyKey, ...(xml && { xml }) });
  if (!built.ok) return fails(`its fallback cannot be called: ${built.why}`);
  const { request } = built;
  const authorised = await authoriseFor({ passage: calling, request, environment }, ports, 1);
  const attempts = await makeAttempts({ passage: calling, request, environment, authorised, bounds }, ports);
  return judged(attempts, { call, scope, passage }, ports);
}

function callingOf(call: PlanCall, passage: Passage, ports: CallPorts): Calling {
  const { task, plan, key, idempotencyKey, digestKey, evaluation } = passage;
  const name = itemOfPath(key.step);
  return {
    task,
    plan,
    step: call,
    ...targetOf(plan, call),
    key: { ...key, step: name === undefined ? call.path : itemPath(call.path, name) },
    past: { keyGeneration: key.gen, underSameKey: [] },
    idempotencyKey,
    digestKey,
    evaluation,
    startedAt: ports.clock.now(),
  };
}

function judged(
  { outcome, last, request, records }: Attempts,
  { call, scope, passage }: { readonly call: PlanCall; readonly scope: Scope; readonly passage: Passage },
  ports: CallPorts,
): FellBack {
  if (outcome !== 'applied') return fails(`its fallback failed, too: ${last.why}`, records);
  const answered = answerScope(scope, request, last.response);
  return { kind: 'stands-in', outputs: outputsIn(call.outputs, answered, noteOf(passage, ports)), records };
}

function fails(why: string, records: readonly AttemptRecord[] = []): FellBack {
  return { kind: 'fails', why, records };
}

function noteOf({ task, key }: Passage, { telemetry }: CallPorts): (message: string) => void {
  return (message) => telemetry.log({ level: 'warn', message, run: task.run, step: key.step, visit: key.visit });
}
