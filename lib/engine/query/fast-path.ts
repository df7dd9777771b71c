/**
 * The forms of which most definitions consist, without the evaluator: `$states.input.a.b`, `$x`, literals, `&`, `=`,
 * `$exists(path)`, `path ? a : b`. A fast path gives exactly what the evaluator would, or says that the evaluator must
 * decide: where a path meets an array on its way, where `&` meets something that is not a string, where a condition is
 * not a boolean. test/unit/engine/query/fast-path.test.ts compares the two.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { AstNode } from './ast.ts';
import { FUNCTION_NAMES } from './function-names.ts';
import type { View } from './language.ts';
import { isFunction } from './result.ts';

export const NEEDS_EVALUATOR: unique symbol = Symbol('needs the evaluator');

/** A JSON value, nothing, or "I do not know". */
type Answer = Json | undefined | typeof NEEDS_EVALUATOR;

export type FastPath = (view: View) => Answer;

/** Annotations of the parser that change the meaning of a node. */
const CHANGING = ['predicate', 'stages', 'group', 'keepArray', 'keepSingletonArray', 'focus', 'index', 'tuple', 'ancestor', 'seekingParent', 'thunk'];

export function fastPathOf(node: AstNode): FastPath | null {
  if (CHANGING.some((field) => node[field] !== undefined)) return null;
  const make = FORMS[node.type];
  return make === undefined ? null : make(node);
}

const FORMS: { readonly [type: string]: ((node: AstNode) => FastPath | null) | undefined } = {
  string: literal,
  number: literal,
  value: literal,
  variable: (node) => rooted(String(node.value), []),
  path: pathForm,
  binary: binaryForm,
  condition: conditionForm,
  function: functionForm,
};

function literal(node: AstNode): FastPath | null {
  const value = node.value as Json;
  return value === undefined ? null : () => value;
}

/** A variable and field names; the first step alone may be a variable. */
function pathForm(node: AstNode): FastPath | null {
  const [first, ...rest] = node['steps'] as readonly AstNode[];
  if (first === undefined || first.type !== 'variable' || fastPathOf(first) === null) return null;
  const plain = rest.every((step) => step.type === 'name' && fieldsUnchanged(step));
  return plain ? rooted(String(first.value), rest.map((step) => String(step.value))) : null;
}

function fieldsUnchanged(step: AstNode): boolean {
  return CHANGING.every((field) => step[field] === undefined);
}

function rooted(variable: string, fields: readonly string[]): FastPath | null {
  if (variable === '' || variable === '$') return null;
  if (variable !== 'states') return ofVariable(variable, fields);
  const [part] = fields;
  // All of $states is rare and a function name as a field is the evaluator's business.
  if (part === undefined) return null;
  const root = STATES[part];
  return root === undefined ? () => undefined : (view) => descend(root(view), fields, 1);
}

/** An unassigned variable may be the name of a function, which is a value of its own kind. */
function ofVariable(variable: string, fields: readonly string[]): FastPath {
  const absent = FUNCTION_NAMES.has(variable) ? NEEDS_EVALUATOR : undefined;
  return (view) =>
    Object.hasOwn(view.variables, variable) ? descend(view.variables[variable], fields, 0) : absent;
}

const STATES: { readonly [part: string]: ((view: View) => Json | undefined) | undefined } = {
  input: (view) => view.input,
  result: (view) => view.result,
  errorOutput: (view) => view.errorOutput,
  context: (view) => view.context(),
};

function descend(start: Json | undefined, fields: readonly string[], from: number): Answer {
  let value = start;
  for (let index = from; index < fields.length; index += 1) {
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) || isFunction(value)) return NEEDS_EVALUATOR;
    value = own(value as JsonObject, fields[index] as string);
  }
  return value;
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function binaryForm(node: AstNode): FastPath | null {
  const left = fastPathOf(node['lhs'] as AstNode);
  const right = fastPathOf(node['rhs'] as AstNode);
  if (left === null || right === null) return null;
  switch (node.value) {
    case '&':
      return (view) => concatenate(left(view), right(view));
    case '=':
      return (view) => equal(left(view), right(view), true);
    case '!=':
      return (view) => equal(left(view), right(view), false);
    default:
      return null;
  }
}

function concatenate(left: Answer, right: Answer): Answer {
  const ok = (value: Answer): boolean => typeof value === 'string' || value === undefined;
  return ok(left) && ok(right) ? `${(left as string) ?? ''}${(right as string) ?? ''}` : NEEDS_EVALUATOR;
}

/** Nothing equals nothing else and is unequal to nothing: both comparisons with undefined are false. */
function equal(left: Answer, right: Answer, wanted: boolean): Answer {
  if (!isScalar(left) || !isScalar(right)) return NEEDS_EVALUATOR;
  if (left === undefined || right === undefined) return false;
  return (left === right) === wanted;
}

function isScalar(value: Answer): boolean {
  return value === null || (typeof value !== 'object' && value !== NEEDS_EVALUATOR);
}

function conditionForm(node: AstNode): FastPath | null {
  const test = fastPathOf(node['condition'] as AstNode);
  const yes = fastPathOf(node['then'] as AstNode);
  const no = node['else'] === undefined ? () => undefined : fastPathOf(node['else'] as AstNode);
  if (test === null || yes === null || no === null) return null;
  return (view) => {
    const decision = test(view);
    if (decision === true) return yes(view);
    return decision === false || decision === undefined ? no(view) : NEEDS_EVALUATOR;
  };
}

/** `$exists(path)` and `$not(path)`. */
function functionForm(node: AstNode): FastPath | null {
  const procedure = node['procedure'] as AstNode;
  const [argument, ...more] = node['arguments'] as readonly AstNode[];
  if (procedure.type !== 'variable' || argument === undefined || more.length > 0) return null;
  const operand = fastPathOf(argument);
  if (operand === null) return null;
  const name = String(procedure.value);
  if (name !== 'exists' && name !== 'not') return null;
  return (view) => {
    // A variable of the same name hides the function.
    if (Object.hasOwn(view.variables, name)) return NEEDS_EVALUATOR;
    return name === 'exists' ? exists(operand(view)) : not(operand(view));
  };
}

function exists(value: Answer): Answer {
  return value === NEEDS_EVALUATOR ? NEEDS_EVALUATOR : value !== undefined;
}

function not(value: Answer): Answer {
  return typeof value === 'boolean' ? !value : NEEDS_EVALUATOR;
}
