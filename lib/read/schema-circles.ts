/**
 * Schemas may contain themselves: a node has children that are nodes. But a schema that applies itself to the very same
 * value (`Pet: {oneOf: [{$ref: Cat}]}`, `Cat: {allOf: [{$ref: Pet}]}`) would keep every validator busy for ever. Here
 * each such circle is cut at one reference, so that the schema allows more and never less: where an `allOf` leads back
 * to the general case it is cut there, for that is where nothing is lost that the other way round would be checked.
 */
import { isObject, type Json } from '../model/json.ts';
import type { OpenRecord } from './tree.ts';

/** A reference that is applied to the same value as the schema that it stands in. */
interface Edge {
  readonly target: string;
  /** Cutting it loses no alternative. */
  readonly isGentle: boolean;
  readonly cut: () => void;
}

interface Visit {
  readonly name: string;
  readonly edges: readonly Edge[];
  next: number;
}

/** Cuts that look for the gentlest place and look at everything behind it again; later ones take what comes. */
const carefulCuts = 1000;

/** Changes the definitions; yields the names of those in which a reference was cut. */
export function breakCircles(definitions: OpenRecord): ReadonlySet<string> {
  const circles = new Circles(definitions);
  for (const name of Object.keys(definitions)) circles.cutFrom(name);
  return circles.cut;
}

/** Depth first with a stack of its own: chains of definitions may be longer than JavaScript's stack is deep. */
class Circles {
  readonly cut: Set<string> = new Set();
  readonly #definitions: OpenRecord;
  readonly #done = new Set<string>();
  readonly #stack: Visit[] = [];
  readonly #open = new Set<string>();
  #cuts = 0;

  constructor(definitions: OpenRecord) {
    this.#definitions = definitions;
  }

  cutFrom(start: string): void {
    this.#enter(start);
    for (let visit = this.#stack.at(-1); visit; visit = this.#stack.at(-1)) {
      const edge = visit.edges[visit.next++];
      if (!edge) this.#done.add(this.#leave());
      else if (this.#open.has(edge.target)) this.#cutCircleTo(edge.target);
      else this.#enter(edge.target);
    }
  }

  #enter(name: string): void {
    if (this.#done.has(name)) return;
    this.#open.add(name);
    this.#stack.push({ name, edges: edgesOf(this.#definitions[name]), next: 0 });
  }

  #leave(): string {
    const name = this.#stack.pop()?.name ?? '';
    this.#open.delete(name);
    return name;
  }

  /** The circle is the top of the stack, down to the visit of `target`. */
  #cutCircleTo(target: string): void {
    const from = this.#stack.findLastIndex(({ name }) => name === target);
    const gentle = this.#stack.findLastIndex(({ edges, next }, at) => at >= from && edges[next - 1]?.isGentle === true);
    this.#cuts += 1;
    const at = gentle < 0 || this.#cuts > carefulCuts ? this.#stack.length - 1 : gentle;
    while (this.#stack.length - 1 > at) this.#leave();
    const visit = this.#stack.at(-1);
    visit?.edges[visit.next - 1]?.cut();
    if (visit) this.cut.add(visit.name);
  }
}

function edgesOf(schema: Json | undefined): Edge[] {
  if (!isObject(schema)) return [];
  // The definitions were made by lib/read/schema-conversion.ts for this one use: they may be changed.
  const open: OpenRecord = schema;
  const { $ref, allOf, anyOf, dependentSchemas } = open;
  const target = typeof $ref === 'string' ? $ref.slice('#/$defs/'.length) : undefined;
  return [
    ...(target === undefined ? [] : [{ target, isGentle: false, cut: () => delete open['$ref'] }]),
    ...edgesIn(allOf).map((edge) => ({ ...edge, isGentle: true })),
    ...edgesIn(anyOf),
    ...edgesIn(isObject(dependentSchemas) ? Object.values(dependentSchemas) : undefined),
    ...exclusiveKeywords.flatMap((keyword) => exclusiveEdges(open, keyword)),
  ];
}

const exclusiveKeywords = ['oneOf', 'not', 'if', 'then', 'else'];

/** A branch that allows everything would make these refuse what another branch allows: the whole keyword goes. */
function exclusiveEdges(schema: OpenRecord, keyword: string): Edge[] {
  return edgesIn(schema[keyword]).map(({ target }) => ({ target, isGentle: false, cut: () => delete schema[keyword] }));
}

function edgesIn(schemas: Json | undefined): Edge[] {
  return [schemas ?? []].flat().flatMap((schema) => edgesOf(schema));
}
