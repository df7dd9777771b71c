/** The scopes of a plan: what each one's inputs, outputs and names mean, for the handlers' evaluation and lib/plan/reads. */
import { impliedOutputs } from '../check/implied-outputs.ts';
import type { PlanMember, PlanScope } from '../model/plan.ts';
import { type Draft, enclosing, type MemberDraft, type ScopeDraft } from './draft.ts';
import { outputsWithHandedOn } from './handed-on.ts';
import { pollPath } from './polls.ts';
import { ReadFollower } from './reads.ts';
import { actionsOf, type Routes } from './routes.ts';
import { planCriteria, planInputs, planValues } from './values.ts';

export function planScopes(draft: Draft, routes: Routes): { readonly [path: string]: PlanScope } {
  const scopes: { [path: string]: PlanScope } = Object.create(null);
  for (const scope of draft.scopes) scopes[scope.path] = planScope(draft, routes, scope);
  const follower = new ReadFollower(scopes);
  for (const [path, scope] of Object.entries(scopes)) {
    if (scope.via !== 'root' && scope.via !== 'goto') continue;
    const reads = follower.readsOf({ scope: path }, Object.values(scope.outputs));
    scopes[path] = { ...scope, reads: [...reads.steps].sort() };
  }
  return scopes;
}

function planScope(draft: Draft, routes: Routes, scope: ScopeDraft): PlanScope {
  const { workflow, description } = scope.linked;
  const { self } = description.arazzo;
  return {
    path: scope.path,
    workflowId: workflow.workflowId,
    ...(scope.parent && { parent: scope.parent.path }),
    via: scope.via,
    ...(self !== undefined && { self }),
    ...(workflow.inputs !== undefined && { inputSchema: workflow.inputs }),
    ...(scope.inputs && { inputs: planInputs(scope.inputs) }),
    outputs: planValues(workflow.outputs),
    ...callerOf(draft, routes, scope),
    members: membersOf(scope),
    workflows: workflowsSeenFrom(draft, scope),
    reads: [],
  };
}

function callerOf(draft: Draft, routes: Routes, { caller, parent }: ScopeDraft): Pick<PlanScope, 'caller'> {
  if (!caller || !parent) return {};
  return {
    caller: {
      stepId: caller.step.stepId,
      criteria: planCriteria(caller.step.successCriteria.filter(({ condition }) => !needsHttp(condition))),
      outputs: planValues([...outputsWithHandedOn(caller), ...(impliedOutputs(draft.links).get(caller.step) ?? [])]),
      ...actionsOf(draft, routes, parent, caller),
    },
  };
}

/** A workflow step has no answer of its own: conditions on one are left out (the check has warned). */
function needsHttp(condition: string): boolean {
  return /\$(statusCode|response|request|method|url)\b/.test(condition);
}

function membersOf(scope: ScopeDraft): PlanScope['members'] {
  const members: { [stepId: string]: PlanMember } = Object.create(null);
  for (const [step, member] of scope.members) {
    members[step.stepId] = memberOf(member);
  }
  return members;
}

function memberOf(member: MemberDraft): PlanMember {
  if (member.kind === 'scope') return { scope: member.scope.path };
  const { path, linked } = member.step;
  return { step: path, ...(linked.poll && { asks: pollPath(path) }) };
}

/** `$workflows.<id>`: itself or one that encloses it, then what these have called, then what any part depends on. */
function workflowsSeenFrom(draft: Draft, from: ScopeDraft): PlanScope['workflows'] {
  const seen: { [workflowId: string]: string } = Object.create(null);
  const chain = enclosing(from);
  const called = chain.flatMap((one) => draft.scopes.filter(({ parent, via }) => parent === one && via !== 'undo'));
  const dependencies = draft.scopes.filter(({ via }) => via === 'dependency');
  for (const scope of [...chain, ...called, ...dependencies]) {
    const { workflowId } = scope.linked.workflow;
    if (!Object.hasOwn(seen, workflowId)) seen[workflowId] = scope.path;
  }
  return seen;
}
