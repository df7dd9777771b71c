/**
 * Schemas may contain themselves: a node has children that are nodes. But a schema that applies itself to the very same
 * value (`A: {allOf: [{$ref: B}]}`, `B: {oneOf: [{$ref: A}]}`) would keep every validator busy for ever. Here the
 * reference that closes such a circle is cut out: the schema then allows more, never less.
 */
import { isObject, type Json } from '../model/json.ts';
import type { OpenRecord } from './tree.ts';

/** A reference that is applied to the same value as the schema that it stands in. */
interface Edge {
  readonly holder: { $ref?: Json };
  readonly target: string;
}

interface Visit {
  readonly name: string;
  readonly edges: readonly Edge[];
  next: number;
}

/** Changes the definitions; yields the names of those whose reference was cut. */
export function breakCircles(definitions: OpenRecord): ReadonlySet<string> {
  const cut = new Set<string>();
  const done = new Set<string>();
  for (const name of Object.keys(definitions)) {
    if (!done.has(name)) cutCirclesFrom(name, definitions, done, cut);
  }
  return cut;
}

/** Depth first with a stack of its own: chains of definitions may be longer than JavaScript's stack is deep. */
function cutCirclesFrom(start: string, definitions: OpenRecord, done: Set<string>, cut: Set<string>): void {
  const open = new Set<string>();
  const stack: Visit[] = [];
  const enter = (name: string): void => {
    open.add(name);
    stack.push({ name, edges: edgesOf(definitions[name]), next: 0 });
  };
  enter(start);
  for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
    const edge = visit.edges[visit.next++];
    if (!edge) {
      open.delete(visit.name);
      done.add(visit.name);
      stack.pop();
    } else if (open.has(edge.target)) {
      delete edge.holder.$ref;
      cut.add(visit.name);
    } else if (!done.has(edge.target)) enter(edge.target);
  }
}

function edgesOf(schema: Json | undefined): Edge[] {
  if (!isObject(schema)) return [];
  const { $ref, allOf, anyOf, oneOf, not, if: condition, then, else: otherwise, dependentSchemas } = schema;
  const dependent = isObject(dependentSchemas) ? Object.values(dependentSchemas) : [];
  const inPlace = [allOf, anyOf, oneOf, not, condition, then, otherwise, dependent].flat() as (Json | undefined)[];
  const inner = inPlace.flatMap(edgesOf);
  if (typeof $ref !== 'string') return inner;
  return [{ holder: schema, target: $ref.slice('#/$defs/'.length) }, ...inner];
}
