/**
 * Third pass: which steps' outputs a handler needs, looked through scopes. Inputs of a sub-workflow are values of its
 * caller, and outputs of a workflowId step are values of the sub-workflow, so a read is followed until it ends at a
 * step that makes a request, or at the run's own input.
 */
import type { Expression } from '../expressions/expression.ts';
import { references } from '../expressions/references.ts';
import type { PlanAction, PlanScope } from '../model/plan.ts';
import { assert } from '../model/assert.ts';
import { own } from '../model/json.ts';
import type { Criterion, Value } from '../model/value.ts';

export interface Reads {
  readonly steps: ReadonlySet<string>;
  readonly inputs: boolean;
}

export type Subject = Value | Criterion;

/** From where something is read. A workflowId step's own values see, as `$outputs`, those of the scope that it opened. */
export interface View {
  readonly scope: string;
  readonly callee?: string;
  /** What `$item` is an item of; its own reads are followed by themselves. */
  readonly items?: Value;
}

/** Follows what values say inside a scope. Each (scope, name) is followed once: a cycle through scopes ends there. */
export class ReadFollower {
  private readonly scopes: { readonly [path: string]: PlanScope };

  constructor(scopes: { readonly [path: string]: PlanScope }) {
    this.scopes = scopes;
  }

  readsOf(view: View, subjects: readonly Subject[]): Reads {
    const found = { steps: new Set<string>(), inputs: false, seen: new Set<string>() };
    for (const subject of subjects) this.follow(view, subject, found);
    return found;
  }

  private follow(view: View, subject: Subject, found: Found): void {
    for (const { expression } of references(subject)) this.followExpression(view, expression, found);
  }

  private followExpression({ scope, callee }: View, expression: Expression, found: Found): void {
    switch (expression.source) {
      case 'steps':
        return this.followMember(scope, expression.stepId, found);
      case 'inputs':
        return this.followInputs(scope, found);
      case 'outputs':
        return callee === undefined ? undefined : this.followOutputs(callee, found);
      case 'workflows': {
        const target = own(this.scope(scope).workflows, expression.workflowId);
        if (target === undefined) return;
        if (expression.field === 'inputs') return this.followInputs(target, found);
        if (expression.field === 'steps') return this.followMember(target, expression.stepId, found);
        return this.followOutputs(target, found);
      }
      default:
    }
  }

  private followMember(scope: string, stepId: string, found: Found): void {
    const member = own(this.scope(scope).members, stepId);
    if (member === undefined) return;
    if ('scope' in member) return this.followCaller(member.scope, found);
    found.steps.add(member.step);
    if (member.asks !== undefined) found.steps.add(member.asks);
  }

  /** What a workflowId step hands on is what it declares itself, over what its workflow hands out. */
  private followCaller(scope: string, found: Found): void {
    const { caller, parent } = this.scope(scope);
    if (!caller || parent === undefined || !once(found, `caller ${scope}`)) return;
    const view = { scope: parent, callee: scope };
    for (const value of Object.values(caller.outputs)) this.follow(view, value, found);
  }

  private followOutputs(scope: string, found: Found): void {
    if (!once(found, `outputs ${scope}`)) return;
    for (const value of Object.values(this.scope(scope).outputs)) this.follow({ scope }, value, found);
  }

  private followInputs(scope: string, found: Found): void {
    if (!once(found, `inputs ${scope}`)) return;
    const { parent, inputs } = this.scope(scope);
    if (parent === undefined) found.inputs = true;
    else if (inputs === undefined) this.followInputs(parent, found);
    else for (const value of Object.values(inputs)) this.follow({ scope: parent }, value, found);
  }

  private scope(path: string): PlanScope {
    const scope = this.scopes[path];
    assert(scope, 'every scope that is named is in the plan');
    return scope;
  }
}

interface Found {
  readonly steps: Set<string>;
  inputs: boolean;
  readonly seen: Set<string>;
}

function once(found: Found, what: string): boolean {
  if (found.seen.has(what)) return false;
  found.seen.add(what);
  return true;
}

/** Everything that an action list evaluates. */
export function criteriaOf(actions: readonly PlanAction[]): readonly Criterion[] {
  return actions.flatMap(({ criteria }) => criteria);
}
