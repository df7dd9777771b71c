/** JSONata's syntax tree as far as we look into it: to find what an expression reads, calls and could grow into. */

/** Nodes are what the parser makes; the fields depend on `type`. */
export interface AstNode {
  readonly type: string;
  readonly value?: unknown;
  readonly [field: string]: unknown;
}

export function hasNode(root: AstNode, wanted: (node: AstNode) => boolean): boolean {
  for (const node of nodesOf(root)) if (wanted(node)) return true;
  return false;
}

export function callsAny(root: AstNode, names: readonly string[]): boolean {
  return hasNode(root, (node) => {
    const procedure = node['procedure'] as AstNode | undefined;
    return procedure?.type === 'variable' && names.includes(String(procedure.value));
  });
}

/** The names of all variables that occur, those bound inside the expression too. */
export function variablesOf(root: AstNode): readonly string[] {
  const names = new Set<string>();
  for (const node of nodesOf(root)) if (node.type === 'variable') names.add(String(node.value));
  return [...names];
}

export function* nodesOf(root: unknown): Generator<AstNode> {
  const stack: unknown[] = [root];
  const seen = new Set<unknown>();
  while (stack.length > 0) {
    const node = stack.pop();
    if (typeof node !== 'object' || node === null || node instanceof RegExp || seen.has(node)) continue;
    seen.add(node);
    if (!Array.isArray(node) && typeof (node as AstNode).type === 'string') yield node as AstNode;
    stack.push(...Object.values(node));
  }
}

/** How deep nodes are nested in one another, the root counting as one. */
export function nestingOf(root: unknown): number {
  if (typeof root !== 'object' || root === null || root instanceof RegExp) return 0;
  let deepest = 0;
  for (const inner of Object.values(root)) deepest = Math.max(deepest, nestingOf(inner));
  return deepest + (!Array.isArray(root) && typeof (root as AstNode).type === 'string' ? 1 : 0);
}

/** The members of the array and object constructors, all together: they are evaluated side by side. */
export function widthOf(root: AstNode): number {
  let width = 0;
  for (const node of nodesOf(root)) {
    const members = node['expressions'] ?? node['lhs'];
    if (node.type === 'unary' && Array.isArray(members)) width += Math.max(0, members.length - 1);
  }
  return width;
}
