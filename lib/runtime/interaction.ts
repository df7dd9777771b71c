/**
 * A step that waits for a person before its request is made. Its slot is opened for one visit in one epoch: what was said
 * of a run before it was corrected says nothing of it now. The answer and the end of the time exclude each other in the
 * store (run-contract, interleaving 20), so it is not the machine that decides which came first: woken or timed out, the
 * step's handler looks what was said, and closes the slot where nothing was.
 */
import { assert } from '../model/assert.ts';
import { itemOfPath } from '../model/item-path.ts';
import { type Json, own } from '../model/json.ts';
import type { Plan, PlanInteraction, PlanStep } from '../model/plan.ts';
import { type At, type AwaitTask, type InviteAnswer, type InviteTask, TaskError } from '../model/task.ts';
import type { Scope } from '../expressions/scope.ts';
import type { CorePorts } from './core.ts';
import { resolveKept } from './keep.ts';
import type { Answer, Waiter } from './ports/callbacks.ts';
import type { RunHeader } from './ports/journal.ts';
import { reopenedVisit } from './reopened.ts';
import { emit, isoTime } from './run-events.ts';
import { TaskFailure } from './task-failure.ts';
import { visitOf } from './visit.ts';

export interface Awaited {
  readonly run: string;
  readonly epoch: number;
  readonly step: string;
  readonly visit: number;
}

/** Both sides compute it: who waits, and who answers, perhaps before. */
export function slotOf({ run, epoch, step, visit }: Awaited): string {
  return JSON.stringify([run, epoch, step, visit]);
}

/** The state waits a little longer than the answer may take: the store's clock decides, not the machine's. */
const MARGIN_SECONDS = 2;

export async function invite(task: InviteTask, ports: CorePorts): Promise<InviteAnswer> {
  const { plan, step, interaction } = await interactionOf(task, ports);
  if (task.fenced === true) throw new TaskFailure(TaskError.Fenced, 'a branch of the join before has failed');
  const header = await forwardHeader(task, ports);
  const { visit } = visitOf(step.path, task.at);
  if (task.epoch > 1 && (await isStanding(task, { plan, step }, ports))) return { seconds: MARGIN_SECONDS };
  const since = ports.clock.now();
  const until = Math.min(header.deadline, since + (interaction.deadlineMs ?? header.deadline - since));
  const awaited = { run: task.run, epoch: task.epoch, step: step.path, visit };
  const waiter: Waiter = { ...awaited, gen: 0, since, until, id: ports.random.uuid() };
  const before = (await ports.callbacks.slot(slotOf(awaited)))?.waiter;
  // Asked again, its time goes on from where it began.
  const opened = before ?? waiter;
  if (!before) await ports.callbacks.wait(slotOf(awaited), waiter);
  return { seconds: Math.max(1, Math.ceil((opened.until - since) / 1000)) + MARGIN_SECONDS };
}

/** Its token takes the place of an earlier attempt's. What has been said already, or will not be any more, wakes it at once. */
export async function awaitAnswer(task: AwaitTask, ports: CorePorts): Promise<{ readonly waits: boolean }> {
  const { plan, step, interaction } = await interactionOf(task, ports);
  const { visit } = visitOf(step.path, task.at);
  const key = slotOf({ run: task.run, epoch: task.epoch, step: step.path, visit });
  const before = (await ports.callbacks.slot(key))?.waiter;
  const header = await ports.journal.header(task.run);
  const isForward = header?.phase === 'forward' && header.epoch === task.epoch;
  const waiting = before && (await ports.callbacks.wait(key, { ...before, token: task.token }));
  if (before && waiting?.kind === 'waiting' && isForward) {
    if (before.token === undefined) announce(task, ports, { plan, interaction, waiter: before });
    return { waits: true };
  }
  await ports.waking.succeed(task.token, {});
  return { waits: false };
}

/** Said when it waits, once: whoever hears it may close the process, and the next one goes on waiting. */
function announce(
  { run }: AwaitTask,
  ports: CorePorts,
  {
    plan,
    interaction,
    waiter,
  }: { readonly plan: Plan; readonly interaction: PlanInteraction; readonly waiter: Waiter },
): void {
  const { step, visit, until } = waiter;
  const { type, title } = interaction;
  const told = title === undefined ? {} : { title };
  const source = { runId: run, workflowId: plan.workflowId };
  emit(ports, source, { type: 'step-waiting', step, visit, for: type, until: isoTime(until), ...told });
}

/** Nothing begins any more: whoever waits for a person is woken, and finds the fence. */
export async function wakeWaiting(
  run: string,
  plan: Plan,
  ports: Pick<CorePorts, 'callbacks' | 'waking' | 'clock'>,
): Promise<void> {
  if (!Object.values(plan.steps).some(({ interaction }) => interaction)) return;
  const at = ports.clock.now();
  const open = (await ports.callbacks.ofRun(run)).filter(({ answer, closed }) => !answer && !closed);
  await Promise.all(
    open.map(async ({ key, waiter }) => {
      const closed = await ports.callbacks.close(key, { at, why: 'ended' });
      if (closed.kind !== 'closed' || waiter?.token === undefined) return;
      await ports.waking.fail(waiter.token, { error: TaskError.Fenced, cause: 'the run is being ended' });
    }),
  );
}

export type Said = NonNullable<Scope['interaction']> & { readonly message?: string };

/** What was said of this visit, or what its time being up means. */
export async function saidOf(
  awaited: Awaited,
  interaction: PlanInteraction,
  ports: Pick<CorePorts, 'callbacks' | 'clock' | 'blobs'>,
): Promise<Said> {
  const key = slotOf(awaited);
  const at = ports.clock.now();
  const slot = await ports.callbacks.slot(key);
  if (slot?.answer) return await saidBy(slot.answer, awaited.run, ports);
  const until = slot?.waiter?.until;
  if (!slot?.closed && (until === undefined || at < until)) {
    throw new TaskFailure(TaskError.Fenced, `nobody has answered ${awaited.step} yet`);
  }
  const closed = await ports.callbacks.close(key, { at, why: 'expired' });
  if (closed.kind === 'answered') return await saidBy(closed.answer, awaited.run, ports);
  switch (interaction.onTimeout) {
    case 'approve':
      return { decision: 'approved', actor: 'timeout' };
    case 'reject':
      return {
        decision: 'rejected',
        actor: 'timeout',
        message: 'nobody answered in time, which counts as a rejection',
      };
    case 'fail':
      return { decision: 'expired', actor: 'timeout', message: 'nobody answered in time' };
  }
}

async function saidBy(
  { kind, actor, note, data }: Answer,
  run: string,
  ports: Pick<CorePorts, 'blobs'>,
): Promise<Said> {
  const payload: Json | undefined = data === undefined ? undefined : await resolveKept(data, run, ports.blobs);
  const because = note === undefined ? '' : `: ${note}`;
  return {
    decision: kind === 'rejected' ? 'rejected' : 'approved',
    actor,
    ...(note !== undefined && { note }),
    ...(payload !== undefined && { payload }),
    ...(kind === 'rejected' && { message: `${actor} rejected it${because}` }),
  };
}

async function interactionOf(
  { plan: hash, step: path }: InviteTask | AwaitTask,
  { plans }: CorePorts,
): Promise<{ readonly plan: Plan; readonly step: PlanStep; readonly interaction: PlanInteraction }> {
  const plan = await plans.plan(hash);
  const step = own(plan.steps, path);
  assert(step?.interaction, `a machine waits where its plan has an interaction (${path})`);
  assert(itemOfPath(path) === undefined, 'the items of a list wait for nobody');
  return { plan, step, interaction: step.interaction };
}

async function forwardHeader({ run, epoch }: InviteTask, { journal }: CorePorts): Promise<RunHeader> {
  const header = await journal.header(run);
  if (!header) throw new TaskFailure(TaskError.RunInvalid, `the journal has no run ${run}`);
  if (header.epoch !== epoch) throw new TaskFailure(TaskError.StaleEpoch, `the run goes on in epoch ${header.epoch}`);
  if (header.phase === 'forward') return header;
  throw new TaskFailure(TaskError.Fenced, `nothing begins in a run that is ${header.phase}`);
}

/**
 * What stands from an earlier epoch answers by itself: nobody is asked for what is not done again. What may be redone with
 * other data is asked for again, since the person said yes to the data of before.
 */
async function isStanding(
  task: InviteTask,
  { plan, step }: { readonly plan: Plan; readonly step: PlanStep },
  ports: CorePorts,
): Promise<boolean> {
  const { run, epoch, plan: hash, at } = task;
  if (step.onChange === 'redo') return false;
  const call: { readonly at?: At | null } = at === undefined ? {} : { at };
  const visited = await reopenedVisit(
    { op: 'call', run, epoch, plan: hash, step: step.path, ...call },
    { plan, step, path: step.path, anew: false },
    ports,
  );
  return visited?.standing !== undefined;
}
