/**
 * What a branch hands out at its end and what a join makes of it. A variable of a branch dies with it, so every step's
 * outputs (and, where the Parallel comes again, its count of visits) travel in the branch's output, keyed by path; a
 * failed branch hands out `failed` and `error` in their place.
 */
import { assert } from '../model/assert.ts';
import type { JsonObject } from '../model/json.ts';
import { firstExisting, jsonata, member, orElse, text } from './jsonata.ts';
import { countsOf, readCount, readVariable, type Region, variablesOf } from './region.ts';
import { ANSWER } from './tasks.ts';

/** Keys of what a failed branch hands out; a step of such a name gives way. No path holds a space. */
const FAILURE_KEYS: ReadonlySet<string> = new Set(['failed', 'error']);

function outputKey(path: string): string {
  return FAILURE_KEYS.has(path) ? `outputs ${path}` : path;
}

function countKey(path: string): string {
  return `at ${path}`;
}

/** Every step's outputs; those of the state itself, where it is a step's, are taken from its result. */
export function branchOutput(region: Region, current?: string): JsonObject {
  const outputs = [...region.own].map(
    (path) => [outputKey(path), path === current ? jsonata(`${ANSWER}.out`) : readVariable(region, path)] as const,
  );
  const counts = countedIn(region).map(
    (path) => [countKey(path), path === current ? jsonata(`${ANSWER}.at`) : readCount(region, path)] as const,
  );
  return Object.fromEntries([...outputs, ...counts]);
}

/** Only where the Parallel itself comes again: else nobody would read the counts of its branches. */
function countedIn(region: Region): readonly string[] {
  return region.loops ? [...region.own].filter((path) => region.counts.has(path)) : [];
}

/** What a join hands on: for each step of its branches, where in the result its outputs (and its count) are. */
export interface Joined {
  readonly path: string;
  readonly outputs: string;
  readonly count: string;
}

export function joinedFrom(branch: number, paths: readonly string[]): readonly Joined[] {
  const result = `$states.result[${branch}]`;
  return paths.map((path) => ({
    path,
    outputs: member(result, outputKey(path)),
    count: member(result, countKey(path)),
  }));
}

/** A join's Assign: null for what a failed branch no longer tells. */
export function joinAssign(region: Region, joined: readonly Joined[]): { readonly [name: string]: string } {
  const outputs = joined.map(
    ({ path, outputs: source }) => [variableOf(region, path), orElse(source, 'null')] as const,
  );
  const counts = joined.flatMap(({ path, count }) => {
    const counter = region.counts.get(path);
    return counter === undefined ? [] : [[counter, orElse(count, 'null')] as const];
  });
  return Object.fromEntries([...outputs, ...counts, [region.broken, jsonata('$exists($states.result.failed)')]]);
}

function variableOf(region: Region, path: string): string {
  const name = region.variables.get(path);
  assert(name !== undefined, 'a step of this region has a variable');
  return name;
}

/** The same as an Output, where the branch ends in a join of its own: `failed` goes on to the outer join. */
export function branchOutputAfterJoin(region: Region, joined: readonly Joined[]): string {
  const byPath = new Map(joined.map((one) => [one.path, one]));
  const outputs = [...region.own].map((path): [string, readonly string[]] => {
    const result = byPath.get(path)?.outputs;
    return [outputKey(path), result === undefined ? asPaths(variablesOf(region, path)) : [result]];
  });
  const counts = countedIn(region).map((path): [string, readonly string[]] => {
    const result = byPath.get(path)?.count;
    return [countKey(path), result === undefined ? asPaths(countsOf(region, path)) : [result]];
  });
  const entries = [...outputs, ...counts].map(([key, sources]) => `${text(key)}: ${firstExisting(sources)}`);
  const failure = "$exists($states.result.failed) ? {'failed': 'join', 'error': 'Interlock.Fenced'} : {}";
  return jsonata(`$merge([{${entries.join(', ')}}, ${failure}])`);
}

function asPaths(variables: readonly string[]): readonly string[] {
  return variables.map((name) => `$${name}`);
}
