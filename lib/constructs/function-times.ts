/**
 * How long functions may take. That of a system: a whole visit with its retries, what a redo undoes before it, and, where
 * lists are, as long as one invocation begins further items. The undos and probes of a list come in bundles to the system that they call, which may
 * have no list of its own. The core's: more where there are lists.
 */
import type { Plan, PlanStep } from '../model/plan.ts';
import { redoMs } from '../model/redo.ts';

/** A handler's own time beside the requests of a step: journal, secrets, start. */
const HANDLER_MARGIN_MS = 5_000;
/** Enough to find out that a credential is missing, too. */
const SHORTEST_CALL_MS = 30_000;
/** What Lambda allows. */
const LONGEST_FUNCTION_MS = 900_000;

/** Whole seconds, as Lambda counts. */
export function callTimeoutMs(system: string, workflows: readonly { readonly plan: Plan }[]): number {
  const times = workflows.flatMap(({ plan }) => timesOf(plan, system));
  const needed = Math.max(SHORTEST_CALL_MS, ...times) + HANDLER_MARGIN_MS;
  return Math.min(LONGEST_FUNCTION_MS, Math.ceil(needed / 1000) * 1000);
}

const CORE_MS = 30_000;
/** What ten thousand items gave may lie in the bucket, each by itself: a small function reads some two hundred in a second. */
const CORE_OF_LISTS_MS = 180_000;

export function coreTimeoutMs(workflows: readonly { readonly plan: Plan }[]): number {
  const hasLists = workflows.some(({ plan }) => Object.values(plan.steps).some(({ forEach }) => forEach !== undefined));
  return hasLists ? CORE_OF_LISTS_MS : CORE_MS;
}

function timesOf(plan: Plan, system: string): readonly number[] {
  const { steps, calls, operations } = plan;
  const isAsked = ({ operation }: { readonly operation: string }): boolean => operations[operation]?.system === system;
  const all = Object.values(steps);
  const longest = Math.max(0, ...all.map(beginningMs));
  return [
    ...all.filter(isAsked).map((step) => redoMs(step, plan) + step.leaseMs + beginningMs(step)),
    ...Object.values(calls)
      .filter(isAsked)
      .map(({ leaseMs }) => leaseMs + longest),
  ];
}

/** How long one invocation begins further items of a list. */
function beginningMs({ forEach }: PlanStep): number {
  return forEach?.batches.forMs ?? 0;
}
