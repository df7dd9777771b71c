/**
 * The answer of a step that stands from an earlier epoch (run-contract section 7). An effect that was made from other data
 * than the run has now is refused by name, or, where the author said `onChange: redo`, undone and then done anew. What the
 * step did not want answers nothing either: it too is undone and done anew. What may stay (`compensate: none`) stays, and
 * is done anew beside it.
 */
import { assert } from '../model/assert.ts';
import { type CallAnswer, TaskError } from '../model/task.ts';
import { dataDigestOf } from './digest.ts';
import { digestKeyOf } from './digest-key.ts';
import { type EffectOf, effectsOf, plansOf } from './effects.ts';
import { type Fate, fatesOf } from './fates.ts';
import type { CallPorts, Passage } from './passage.ts';
import type { UndoRecord } from './ports/journal.ts';
import { precedence } from './precedence.ts';
import { type Standing, wayOfStanding } from './reopened.ts';
import { raiseFence } from './raise.ts';
import { type PreparedRequest, systemOfCall } from './request/build.ts';
import { requireForward } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';
import { type Round, undoRound } from './undo.ts';
import { nextAt, sameKey } from './visit.ts';

/** Undefined: it is to be done with other data, and nothing is in the way any more. */
export async function answerStanding(
  passage: Passage,
  standing: Standing,
  request: PreparedRequest | undefined,
  ports: CallPorts,
): Promise<CallAnswer | undefined> {
  const { task, header, step, idempotencyKey } = passage;
  assert(header, 'a run that was opened again is read first');
  requireForward(header, task);
  const { effect, outcome } = standing;
  const digestKey = await digestKeyOf(effect?.plan ?? passage.plan, task.run, ports.blobs);
  const isChanged = outcome.dataDigest !== dataDigestOf(digestKey, idempotencyKey, request?.seen.request);
  // It waits for another message now; a skipped one waited for none.
  if (step.receive && isChanged && outcome.dataDigest !== '') return undefined;
  if (effect && (isChanged || isUnwanted(effect))) {
    if (!isUnwanted(effect) && step.onChange === 'refuse') {
      throw await changed(passage, ports, 'it stands, and was made from other data');
    }
    await undoFor(passage, standing, ports);
    return undefined;
  }
  const go = wayOfStanding(step, outcome);
  if (go === undefined) {
    throw await changed(passage, ports, `it was left by ${outcome.go}, which the description no longer has`);
  }
  await passed(passage, effect, ports);
  return {
    out: outcome.outputs,
    go,
    ...(outcome.seconds !== undefined && { seconds: outcome.seconds }),
    ...(step.repeats && { at: nextAt(step, task.at, go) }),
    ...(step.poll && { poll: null }),
  };
}

/** That it is on the way now, too, whoever closes the run has to know (left-behind.ts). Of an item its list tells. */
async function passed(
  { task: { run, epoch, item } }: Passage,
  effect: EffectOf | undefined,
  ports: CallPorts,
): Promise<void> {
  if (!effect || item !== undefined) return;
  const answer = await ports.journal.pass(run, { key: effect.key, epoch });
  if (answer.kind !== 'recorded') requireForward(answer, { epoch });
}

/** Its answer was no success of the step, and nobody has said since that it may count as one. */
function isUnwanted({ failed, verdict }: EffectOf): boolean {
  return failed !== undefined && verdict === undefined;
}

/** The run ends with it, so the fence goes up here: whoever raises it after us does not know why. */
async function changed({ task, plan, key }: Passage, ports: CallPorts, why: string): Promise<TaskFailure> {
  const message = `${key.step} is not done again: ${why}`;
  await raiseFence(task, ports, { plan, error: { error: TaskError.Changed, message, step: key.step } });
  return new TaskFailure(TaskError.Changed, message);
}

async function undoFor(passage: Passage, { effect, record }: Standing, ports: CallPorts): Promise<void> {
  assert(effect, 'only an effect is undone');
  const { task, system, step } = passage;
  const { undo } = effect.step;
  const other = isUnwanted(effect) ? 'what stands is not what it wants, and' : 'it was made from other data, and';
  if (!undo) throw await changed(passage, ports, `${other} nothing says how to undo it`);
  const calls = undo.kind === 'calls' ? undo.calls : [];
  const foreign = calls.some((call) => systemOfCall(effect.plan, call) !== system.name);
  if (foreign) throw await changed(passage, ports, `${other} its undo calls another system`);
  const now = ports.clock.now();
  const effects = effectsOf(record, await plansOf(record.header, ports.plans), now);
  const itself = effects.find((one) => sameKey(one.key, effect.key));
  const fates = fatesOf(effects, now);
  const builtOn = new Set(itself ? precedence(effects)(itself) : []);
  // What this epoch has done came before this step in its flow, whatever time says of steps of different plans.
  const isEarlier = (fate: Fate): boolean => fate.effect.intent.epoch < task.epoch && fate.kind !== 'gone';
  const holds = fates.find((fate) => builtOn.has(fate.effect) && isEarlier(fate));
  if (holds) throw await changed(passage, ports, `${other} ${holds.effect.key.step} was built on it`);
  for (const [number, call] of calls.entries()) {
    const done = await roundOf({ effect, record, number, call, by: {}, epoch: task.epoch }, ports);
    if (done.state === 'done') continue;
    if (done.state === 'failed') throw await changed(passage, ports, done.error?.message ?? 'its undo failed');
    throw new TaskFailure(TaskError.Leased, `the undo of ${step.path} is tried again`);
  }
}

/** The machine asks a step again that is leased; that something comes later it hears in a wave only. */
async function roundOf(round: Round, ports: CallPorts): Promise<UndoRecord> {
  try {
    return await undoRound(round, ports);
  } catch (failure) {
    if (!(failure instanceof TaskFailure) || failure.error !== TaskError.Later) throw failure;
    throw new TaskFailure(TaskError.Leased, failure.message);
  }
}
