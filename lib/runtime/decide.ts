/**
 * Where a run goes after a step: the first action whose criteria hold, retry budgets, the scopes that close or fail by it
 * (design: a workflowId step is inlined, so its criteria and actions are decided here), and the rule of leaving
 * (run-contract section 4): what was not refused, not sent, throttled or safe is never left by a failure action, only
 * repeated under the same key where that is safe. What cannot be left raises the fence.
 */
import { assert } from '../model/assert.ts';
import { stepOfPath } from '../model/item-path.ts';
import { own } from '../model/json.ts';
import { OUTCOMES, type Outcome } from '../model/outcome.ts';
import type { Plan, PlanAction, PlanFallback, PlanScope, PlanStep } from '../model/plan.ts';
import type { At } from '../model/task.ts';
import { evaluateCriteria } from '../expressions/criterion.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Evaluation } from './evaluation.ts';
import type { FailedOutcome, RunRecord, VisitKey } from './ports/journal.ts';
import { keyText, triesOf } from './visit.ts';

export interface Leaving {
  readonly plan: Plan;
  readonly step: PlanStep;
  readonly key: VisitKey;
  readonly at: At | null | undefined;
  /** Its step repairs for a retry: neither its actions nor its scopes are asked. */
  readonly repair: boolean;
  /** One item of a list is done, in this epoch: its step's actions and scopes are not asked either (gather.ts). */
  readonly itemOf?: number;
  /** With the step's own outputs where it has any. */
  readonly evaluation: Evaluation;
  /** The step's scope with its answer. */
  readonly scope: Scope;
  /** A probe has found that nothing of the step stands. */
  readonly absent: boolean;
  /** What an earlier step began is not done, and nobody asks any more: that step's effect stands. */
  readonly over?: string;
  /** A repetition under the same idempotency key would be safe even in doubt. */
  readonly mayRepeat: boolean;
  readonly retryAfterMs: number | undefined;
  /** Read only where a budget or a standing effect elsewhere counts. */
  readonly record: () => Promise<RunRecord | undefined>;
}

export type Left =
  | { readonly kind: 'goes'; readonly go: string; readonly waitMs?: number }
  /** Nobody answers for the failure: the fence. `why` where it is another failure than the step's own. */
  | { readonly kind: 'fails'; readonly why?: string };

export interface FallsBack {
  readonly kind: 'falls-back';
  readonly fallback: PlanFallback;
}

const NEXT = 'next';

export async function leaveWell(leaving: Leaving): Promise<Left> {
  if (leaving.repair || leaving.itemOf !== undefined) return { kind: 'goes', go: NEXT };
  const action = firstMatch(leaving.step.onSuccess, leaving.scope);
  return action ? await takeWell(leaving, action) : await close(leaving, { go: NEXT, closes: leaving.step.closes });
}

export async function leaveFailed(leaving: Leaving, outcome: Exclude<Outcome, 'applied'>): Promise<Left | FallsBack> {
  if (leaving.repair) return { kind: 'fails' };
  if (leaving.over !== undefined) return { kind: 'fails', why: leaving.over };
  const { step, at } = leaving;
  const free = step.effect === 'safe' || OUTCOMES[outcome].effect === 'none' || leaving.absent;
  const actions = leaving.itemOf === undefined ? step.onFailure : [];
  for (const action of actions) {
    if (!evaluateCriteria(action.criteria, leaving.scope).met) continue;
    if (action.type === 'retry') {
      if (triesOf(at, action.name) >= (action.retry?.limit ?? 0)) continue;
      return free || leaving.mayRepeat ? goes(leaving, action) : { kind: 'fails', why: notLeft(action) };
    }
    if (!free) return { kind: 'fails', why: notLeft(action) };
    return action.type === 'end' ? await failScope(leaving, step.scope, leaving.key) : goes(leaving, action);
  }
  if (!free) return { kind: 'fails' };
  return fallbackOf(leaving) ?? (await leaveWithoutFallback(leaving));
}

/** Nothing of the step stands and no action answers for its failure: what may take its place is asked before its scope. */
function fallbackOf({ step: { fallback }, scope }: Leaving): FallsBack | undefined {
  if (!fallback || !evaluateCriteria(fallback.criteria, scope).met) return undefined;
  return { kind: 'falls-back', fallback };
}

export async function leaveWithoutFallback(leaving: Leaving): Promise<Left> {
  const { step, key, itemOf, record } = leaving;
  if (itemOf === undefined) return await failScope(leaving, step.scope, key);
  const { tolerate = 0 } = step.forEach ?? {};
  if (tolerate === 0) return { kind: 'fails' };
  const of = { step, visit: key.visit, epoch: itemOf };
  const before = tolerate === 'all' ? 0 : toleratedOf(of, (await record())?.header.failures ?? []).length;
  if (tolerate === 'all' || before < tolerate) return { kind: 'goes', go: NEXT };
  return { kind: 'fails', why: `${before} other items have failed, and ${tolerate} may` };
}

/** Items at once may not see each other: batch.ts and gather.ts count again. */
export function toleratedOf(
  { step, visit, epoch }: { readonly step: Pick<PlanStep, 'path'>; readonly visit: number; readonly epoch: number },
  failures: readonly FailedOutcome[],
): readonly FailedOutcome[] {
  return failures.filter(
    ({ key, epoch: of, go }) =>
      go !== undefined && of === epoch && key.visit === visit && stepOfPath(key.step) === step.path,
  );
}

function takeWell(leaving: Leaving, action: PlanAction): Promise<Left> {
  assert(action.label !== undefined, 'an action on success leads somewhere');
  return close(leaving, { go: action.label, closes: action.closes });
}

/** Scopes that end well by this way, innermost first: each one's caller judges it, and may lead elsewhere. */
async function close(
  leaving: Leaving,
  { go, closes }: { readonly go: string; readonly closes: readonly string[] },
): Promise<Left> {
  for (const path of closes) {
    const { caller } = scopeOf(leaving.plan, path);
    if (!caller) continue;
    const scope = leaving.evaluation.callerScope(path);
    const verdict = evaluateCriteria(caller.criteria, scope);
    if (!verdict.met) return await failJudged(leaving, path, `the step ${path} is no success: ${verdict.why}`);
    const action = firstMatch(caller.onSuccess, scope);
    if (action) return await takeWell(leaving, action);
  }
  return checked(leaving, { kind: 'goes', go });
}

/** The sub-workflow ended, and its caller does not want what it did: it can be left only if nothing of it stands. */
async function failJudged(leaving: Leaving, path: string, why: string): Promise<Left> {
  if (await stands(leaving, path)) return { kind: 'fails', why };
  const left = await failScope(leaving, path);
  return left.kind === 'fails' ? { kind: 'fails', why: left.why ?? why } : left;
}

/** A scope has failed: its caller's actions are asked, then those of the caller's own scope. `gone` had no effect. */
async function failScope(leaving: Leaving, path: string, gone?: VisitKey): Promise<Left> {
  const { caller, parent } = scopeOf(leaving.plan, path);
  if (!caller || parent === undefined) return { kind: 'fails' };
  const scope = leaving.evaluation.callerScope(path);
  for (const action of caller.onFailure) {
    if (!evaluateCriteria(action.criteria, scope).met) continue;
    if (action.type === 'end') return await failScope(leaving, parent, gone);
    if (action.type === 'goto') return goes(leaving, action);
    if ((await timesTaken(leaving, action)) >= (action.retry?.limit ?? 0)) continue;
    return (await stands(leaving, path, gone)) ? { kind: 'fails', why: notLeft(action) } : goes(leaving, action);
  }
  return await failScope(leaving, parent, gone);
}

function goes(leaving: Leaving, action: PlanAction): Left {
  assert(action.label !== undefined, 'a goto and a retry lead somewhere');
  const { retry, label: go } = action;
  if (!retry) return checked(leaving, { kind: 'goes', go });
  return checked(leaving, { kind: 'goes', go, waitMs: leaving.retryAfterMs ?? retry.afterMs });
}

/** The machine has a way for every label of the plan and for no other. */
function checked({ step }: Leaving, left: Extract<Left, { kind: 'goes' }>): Left {
  assert(step.exits.includes(left.go), `the plan of ${step.path} names its exit ${left.go}`);
  return left;
}

function firstMatch(actions: readonly PlanAction[], scope: Scope): PlanAction | undefined {
  return actions.find(({ criteria }) => evaluateCriteria(criteria, scope).met);
}

function notLeft({ name, type }: PlanAction): string {
  return `its action ${name} (${type}) is not taken, because what was done may stand`;
}

/** A scope has no visits of its own, so the budget of a workflowId step's retry is counted over the run. */
async function timesTaken({ record }: Leaving, { label }: PlanAction): Promise<number> {
  const known = await record();
  return known ? [...known.applied, ...known.header.failures].filter(({ go }) => go === label).length : 0;
}

/** Does an effect of a step inside the scope stand, or may it? Safe steps have no intents. */
async function stands({ record }: Leaving, path: string, gone?: VisitKey): Promise<boolean> {
  const { intents = [], failures = [] } = (await record())?.header ?? {};
  const left = failures.filter(({ outcome, absent }) => absent === true || OUTCOMES[outcome].effect === 'none');
  const failed = left.map(({ key }) => key);
  const free = new Set([...failed, ...(gone ? [gone] : [])].map(keyText));
  return intents.some(({ key }) => key.step.startsWith(`${path}/`) && !free.has(keyText(key)));
}

function scopeOf(plan: Plan, path: string): PlanScope {
  const scope = own(plan.scopes, path);
  assert(scope, 'every scope that closes or fails is in the plan');
  return scope;
}
