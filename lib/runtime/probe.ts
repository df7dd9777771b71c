/**
 * A probe: a safe call that tells whether an effect in doubt happened (run-contract sections 2 and 6). It is asked only
 * when the effect is quiet, since an answer before that proves nothing. What it cannot tell, it is asked again, and then
 * an operator is.
 */
import { assert } from '../model/assert.ts';
import { DEFAULTS } from '../model/defaults.ts';
import type { JsonObject } from '../model/json.ts';
import type { Kept } from '../model/kept.ts';
import type { PlanProbe } from '../model/plan.ts';
import type { RunError } from '../model/run.ts';
import { TaskError, type UndoTask } from '../model/task.ts';
import { answerScope, type Bounds, notSent } from './attempt.ts';
import { type Attempts, makeAttempts, summary } from './attempts.ts';
import type { EffectOf } from './effects.ts';
import { keepOutputs, oversized } from './keep.ts';
import type { CallPorts } from './passage.ts';
import type { AttemptRecord, RunRecord, Verdict } from './ports/journal.ts';
import { proves } from './proof.ts';
import { pauseBefore } from './retry.ts';
import { openSideCall, prepareSideCall, type SideCall } from './side-call.ts';
import { outputsIn } from './step-outputs.ts';
import { TaskFailure } from './task-failure.ts';

export type Found =
  | { readonly kind: 'applied'; readonly outputs: JsonObject; readonly attempts: readonly AttemptRecord[] }
  | { readonly kind: 'absent'; readonly attempts: readonly AttemptRecord[] }
  | {
      readonly kind: 'unknown';
      readonly why: string;
      readonly final: boolean;
      readonly attempts: readonly AttemptRecord[];
    };

/** For settle: asks, and writes the verdict down. */
export async function probe(
  task: UndoTask,
  { record, effect }: { readonly record: RunRecord; readonly effect: EffectOf },
  ports: CallPorts,
): Promise<string> {
  const { probe: planned } = effect.step;
  assert(planned, 'only a step with a probe is probed');
  if (effect.state !== 'in-doubt' && effect.state !== 'lapsed') return effect.state;
  const now = ports.clock.now();
  const until = Math.max(effect.quietAfter, effect.verdict?.notBefore ?? 0);
  if (now < until) throw new TaskFailure(TaskError.Later, `${effect.key.step} is not quiet yet`);
  const leaseMs = effect.plan.calls[planned.call]?.leaseMs ?? 0;
  const bounds = { leaseUntil: now + leaseMs, deadline: Number.POSITIVE_INFINITY };
  const found = await ask({ effect, record, planned, bounds }, ports);
  const verdict = await verdictOf(found, ports, { run: task.run, effect, epoch: task.epoch });
  const answer = await ports.journal.decide(task.run, verdict, task.owner);
  return answer.kind === 'recorded' ? verdict.verdict : answer.kind;
}

async function verdictOf(
  found: Found,
  ports: CallPorts,
  { run, effect, epoch }: { readonly run: string; readonly effect: EffectOf; readonly epoch: number },
): Promise<Verdict> {
  const at = ports.clock.now();
  const attempts = [...(effect.verdict?.attempts ?? []), ...found.attempts];
  const base = { key: effect.key, epoch, at, by: 'probe', attempts } as const;
  switch (found.kind) {
    case 'applied':
      return { ...base, verdict: 'applied', outputs: await keptFor(effect, { run, outputs: found.outputs }, ports) };
    case 'absent':
      return { ...base, verdict: 'absent' };
    case 'unknown': {
      const error: RunError = { error: TaskError.InDoubt, message: found.why, step: effect.key.step };
      // What our own breaker or limit held back was no try; but it is not waited for without end.
      const tries = attempts.filter(({ withheld }) => withheld !== true).length;
      const inTime = at <= effect.quietAfter + DEFAULTS.undo.budgetMs;
      const over = found.final || tries >= DEFAULTS.undo.attempts || !inTime;
      const policy = { ...DEFAULTS.retry, capMs: DEFAULTS.undo.capMs };
      const notBefore = at + pauseBefore(tries + 1, policy, ports.random);
      return { ...base, verdict: 'in-doubt', error, ...(!over && { notBefore }) };
    }
  }
}

/** They stand in for the step's, and are as sensitive. What nobody can keep is missing: an undo that needs it is not sent. */
async function keptFor(
  { plan, step }: EffectOf,
  { run, outputs }: { readonly run: string; readonly outputs: JsonObject },
  { blobs }: CallPorts,
): Promise<Kept> {
  const values = oversized(outputs) === undefined ? outputs : {};
  return await keepOutputs(values, { plan, run, sensitive: step.sensitive }, blobs);
}

export interface Asking {
  readonly effect: EffectOf;
  readonly record: RunRecord;
  readonly planned: PlanProbe;
  readonly bounds: Bounds;
}

/** One series of requests. The caller has made sure that the effect is quiet. */
export async function ask({ effect, record, planned, bounds }: Asking, ports: CallPorts): Promise<Found> {
  const { idempotencyKey } = effect;
  const side = await openSideCall({ effect, record, call: planned.call, idempotencyKey, earlier: [] }, ports);
  const prepared = await prepareSideCall(side, ports, bounds);
  if (!prepared.ok) {
    const unsent = notSent(ports.clock.now(), prepared.why, true);
    return unknown(summary(side.calling, [unsent.record], unsent, undefined), planned);
  }
  const found = judged(await makeAttempts(prepared.series, ports), side, planned);
  const { step, visit } = effect.key;
  ports.telemetry.log({ level: 'info', message: foundWords(found), run: record.header.runId, step, visit });
  return found;
}

function foundWords(found: Found): string {
  if (found.kind === 'unknown') return found.why;
  return `its probe found that it ${found.kind === 'applied' ? 'happened' : 'did not happen'}`;
}

function judged(attempts: Attempts, side: SideCall, planned: PlanProbe): Found {
  const { response } = attempts.last;
  if (!response) return unknown(attempts, planned);
  const answer = { response, scope: answerScope(side.scope, attempts.request, response) };
  if (proves(planned.applied, answer)) {
    const outputs = outputsIn(side.calling.step.outputs, answer.scope, () => undefined);
    return { kind: 'applied', outputs, attempts: attempts.records };
  }
  const absent = planned.absent.length > 0 && proves(planned.absent, answer);
  return absent ? { kind: 'absent', attempts: attempts.records } : unknown(attempts, planned);
}

function unknown({ last, records }: Attempts, { call }: PlanProbe): Found {
  return { kind: 'unknown', why: `${call} could not tell: ${last.why}`, final: last.final, attempts: records };
}
