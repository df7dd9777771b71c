/** Risks of time: limits that cannot hold what they are for, and loops without one. */
import { DEFAULTS } from '../../model/defaults.ts';
import type { Place } from '../../model/diagnostic.ts';
import { isObject, type Json, own } from '../../model/json.ts';
import type { Plan, PlanStep } from '../../model/plan.ts';
import type { Places } from '../places.ts';
import { systemPlace } from '../system-place.ts';
import { workflowPlace } from '../workflow-place.ts';
import { words } from '../scenarios.ts';
import type { Risk } from './risk.ts';

export const deadlineTooShort: Risk = ({ plan, timing, report }) => {
  const worst = timing.worstMs + declaredWaitMs(plan);
  if (worst <= plan.deadlineMs) return;
  const place = workflowPlace(plan);
  if (!place) return;
  report('RSK007', place, {
    workflowId: plan.workflowId,
    deadline: words(plan.deadlineMs),
    worst: words(worst),
    path: [
      ...(declaredWaitMs(plan) > 0 ? ['lock'] : []),
      ...timing.worstPath.map((path) => plan.steps[path]?.stepId ?? path),
    ],
  });
};

/** Who does not say how long a run waits for its lock lets it wait as long as it may: no deadline could be long enough. */
function declaredWaitMs({ lock, deadlineMs }: Plan): number {
  return lock === undefined || lock.waitMs >= deadlineMs ? 0 : lock.waitMs;
}

export const undoBudgetTooShort: Risk = ({ plan, report }) => {
  for (const { undo, stepId } of Object.values(plan.steps)) {
    if (undo?.kind !== 'calls') continue;
    const calls = undo.calls.flatMap((path) => plan.calls[path] ?? []);
    const longest = calls.toSorted((a, b) => b.leaseMs - a.leaseMs)[0];
    if (!longest || longest.leaseMs <= undo.budgetMs) continue;
    report('RSK008', longest.origin, { stepId, budget: words(undo.budgetMs), round: words(longest.leaseMs) });
  }
};

/** A key is sent with every attempt of a visit, and with every retry of it that is in doubt. */
export const keyForgottenTooEarly: Risk = ({ plan, timing, report }) => {
  for (const { step: path, worstMs, graceMs } of timing.steps) {
    const step = plan.steps[path];
    if (!step?.idempotency) continue;
    const { retentionMs } = step.idempotency;
    const horizon = worstMs + graceMs;
    if (retentionMs >= horizon) continue;
    report('RSK006', step.origin, { stepId: step.stepId, retention: words(retentionMs), horizon: words(horizon) });
  }
};

export const loopWithoutLimit: Risk = ({ plan, report, places }) => {
  for (const step of Object.values(plan.steps)) {
    if (!step.repeats) continue;
    for (const key of ['onSuccess', 'onFailure'] as const) {
      for (const [index, { name, type, criteria, label }] of step[key].entries()) {
        if (type !== 'goto' || criteria.length > 0 || !leadsBack(plan, step, label)) continue;
        const place = places.of(step.origin, [key, String(index)]);
        report('RSK012', place, { stepId: step.stepId, action: name, budget: plan.stepBudget });
      }
    }
  }
};

function leadsBack(plan: Plan, step: PlanStep, label: string | undefined): boolean {
  const target = label?.replace(/^goto /, '');
  const paths = Object.keys(plan.steps);
  return target !== undefined && paths.includes(target) && paths.indexOf(target) <= paths.indexOf(step.path);
}

/** One for all systems: what is said of a source description holds for all that is asked of it. */
export const timeoutUndeclared: Risk = ({ plan, places, report }) => {
  const calls = [...Object.values(plan.steps), ...Object.values(plan.calls)].filter(
    ({ timeoutsMs: [first, second], origin }) =>
      first === DEFAULTS.attemptTimeoutMs && second === undefined && !saysTimeout(places.value(origin)),
  );
  const names = [...new Set(calls.flatMap(({ operation }) => plan.operations[operation]?.system ?? []))];
  const silent = names.flatMap((system) => {
    const place = systemPlace(places, plan, system);
    return place && !saysTimeout(places.value(place)) ? [{ system, place }] : [];
  });
  const [first] = silent;
  if (!first) return;
  const systems = silent.map(({ system }) => system);
  report('RSK004', first.place, { systems, seconds: DEFAULTS.attemptTimeoutMs / 1000 });
};

function saysTimeout(written: Json | undefined): boolean {
  if (!isObject(written)) return false;
  const policy = own(written, 'x-interlock');
  const inPolicy = isObject(policy) && own(policy, 'timeouts') !== undefined;
  return inPolicy || own(written, 'timeout') !== undefined || own(written, 'timeouts') !== undefined;
}

/** A timeout at a step that calls a workflow, against what the steps inside may take. */
export const callerTimeoutTooShort: Risk = ({ plan, places, report, timing }) => {
  const worst = new Map(timing.steps.map(({ step, worstMs }) => [step, worstMs]));
  for (const scope of Object.values(plan.scopes)) {
    const { caller, path, workflowId } = scope;
    const place = caller && callerPlace(plan, places, { stepId: caller.stepId, workflowId });
    const written = place && places.value(place);
    const timeout = isObject(written) ? own(written, 'timeout') : undefined;
    if (!caller || !place || typeof timeout !== 'number') continue;
    const inside = Object.keys(plan.steps).filter((one) => one.startsWith(`${path}/`));
    const least = Math.max(0, ...inside.map((one) => worst.get(one) ?? 0));
    if (least > timeout) {
      report('RSK015', place, { stepId: caller.stepId, workflowId, timeout: words(timeout), worst: words(least) });
    }
  }
};

function callerPlace(
  plan: Plan,
  places: Places,
  { stepId, workflowId }: { readonly stepId: string; readonly workflowId: string },
): Place | undefined {
  const document = workflowPlace(plan)?.document;
  if (document === undefined) return undefined;
  const workflows = places.value({ document, pointer: '/workflows' });
  for (const [number, workflow] of (Array.isArray(workflows) ? (workflows as readonly Json[]) : []).entries()) {
    const steps = isObject(workflow) ? own(workflow, 'steps') : undefined;
    const index = (Array.isArray(steps) ? (steps as readonly Json[]) : []).findIndex(
      (one) => isObject(one) && own(one, 'stepId') === stepId && own(one, 'workflowId') === workflowId,
    );
    if (index >= 0) return { document, pointer: `/workflows/${number}/steps/${index}` };
  }
  return undefined;
}
