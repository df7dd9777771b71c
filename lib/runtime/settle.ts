/**
 * Settle, the only brain of the failing path (run-contract section 6): raises the fence if nobody did, waits for what is
 * under way, and ends the run: `failed` where nothing stands or is in doubt, else `needs-attention` with a dead letter
 * that names exactly that. It reads the journal, never the machine; asked again, it answers the same.
 */
import { assert, unreachable } from '../model/assert.ts';
import type { Plan } from '../model/plan.ts';
import type { RunStatus } from '../model/run.ts';
import { type SettleAnswer, type SettleTask, TaskError } from '../model/task.ts';
import type { CorePorts } from './core.ts';
import { type EffectOf, effectsOf } from './effects.ts';
import { letterOf } from './letter.ts';
import type { RunRecord } from './ports/journal.ts';
import { raiseFence } from './raise.ts';
import { emit } from './run-events.ts';
import { TaskFailure } from './task-failure.ts';

/** Two of us at once: one finishes, the other finds it finished at its second look. */
const MAX_LOOKS = 3;

export async function settle(task: SettleTask, ports: CorePorts): Promise<SettleAnswer> {
  const plan = await ports.plans.plan(task.plan);
  for (let look = 1; look <= MAX_LOOKS; look += 1) {
    const record = await ports.journal.record(task.run);
    if (!record) throw new TaskFailure(TaskError.RunInvalid, `the journal has no run ${task.run}`);
    const answer = await settleRecord(task, ports, { plan, record });
    if (answer) return answer;
  }
  return { do: 'wait', seconds: 1 };
}

interface Known {
  readonly plan: Plan;
  readonly record: RunRecord;
}

/** Undefined: the journal has moved on meanwhile, look again. */
async function settleRecord(task: SettleTask, ports: CorePorts, known: Known): Promise<SettleAnswer | undefined> {
  const { header } = known.record;
  if (header.epoch !== task.epoch) return { do: 'end', status: 'superseded' };
  switch (header.phase) {
    case 'forward': {
      const error = task.why ?? 'States.TaskFailed';
      await raiseFence(task, ports, {
        plan: known.plan,
        error: { error, message: 'a task failed and no handler has seen why' },
      });
      return undefined;
    }
    case 'fenced':
    case 'compensating':
      return await settleFenced(task, ports, known);
    case 'needs-attention':
      return park(known, ports);
    case 'succeeded':
    case 'compensated':
    case 'failed':
      return { do: 'end', status: header.phase };
    default:
      return unreachable(header.phase, 'phase');
  }
}

async function settleFenced(task: SettleTask, ports: CorePorts, known: Known): Promise<SettleAnswer | undefined> {
  const { plan, record } = known;
  const at = ports.clock.now();
  const effects = effectsOf(record, plan, at);
  const live = effects.filter(({ state }) => state === 'live');
  if (live.length > 0) {
    const until = Math.max(...live.map(({ intent }) => intent.leaseUntil));
    return { do: 'wait', seconds: Math.max(1, Math.ceil((until - at) / 1000)) };
  }
  const open = effects.some(isOpen);
  const phase = open ? 'needs-attention' : 'failed';
  const reason = open ? { reason: reasonOf(plan, effects) } : {};
  const finished = await ports.journal.finish(task.run, { epoch: task.epoch, at, phase, ...reason });
  if (finished.kind === 'not-now') return undefined;
  emitEnd(ports, known, phase, at);
  return open ? undefined : { do: 'end', status: phase };
}

function isOpen({ state }: EffectOf): boolean {
  return state === 'stands' || state === 'in-doubt';
}

function reasonOf({ onFailure }: Plan, effects: readonly EffectOf[]): string {
  if (effects.some(({ state }) => state === 'in-doubt')) return 'in-doubt';
  return onFailure === 'hold' ? 'held' : 'standing';
}

function park({ plan, record }: Known, { clock }: CorePorts): SettleAnswer {
  const { reason } = record.header;
  const effects = effectsOf(record, plan, clock.now());
  assert(reason !== undefined, 'a run that needs attention says why');
  return { do: 'park', status: 'needs-attention', letter: letterOf({ record, plan, reason, effects }) };
}

function emitEnd(ports: CorePorts, { plan, record: { header } }: Known, status: RunStatus, at: number): void {
  emit(
    ports,
    { runId: header.runId, workflowId: plan.workflowId },
    {
      type: 'run-ended',
      status,
      ms: at - header.startedAt,
      ...(header.error && { error: header.error }),
    },
  );
}
