/**
 * A call beside the flow: of an undo or of a probe. Its values are read from the journal as they stood when the step was
 * done (its epoch's input, the outputs that came before its intent), never from a machine's variables; whatever has no
 * value keeps it from being sent (run-contract section 2). It is made under the step's plan, whatever runs today.
 */
import { assert } from '../model/assert.ts';
import { itemOfPath, itemPath } from '../model/item-path.ts';
import { type Json, own } from '../model/json.ts';
import type { Kept } from '../model/kept.ts';
import { OUTCOMES } from '../model/outcome.ts';
import type { PlanCall } from '../model/plan.ts';
import type { Scope } from '../expressions/scope.ts';
import { type Bounds } from './attempt.ts';
import { authoriseFor, type Series } from './attempts.ts';
import { type EffectOf, inputDigestOf } from './effects.ts';
import { digestKeyOf } from './digest-key.ts';
import { Evaluation } from './evaluation.ts';
import { itemsOf } from './items.ts';
import { type Calling, type CallPorts, languagesFor } from './passage.ts';
import type { AppliedOutcome, RunRecord } from './ports/journal.ts';
import { indexOf } from './record-index.ts';
import { inputOfRecord, refsOfRecord, rememberedOf } from './remembered.ts';
import { targetOf } from './request/build.ts';
import { preparedRequest } from './request/prepare.ts';
import type { Earlier } from './visit.ts';

export interface SideCall {
  readonly calling: Calling;
  readonly scope: Scope;
}

interface Beside {
  readonly effect: EffectOf;
  readonly record: RunRecord;
  readonly call: string;
  readonly idempotencyKey: string;
  /** Requests of earlier rounds, under the same key. */
  readonly earlier: readonly Earlier[];
}

export async function openSideCall(beside: Beside, ports: CallPorts): Promise<SideCall> {
  const { effect, record, idempotencyKey, earlier } = beside;
  const { plan } = effect;
  const call = own(plan.calls, beside.call);
  assert(call, `a wave's entry names a call of the plan (${beside.call})`);
  const { runId } = record.header;
  const digest = inputDigestOf(record.header, effect.intent.epoch);
  const input = call.readsInputs ? await inputOfRecord(record, digest, ports) : undefined;
  const xpath = await languagesFor(plan);
  const seen = new Evaluation(plan, {
    refs: await refsOfRecord(record, refsOf(beside, call), ports),
    ...(input !== undefined && { input }),
    ...(xpath && { xpath }),
    request: { header: keyHeaders(effect) },
  });
  const digestKey = await digestKeyOf(plan, runId, ports.blobs);
  const evaluation = forItem(beside, seen, digestKey);
  const target = targetOf(plan, call);
  const calling: Calling = {
    task: { run: runId },
    plan,
    step: call,
    ...target,
    key: { ...effect.key, step: pathOf(call, effect) },
    past: { keyGeneration: effect.key.gen, underSameKey: earlier },
    idempotencyKey,
    digestKey,
    evaluation,
    startedAt: ports.clock.now(),
    ...servedBy(effect, target.system.name),
  };
  return { calling, scope: evaluation.scope(call.scope) };
}

/** An item that is not found again has no value, and what reads it is not sent. */
function forItem(beside: Beside, evaluation: Evaluation, digestKey: string): Evaluation {
  const name = itemOfPath(beside.effect.key.step);
  if (!beside.effect.step.forEach || name === undefined) return evaluation;
  const value = valuesByName(beside, evaluation, digestKey).get(name);
  return value === undefined ? evaluation : evaluation.withItem(value);
}

/** Of one visit in one epoch all items were read from the same values; but not every call reads these. */
function valuesByName(
  { effect, record, call }: Beside,
  evaluation: Evaluation,
  digestKey: string,
): ReadonlyMap<string, Json> {
  const { step, key, intent } = effect;
  const { lists } = rememberedOf(record);
  const text = JSON.stringify([intent.epoch, step.path, key.visit, call]);
  const known = lists.get(text);
  if (known || !step.forEach) return known ?? new Map();
  const listed = itemsOf({ step, forEach: step.forEach, evaluation, digestKey });
  const values = new Map(listed.ok ? listed.items.map(({ name, value }) => [name, value]) : []);
  lists.set(text, values);
  return values;
}

function pathOf({ path }: PlanCall, { key }: EffectOf): string {
  const name = itemOfPath(key.step);
  return name === undefined ? path : itemPath(path, name);
}

/** Where a system has several servers, the one that has the effect, or may have it. */
function servedBy({ applied, failed, plan, step }: EffectOf, system: string): Pick<Calling, 'servedBy'> {
  if (targetOf(plan, step).system.name !== system) return {};
  const attempts = (applied ?? failed)?.attempts ?? [];
  const server = attempts.findLast(({ outcome }) => OUTCOMES[outcome].effect !== 'none')?.server;
  return server === undefined ? {} : { servedBy: server };
}

/** `$request.header.Idempotency-Key`, or the header that the step declares: the key that the step was called with. */
function keyHeaders({ idempotencyKey, step }: EffectOf): { readonly [name: string]: string } {
  const declared = step.idempotency?.header?.toLowerCase();
  return { 'idempotency-key': idempotencyKey, ...(declared !== undefined && { [declared]: idempotencyKey }) };
}

function refsOf({ effect, record }: Beside, call: PlanCall): { readonly [path: string]: Kept | null } {
  const refs: { [path: string]: Kept | null } = Object.create(null);
  for (const path of call.reads) {
    // Of itself only what this very visit gave: an earlier one's would name that one's effect.
    refs[path] = path === effect.step.path ? null : (outputsBefore(record, effect, path) ?? null);
  }
  const own = effect.applied?.outputs ?? effect.verdict?.outputs ?? effect.failed?.given;
  if (own) refs[effect.step.path] = own;
  // What was asked of this very visit came after it, and is its own.
  const asked = indexOf(record)
    .applied({ ...effect.key, step: `${effect.step.path}#poll` })
    .at(-1);
  if (asked) refs[asked.key.step] = asked.outputs;
  const { undo } = effect.step;
  if (undo?.kind !== 'calls') return refs;
  for (const done of effect.undos) {
    const path = undo.calls[done.number];
    if (path !== undefined && done.outputs) refs[path] = done.outputs;
  }
  return refs;
}

type Given = Pick<AppliedOutcome, 'endedAt' | 'outputs'>;

/** What the machine had in its variable when the step began: the last passage that was over by then. */
function outputsBefore(record: RunRecord, effect: EffectOf, path: string): Kept | undefined {
  const { appliedOf, failuresOf, verdictsOf } = indexOf(record);
  const handed = failuresOf(path).flatMap(({ endedAt, handed: outputs }) => (outputs ? [{ endedAt, outputs }] : []));
  const before = [...appliedOf(path), ...handed]
    .filter(({ endedAt }) => endedAt <= effect.intent.at)
    .reduce<Given | undefined>((last, one) => (last && last.endedAt >= one.endedAt ? last : one), undefined);
  return before?.outputs ?? verdictsOf(path).findLast(({ outputs }) => outputs)?.outputs;
}

export type PreparedSideCall =
  | { readonly ok: true; readonly series: Series }
  | { readonly ok: false; readonly why: string };

export async function prepareSideCall(
  { calling, scope }: SideCall,
  ports: CallPorts,
  bounds: Bounds,
): Promise<PreparedSideCall> {
  const { system } = calling;
  const environment = ports.environments.system(system.name);
  const built = await preparedRequest({ calling, environment, scope, strict: true });
  if (!built.ok) return { ok: false, why: built.why };
  const { request } = built;
  for (const text of built.notes) noteOf(calling, ports, text);
  const authorised = await authoriseFor({ passage: calling, request, environment }, ports, 1);
  return { ok: true, series: { passage: calling, request, environment, authorised, bounds } };
}

function noteOf({ task, step, key }: Calling, { telemetry }: CallPorts, message: string): void {
  telemetry.log({ level: 'warn', message, run: task.run, step: step.path, visit: key.visit });
}
