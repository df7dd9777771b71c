/**
 * What a JSONata expression refers to: its free variables, the fields of `$states` that it names, and the names that
 * it reads from the top-level context (which a state does not have: "a path that starts neither from $states nor from
 * a variable reads nothing"). Only the first step of a path stands in the outer context; later steps, predicates,
 * orderings and groupings stand in the value before them; a lambda's body stands where the lambda stands.
 * A name bound inside the expression (`:=`, a parameter, `@$v`, `#$i`) is not free. Functions of the language are
 * free variables here, too; the caller knows which names are functions.
 */

/** The library's syntax tree after its own post-processing, as far as references need it. */
export interface ExpressionNode {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly ExpressionNode[];
  readonly expressions?: readonly ExpressionNode[];
  readonly arguments?: readonly ExpressionNode[];
  readonly procedure?: ExpressionNode;
  readonly expression?: ExpressionNode;
  readonly body?: ExpressionNode;
  readonly condition?: ExpressionNode;
  readonly then?: ExpressionNode;
  readonly else?: ExpressionNode;
  readonly pattern?: ExpressionNode;
  readonly update?: ExpressionNode;
  readonly delete?: ExpressionNode;
  /** Of a binary, the operand; of an object constructor, the pairs. */
  readonly lhs?: ExpressionNode | readonly Pair[];
  readonly rhs?: ExpressionNode;
  readonly terms?: readonly { readonly expression: ExpressionNode }[];
  readonly group?: { readonly lhs: readonly Pair[] };
  readonly predicate?: readonly Stage[];
  readonly stages?: readonly Stage[];
  /** `@$name` and `#$name` after a step. */
  readonly focus?: string;
  readonly index?: string;
}

type Pair = readonly [ExpressionNode, ExpressionNode];

interface Stage {
  readonly type: string;
  readonly expr?: ExpressionNode;
  readonly value?: unknown;
}

export interface References {
  /** Free variables without their `$`, `states` excepted, in order of appearance. */
  readonly variables: ReadonlySet<string>;
  /** The fields named directly after `$states.`. */
  readonly statesFields: ReadonlySet<string>;
  /** Names, wildcards and `$` that stand in the outer context. */
  readonly topLevel: ReadonlySet<string>;
  /** Whether `$$` occurs. */
  readonly root: boolean;
}

interface Found {
  readonly variables: Set<string>;
  readonly statesFields: Set<string>;
  readonly topLevel: Set<string>;
  root: boolean;
}

interface Scope {
  readonly names: Set<string>;
  readonly parent: Scope | undefined;
}

/** Where a node stands: in the outer context or inside a value, and which names are bound there. */
interface Standing {
  readonly outer: boolean;
  readonly scope: Scope;
  readonly found: Found;
}

type Visit = (node: ExpressionNode, standing: Standing) => void;

export function referencesOf(tree: ExpressionNode): References {
  const found: Found = { variables: new Set(), statesFields: new Set(), topLevel: new Set(), root: false };
  visit(tree, { outer: true, scope: { names: new Set(), parent: undefined }, found });
  return found;
}

const VISITS: Readonly<Record<string, Visit>> = {
  variable: visitVariable,
  name: visitOuterName,
  wildcard: visitOuterName,
  descendant: visitOuterName,
  path: visitPath,
  function: visitCall,
  partial: visitCall,
  lambda: visitLambda,
  block: (node, standing) => visitAll(node.expressions, { ...standing, scope: inner(standing.scope) }),
  bind: visitBind,
  condition: (node, standing) => visitAll([node.condition, node.then, node.else], standing),
  binary: visitOperands,
  apply: visitOperands,
  unary: visitUnary,
  transform: (node, standing) => visitAll([node.pattern, node.update, node.delete], inside(standing)),
  sort: (node, standing) =>
    visitAll(
      node.terms?.map((term) => term.expression),
      inside(standing),
    ),
};

function visit(node: ExpressionNode, standing: Standing): void {
  VISITS[node.type]?.(node, standing);
  visitStages(node, standing);
  if (node.group !== undefined) visitPairs(node.group.lhs, inside(standing));
}

function visitAll(nodes: readonly (ExpressionNode | undefined)[] | undefined, standing: Standing): void {
  for (const node of nodes ?? []) if (node !== undefined) visit(node, standing);
}

function visitPairs(pairs: readonly Pair[], standing: Standing): void {
  for (const pair of pairs) visitAll(pair, standing);
}

function visitStages(node: ExpressionNode, standing: Standing): void {
  for (const stage of [...(node.predicate ?? []), ...(node.stages ?? [])]) {
    if (stage.type === 'index') standing.scope.names.add(String(stage.value));
    else if (stage.expr !== undefined) visit(stage.expr, inside(standing));
  }
}

function visitVariable(node: ExpressionNode, standing: Standing): void {
  const name = String(node.value);
  if (name === '$') standing.found.root = true;
  else if (name === '') visitOuterName({ type: 'name', value: '$' }, standing);
  else if (name !== 'states' && !isBound(name, standing.scope)) standing.found.variables.add(name);
}

function visitOuterName(node: ExpressionNode, standing: Standing): void {
  if (standing.outer) standing.found.topLevel.add(String(node.value));
}

function visitPath(node: ExpressionNode, standing: Standing): void {
  const steps = node.steps ?? [];
  noteStatesField(steps, standing);
  const first: Standing = { ...standing, scope: inner(standing.scope) };
  const later = inside(first);
  for (const [position, step] of steps.entries()) {
    if (step.focus !== undefined) first.scope.names.add(step.focus);
    if (step.index !== undefined) first.scope.names.add(step.index);
    visit(step, position === 0 ? first : later);
  }
}

function noteStatesField(steps: readonly ExpressionNode[], standing: Standing): void {
  const [first, second] = steps;
  const fromStates = first?.type === 'variable' && first.value === 'states' && !isBound('states', standing.scope);
  if (fromStates && second?.type === 'name') standing.found.statesFields.add(String(second.value));
}

function visitCall(node: ExpressionNode, standing: Standing): void {
  visitAll([node.procedure, ...(node.arguments ?? [])], standing);
}

function visitLambda(node: ExpressionNode, standing: Standing): void {
  const scope = inner(standing.scope);
  for (const parameter of node.arguments ?? []) scope.names.add(String(parameter.value));
  visitAll([node.body], { ...standing, scope });
}

/** A function may call itself by its own name; any other value is evaluated before its name exists. */
function visitBind(node: ExpressionNode, standing: Standing): void {
  const name = node.lhs !== undefined && !isPairs(node.lhs) ? String(node.lhs.value) : '';
  const isFunction = node.rhs?.type === 'lambda';
  if (isFunction) standing.scope.names.add(name);
  visitAll([node.rhs], standing);
  standing.scope.names.add(name);
}

function visitOperands(node: ExpressionNode, standing: Standing): void {
  if (node.lhs !== undefined && !isPairs(node.lhs)) visit(node.lhs, standing);
  visitAll([node.rhs], standing);
}

function visitUnary(node: ExpressionNode, standing: Standing): void {
  if (node.lhs !== undefined && isPairs(node.lhs)) visitPairs(node.lhs, standing);
  visitAll(node.expressions, standing);
  visitAll([node.expression], standing);
}

function isPairs(lhs: ExpressionNode | readonly Pair[]): lhs is readonly Pair[] {
  return Array.isArray(lhs);
}

function inner(parent: Scope): Scope {
  return { names: new Set(), parent };
}

function inside(standing: Standing): Standing {
  return standing.outer ? { ...standing, outer: false } : standing;
}

function isBound(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.parent) if (at.names.has(name)) return true;
  return false;
}
