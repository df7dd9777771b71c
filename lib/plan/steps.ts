/** The steps of a plan, each with the way out that it can take, what its handler reads, and the calls beside it. */
import { DEFAULTS } from '../model/defaults.ts';
import type { PlanCall, PlanScope, PlanStep } from '../model/plan.ts';
import { type CallContext, planCall, systemPolicy } from './calls.ts';
import type { Draft, ScopeDraft, StepDraft } from './draft.ts';
import { descriptionOf, planInteraction } from './interactions.ts';
import { itemSubjects, leavingWell, planForEach } from './items.ts';
import { MAX_LEASE_MS, stepPolicies } from './policies.ts';
import { planPoll } from './polls.ts';
import { planReceive } from './receives.ts';
import { criteriaOf } from './reads.ts';
import { repeating } from './repeats.ts';
import { actionsOf, type CallerActions, exitsOf, type PlannedActions, type Routes } from './routes.ts';
import { type Beside, planBeside } from './side-calls.ts';

export interface StepContext extends CallContext {
  readonly draft: Draft;
  readonly routes: Routes;
  readonly scopes: { readonly [path: string]: PlanScope };
}

export interface PlannedSteps {
  readonly steps: readonly PlanStep[];
  readonly calls: readonly PlanCall[];
}

export function planSteps(context: StepContext): PlannedSteps {
  const planned = context.draft.steps.map((step) => planStep(context, step));
  const repeats = repeating(
    context.draft,
    context.scopes,
    planned.map(({ step }) => step),
  );
  const counted = (step: PlanStep, owner: string): PlanStep => ({ ...step, repeats: repeats.has(owner) });
  return {
    steps: planned.flatMap(({ step, polled }) =>
      polled
        ? [counted({ ...step, ...polled.begins }, step.path), counted(polled.asks, step.path)]
        : [counted(step, step.path)],
    ),
    calls: planned.flatMap(({ calls }) => calls),
  };
}

function planStep(
  context: StepContext,
  draft: StepDraft,
): {
  readonly step: PlanStep;
  /** What the step is where another one behind it asks until it is done, and that one. */
  readonly polled?: { readonly begins: Pick<PlanStep, 'onSuccess' | 'closes' | 'exits'>; readonly asks: PlanStep };
  readonly calls: readonly PlanCall[];
} {
  const { linked, scope, target, path } = draft;
  const { description } = scope.linked;
  const own = actionsOf(context.draft, context.routes, scope, linked);
  const closes = context.routes.closes.get(path) ?? [];
  const policy = context.policies.ofStep(linked.step.policy);
  const system = systemPolicy(context, target, description);
  const told = descriptionOf(draft);
  const receive = planReceive(draft);
  const call = planCall(context, {
    path,
    scope: scope.path,
    linked,
    target,
    description,
    policies: stepPolicies({ linked, target, step: policy, system }),
    more: [
      ...criteriaOf([...own.onSuccess, ...own.onFailure]),
      ...[told, receive?.correlation].flatMap((value) => value ?? []),
    ],
    ...itemSubjects(draft),
  });
  const { calls, ...beside } = planBeside(context, draft);
  const inProcess = callsInProcess(context, call, { ...beside, calls });
  const leaseMs = leaseWith(call, inProcess);
  const forEach = planForEach(draft, policy.forEach, Math.max(leaseMs, ...calls.map((one) => one.leaseMs)));
  const interaction = planInteraction(draft, policy.interaction);
  const callers = callersOf(context, scope);
  const leading = forEach ? leavingWell(own, callers) : { own, callers };
  const step: PlanStep = {
    ...call,
    leaseMs,
    onSuccess: own.onSuccess,
    onFailure: own.onFailure,
    ...beside,
    ...(forEach && { forEach }),
    ...(interaction && { interaction }),
    ...(receive && { receive }),
    onChange: policy.onChange ?? DEFAULTS.onChange,
    ...(policy.concurrency !== undefined && { concurrency: policy.concurrency }),
    ...readsOf(context, scope, call, { beside, inProcess }),
    repeats: false,
    closes,
    exits: exitsOf(leading.own, leading.callers, closes),
  };
  const polled = pollOf(context, draft, step, { own, callers });
  return { step, calls, ...(polled && { polled }) };
}

/** What it has begun stands: when it fails, nobody is asked where to go, as with items of a list. */
function pollOf(
  context: StepContext,
  draft: StepDraft,
  step: PlanStep,
  { own, callers }: { readonly own: PlannedActions; readonly callers: readonly CallerActions[] },
): { readonly begins: Pick<PlanStep, 'onSuccess' | 'closes' | 'exits'>; readonly asks: PlanStep } | undefined {
  const well = leavingWell(own, callers);
  const exits = exitsOf(well.own, well.callers, step.closes);
  const asks = planPoll(context, draft, { ...step, exits });
  const failing = { onSuccess: [], onFailure: own.onFailure };
  return asks && { begins: { onSuccess: [], closes: [], exits: exitsOf(failing, callers, []) }, asks };
}

/** What the step's own invocation makes beside its request. */
interface InProcess {
  readonly probe?: PlanCall;
  readonly fallback?: PlanCall;
}

/** A longer grace than this is waited for by the machine, not in a function. */
const MAX_GRACE_IN_PROCESS_MS = 60_000;

/**
 * A doubt that only a probe can settle is settled on the spot where the grace is short and the probe asks the same
 * system, whose credentials the function has. A fallback always takes the step's place there.
 */
function callsInProcess({ systems }: StepContext, call: PlanCall, { probe, fallback, calls }: Beside): InProcess {
  const find = (path: string): PlanCall | undefined => calls.find((one) => one.path === path);
  const probing = probe && find(probe.call);
  const isQuick = call.effect === 'unsafe' && call.graceMs <= MAX_GRACE_IN_PROCESS_MS;
  const asksSame = probing && systems.nameOf(probing.operation) === systems.nameOf(call.operation);
  const replacing = fallback?.kind === 'call' ? find(fallback.call) : undefined;
  return { ...(isQuick && asksSame && { probe: probing }), ...(replacing && { fallback: replacing }) };
}

/** Grace, probe and one more round, where all of it fits into an invocation; else the machine waits and settle asks. */
function leaseWith(call: PlanCall, { probe, fallback }: InProcess): number {
  const least = call.leaseMs + (fallback?.leaseMs ?? 0);
  const whole = least + (probe ? call.graceMs + probe.leaseMs + call.leaseMs : 0);
  return whole <= MAX_LEASE_MS ? whole : least;
}

type Reads = Pick<PlanStep, 'reads' | 'readsInputs'>;

/**
 * A step may end or fail the scopes around it, so its handler evaluates their callers' criteria and actions too, and all
 * that it makes beside its own request.
 */
function readsOf(
  { follower, scopes }: StepContext,
  scope: ScopeDraft,
  call: PlanCall,
  { beside, inProcess }: { readonly beside: Omit<Beside, 'calls'>; readonly inProcess: InProcess },
): Reads {
  const { fallback } = beside;
  const replaced = fallback && [
    ...fallback.criteria,
    ...(fallback.kind === 'outputs' ? Object.values(fallback.outputs) : []),
  ];
  const found = [follower.readsOf({ scope: scope.path }, replaced ?? [])];
  for (let at: ScopeDraft | undefined = scope; at?.parent && at.via === 'step'; at = at.parent) {
    const caller = scopes[at.path]?.caller;
    if (!caller) continue;
    const subjects = [...caller.criteria, ...criteriaOf([...caller.onSuccess, ...caller.onFailure])];
    found.push(follower.readsOf({ scope: at.parent.path, callee: at.path }, subjects));
  }
  // A probe reads the journal, like everything that settle asks for.
  const made = [call, inProcess.fallback].filter((one) => one !== undefined);
  const steps = new Set([...made.flatMap(({ reads }) => reads), ...found.flatMap((reads) => [...reads.steps])]);
  steps.delete(call.path);
  return {
    reads: [...steps].sort(),
    readsInputs: made.some(({ readsInputs }) => readsInputs) || found.some(({ inputs }) => inputs),
  };
}

function callersOf({ scopes }: StepContext, scope: ScopeDraft): readonly CallerActions[] {
  const callers: CallerActions[] = [];
  for (let at: ScopeDraft | undefined = scope; at !== undefined && at.via === 'step'; at = at.parent) {
    const actions: PlannedActions | undefined = scopes[at.path]?.caller;
    if (actions) callers.push({ scope: at.path, actions });
  }
  return callers;
}
