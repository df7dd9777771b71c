/**
 * Before the items of a step that is done for each of a list: reads the list, and refuses one that cannot be done before
 * anything of it has begun. It decides nothing of an item and writes nothing, so asking it again is harmless. In a run
 * that was opened again, an effect of an item that the corrected list no longer has would stand beside a run that
 * succeeds: it is refused by name.
 */
import { assert } from '../model/assert.ts';
import { itemPath, stepOfPath } from '../model/item-path.ts';
import { own } from '../model/json.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import {
  type CallTask,
  type EachAnswer,
  type EachTask,
  type GatherTask,
  TaskError,
  type TaskErrorName,
} from '../model/task.ts';
import type { CorePorts } from './core.ts';
import { digestKeyOf } from './digest-key.ts';
import { effectsOf, plansOf } from './effects.ts';
import { Evaluation, type RunData } from './evaluation.ts';
import { fatesOf } from './fates.ts';
import { type Item, itemsOf } from './items.ts';
import { readingOf } from './passage.ts';
import { raiseFence } from './raise.ts';
import { TaskFailure } from './task-failure.ts';
import { visitOf } from './visit.ts';

export async function each(task: EachTask, ports: CorePorts): Promise<EachAnswer> {
  const listed = await listOf(task, ports);
  if (task.epoch > 1) await requireNoneLeftOver(task, ports, listed);
  return divided(listed);
}

/** A long list is done in batches (batch.ts), a short one item by item. */
function divided({ step: { forEach }, items }: Listed): EachAnswer {
  assert(forEach, 'a list is of a step that has one');
  const { concurrency, batches } = forEach;
  if (items.length <= batches.over) return { items: [...items.keys()], atOnce: concurrency };
  const count = Math.ceil(items.length / batches.size);
  return { items: Array.from({ length: count }, (_, batch) => ({ batch })), atOnce: batches.atOnce };
}

export interface Listed {
  readonly plan: Plan;
  readonly step: PlanStep;
  readonly items: readonly Item[];
  readonly read: RunData;
  readonly digestKey: string;
}

/** Whoever does, begins or gathers items of a list. */
type ListTask = Pick<EachTask | GatherTask | CallTask, 'run' | 'epoch' | 'plan' | 'step' | 'refs' | 'fenced'>;

export async function listOf(task: ListTask, ports: CorePorts): Promise<Listed> {
  if (task.fenced === true) throw new TaskFailure(TaskError.Fenced, 'a branch or an item before has failed');
  const plan = await ports.plans.plan(task.plan);
  const step = own(plan.steps, task.step);
  assert(step?.forEach, `a machine lists what its plan has lists for (${task.step})`);
  const { forEach } = step;
  const read = await readingOf(task, step, plan, ports);
  const digestKey = await digestKeyOf(plan, task.run, ports.blobs);
  const listed = itemsOf({ step, forEach, evaluation: new Evaluation(plan, read), digestKey });
  if (!listed.ok) throw await stopped(task, ports, { plan, error: TaskError.RunInvalid, why: listed.why });
  return { plan, step, items: listed.items, read, digestKey };
}

/** The machine tells settle the name of a failure only: what it was is said here. */
export async function stopped(
  task: ListTask,
  ports: CorePorts,
  { plan, error, why }: { readonly plan: Plan; readonly error: TaskErrorName; readonly why: string },
): Promise<TaskFailure> {
  await raiseFence(task, ports, { plan, error: { error, message: why, step: task.step } });
  return new TaskFailure(error, why);
}

/** `failed`: why each of them did, as far as they are known. */
export async function requireTolerable(
  task: ListTask,
  ports: CorePorts,
  { plan, step, items, failed }: Pick<Listed, 'plan' | 'step' | 'items'> & { readonly failed: readonly string[] },
): Promise<void> {
  const tolerate = step.forEach?.tolerate ?? 0;
  if (tolerate === 'all' || failed.length <= tolerate) return;
  const [first] = failed;
  const said = first === undefined ? '' : `: ${first}`;
  const why = `${failed.length} of ${items.length} items of ${step.path} failed, and ${tolerate} may${said}`;
  throw await stopped(task, ports, { plan, error: TaskError.Unwanted, why });
}

async function requireNoneLeftOver(task: EachTask, ports: CorePorts, { plan, step, items }: Listed): Promise<void> {
  const record = await ports.journal.record(task.run);
  if (!record) return;
  const now = ports.clock.now();
  const effects = effectsOf(record, await plansOf(record.header, ports.plans), now);
  const { visit } = visitOf(step.path, task.at);
  const paths = new Set(items.map(({ name }) => itemPath(step.path, name)));
  const left = fatesOf(effects, now).find(
    ({ kind, effect: { key } }) =>
      kind !== 'gone' && key.visit === visit && stepOfPath(key.step) === step.path && !paths.has(key.step),
  );
  if (!left) return;
  const why = `${left.effect.key.step} stands, and the list no longer has that item`;
  throw await stopped(task, ports, { plan, error: TaskError.Changed, why });
}
