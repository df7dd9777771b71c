/**
 * What an express workflow may not have, its sub-workflows included: whatever waits for somebody (express executions have no
 * tokens and are over after five minutes), and times that do not fit. What undoes a step is none of it, since the undo
 * machine makes it, which has days. The sum that counts: deadline, then the longest step that has begun right before it,
 * then the end of the run.
 */
import { below, keyAt } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import type { Workflow } from '../model/arazzo.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import { durationText } from '../model/duration.ts';
import { defaultDeadlineMs, latestDeadlineMs, longestLeaseMs } from '../model/express.ts';
import type { PlanAction, PlanScope, PlanStep } from '../model/plan.ts';
import type { WorkflowPolicy } from '../model/policy.ts';
import type { ScopeDraft } from './draft.ts';

export interface ExpressWorkflow {
  readonly workflow: Workflow;
  readonly policy: WorkflowPolicy;
  readonly steps: readonly PlanStep[];
  readonly scopes: { readonly [path: string]: PlanScope };
  /** As they were drafted: where each is called. */
  readonly drafts: readonly ScopeDraft[];
}

export function expressFaults(express: ExpressWorkflow): readonly Diagnostic[] {
  if (express.policy.mode !== 'express') return [];
  return [...waitsForOthers(express), ...tooLate(express), ...tooLongWaits(express)];
}

function waitsForOthers({ workflow, policy, steps }: ExpressWorkflow): readonly Diagnostic[] {
  const { workflowId } = workflow;
  const where = { workflowId, mode: policyAt(workflow, 'mode') };
  const ofSteps = steps.flatMap(({ stepId, origin, interaction, receive }) => {
    if (!interaction && !receive) return [];
    const place = interaction ? keyAt(below(origin, 'x-interlock', 'interaction')) : origin;
    return [report('PLN013', place, { ...where, stepId, what: interaction ? 'a person' : 'a message' })];
  });
  const ofLock = policy.lock ? [report('PLN013', policyAt(workflow, 'lock'), { ...where, what: 'its lock' })] : [];
  return [...ofLock, ...ofSteps];
}

function tooLate({ workflow, policy, steps }: ExpressWorkflow): readonly Diagnostic[] {
  const latestMs = latestDeadlineMs(steps);
  const longest = steps.find(({ leaseMs }) => leaseMs === longestLeaseMs(steps));
  if (!longest) return [];
  const { workflowId } = workflow;
  const facts = { workflowId, stepId: longest.stepId, seconds: Math.ceil(longest.leaseMs / 1000) };
  if (latestMs <= 0) return [report('PLN014', longest.origin, facts)];
  if (policy.deadline === undefined || policy.deadline <= latestMs) return [];
  const latest = `${Math.floor(latestMs / 1000)}s`;
  const deadline = durationText(policy.deadline);
  return [report('PLN014', below(workflow.at, 'x-interlock', 'deadline'), { ...facts, deadline, latest })];
}

interface Wait {
  readonly at: Place;
  readonly stepId: string;
  readonly what: string;
  readonly ms: number;
}

/** A wait that ends no sooner than the run is one after which nothing happens. */
function tooLongWaits(express: ExpressWorkflow): readonly Diagnostic[] {
  const { workflow, policy, steps } = express;
  const deadlineMs = policy.deadline ?? defaultDeadlineMs(steps);
  const { workflowId } = workflow;
  return waitsOf(express)
    .filter(({ ms }) => ms >= deadlineMs)
    .map(({ at, stepId, what, ms }) => {
      const facts = { stepId, what, wait: durationText(ms), deadline: durationText(deadlineMs), workflowId };
      return report('PLN015', at, facts);
    });
}

function waitsOf({ steps, scopes, drafts }: ExpressWorkflow): readonly Wait[] {
  const asking = steps.flatMap(({ origin: at, poll }): readonly Wait[] => {
    if (!poll) return [];
    const { of: stepId } = poll;
    const most = poll.deadlineMs === undefined ? [] : [{ at, stepId, what: 'asks for up to', ms: poll.deadlineMs }];
    return [{ at, stepId, what: 'asks only every', ms: poll.everyMs }, ...most];
  });
  const again = steps.flatMap(({ stepId, origin, onFailure }) => retriesOf(origin, stepId, onFailure));
  const called = drafts.flatMap(({ path, caller }) =>
    caller ? retriesOf(caller.step.at, caller.step.stepId, scopes[path]?.caller?.onFailure ?? []) : [],
  );
  return [...asking, ...again, ...called];
}

function retriesOf(at: Place, stepId: string, actions: readonly PlanAction[]): readonly Wait[] {
  return actions.flatMap(({ name, retry }) =>
    retry ? [{ at, stepId, what: `is repeated by "${name}" only after`, ms: retry.afterMs }] : [],
  );
}

function policyAt({ at }: Workflow, key: string): Place {
  return keyAt(below(at, 'x-interlock', key));
}
