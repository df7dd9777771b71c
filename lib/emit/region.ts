/**
 * A region is a set of states that may reach each other: the root flow with its tails, or one branch of a Parallel.
 * It knows which variable holds which step's outputs here, which one counts its visits, and how the region ends. A value
 * is read where it was assigned last: in this region, else, where a branch comes again, in the one that holds it.
 */
import type { State, Template } from '../model/asl.ts';
import type { JsonObject } from '../model/json.ts';
import type { PlanSeries } from '../model/plan.ts';
import { firstExisting, jsonata, orElse, variable } from './jsonata.ts';
import type { MachineNames } from './machine-names.ts';
import { comesAgain, type PlanIndex, stepOf, stepsWithin } from './nodes.ts';

export interface Region {
  /** 0 is the root. */
  readonly depth: number;
  readonly states: { [name: string]: State };
  /** What raises the fence for the states above; written behind them, so that a reader meets the flow first. */
  readonly raises: { [name: string]: State };
  /** By step path: the variable that holds its outputs; outer steps included. */
  readonly variables: Map<string, string>;
  /** By step path: the variable that counts its visits here. */
  readonly counts: Map<string, string>;
  /** The region that holds the Parallel of this branch. */
  readonly outer?: Region;
  /** The branch may be entered again: it hands its counts out, and what it has not passed yet it finds outside. */
  readonly loops: boolean;
  /** Paths of the steps that this region assigns, in order: what a branch hands out. */
  readonly own: Set<string>;
  /** Steps that stand before the one that is being written: without jumps, only these are assigned for certain. */
  readonly passed: Set<string>;
  /** Did a branch of the join before fail? One variable per region. */
  readonly broken: string;
  /** Some label other than `next` can be taken in the plan: variables may be unassigned. */
  readonly jumps: boolean;
  readonly end: RegionEnd;
}

/**
 * A state to go to (`judges`: it is told whether a branch failed just before); or, in a branch that simply ends, nothing:
 * its last state hands the outputs out.
 */
export type RegionEnd =
  | { readonly kind: 'state'; readonly name: string; readonly judges: boolean }
  | { readonly kind: 'output' };

export type Opening = Pick<Region, 'broken' | 'end' | 'jumps' | 'loops'> & { readonly outer?: Region };

export function openRegion({ outer, ...rest }: Opening): Region {
  return {
    ...rest,
    ...(outer && { outer }),
    depth: outer ? outer.depth + 1 : 0,
    states: {},
    raises: {},
    variables: new Map(outer?.variables),
    counts: new Map(),
    own: new Set(),
    passed: new Set(outer?.passed),
  };
}

/** Names a series' variables before any of its states is written, since a jump may lead forwards. */
export function declare(region: Region, index: PlanIndex, names: MachineNames, series: PlanSeries): void {
  for (const node of series) {
    const isCounted = node.kind === 'step' || comesAgain(index, node);
    for (const path of stepsWithin(index, [node])) {
      if (region.own.has(path)) continue;
      region.own.add(path);
      region.variables.set(path, names.outputs(path, region.depth));
      if (isCounted && stepOf(index, path).repeats) region.counts.set(path, names.count(path, region.depth));
    }
  }
}

/** The steps' outputs for a handler that reads them. */
export function refs(region: Region, paths: readonly string[]): { readonly refs?: JsonObject } {
  if (paths.length === 0) return {};
  const entries = paths.map((path) => [path, readVariable(region, path)] as const);
  return { refs: Object.fromEntries(entries) };
}

/** A step that has no variable here is never passed before: its outputs are null (the check has warned). */
export function readVariable(region: Region, path: string): Template {
  const [first, ...others] = variablesOf(region, path);
  if (first === undefined) return null;
  const isCertain = !region.jumps && region.passed.has(path);
  return isCertain ? variable(first) : jsonata(firstExisting([first, ...others].map((name) => `$${name}`)));
}

/** Where a step's outputs may be, the latest first. */
export function variablesOf(region: Region, path: string): readonly string[] {
  const found = new Set<string>();
  for (let at: Region | undefined = region; at !== undefined; at = at.outer) {
    const name = at.variables.get(path);
    if (name !== undefined) found.add(name);
    if (at.own.has(path) && !at.loops) break;
  }
  return [...found];
}

/** How often a step was passed: counted in this region, else where the branch came in; null before the first time. */
export function readCount(region: Region, path: string): string {
  return jsonata(firstExisting(countsOf(region, path).map((name) => `$${name}`)));
}

export function countsOf(region: Region, path: string): readonly string[] {
  const found: string[] = [];
  for (let at: Region | undefined = region; at !== undefined; at = at.outer) {
    const name = at.counts.get(path);
    if (name !== undefined) found.push(name);
  }
  return found;
}

export function fencedBy(region: Region): { readonly fenced: string } {
  return { fenced: region.jumps ? orElse(`$${region.broken}`, 'false') : variable(region.broken) };
}
