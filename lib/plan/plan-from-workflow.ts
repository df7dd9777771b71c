/**
 * A checked description's workflow to its plan. The passes, in order: scopes (what is passed through and in which order),
 * routes (where each step leads), steps (whom each calls, under which policies, what its handler reads, what undoes it), and
 * what of it all is sensitive. A description
 * with errors is never planned; what only a plan can find is reported here and then there is no plan.
 */
import { assert } from '../model/assert.ts';
import { DEFAULTS } from '../model/defaults.ts';
import { defaultDeadlineMs } from '../model/express.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Workflow } from '../model/arazzo.ts';
import type { LinkedWorkflow, Links } from '../model/links.ts';
import { callPlaceholder } from '../model/placeholders.ts';
import {
  PLAN_FORMAT,
  type Plan,
  type PlanCall,
  type PlanNode,
  type PlanScope,
  type PlanSeries,
  type PlanStep,
} from '../model/plan.ts';
import { below } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import type { Policies } from './declared.ts';
import type { Draft, Item, StepDraft } from './draft.ts';
import { expressFaults } from './express.ts';
import { planOperation, planSystem, reachableSchemas, type SystemDraft, Systems } from './operations.ts';
import { MAX_LEASE_MS } from './policies.ts';
import { pollPath } from './polls.ts';
import { planLock, planSlo } from './protection.ts';
import { ReadFollower } from './reads.ts';
import { type Routes, routesFromDraft } from './routes.ts';
import { draftFromWorkflow } from './scopes.ts';
import { planScopes } from './plan-scopes.ts';
import { withSources } from './sources-read.ts';
import { markSensitive, type SensitiveSources } from './sensitive.ts';
import { planSteps } from './steps.ts';

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

export function planFromWorkflow(request: PlanRequest): Planned {
  const draft = draftFromWorkflow(request.links, request.workflow);
  const diagnostics = [...draft.diagnostics];
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  const routes = routesFromDraft(draft);
  const systems = new Systems(request.workflow.description);
  const scopes = planScopes(draft, routes);
  const follower = new ReadFollower(scopes);
  const { policies } = request;
  const { steps, calls } = planSteps({ draft, routes, systems, scopes, policies, follower });
  systems.addDependencies(({ policy }) => policies.ofSystem(policy));
  diagnostics.push(
    ...tooLong([...steps, ...calls]),
    ...longNames(request.workflow.workflow, { steps, calls }),
    ...collisions(systems),
    ...unjudged(draft, routes),
  );
  const { workflow } = request.workflow;
  const express = { workflow, policy: policies.ofWorkflow(workflow.policy), steps, scopes, drafts: draft.scopes };
  diagnostics.push(...expressFaults(express));
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  return { plan: assemble(request, draft, { scopes, steps, calls, systems }), diagnostics };
}

function tooLong(calls: readonly PlanCall[]): readonly Diagnostic[] {
  return calls
    .filter(({ leaseMs }) => leaseMs > MAX_LEASE_MS)
    .map(({ origin, stepId, leaseMs }) => report('PLN008', origin, { stepId, seconds: Math.ceil(leaseMs / 1000) }));
}

/** Beside a path, a key of the run table holds an item's name, the visit and what the row is about: 1,024 bytes in all. */
const MOST_OF_PATH = 512;
/** A file name has 255, and more than the id is in some. */
const MOST_OF_WORKFLOW = 128;

function longNames(
  { workflowId, at }: Workflow,
  { steps, calls }: { readonly steps: readonly PlanCall[]; readonly calls: readonly PlanCall[] },
): readonly Diagnostic[] {
  const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
  const name = { what: 'workflow' as const, name: workflowId, bytes: bytesOf(workflowId), most: MOST_OF_WORKFLOW };
  const isLong = ({ path }: PlanCall): boolean => bytesOf(path) > MOST_OF_PATH;
  // The undo of a long one is longer still.
  const long = steps.some(isLong) ? steps.filter(isLong) : calls.filter(isLong);
  return [
    ...(name.bytes > name.most ? [report('PLN016', below(at, 'workflowId'), name)] : []),
    ...long.map(({ origin, path }) =>
      report('PLN016', origin, { what: 'step', name: path, bytes: bytesOf(path), most: MOST_OF_PATH }),
    ),
  ];
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
  readonly steps: readonly PlanStep[];
  readonly calls: readonly PlanCall[];
  readonly systems: Systems;
}

function assemble(request: PlanRequest, draft: Draft, { scopes, steps, calls, systems }: Parts): Plan {
  const { workflow, description } = request.workflow;
  const policy = request.policies.ofWorkflow(workflow.policy);
  const mode = policy.mode ?? 'standard';
  const standing = mode === 'express' ? defaultDeadlineMs(steps) : DEFAULTS.deadlineMs.standard;
  const deadlineMs = policy.deadline ?? standing;
  const used = [...systems.all.values()];
  const operations = used.flatMap((system) =>
    [...system.operations].map(([key, operation]) => planOperation(key, system, operation)),
  );
  const planned = {
    systems: record(
      used.map((system) => {
        const policy = request.policies.ofSystem(system.source.policy);
        const health = request.links.health.find(({ source }) => source === system.source);
        return [system.name, planSystem(system, { systems, policy, health })];
      }),
    ),
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
  };
  const marked = markSensitive({ ...planned, scopes, steps, calls, ...declaredSensitive(request, draft) });
  return {
    planFormat: PLAN_FORMAT,
    integration: request.integration,
    title: description.arazzo.info.title,
    version: description.arazzo.info.version,
    workflowId: workflow.workflowId,
    ...(workflow.summary !== undefined && { summary: workflow.summary }),
    mode,
    deadlineMs,
    stepBudget: DEFAULTS.stepBudget,
    onFailure: policy.onFailure ?? DEFAULTS.onFailure,
    ...(policy.lock && { lock: planLock(policy.lock, deadlineMs) }),
    ...(policy.slo && { slo: planSlo(policy.slo) }),
    ...planned,
    scopes: withSources(marked, draft.scopes),
    steps: record(marked.steps.map((step) => [step.path, step])),
    calls: record(marked.calls.map((call) => [call.path, call])),
    flow: seriesOf(draft.root.items),
    tails: record(draft.tails.map((tail) => [tail.path, seriesOf(tail.items)])),
    edges: draft.edges,
  };
}

type Declared = Pick<SensitiveSources, 'declared' | 'declaredByCaller'>;

/** What the author names of each workflow and of the step that calls it, by the scopes that it is passed through. */
function declaredSensitive({ policies }: PlanRequest, { scopes }: Draft): Declared {
  const ofWorkflow = scopes.map(({ path, linked }) => {
    const { sensitive = [] } = policies.ofWorkflow(linked.workflow.policy);
    return [path, sensitive] as const;
  });
  const byCaller = scopes.flatMap(({ path, caller }) => {
    const { sensitive = [] } = caller ? policies.ofStep(caller.step.policy) : {};
    return sensitive.length === 0 ? [] : [[path, sensitive] as const];
  });
  return { declared: record(ofWorkflow), declaredByCaller: record(byCaller) };
}

function seriesOf(items: readonly Item[]): PlanSeries {
  return items.flatMap((item): readonly PlanNode[] => {
    switch (item.kind) {
      case 'step':
        return stepNodes(item.step);
      case 'scope':
        return seriesOf(item.scope.items);
      case 'parallel':
        return [{ kind: 'parallel', name: item.name, branches: item.branches.map(seriesOf) }];
    }
  });
}

function stepNodes({ path, linked }: StepDraft): readonly PlanNode[] {
  const asks: readonly PlanNode[] = linked.poll ? [{ kind: 'step', step: pollPath(path) }] : [];
  return [{ kind: 'step', step: path }, ...asks];
}

function record<T>(entries: readonly (readonly [string, T])[]): { readonly [name: string]: T } {
  const all: { [name: string]: T } = Object.create(null);
  for (const [name, value] of entries) {
    assert(!Object.hasOwn(all, name), `a name stands for one thing in a plan (${name})`);
    all[name] = value;
  }
  return all;
}
