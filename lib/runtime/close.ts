/**
 * Close: the workflow's outputs and, in one conditional write, forward -> succeeded (run-contract section 7). After it
 * nothing begins and a cancel is refused. Asked again, it answers with the outputs that it wrote.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { type JsonObject, own } from '../model/json.ts';
import type { Kept } from '../model/kept.ts';
import type { Plan } from '../model/plan.ts';
import { type CloseAnswer, type CloseTask, TaskError } from '../model/task.ts';
import { unreachable } from '../model/assert.ts';
import type { CorePorts } from './core.ts';
import { Evaluation } from './evaluation.ts';
import { keepOutputs, oversized, resolveRefs } from './keep.ts';
import { leftBehind } from './left-behind.ts';
import { releaseLock } from './lock.ts';
import { inputOf, languagesFor } from './passage.ts';
import type { RunRecord } from './ports/journal.ts';
import { raiseFence } from './raise.ts';
import { emit } from './run-events.ts';
import { stale } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';

export async function close(task: CloseTask, ports: CorePorts): Promise<CloseAnswer> {
  if (task.fenced === true) throw new TaskFailure(TaskError.Fenced, 'a branch of the last join has failed');
  const plan = await ports.plans.plan(task.plan);
  const outputs = await keptOutputs(task, ports, plan);
  const at = ports.clock.now();
  const mayDegrade = Object.values(plan.steps).some(({ fallback }) => fallback);
  // Most runs are closed without a look at what their steps did.
  const record = mayDegrade || task.epoch > 1 ? await ports.journal.record(task.run) : undefined;
  if (record) await requireNoneBehind(task, ports, { plan, record });
  const degraded = mayDegrade && record?.applied.some((one) => one.degraded === true);
  const answer = await ports.journal.close(task.run, {
    epoch: task.epoch,
    at,
    outputs,
    ...(degraded && { degraded }),
  });
  switch (answer.kind) {
    case 'closed':
      await releaseLock(task, ports, plan);
      await announce(task, ports, plan, at);
      return { outputs };
    case 'again':
      await releaseLock(task, ports, plan);
      return { outputs: answer.outputs };
    case 'fenced':
      throw new TaskFailure(TaskError.Fenced, `the run is ${answer.phase} and cannot succeed`);
    case 'stale':
      throw stale(answer.epoch);
    default:
      return unreachable(answer, 'answer to a close');
  }
}

async function requireNoneBehind(
  task: CloseTask,
  ports: CorePorts,
  { plan, record }: { readonly plan: Plan; readonly record: RunRecord },
): Promise<void> {
  // Closed already, or not ours to close: the journal says so.
  if (record.header.epoch !== task.epoch || record.header.phase !== 'forward') return;
  const left = await leftBehind(record, ports.plans, ports.clock.now());
  if (!left) return;
  const { step } = left.key;
  const message = `${step} stands from before, and the run no longer comes to it`;
  await raiseFence(task, ports, { plan, error: { error: TaskError.Changed, message, step } });
  throw new TaskFailure(TaskError.Fenced, message);
}

async function keptOutputs(task: CloseTask, ports: CorePorts, plan: Plan): Promise<Kept> {
  const outputs = await outputsOf(task, ports, plan);
  const large = oversized(outputs);
  if (large !== undefined) {
    const why = `the output \`${large}\` has more than ${DEFAULTS.blobLimitBytes} bytes`;
    throw new TaskFailure(TaskError.RunInvalid, why);
  }
  const sensitive = own(plan.scopes, task.scope)?.sensitive?.outputs ?? [];
  return await keepOutputs(outputs, { plan, run: task.run, sensitive }, ports.blobs);
}

/** Every declared output is there: one without a value is null, and the log says why. */
async function outputsOf(task: CloseTask, ports: CorePorts, plan: Plan): Promise<JsonObject> {
  const input = await inputOf(task.run, ports);
  const xpath = await languagesFor(plan);
  const refs = await resolveRefs(task.refs ?? {}, task.run, ports.blobs);
  const evaluation = new Evaluation(plan, { refs, ...(input !== undefined && { input }), ...(xpath && { xpath }) });
  const found = evaluation.workflowOutputs(task.scope);
  for (const message of evaluation.notes) ports.telemetry.log({ level: 'warn', message, run: task.run });
  const declared = Object.keys(own(plan.scopes, task.scope)?.outputs ?? {});
  return Object.fromEntries(declared.map((name) => [name, own(found, name) ?? null]));
}

async function announce(task: CloseTask, ports: CorePorts, plan: Plan, at: number): Promise<void> {
  const header = await ports.journal.header(task.run);
  const ms = at - (header?.startedAt ?? at);
  emit(ports, { runId: task.run, workflowId: plan.workflowId }, { type: 'run-ended', status: 'succeeded', ms });
}
