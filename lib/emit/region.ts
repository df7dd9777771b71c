/**
 * A region is a set of states that may reach each other: the root flow with its tails, or one branch of a Parallel.
 * It knows which variable holds which step's outputs here, how a failing state leaves, and how the region ends.
 */
import type { Catcher, State, Template } from '../model/asl.ts';
import { ErrorName } from '../model/asl.ts';
import { assert } from '../model/assert.ts';
import type { JsonObject } from '../model/json.ts';
import { jsonata, member, orElse, text, variable } from './jsonata.ts';
import type { Names } from './names.ts';
import { RAISE_RETRIERS, CLOSE_RETRIERS } from './retriers.ts';
import { SETTLE } from './settlement.ts';
import { ANSWER, invokeCore } from './tasks.ts';

export interface Region {
  /** 0 is the root. */
  readonly depth: number;
  readonly states: { [name: string]: State };
  /** What raises the fence for the states above; written behind them, so that a reader meets the flow first. */
  readonly raises: { [name: string]: State };
  /** By step path: the variable that holds its outputs; outer steps included. */
  readonly variables: Map<string, string>;
  /** Paths of the steps that this region assigns, in order: what a branch hands out. */
  readonly own: string[];
  /** Did a branch of the join before fail? One variable per region. */
  readonly broken: string;
  /** Some label other than `next` can be taken in the plan: variables may be unassigned. */
  readonly jumps: boolean;
  readonly end: RegionEnd;
}

/** A state to go to; or, in a branch without jumps, nothing: its last state hands the outputs out and ends. */
export type RegionEnd = { readonly kind: 'state'; readonly name: string } | { readonly kind: 'output' };

/** What a Catch of a state in this region does: the root settles, a branch raises the fence and ends normally. */
export function catchAll(
  region: Region,
  names: Names,
  failing: { readonly state: string; readonly step: string },
): readonly Catcher[] {
  const everything = [ErrorName.All];
  const error = jsonata('$states.errorOutput.Error');
  if (region.depth === 0) return [{ ErrorEquals: everything, Assign: { why: error }, Next: SETTLE }];
  const raise = names.of(`${failing.state} failed`);
  addRaise(region, names, raise, failing);
  return [{ ErrorEquals: everything, Output: { failed: failing.step, error }, Next: raise }];
}

/** Fast, not safe: the fence is guaranteed by leases and settle; this only stops the siblings sooner. */
function addRaise(
  region: Region,
  names: Names,
  name: string,
  failing: { readonly state: string; readonly step: string },
): void {
  const ended = names.of(`${failing.state} ended`);
  region.raises[name] = {
    Type: 'Task',
    ...invokeCore('raise', { step: failing.step, error: jsonata('$states.input.error') }),
    Output: jsonata('$states.input'),
    Retry: RAISE_RETRIERS,
    Catch: [{ ErrorEquals: [ErrorName.All], Output: jsonata('$states.input'), Next: ended }],
    End: true,
  };
  region.raises[ended] = { Type: 'Succeed' };
}

/** The steps' outputs for a handler that reads them. */
export function refs(region: Region, paths: readonly string[]): { readonly refs?: JsonObject } {
  if (paths.length === 0) return {};
  const entries = paths.map((path) => [path, readVariable(region, path)] as const);
  return { refs: Object.fromEntries(entries) };
}

/** A step that has no variable here is never passed before: its outputs are null (the check has warned). */
export function readVariable(region: Region, path: string): Template {
  const name = region.variables.get(path);
  if (name === undefined) return null;
  return region.jumps ? orElse(`$${name}`, 'null') : variable(name);
}

export function fencedBy(region: Region): { readonly fenced: string } {
  return { fenced: region.jumps ? orElse(`$${region.broken}`, 'false') : variable(region.broken) };
}

/** What a branch hands out at its end: every step's outputs, that of the state itself taken from its result. */
export function branchOutput(region: Region, current?: string): JsonObject {
  return Object.fromEntries(
    region.own.map((path) => [path, path === current ? jsonata(`${ANSWER}.out`) : readVariable(region, path)]),
  );
}

/** The same where the branch ends in a join of its own: `failed` goes on to the outer join. */
export function branchOutputAfterJoin(region: Region, joined: ReadonlyMap<string, string>): string {
  const entries = region.own.map((path) => {
    const result = joined.get(path);
    const name = region.variables.get(path);
    assert(name !== undefined, 'a step of this region has a variable');
    const source = result ?? `$${name}`;
    return `${text(path)}: $exists(${source}) ? ${source} : null`;
  });
  return jsonata(
    `$merge([{${entries.join(', ')}}, $exists($states.result.failed) ? {'failed': 'join', 'error': 'Interlock.Fenced'} : {}])`,
  );
}

/** Where, in the result of a Parallel, the outputs of a step of one branch are. */
export function joinedResult(branch: number, path: string): string {
  return member(`$states.result[${branch}]`, path);
}

export function closeState(
  region: Region,
  close: { readonly scope: string; readonly reads: readonly string[]; readonly afterJoin: boolean },
): State {
  const everything = [ErrorName.All];
  return {
    Type: 'Task',
    ...invokeCore('close', {
      scope: close.scope,
      ...refs(region, close.reads),
      ...(close.afterJoin && fencedBy(region)),
    }),
    Output: jsonata(`${ANSWER}.outputs`),
    Retry: CLOSE_RETRIERS,
    Catch: [{ ErrorEquals: everything, Assign: { why: jsonata('$states.errorOutput.Error') }, Next: SETTLE }],
    End: true,
  };
}
