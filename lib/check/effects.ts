/**
 * Which calls change something, and what their authors have said about it: the ground of all rules about undo. A
 * description that uses x-interlock nowhere is told once a workflow, not once a step.
 */
import type { Description } from '../model/description.ts';
import type { Links, OperationTarget } from '../model/links.ts';
import { isIdempotentMethod, isSafeMethod } from '../model/methods.ts';
import type { StepPolicy } from '../model/policy.ts';
import { typedPolicies } from './policy.ts';
import { stepsOf, type StepOf } from './rule.ts';
import { workflowsThatUndo } from './undo-workflows.ts';

export interface EffectOf extends StepOf {
  readonly target: OperationTarget;
  readonly policy: StepPolicy;
}

/** Steps of operations that change something. */
export function effectsOf(links: Links): EffectOf[] {
  return stepsOf(links).flatMap(({ owner, linked }) => {
    const { target } = linked;
    if (target?.kind !== 'operation' || isSafeMethod(target.operation.method)) return [];
    return [{ owner, linked, target, policy: typedPolicies.ofStep(linked.step.policy) }];
  });
}

/** Those of them that a failing run would undo: not the steps of workflows that undo others. */
export function effectsToUndo(links: Links): EffectOf[] {
  const undoing = workflowsThatUndo(links);
  return effectsOf(links).filter(({ owner }) => !undoing.has(owner.workflow));
}

/** What undoes something: the operation of a `compensate`, and the steps of workflows that undo. */
export function undosOf(links: Links): EffectOf[] {
  const undoing = workflowsThatUndo(links);
  const operations = stepsOf(links).flatMap(({ owner, linked: { undo } }): EffectOf[] => {
    const target = undo?.target;
    if (!undo || target?.kind !== 'operation') return [];
    return [{ owner, linked: undo, target, policy: typedPolicies.ofStep(undo.step.policy) }];
  });
  return [...operations, ...effectsOf(links).filter(({ owner }) => undoing.has(owner.workflow))];
}

/** In doubt, nothing but an answer tells what became of it: repeating it may do it twice. */
export function mayNotBeRepeated({ target, policy }: EffectOf): boolean {
  return !isIdempotentMethod(target.operation.method) && policy.idempotency === undefined;
}

/** Whether the operation takes a key by which its system recognises a repeated request. */
export function takesKey({ operation }: OperationTarget): boolean {
  return operation.parameters.some(({ name, in: where }) => where === 'header' && isKeyHeader(name));
}

export function isKeyHeader(name: string): boolean {
  return name.toLowerCase() === 'idempotency-key';
}

/** Some policy stands in it. */
export function usesPolicies({ arazzo }: Description): boolean {
  const { sourceDescriptions, workflows } = arazzo;
  const all = [...sourceDescriptions, ...workflows, ...workflows.flatMap(({ steps }) => steps)];
  return all.some(({ policy }) => Object.keys(policy).length > 0);
}
