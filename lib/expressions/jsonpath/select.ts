/**
 * Query and argument to nodelist, in the order that RFC 9535 prescribes (a node before its descendants, elements by
 * index). Every visited node costs a step of `Work`, so a query over hostile data ends with a reason instead of
 * hanging. Depth of the data is no matter: descendants are walked with a list of their own.
 */
import { isObject, type Json } from '../../model/json.ts';
import { unreachable } from '../../model/assert.ts';
import type { Work } from '../work.ts';
import { holds } from './filter.ts';
import type { Evaluation, Node } from './nodes.ts';
import type { Query, Segment, Selector, Slice } from './query.ts';

/** The nodes that `query` selects from `root`. It may begin elsewhere; `$` in a filter is the root all the same. Throws OutOfWork. */
export function selectNodes(query: Query, root: Json, work: Work, start: Json = root): readonly Node[] {
  const evaluation: Evaluation = { root, work, select: (inner, from) => select(inner, from, evaluation) };
  return evaluation.select(query, { value: start });
}

function select(query: Query, start: Node, evaluation: Evaluation): readonly Node[] {
  let nodes: readonly Node[] = [start];
  for (const segment of query.segments) nodes = applySegment(segment, nodes, evaluation);
  return nodes;
}

function applySegment(segment: Segment, nodes: readonly Node[], evaluation: Evaluation): readonly Node[] {
  const selected: Node[] = [];
  for (const node of nodes) {
    const visited = segment.kind === 'child' ? [node] : withDescendants(node, evaluation.work);
    for (const here of visited) {
      for (const selector of segment.selectors) pushSelected(selector, here, evaluation, selected);
    }
  }
  return selected;
}

/** The node itself and all below it, parents first. */
function withDescendants(node: Node, work: Work): readonly Node[] {
  const visited: Node[] = [];
  const waiting: Node[] = [node];
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
    visited.push(here);
    const children = childrenOf(here, work);
    for (let index = children.length - 1; index >= 0; index -= 1) waiting.push(children[index] as Node);
  }
  return visited;
}

function pushSelected(selector: Selector, node: Node, evaluation: Evaluation, selected: Node[]): void {
  evaluation.work.spend();
  switch (selector.kind) {
    case 'name':
      if (isObject(node.value) && Object.hasOwn(node.value, selector.name)) selected.push(child(node, selector.name));
      return;
    case 'index':
      pushElement(node, selector.index, selected);
      return;
    case 'wildcard':
      for (const each of childrenOf(node, evaluation.work)) selected.push(each);
      return;
    case 'slice':
      pushSlice(selector, node, evaluation.work, selected);
      return;
    case 'filter':
      for (const each of childrenOf(node, evaluation.work))
        if (holds(selector.test, each, evaluation)) selected.push(each);
      return;
    default:
      unreachable(selector, 'JSONPath selector');
  }
}

function pushElement(node: Node, index: number, selected: Node[]): void {
  if (!Array.isArray(node.value)) return;
  const position = index < 0 ? node.value.length + index : index;
  if (position >= 0 && position < node.value.length) selected.push(child(node, position));
}

function within(bound: number, low: number, high: number): number {
  return Math.min(Math.max(bound, low), high);
}

/** RFC 9535 section 2.3.4.2.2, in its words: lower and upper bounds from the normalised start and end. */
function pushSlice({ start, end, step = 1 }: Slice, node: Node, work: Work, selected: Node[]): void {
  if (!Array.isArray(node.value) || step === 0) return;
  const length = node.value.length;
  const normal = (bound: number): number => (bound < 0 ? length + bound : bound);
  if (step > 0) {
    const upper = within(normal(end ?? length), 0, length);
    for (let index = within(normal(start ?? 0), 0, length); index < upper; index += step)
      pushCounted(node, index, work, selected);
  } else {
    const lower = within(normal(end ?? -length - 1), -1, length - 1);
    for (let index = within(normal(start ?? length - 1), -1, length - 1); index > lower; index += step)
      pushCounted(node, index, work, selected);
  }
}

function pushCounted(node: Node, index: number, work: Work, selected: Node[]): void {
  work.spend();
  selected.push(child(node, index));
}

function childrenOf(node: Node, work: Work): readonly Node[] {
  const { value } = node;
  if (Array.isArray(value)) {
    work.spend(value.length);
    return value.map((item: Json, key): Node => ({ value: item, parent: node, key }));
  }
  if (!isObject(value)) return [];
  const keys = Object.keys(value);
  work.spend(keys.length);
  return keys.map((key) => child(node, key));
}

/** An own member or an element that is known to exist. */
function child(parent: Node, key: string | number): Node {
  const values = parent.value as { readonly [key: string | number]: Json };
  return { value: values[key] ?? null, parent, key };
}
