/**
 * The forms of which most definitions consist, without the evaluator: paths from `$states` or a variable, literals,
 * constructors, `&`, comparisons, `and`/`or`, conditions, `$exists`, `$not`, `$count`, `$lookup`. A fast path gives exactly what
 * the evaluator would, or says that the evaluator must decide: where a path meets an array on its way, where an operand
 * is not of the plain type. test/unit/engine/query/fast-path.test.ts compares the two.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { AstNode } from './ast.ts';
import { FUNCTION_NAMES } from './function-names.ts';
import type { View } from './language.ts';
import {
  type Answer,
  BINARY_FUNCTIONS,
  type FastPath,
  NEEDS_EVALUATOR,
  OPERATORS,
  UNARY_FUNCTIONS,
} from './operators.ts';
import { isMarked } from './result.ts';
import { setOwn } from './own.ts';

/** Annotations of the parser that change what a node means. */
const CHANGING = [
  'predicate',
  'stages',
  'group',
  'keepArray',
  'keepSingletonArray',
  'focus',
  'index',
  'tuple',
  'ancestor',
  'seekingParent',
  'thunk',
];

export function fastPathOf(node: AstNode): FastPath | null {
  const indexed = indexOf(node, 'predicate');
  if (node.type === 'variable' && indexed !== null) return rooted(String(node.value), [indexed]);
  return isPlain(node) ? (FORMS[node.type]?.(node) ?? null) : null;
}

const FORMS: { readonly [type: string]: ((node: AstNode) => FastPath | null) | undefined } = {
  string: literalForm,
  number: literalForm,
  value: literalForm,
  variable: (node) => rooted(String(node.value), []),
  path: pathForm,
  binary: binaryForm,
  condition: conditionForm,
  function: functionForm,
  unary: constructorForm,
};

function isPlain(node: AstNode): boolean {
  return CHANGING.every((field) => node[field] === undefined);
}

function literalForm(node: AstNode): FastPath | null {
  const value = node.value as Json;
  return value === undefined ? null : () => value;
}

/** A field, or the index of an element. */
type Step = string | number;

/** `$name.field[0].field`: a variable first, then fields, each with at most one constant index. */
function pathForm(node: AstNode): FastPath | null {
  const [first, ...rest] = node['steps'] as readonly AstNode[];
  if (first?.type !== 'variable') return null;
  const steps = [stepsOf(first, 'predicate', []), ...rest.map((step) => fieldSteps(step))];
  return steps.includes(null) ? null : rooted(String(first.value), (steps as readonly (readonly Step[])[]).flat());
}

function fieldSteps(step: AstNode): readonly Step[] | null {
  return step.type === 'name' ? stepsOf(step, 'stages', [String(step.value)]) : null;
}

function stepsOf(node: AstNode, filters: 'predicate' | 'stages', steps: readonly Step[]): readonly Step[] | null {
  const index = indexOf(node, filters);
  if (index !== null) return [...steps, index];
  return isPlain(node) ? steps : null;
}

/** `[2]`, `[-1]`: a constant index and nothing else. */
function indexOf(node: AstNode, filters: 'predicate' | 'stages'): number | null {
  const [filter, ...more] = (node[filters] ?? []) as readonly AstNode[];
  const expression = filter?.['expr'] as AstNode | undefined;
  if (filter?.type !== 'filter' || expression?.type !== 'number' || more.length > 0) return null;
  return isPlain({ ...node, [filters]: undefined }) ? Math.floor(Number(expression.value)) : null;
}

function rooted(variable: string, steps: readonly Step[]): FastPath | null {
  // The root context and all of $states are rare.
  if (variable === '' || variable === '$') return null;
  if (variable !== 'states') return ofVariable(variable, steps);
  const [part, ...rest] = steps;
  if (typeof part !== 'string') return null;
  const root = STATES[part];
  return root === undefined ? () => undefined : (view) => descend(root(view), rest);
}

/** An unassigned variable may be the name of a function, which is a value of its own kind. */
function ofVariable(variable: string, steps: readonly Step[]): FastPath {
  const absent = FUNCTION_NAMES.has(variable) ? NEEDS_EVALUATOR : undefined;
  return ({ variables }) => (Object.hasOwn(variables, variable) ? descend(variables[variable], steps) : absent);
}

const STATES: { readonly [part: string]: ((view: View) => Json | undefined) | undefined } = {
  input: (view) => view.input,
  result: (view) => view.result,
  errorOutput: (view) => view.errorOutput,
  context: (view) => view.context(),
};

function descend(start: Json | undefined, steps: readonly Step[]): Answer {
  let value = start;
  for (const step of steps) {
    if (value === undefined) return undefined;
    const next = typeof step === 'string' ? member(value, step) : element(value, step);
    if (next === NEEDS_EVALUATOR) return next;
    value = next;
  }
  return value;
}

function member(value: Json, key: string): Answer {
  if (typeof value !== 'object' || value === null) return undefined;
  // Fields of an array are those of its elements.
  if (Array.isArray(value)) return value.some((item: Json) => mayHave(item, key)) ? NEEDS_EVALUATOR : undefined;
  if (isMarked(value)) return NEEDS_EVALUATOR;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

function mayHave(item: Json, key: string): boolean {
  if (typeof item !== 'object' || item === null) return false;
  return Array.isArray(item) || isMarked(item) || Object.hasOwn(item, key);
}

/** What is not an array is one of itself. An array inside an array would be spread. */
function element(value: Json, index: number): Answer {
  const values = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const found = values[index < 0 ? values.length + index : index];
  return Array.isArray(found) ? NEEDS_EVALUATOR : found;
}

function binaryForm(node: AstNode): FastPath | null {
  const operator = OPERATORS[String(node.value)];
  if (operator === undefined) return null;
  const left = fastPathOf(node['lhs'] as AstNode);
  const right = fastPathOf(node['rhs'] as AstNode);
  return left === null || right === null ? null : operator(left, right);
}

function conditionForm(node: AstNode): FastPath | null {
  const test = fastPathOf(node['condition'] as AstNode);
  const yes = fastPathOf(node['then'] as AstNode);
  const no = node['else'] === undefined ? (): undefined => undefined : fastPathOf(node['else'] as AstNode);
  if (test === null || yes === null || no === null) return null;
  return (view) => {
    const decision = test(view);
    if (decision === true) return yes(view);
    return decision === false || decision === undefined ? no(view) : NEEDS_EVALUATOR;
  };
}

function functionForm(node: AstNode): FastPath | null {
  const procedure = node['procedure'] as AstNode;
  const operands = (node['arguments'] as readonly AstNode[]).map(fastPathOf);
  const name = String(procedure.value);
  if (procedure.type !== 'variable' || operands.includes(null)) return null;
  const applied = applicationOf(name, operands as readonly FastPath[]);
  // A variable of the same name hides the function.
  return applied && ((view) => (Object.hasOwn(view.variables, name) ? NEEDS_EVALUATOR : applied(view)));
}

function applicationOf(name: string, [first, second, ...more]: readonly FastPath[]): FastPath | null {
  if (first === undefined || more.length > 0) return null;
  const unary = UNARY_FUNCTIONS[name];
  if (second === undefined) return unary === undefined ? null : (view) => unary(first(view));
  const binary = BINARY_FUNCTIONS[name];
  return binary === undefined ? null : (view) => binary(first(view), second(view));
}

function constructorForm(node: AstNode): FastPath | null {
  if (node.value === '{') return objectForm(node);
  return node.value === '[' ? arrayForm(node) : null;
}

/** Constant keys only, each once. */
function objectForm(node: AstNode): FastPath | null {
  const pairs = node['lhs'] as readonly (readonly [AstNode, AstNode])[];
  const keys = pairs.map(([key]) => (key.type === 'string' && isPlain(key) ? String(key.value) : null));
  const values = pairs.map(([, value]) => fastPathOf(value));
  const isUsual =
    new Set(keys).size === keys.length && !keys.includes(null) && !keys.some((key) => key?.startsWith('_jsonata'));
  if (!isUsual || values.includes(null)) return null;
  return (view) => {
    const object: { [key: string]: Json } = {};
    for (const [index, value] of (values as readonly FastPath[]).entries()) {
      const answer = value(view);
      if (answer === NEEDS_EVALUATOR) return answer;
      if (answer !== undefined) setOwn(object, keys[index] as string, answer);
    }
    return object;
  };
}

/** An element that is an array itself would be spread. */
function arrayForm(node: AstNode): FastPath | null {
  const elements = (node['expressions'] as readonly AstNode[]).map(fastPathOf);
  if (elements.includes(null) || node['consarray'] !== undefined) return null;
  return (view) => {
    const values: Json[] = [];
    for (const one of elements as readonly FastPath[]) {
      const answer = one(view);
      if (answer === NEEDS_EVALUATOR || Array.isArray(answer)) return NEEDS_EVALUATOR;
      if (answer !== undefined) values.push(answer);
    }
    return values;
  };
}
