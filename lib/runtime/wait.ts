/**
 * The two states before a step that waits, for a person (interaction.ts) or for a message (receive.ts): one opens its slot
 * and says how long it may take, one waits with a token. It is not the machine that decides whether an answer or the end
 * of the time came first: woken or timed out, the step's handler looks what lies in the slot.
 */
import { assert } from '../model/assert.ts';
import { itemOfPath } from '../model/item-path.ts';
import { own } from '../model/json.ts';
import type { Plan, PlanReceive, PlanStep } from '../model/plan.ts';
import { type At, type AwaitTask, type InviteAnswer, type InviteTask, TaskError } from '../model/task.ts';
import type { CorePorts } from './core.ts';
import { digestKeyOf } from './digest-key.ts';
import { dataDigestOf, idempotencyKey } from './digest.ts';
import { Evaluation } from './evaluation.ts';
import { slotOf } from './interaction.ts';
import { readingOf } from './passage.ts';
import type { Waiter } from './ports/callbacks.ts';
import { correlationOf, type ExpectedMessage, expectMessage, receiveSlot, receivingRequest } from './receive.ts';
import { reopenedVisit } from './reopened.ts';
import type { PreparedRequest } from './request/build.ts';
import { emit, isoTime } from './run-events.ts';
import { forwardHeader } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';
import { visitOf } from './visit.ts';

/** The state waits a little longer than the answer may take: the store's clock decides, not the machine's. */
const MARGIN_SECONDS = 2;

export async function invite(task: InviteTask, ports: CorePorts): Promise<InviteAnswer> {
  const waiting = await waitingStep(task, ports);
  const { step } = waiting;
  if (task.fenced === true) throw new TaskFailure(TaskError.Fenced, 'a branch of the join before has failed');
  const header = await forwardHeader(task, ports);
  const expecting = step.receive && (await expectingOf(task, { ...waiting, receive: step.receive }, ports));
  if (task.epoch > 1 && (await isStanding(task, { ...waiting, expecting }, ports))) return { seconds: MARGIN_SECONDS };
  const { visit, gen } = visitOf(step.path, task.at);
  const since = ports.clock.now();
  const mostMs = expecting ? step.receive?.timeoutMs : step.interaction?.deadlineMs;
  // What it waits for has no value: there is nothing to wait for, and its handler says so.
  const isVain = expecting !== undefined && !expecting.message;
  const until = isVain ? since : Math.min(header.deadline, since + (mostMs ?? header.deadline - since));
  const { run, epoch } = task;
  const waiter: Waiter = { run, epoch, step: step.path, visit, gen, since, until, id: ports.random.uuid() };
  const slot = waitingSlot(task, step);
  const before = (await ports.callbacks.slot(slot))?.waiter;
  // Asked again, its time goes on from where it began.
  const opened = before ?? waiter;
  if (!before) await ports.callbacks.wait(slot, waiter);
  if (expecting?.message) await expectMessage(expecting.message, { slot, waiter: opened }, ports);
  return { seconds: Math.max(1, Math.ceil((opened.until - since) / 1000)) + MARGIN_SECONDS };
}

/** Of a message, each generation of a visit has a slot of its own; a person who said yes has said it of the visit. */
function waitingSlot(task: InviteTask | AwaitTask, step: PlanStep): string {
  if (step.receive) return receiveSlot({ ...task, step: step.path });
  const { visit } = visitOf(step.path, task.at);
  return slotOf({ run: task.run, epoch: task.epoch, step: step.path, visit });
}

/** Its token takes the place of an earlier attempt's. What has been said already, or will not be any more, wakes it at once. */
export async function awaitAnswer(task: AwaitTask, ports: CorePorts): Promise<{ readonly waits: boolean }> {
  const { plan, step } = await waitingStep(task, ports);
  const key = waitingSlot(task, step);
  const before = (await ports.callbacks.slot(key))?.waiter;
  const header = await ports.journal.header(task.run);
  const isForward = header?.phase === 'forward' && header.epoch === task.epoch;
  const waiting = before && (await ports.callbacks.wait(key, { ...before, token: task.token }));
  if (before && waiting?.kind === 'waiting' && isForward) {
    if (before.token === undefined) announce(task, ports, { plan, step, waiter: before });
    return { waits: true };
  }
  await ports.waking.succeed(task.token, {});
  return { waits: false };
}

/** Said when it waits, once: whoever hears it may close the process, and the next one goes on waiting. */
function announce(
  { run }: AwaitTask,
  ports: CorePorts,
  { plan, step: { interaction }, waiter }: { readonly plan: Plan; readonly step: PlanStep; readonly waiter: Waiter },
): void {
  const { step, visit, until } = waiter;
  const { type = 'message', title } = interaction ?? {};
  const told = title === undefined ? {} : { title };
  const source = { runId: run, workflowId: plan.workflowId };
  emit(ports, source, { type: 'step-waiting', step, visit, for: type, until: isoTime(until), ...told });
}

/** Whether runs of the plan may wait for somebody. */
export function mayWait({ steps }: Plan): boolean {
  return Object.values(steps).some(({ interaction, receive }) => interaction ?? receive);
}

/** Nothing begins any more: whoever waits is woken, and finds the fence. */
export async function wakeWaiting(
  run: string,
  plan: Plan,
  ports: Pick<CorePorts, 'callbacks' | 'waking' | 'clock'>,
): Promise<void> {
  if (!mayWait(plan)) return;
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

async function waitingStep(
  { plan: hash, step: path }: InviteTask | AwaitTask,
  { plans }: CorePorts,
): Promise<{ readonly plan: Plan; readonly step: PlanStep }> {
  const plan = await plans.plan(hash);
  const step = own(plan.steps, path);
  assert(step?.interaction ?? step?.receive, `a machine waits where its plan has somebody to wait for (${path})`);
  assert(itemOfPath(path) === undefined, 'the items of a list wait for nobody');
  return { plan, step: step as PlanStep };
}

interface ExpectingMessage {
  /** Absent where what it waits for has no value. */
  readonly message?: ExpectedMessage;
  readonly request: PreparedRequest;
  readonly digestKey: string;
}

async function expectingOf(
  task: InviteTask,
  { plan, step, receive }: { readonly plan: Plan; readonly step: PlanStep; readonly receive: PlanReceive },
  ports: CorePorts,
): Promise<ExpectingMessage> {
  const evaluation = new Evaluation(plan, await readingOf(task, step, plan, ports));
  const correlated = correlationOf(step, receive, evaluation);
  return {
    ...(correlated.ok && {
      message: { plan, step, ...(correlated.correlation !== undefined && { correlation: correlated.correlation }) },
    }),
    request: receivingRequest({ plan, step, evaluation }),
    digestKey: await digestKeyOf(plan, task.run, ports.blobs),
  };
}

/**
 * What stands from an earlier epoch answers by itself: nobody is asked for what is not done again, and no message comes
 * twice. What may be redone with other data is asked for again, since the person said yes to the data of before.
 */
async function isStanding(
  task: InviteTask,
  {
    plan,
    step,
    expecting,
  }: { readonly plan: Plan; readonly step: PlanStep; readonly expecting: ExpectingMessage | undefined },
  ports: CorePorts,
): Promise<boolean> {
  const { run, epoch, plan: hash, at } = task;
  if (step.onChange === 'redo' && !expecting) return false;
  const call: { readonly at?: At | null } = at === undefined ? {} : { at };
  const visited = await reopenedVisit(
    { op: 'call', run, epoch, plan: hash, step: step.path, ...call },
    { plan, step, path: step.path, anew: false },
    ports,
  );
  const standing = visited?.standing;
  if (!standing || !expecting) return standing !== undefined;
  const key = idempotencyKey(run, visitOf(step.path, at));
  return standing.outcome.dataDigest === dataDigestOf(expecting.digestKey, key, expecting.request.seen.request);
}
