/**
 * Makes an XPath pay for its rounds. The engine offers no hook for that, so the tree is rewritten: every round of a
 * loop, every predicate asked and every pair compared calls `pay`, which stops the evaluation when its steps are used
 * up. Visits to nodes are counted by facade.ts; together they bound what hostile XML can cost an innocent expression.
 */
import type { Element } from 'slimdom';
import { childNamed, elementsOf, fill, operandsOf, template } from './tree.ts';

/** Where `pay` lives; authors cannot name it. */
export const OURS = 'urn:interlock:xpath';

/** What a round costs beside the comparing of a pair, as measured. */
const ROUND = 3;

const generalComparisons: ReadonlyMap<string, string> = new Map([
  ['equalOp', '='],
  ['notEqualOp', '!='],
  ['lessThanOp', '<'],
  ['lessThanOrEqualOp', '<='],
  ['greaterThanOp', '>'],
  ['greaterThanOrEqualOp', '>='],
]);

/** The same tree, changed; it means what it meant. */
export function metered(tree: Element): Element {
  for (const element of elementsOf(tree).toReversed()) {
    if (generalComparisons.has(element.localName)) meterComparison(element);
    else if (element.localName === 'functionCallExpr') meterDistinctValues(element);
    else for (const repeated of repeatedBy(element)) meterRound(repeated);
  }
  return tree;
}

/** What an element evaluates once per item. */
function repeatedBy({ localName, children, firstElementChild }: Element): readonly Element[] {
  switch (localName) {
    case 'predicates':
      return children.filter((predicate) => !isConstant(predicate));
    case 'predicateExpr':
    case 'returnClause':
      return firstElementChild === null ? [] : [firstElementChild];
    case 'simpleMapExpr':
      return children.slice(1);
    default:
      return [];
  }
}

function meterRound(expression: Element): void {
  const made = template(`if (Q{${OURS}}pay(${ROUND}, 1)) then $hole else ()`);
  expression.replaceWith(made);
  fill(made, 'hole', expression);
}

/** Items times items; one beside a constant costs what it reads. */
function meterComparison(comparison: Element): void {
  const [left, right] = operandsOf(comparison);
  const operator = generalComparisons.get(comparison.localName);
  if (left === undefined || right === undefined || isConstant(left) || isConstant(right)) return;
  const compared = `if (Q{${OURS}}pay(count($ours-left), count($ours-right))) then $ours-left ${operator} $ours-right else ()`;
  const made = template(`let $ours-left := $hole-left, $ours-right := $hole-right return ${compared}`);
  comparison.replaceWith(made);
  fill(made, 'hole-left', left);
  fill(made, 'hole-right', right);
}

/** It compares each item with each. */
function meterDistinctValues(call: Element): void {
  const given = childNamed(call, 'arguments')?.firstElementChild;
  if (childNamed(call, 'functionName')?.textContent !== 'distinct-values' || !given) return;
  const counted = `if (Q{${OURS}}pay(count($ours-items), count($ours-items))) then $ours-items else ()`;
  const made = template(`let $ours-items := $hole return ${counted}`);
  given.replaceWith(made);
  fill(made, 'hole', given);
}

function isConstant({ localName }: Element): boolean {
  return localName.endsWith('ConstantExpr');
}
