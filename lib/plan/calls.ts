/**
 * A request and how it is judged, as the plan states it: the part that a step of the flow has in common with the calls
 * that undo, probe or replace one.
 */
import type { Description } from '../model/description.ts';
import type { LinkedStep, OperationTarget } from '../model/links.ts';
import type { PlanBody, PlanCall } from '../model/plan.ts';
import type { SystemPolicy } from '../model/policy.ts';
import type { Policies } from './declared.ts';
import { outputsWithHandedOn } from './handed-on.ts';
import type { Systems } from './operations.ts';
import type { CallPolicies } from './policies.ts';
import type { ReadFollower, Subject } from './reads.ts';
import type { ItemSubjects } from './items.ts';
import { planBody, planParameters } from './requests.ts';
import { planCriteria, planValues } from './values.ts';

export interface CallContext {
  readonly systems: Systems;
  readonly policies: Policies;
  readonly follower: ReadFollower;
}

export interface CallSource {
  readonly path: string;
  /** The path of the scope that its values are read in. */
  readonly scope: string;
  readonly linked: LinkedStep;
  readonly target: OperationTarget;
  /** That it is written in. */
  readonly description: Description;
  readonly policies: CallPolicies;
  /** What is evaluated beside its request, its criteria and its outputs. */
  readonly more?: readonly Subject[];
  /** Of a step that is done for each of a list, and of what stands beside it: what `$item` is found by. */
  readonly items?: ItemSubjects;
}

export function planCall({ systems, follower }: CallContext, source: CallSource): PlanCall {
  const { path, scope, linked, target, description } = source;
  const { step } = linked;
  // Whoever receives makes no request: nothing of a parameter is read.
  const isReceived = target.operation.message?.action === 'receive';
  const parameters = isReceived ? [] : planParameters(linked.parameters);
  const body = planBody(step.requestBody);
  const criteria = planCriteria(step.successCriteria);
  const outputs = planValues(outputsWithHandedOn(linked));
  const values = [...parameters.map(({ value }) => value), ...bodyValues(body), ...Object.values(outputs)];
  const reads = follower.readsOf({ scope }, [...values, ...criteria, ...(source.more ?? [])]);
  const list = source.items ? follower.readsOf(source.items, source.items.values) : undefined;
  return {
    path,
    stepId: step.stepId,
    scope,
    origin: step.at,
    operation: systems.keyOf(target, description),
    ...source.policies,
    parameters,
    ...(body && { body }),
    criteria,
    outputs,
    reads: [...new Set([...reads.steps, ...(list?.steps ?? [])])].sort(),
    readsInputs: reads.inputs || list?.inputs === true,
  };
}

function bodyValues(body: PlanBody | undefined): readonly Subject[] {
  if (!body) return [];
  return [...(body.payload ? [body.payload] : []), ...body.replacements.map(({ value }) => value)];
}

export function systemPolicy(
  { systems, policies }: CallContext,
  target: OperationTarget,
  description: Description,
): SystemPolicy {
  return policies.ofSystem(systems.systemOf(target, description).source.policy);
}
