/**
 * A checked description's workflow to its plan. The passes, in order: scopes (what is passed through and in which order),
 * routes (where each step leads), operations (whom it calls), policies, reads (what its handler needs). A description
 * with errors is never planned; what only a plan can find is reported here and then there is no plan.
 */
import { assert } from '../model/assert.ts';
import { DEFAULTS } from '../model/defaults.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/json.ts';
import type { LinkedWorkflow, Links } from '../model/links.ts';
import { callPlaceholder } from '../model/placeholders.ts';
import {
  PLAN_FORMAT,
  type Plan,
  type PlanNode,
  type PlanScope,
  type PlanSeries,
  type PlanStep,
} from '../model/plan.ts';
import type { StepPolicy, SystemPolicy, WorkflowPolicy } from '../model/policy.ts';
import { report } from '../diagnostics/report.ts';
import type { Draft, Item, ScopeDraft, StepDraft } from './draft.ts';
import { planOperation, planSystem, reachableSchemas, type SystemDraft, Systems } from './operations.ts';
import { planBody, planParameters } from './requests.ts';
import { stepPolicies } from './policies.ts';
import { criteriaOf, ReadFollower, type Subject, type View } from './reads.ts';
import { actionsOf, type CallerActions, exitsOf, type PlannedActions, type Routes, routesFromDraft } from './routes.ts';
import { draftFromWorkflow } from './scopes.ts';
import { planScopes } from './plan-scopes.ts';
import { planCriteria, planValues } from './values.ts';
import { repeating } from './repeats.ts';

/** How the typed policies of the description's nodes are found: lib/check has read and validated them. */
export interface Policies {
  ofSystem(policy: JsonObject): SystemPolicy;
  ofWorkflow(policy: JsonObject): WorkflowPolicy;
  ofStep(policy: JsonObject): StepPolicy;
}

export interface PlanRequest {
  readonly links: Links;
  readonly workflow: LinkedWorkflow;
  /** The integration's name: a folder's or a title's slug. */
  readonly integration: string;
  readonly policies: Policies;
}

export interface Planned {
  readonly plan?: Plan;
  readonly diagnostics: readonly Diagnostic[];
}

/** A function ends after 15 minutes; the state's margin and the host's start-up take the rest. */
const MAX_LEASE_MS = 14 * 60_000;

export function planFromWorkflow(request: PlanRequest): Planned {
  const draft = draftFromWorkflow(request.links, request.workflow);
  const diagnostics = [...draft.diagnostics];
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  const routes = routesFromDraft(draft);
  const systems = new Systems(request.workflow.description);
  const scopes = planScopes(draft, routes);
  const steps = stepsOf({ draft, routes, systems, scopes, policies: request.policies });
  diagnostics.push(...refusals(draft, steps, systems, routes));
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  return { plan: assemble(request, draft, { scopes, steps, systems }), diagnostics };
}

interface StepContext {
  readonly draft: Draft;
  readonly routes: Routes;
  readonly systems: Systems;
  readonly scopes: { readonly [path: string]: PlanScope };
  readonly policies: Policies;
}

function stepsOf(context: StepContext): { readonly [path: string]: PlanStep } {
  const follower = new ReadFollower(context.scopes);
  const steps = context.draft.steps.map((step) => planStep(context, follower, step));
  const repeats = repeating(context.draft, context.scopes, steps);
  return record(steps.map((step) => [step.path, { ...step, repeats: repeats.has(step.path) }]));
}

function planStep(context: StepContext, follower: ReadFollower, step: StepDraft): PlanStep {
  const { draft, routes, systems, policies } = context;
  const { linked, scope, target, path } = step;
  const own = actionsOf(draft, routes, scope, linked);
  const callers = callersOf(context, scope);
  const closes = routes.closes.get(path) ?? [];
  const request = { parameters: planParameters(linked.parameters), body: planBody(linked.step.requestBody) };
  const criteria = planCriteria(linked.step.successCriteria);
  const outputs = planValues(linked.step.outputs);
  const subjects = [
    ...request.parameters.map(({ value }) => value),
    ...bodyValues(request.body),
    ...Object.values(outputs),
    ...criteria,
    ...criteriaOf([...own.onSuccess, ...own.onFailure]),
  ];
  const reads = readsOf(follower, context, { scope, subjects, self: path });
  const operation = systems.keyOf(target, scope.linked.description);
  const system = policies.ofSystem(systems.systemOf(target, scope.linked.description).source.policy);
  return {
    path,
    stepId: linked.step.stepId,
    scope: scope.path,
    origin: linked.step.at,
    operation,
    ...stepPolicies({ linked, target, step: policies.ofStep(linked.step.policy), system }),
    parameters: request.parameters,
    ...(request.body && { body: request.body }),
    criteria,
    outputs,
    onSuccess: own.onSuccess,
    onFailure: own.onFailure,
    ...reads,
    repeats: false,
    closes,
    exits: exitsOf(own, callers, closes),
  };
}

function bodyValues(body: PlanStep['body']): readonly Subject[] {
  if (!body) return [];
  return [...(body.payload ? [body.payload] : []), ...body.replacements.map(({ value }) => value)];
}

/** A step may end or fail the scopes around it, so its handler evaluates their callers' criteria and actions too. */
function readsOf(
  follower: ReadFollower,
  context: StepContext,
  of: { readonly scope: ScopeDraft; readonly subjects: readonly Subject[]; readonly self: string },
): Pick<PlanStep, 'reads' | 'readsInputs'> {
  const steps = new Set<string>();
  let inputs = false;
  const add = (view: View, subjects: readonly Subject[]): void => {
    const reads = follower.readsOf(view, subjects);
    for (const step of reads.steps) if (step !== of.self) steps.add(step);
    inputs ||= reads.inputs;
  };
  add({ scope: of.scope.path }, of.subjects);
  for (let at: ScopeDraft | undefined = of.scope; at?.parent && at.via === 'step'; at = at.parent) {
    const caller = context.scopes[at.path]?.caller;
    if (!caller) continue;
    const judged = [...caller.criteria, ...criteriaOf([...caller.onSuccess, ...caller.onFailure])];
    add({ scope: at.parent.path, callee: at.path }, judged);
  }
  return { reads: [...steps].sort(), readsInputs: inputs };
}

function callersOf(context: StepContext, scope: ScopeDraft): readonly CallerActions[] {
  const callers: CallerActions[] = [];
  for (let at: ScopeDraft | undefined = scope; at !== undefined && at.via === 'step'; at = at.parent) {
    const actions: PlannedActions | undefined = context.scopes[at.path]?.caller;
    if (actions) callers.push({ scope: at.path, actions });
  }
  return callers;
}

function refusals(
  draft: Draft,
  steps: { readonly [path: string]: PlanStep },
  systems: Systems,
  routes: Routes,
): readonly Diagnostic[] {
  return [...tooLong(draft, steps), ...collisions(systems), ...unjudged(draft, routes)];
}

function tooLong(draft: Draft, steps: { readonly [path: string]: PlanStep }): readonly Diagnostic[] {
  return draft.steps.flatMap(({ path, linked }) => {
    const leaseMs = steps[path]?.leaseMs ?? 0;
    if (leaseMs <= MAX_LEASE_MS) return [];
    return [report('PLN008', linked.step.at, { stepId: linked.step.stepId, seconds: Math.ceil(leaseMs / 1000) })];
  });
}

function collisions(systems: Systems): readonly Diagnostic[] {
  const first = new Map<string, SystemDraft>();
  return [...systems.all.values()].flatMap((system) => {
    const name = callPlaceholder(system.name);
    const other = first.get(name);
    first.set(name, other ?? system);
    if (!other) return [];
    return [report('PLN007', system.source.at, { name: system.name, other: other.name, first: other.source.at })];
  });
}

/** Where a sub-workflow ends in a join, no handler is left to judge what its caller asks of the end. */
function unjudged(draft: Draft, routes: Routes): readonly Diagnostic[] {
  return draft.scopes.flatMap(({ path, caller }) =>
    caller && caller.step.successCriteria.length > 0 && routes.endInParallel.has(path)
      ? [report('PLN011', caller.step.at, { stepId: caller.step.stepId })]
      : [],
  );
}

interface Parts {
  readonly scopes: { readonly [path: string]: PlanScope };
  readonly steps: { readonly [path: string]: PlanStep };
  readonly systems: Systems;
}

function assemble(request: PlanRequest, draft: Draft, { scopes, steps, systems }: Parts): Plan {
  const { workflow, description } = request.workflow;
  const policy = request.policies.ofWorkflow(workflow.policy);
  const mode = policy.mode ?? 'standard';
  const used = [...systems.all.values()];
  const operations = used.flatMap((system) =>
    [...system.operations].map(([key, operation]) => planOperation(key, system, operation)),
  );
  return {
    planFormat: PLAN_FORMAT,
    integration: request.integration,
    title: description.arazzo.info.title,
    version: description.arazzo.info.version,
    workflowId: workflow.workflowId,
    ...(workflow.summary !== undefined && { summary: workflow.summary }),
    mode,
    deadlineMs: policy.deadline ?? DEFAULTS.deadlineMs[mode],
    stepBudget: DEFAULTS.stepBudget,
    onFailure: policy.onFailure ?? 'compensate',
    systems: record(used.map((system) => [system.name, planSystem(system)])),
    operations: record(operations.map((operation) => [operation.key, operation])),
    schemas: record(
      used.map((system) => [
        system.name,
        reachableSchemas(
          operations.filter((one) => one.system === system.name),
          system.document.schemas,
        ),
      ]),
    ),
    scopes,
    steps,
    flow: seriesOf(draft.root.items),
    tails: record(draft.tails.map((tail) => [tail.path, seriesOf(tail.items)])),
    edges: draft.edges,
  };
}

function seriesOf(items: readonly Item[]): PlanSeries {
  return items.flatMap((item): readonly PlanNode[] => {
    switch (item.kind) {
      case 'step':
        return [{ kind: 'step', step: item.step.path }];
      case 'scope':
        return seriesOf(item.scope.items);
      case 'parallel':
        return [{ kind: 'parallel', name: item.name, branches: item.branches.map(seriesOf) }];
    }
  });
}

function record<T>(entries: readonly (readonly [string, T])[]): { readonly [name: string]: T } {
  const all: { [name: string]: T } = Object.create(null);
  for (const [name, value] of entries) {
    assert(!Object.hasOwn(all, name), `a name stands for one thing in a plan (${name})`);
    all[name] = value;
  }
  return all;
}
