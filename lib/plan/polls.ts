/**
 * A step that has only begun something is two in the plan: its own call, and one behind it that asks until it is done
 * (`<step>#poll`). That one changes nothing; it has the step's ways on, since only then the step is over.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { PlanPoll, PlanStep } from '../model/plan.ts';
import type { PollPolicy } from '../model/policy.ts';
import { assert } from '../model/assert.ts';
import { type CallContext, planCall, systemPolicy } from './calls.ts';
import type { StepDraft } from './draft.ts';
import { outputsOfPoll } from './handed-on.ts';
import { stepPolicies } from './policies.ts';
import { planCriteria } from './values.ts';

export function pollPath(step: string): string {
  return `${step}#poll`;
}

/** Where the step goes when it is done; everything else of the question is its own. */
export type Leading = Pick<PlanStep, 'onSuccess' | 'closes' | 'exits' | 'reads' | 'readsInputs'>;

export function planPoll(context: CallContext, draft: StepDraft, leading: Leading): PlanStep | undefined {
  const { linked, scope, path } = draft;
  const { poll } = linked;
  if (!poll) return undefined;
  assert(poll.target?.kind === 'operation', 'a poll without errors calls an operation');
  const { target } = poll;
  const { description } = scope.linked;
  const policy = context.policies.ofStep(linked.step.policy);
  const system = systemPolicy(context, target, description);
  const own = policy.sensitive ? { sensitive: policy.sensitive } : {};
  const failed = planCriteria(poll.step.failed);
  const call = planCall(context, {
    path: pollPath(path),
    scope: scope.path,
    linked: { ...poll, step: { ...poll.step, successCriteria: poll.step.until, outputs: outputsOfPoll(linked, poll) } },
    target,
    description,
    policies: stepPolicies({ linked: poll, target, step: { ...own, cache: false }, system }),
    more: failed,
  });
  const reads = new Set([...call.reads, ...leading.reads]);
  reads.delete(call.path);
  return {
    ...call,
    reads: [...reads].sort(),
    readsInputs: call.readsInputs || leading.readsInputs,
    onSuccess: leading.onSuccess,
    onFailure: [],
    poll: { of: path, failed, ...timesOf(policy.poll) },
    onChange: DEFAULTS.onChange,
    repeats: false,
    closes: leading.closes,
    exits: leading.exits,
  };
}

function timesOf(policy: PollPolicy = {}): Omit<PlanPoll, 'of' | 'failed'> {
  const { poll: defaults } = DEFAULTS;
  const everyMs = policy.every ?? defaults.everyMs;
  return {
    everyMs,
    backoff: policy.backoff ?? defaults.backoff,
    capMs: policy.cap ?? Math.max(everyMs, defaults.capMs),
    ...(policy.deadline !== undefined && { deadlineMs: policy.deadline }),
    ...(policy.heartbeat !== undefined && { heartbeatMs: policy.heartbeat }),
  };
}
