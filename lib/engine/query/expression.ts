/**
 * One JSONata expression: parsed once, evaluated any number of times, bounded and deterministic. Common small forms
 * never enter the evaluator (fast-path.ts); the rest runs in `jsonata` with the service's dialect bound in
 * (functions.ts). Time and randomness come from the view, and the bounds count steps, because a clock would not replay.
 */
import { createRequire } from 'node:module';
import type jsonata from 'jsonata';
import { EXPRESSION_ARRAY_ITEMS, EXPRESSION_DEPTH, EXPRESSION_STEPS, EXPRESSION_STRING_CHARACTERS } from '../quotas.ts';
import { type AstNode, callsAny, hasNode, nestingOf, variablesOf, widthOf } from './ast.ts';
import { fastPathOf } from './fast-path.ts';
import { dialect } from './functions.ts';
import { type Evaluated, Problem, type View } from './language.ts';
import { type FastPath, NEEDS_EVALUATOR } from './operators.ts';
import { plainExpression } from './plain-expression.ts';
import { resultToJson, UNSUPPORTED } from './result.ts';

const ENTRY: unique symbol = Symbol.for('jsonata.__evaluate_entry');
const EXIT: unique symbol = Symbol.for('jsonata.__evaluate_exit');
const VIEW = 'view of the evaluation';

/** Functions whose result may be much larger than what they are given. */
const GROWING = [
  'pad',
  'join',
  'replace',
  'string',
  'range',
  'append',
  'map',
  'each',
  'reduce',
  'zip',
  'spread',
  'split',
];

/** The published types leave out that hooks are bound under symbols. */
interface Hooked {
  assign(name: symbol, hook: (...seen: never[]) => void): void;
}

/** The published types leave out `createSequence`, which the evaluator gives every function. */
type Registered = Parameters<jsonata.Expression['registerFunction']>[1];

/** The evaluator's frame, as far as its hooks show it. */
interface Frame {
  bind(name: string | symbol, value: unknown): void;
  lookup(name: string | symbol): unknown;
  timestamp: Date;
  depth: number;
  guardrails: () => void;
}

export interface Expression {
  /** Trimmed, without its delimiters: as error texts quote it. */
  readonly text: string;
  readonly field: string;
  evaluate(view: View): Evaluated | Promise<Evaluated>;
}

/** Throws the evaluator's syntax error; a definition is validated before. */
export function compileExpression(text: string, field: string): Expression {
  const plain = plainExpression(text);
  const fast = plain && fastPathOf(plain);
  if (fast !== null) return { text, field, evaluate: fastOrSlow(fast, text, field) };
  const ast = syntaxOf(text);
  const found = nestingOf(ast) > EXPRESSION_DEPTH ? null : fastPathOf(ast);
  return { text, field, evaluate: found === null ? slowly(text, field) : fastOrSlow(found, text, field) };
}

function fastOrSlow(fast: FastPath, text: string, field: string): Expression['evaluate'] {
  const slow = slowly(text, field);
  return (view) => evaluateFast(fast, view, text, field) ?? slow(view);
}

/** Made ready for the evaluator when it first gets there: most expressions never do. */
function slowly(text: string, field: string): (view: View) => Promise<Evaluated> {
  let program: Program | undefined;
  return (view) => evaluateSlowly((program ??= programOf(text, field)), view);
}

function programOf(text: string, field: string): Program {
  const ast = syntaxOf(text);
  const marks = hasNode(ast, (node) => node['keepArray'] === true || node['keepSingletonArray'] === true);
  return { program: prepare(text, ast), variables: variablesOf(ast), marks, text, field };
}

function syntaxOf(text: string): AstNode {
  return library()(text).ast() as unknown as AstNode;
}

let loaded: typeof jsonata | undefined;

/** Loaded for the first expression that needs it. */
function library(): typeof jsonata {
  loaded ??= createRequire(import.meta.url)('jsonata') as typeof jsonata;
  return loaded;
}

/** Undefined: the fast path does not decide this case. */
function evaluateFast(fast: FastPath, view: View, text: string, field: string): Evaluated | undefined {
  const value = fast(view);
  if (value === NEEDS_EVALUATOR) return undefined;
  return value === undefined ? nothing(text, field) : value;
}

function prepare(text: string, ast: AstNode): jsonata.Expression {
  const mayGrow = hasNode(ast, (node) => node.type === 'lambda' || node.value === '..') || callsAny(ast, GROWING);
  const program = library()(text, mayGrow ? { sequence: EXPRESSION_ARRAY_ITEMS } : {});
  const hooked = program as unknown as Hooked;
  hooked.assign(ENTRY, entryHook(EXPRESSION_DEPTH * (1 + widthOf(ast))));
  if (mayGrow) hooked.assign(EXIT, checkSize);
  for (const [name, implementation, signature] of dialect(viewOf)) {
    if (implementation === undefined) program.assign(name, undefined);
    else program.registerFunction(name, implementation as unknown as Registered, signature);
  }
  return program;
}

/**
 * Runs once per evaluation, at its root: puts the view's time and our bounds into the evaluator's frame. The evaluator
 * counts as deep what it evaluates at the same time, so that the members of its widest constructor are allowed for.
 */
function entryHook(deepest: number): (node: unknown, input: unknown, frame: Frame) => void {
  return (_node, _input, frame) => {
    frame.bind(ENTRY, undefined);
    const view = frame.lookup(VIEW) as View;
    frame.timestamp = new Date(view.time);
    let steps = EXPRESSION_STEPS;
    frame.guardrails = () => {
      steps -= 1;
      if (frame.depth > deepest) throw new Error(STACK);
      if (steps < 0) throw new Error(TIMEOUT);
    };
  };
}

function checkSize(_node: unknown, _input: unknown, _frame: Frame, result: unknown): void {
  const tooLarge =
    (typeof result === 'string' && result.length > EXPRESSION_STRING_CHARACTERS) ||
    (Array.isArray(result) && result.length > EXPRESSION_ARRAY_ITEMS);
  if (tooLarge) throw new Error(MEMORY);
}

const STACK =
  'Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive.' +
  ` Depth=${EXPRESSION_DEPTH + 1} max=${EXPRESSION_DEPTH}`;
const TIMEOUT = 'Expression evaluation timeout: Check for infinite loop';
const MEMORY = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';

function viewOf(focus: { readonly environment: { lookup(name: string): unknown } }): View {
  return focus.environment.lookup(VIEW) as View;
}

interface Program {
  readonly program: jsonata.Expression;
  readonly variables: readonly string[];
  /** `[]` in it: the evaluator marks arrays of its input, so it gets copies. */
  readonly marks: boolean;
  readonly text: string;
  readonly field: string;
}

async function evaluateSlowly({ program, variables, marks, text, field }: Program, view: View): Promise<Evaluated> {
  let value: unknown;
  try {
    value = await program.evaluate(undefined, bindingsOf(variables, view, marks));
  } catch (thrown) {
    return new Problem(`${quoted(text, field)} threw an error during evaluation${reason(thrown)}`, field);
  }
  if (value === undefined) return nothing(text, field);
  const json = resultToJson(value);
  return json === UNSUPPORTED
    ? new Problem(`${quoted(text, field)} returned an unsupported result type.`, field)
    : json;
}

function bindingsOf(variables: readonly string[], view: View, copy: boolean): Record<string, unknown> {
  const bindings: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of variables) {
    const value = name === 'states' ? statesOf(view) : view.variables[name];
    if (name === 'states' || Object.hasOwn(view.variables, name))
      bindings[name] = copy ? structuredClone(value) : value;
  }
  bindings[VIEW] = view;
  return bindings;
}

function statesOf(view: View): Record<string, unknown> {
  const states: Record<string, unknown> = { input: view.input, context: view.context() };
  if (view.result !== undefined) states['result'] = view.result;
  if (view.errorOutput !== undefined) states['errorOutput'] = view.errorOutput;
  return states;
}

/** `. CODE: message` for the evaluator's own errors, `: message` for our bounds. */
function reason(thrown: unknown): string {
  const { code, message } = thrown as { readonly code?: string; readonly message?: string };
  if (thrown instanceof RangeError) return `: ${STACK}`;
  if (code === 'D2014' || code === 'D2015') return `: ${MEMORY}`;
  return code === undefined ? `: ${message}` : `. ${code}: ${message}`;
}

function nothing(text: string, field: string): Problem {
  return new Problem(`${quoted(text, field)} returned nothing (undefined).`, field);
}

export function quoted(text: string, field: string): string {
  return `The JSONata expression '${text}' specified for the field '${field}'`;
}
