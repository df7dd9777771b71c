/**
 * A value changed so that a JSONPath selects something in it: names and elements on its way are made, and what a filter
 * looks at comes to hold what it asks for. Follows the first of everything; whether it has worked is for the query itself
 * to say. Bounded by the query's own size.
 */
import type { Query, Segment, Selector, Single, Test } from '../expressions/jsonpath/query.ts';
import { isSingular } from '../expressions/jsonpath/query.ts';
import { atPointer } from '../expressions/pointer.ts';
import { isObject, type Json } from '../model/json.ts';
import { fitting, MIRRORED, OPPOSITE } from './fitting.ts';
import { withLeaf } from './json-leaves.ts';
import { textForPattern } from './text-for-pattern.ts';

/** What a place is filled with that only has to be there. */
const SOMETHING = 'something';

export function satisfyingQuery(value: Json, query: Query): Json {
  const [first] = query.segments;
  // A filter at the root is meant for the context itself where that is no list (criterion.ts tries both).
  const isOwnFilter = isObject(value) && first?.selectors[0]?.kind === 'filter';
  return isOwnFilter && first ? filtered(value, first, query.segments.slice(1)) : along(value, query.segments);
}

/** With this value at the place that the query selects. */
export function selectingValue(value: Json, query: Query, leaf: Json): Json {
  return along(value, query.segments, leaf);
}

function filtered(value: Json, { selectors }: Segment, rest: readonly Segment[]): Json {
  const [selector] = selectors;
  const held = selector?.kind === 'filter' ? holding(value, selector.test, true) : value;
  return along(held, rest);
}

function along(value: Json | undefined, segments: readonly Segment[], leaf?: Json): Json {
  const [segment, ...rest] = segments;
  if (!segment) return leaf ?? value ?? SOMETHING;
  const [selector] = segment.selectors;
  if (!selector) return value ?? SOMETHING;
  const key = keyOf(value, selector);
  const inner = isNames(value, key) ? atPointer(value, [key]) : undefined;
  const made = selector.kind === 'filter' ? holding(inner ?? {}, selector.test, true) : inner;
  return withLeaf(value ?? emptyFor(selector), [key], along(made, rest, leaf));
}

function isNames(value: Json | undefined, key: string): value is Json {
  return value !== undefined && atPointer(value, [key]) !== undefined;
}

function emptyFor(selector: Selector): Json {
  return selector.kind === 'name' ? {} : [];
}

/** Where the value is a list its first element, where an object its first member. */
function keyOf(value: Json | undefined, selector: Selector): string {
  if (selector.kind === 'name') return selector.name;
  if (selector.kind === 'index' || selector.kind === 'slice') {
    const index = selector.kind === 'index' ? selector.index : (selector.start ?? 0);
    return String(Math.max(0, index));
  }
  return isObject(value) ? (Object.keys(value)[0] ?? SOMETHING) : '0';
}

function holding(value: Json, test: Test, wanted: boolean): Json {
  switch (test.kind) {
    case 'and':
    case 'or': {
      const isAll = (test.kind === 'and') === wanted;
      const parts = isAll ? test.tests : test.tests.slice(0, 1);
      return parts.reduce((one: Json, part) => holding(one, part, wanted), value);
    }
    case 'not':
      return holding(value, test.test, !wanted);
    case 'exists':
      return wanted ? along(value, test.query.segments) : value;
    case 'compare':
      return compared(value, test, wanted);
    case 'match': {
      const pattern = literalOf(test.pattern);
      const text = typeof pattern === 'string' ? textForPattern(pattern) : undefined;
      return wanted && text !== undefined ? placed(value, test.text, text) : value;
    }
  }
}

function compared(value: Json, { left, right, operator }: Extract<Test, { kind: 'compare' }>, wanted: boolean): Json {
  const chosen = wanted ? operator : OPPOSITE[operator];
  const isRightKnown = literalOf(right) !== undefined;
  const known = isRightKnown ? literalOf(right) : literalOf(left);
  if (known === undefined) return value;
  return isRightKnown
    ? placed(value, left, fitting(chosen, known))
    : placed(value, right, fitting(MIRRORED[chosen], known));
}

function literalOf(single: Single): Json | undefined {
  return single.kind === 'literal' ? single.value : undefined;
}

const MOST_ELEMENTS = 100;

function placed(value: Json, single: Single, leaf: Json): Json {
  switch (single.kind) {
    case 'literal':
      return value;
    case 'singular': {
      const tokens = waysOf(single.query);
      return tokens === undefined ? value : withLeaf(value, tokens, leaf);
    }
    case 'value':
      return placed(value, { kind: 'singular', query: single.query }, leaf);
    case 'length':
      return single.of.kind === 'singular' ? sized(value, single.of.query, leaf) : value;
    case 'count':
      return sized(value, single.query, leaf);
  }
}

/** So many elements at the end of a way: `count(@.pets[*]) > 0`, `length(@.name) == 3`. */
function sized(value: Json, { segments }: Query, leaf: Json): Json {
  const count = typeof leaf === 'number' ? Math.min(MOST_ELEMENTS, Math.max(0, Math.ceil(leaf))) : undefined;
  const last = segments.at(-1)?.selectors[0];
  const isOfElements = last !== undefined && last.kind !== 'name';
  const tokens = waysOf({ from: '@', segments: isOfElements ? segments.slice(0, -1) : segments });
  if (count === undefined || tokens === undefined) return value;
  return withLeaf(value, tokens, ofLength(atPointer(value, tokens), count));
}

/** As long as asked for: elements of the same look, characters of the same text. */
export function ofLength(value: Json | undefined, count: number): Json {
  if (typeof value === 'string') return value.slice(0, count).padEnd(count, 'x');
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  const [first = {}] = list;
  return Array.from({ length: count }, (_, at) => list[at] ?? first);
}

function waysOf(query: Query): readonly string[] | undefined {
  if (!isSingular(query)) return undefined;
  return query.segments.flatMap(({ selectors: [only] }) =>
    only?.kind === 'name' ? [only.name] : only?.kind === 'index' ? [String(Math.max(0, only.index))] : [],
  );
}
