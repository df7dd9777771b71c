/**
 * Where a value of a plan comes from: a place in the run's input, or one in a step's answer, seen through the inputs and
 * outputs of workflows that hand it on. Only what is handed on as it is has an origin: a text that a value is built into
 * has none. Bounded, since names may lead in circles.
 */
import type { Expression, Inside } from '../expressions/expression.ts';
import { parseExpression } from '../expressions/parse.ts';
import { own } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Value } from '../model/value.ts';

export type Origin =
  | { readonly kind: 'input'; readonly tokens: readonly string[] }
  /** Of the step at this path, a place in the body. */
  | { readonly kind: 'answer'; readonly step: string; readonly tokens: readonly string[] };

interface View {
  readonly scope: string;
  /** What `$outputs` is, in a workflowId step's own outputs. */
  readonly callee?: string;
}

const MAX_HOPS = 50;

export function originOf(plan: Plan, value: Value, view: View, hops = 0): Origin | undefined {
  if (value.kind !== 'expression' || hops > MAX_HOPS) return undefined;
  const parsed = parseExpression(value.text);
  return parsed.ok ? ofExpression(plan, parsed.expression, view, hops) : undefined;
}

function ofExpression(plan: Plan, expression: Expression, view: View, hops: number): Origin | undefined {
  switch (expression.source) {
    case 'inputs':
      return ofInput(plan, [...namesOf(expression.name), ...way(expression)], view.scope, hops);
    case 'steps':
      return ofStep(plan, expression, view.scope, hops);
    case 'outputs':
      return view.callee === undefined ? undefined : ofOutputs(plan, expression, view.callee, hops);
    case 'workflows':
      return ofWorkflow(plan, expression, view.scope, hops);
    default:
      return undefined;
  }
}

function ofInput(plan: Plan, tokens: readonly string[], scope: string, hops: number): Origin | undefined {
  const { parent, inputs } = own(plan.scopes, scope) ?? {};
  if (parent === undefined) return { kind: 'input', tokens };
  if (inputs === undefined) return hops > MAX_HOPS ? undefined : ofInput(plan, tokens, parent, hops + 1);
  const [name = '', ...rest] = tokens;
  return within(plan, own(inputs, name), { scope: parent }, rest, hops);
}

function ofStep(
  plan: Plan,
  { stepId, name, ...inside }: { readonly stepId: string; readonly name?: string } & Inside,
  scope: string,
  hops: number,
): Origin | undefined {
  const member = own(own(plan.scopes, scope)?.members ?? {}, stepId);
  if (member === undefined || name === undefined) return undefined;
  const [first = '', ...dotted] = namesOf(name);
  const rest = [...dotted, ...way(inside)];
  if ('scope' in member) {
    const caller = own(plan.scopes, member.scope)?.caller;
    return within(plan, own(caller?.outputs ?? {}, first), { scope, callee: member.scope }, rest, hops);
  }
  const step = own(plan.steps, member.step);
  const output = own(step?.outputs ?? {}, name) ?? own(step?.outputs ?? {}, first);
  const tokens = output === own(step?.outputs ?? {}, first) ? rest : way(inside);
  return ofAnswer(output, member.step, tokens) ?? within(plan, output, { scope }, tokens, hops);
}

function ofAnswer(output: Value | undefined, step: string, rest: readonly string[]): Origin | undefined {
  if (output?.kind !== 'expression') return undefined;
  const parsed = parseExpression(output.text);
  if (!parsed.ok || parsed.expression.source !== 'response' || parsed.expression.part !== 'body') return undefined;
  return { kind: 'answer', step, tokens: [...way(parsed.expression), ...rest] };
}

function ofOutputs(
  plan: Plan,
  { name, ...inside }: { readonly name: string } & Inside,
  scope: string,
  hops: number,
): Origin | undefined {
  const [first = '', ...dotted] = namesOf(name);
  return within(plan, own(own(plan.scopes, scope)?.outputs ?? {}, first), { scope }, [...dotted, ...way(inside)], hops);
}

function ofWorkflow(
  plan: Plan,
  expression: Extract<Expression, { source: 'workflows' }>,
  scope: string,
  hops: number,
): Origin | undefined {
  const target = own(own(plan.scopes, scope)?.workflows ?? {}, expression.workflowId);
  if (target === undefined) return undefined;
  if (expression.field === 'steps') return ofStep(plan, expression, target, hops + 1);
  if (expression.field === 'outputs') return ofOutputs(plan, expression, target, hops + 1);
  return ofInput(plan, [...namesOf(expression.name), ...way(expression)], target, hops + 1);
}

function within(
  plan: Plan,
  value: Value | undefined,
  view: View,
  rest: readonly string[],
  hops: number,
): Origin | undefined {
  const origin = value && originOf(plan, value, view, hops + 1);
  return origin && { ...origin, tokens: [...origin.tokens, ...rest] };
}

function namesOf(name: string): readonly string[] {
  return name === '' ? [] : name.split('.');
}

function way({ trail, pointer }: Inside): readonly string[] {
  return [...trail, ...pointer];
}
