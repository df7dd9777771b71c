/**
 * From a stored scope to a strand that a turn may change, and back into its parent: the nodes on the way from the root
 * to the scope are copied here, once per turn, so that the snapshot given to a step stays as it was.
 */
import { assert } from '../model/assert.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { WaitId } from './event.ts';
import type { CompiledMap, CompiledParallel, CompiledState, Region } from './machine.ts';
import type { Branching, Frame, Iterating, Phase, Scope } from './snapshot.ts';
import type { Strand, Turn } from './turn.ts';

/** The machine's own strand. */
export function rootStrand(turn: Turn): Strand {
  turn.root = copyScope(turn.root);
  const { root } = turn;
  const { variables } = root;
  return { region: turn.machine, scope: root, outer: null, index: 0, path: '', variables, item: null, source: null };
}

/** The strand that waits under this id; null when nobody does any more. */
export function strandWaiting(turn: Turn, id: WaitId): Strand | null {
  const path = id.slice(0, id.indexOf('#'));
  if (!isWaiting(scopeAt(turn.root, path), id)) return null;
  let strand = rootStrand(turn);
  if (path === '') return strand;
  for (const step of path.split('.')) strand = innerStrand(strand, Number.parseInt(step, 10));
  return strand;
}

function isWaiting(scope: Scope | undefined, id: WaitId): boolean {
  const phase = scope?.frame.phase;
  return phase !== undefined && 'id' in phase && phase.id === id;
}

function scopeAt(root: Scope, path: string): Scope | undefined {
  if (path === '') return root;
  let scope: Scope | undefined = root;
  for (const step of path.split('.')) {
    const phase: Phase | undefined = scope?.frame.phase;
    const index = Number.parseInt(step, 10);
    if (phase?.kind === 'parallel') scope = phase.branches[index]?.scope;
    else scope = phase?.kind === 'map' ? phase.active[index] : undefined;
  }
  return scope;
}

/** A running branch or iteration of a strand that is loaded. */
function innerStrand(outer: Strand, index: number): Strand {
  const { phase } = outer.scope.frame;
  const found = phase.kind === 'parallel' ? phase.branches[index]?.scope : (phase as Iterating).active[index];
  assert(found !== undefined, `scope ${outer.path}.${index} is running`);
  const scope = copyScope(found);
  placeInner(outer, index, scope);
  return childStrand(outer, index, scope);
}

/** Puts a scope in its place among the children of a loaded strand. */
export function placeInner(outer: Strand, index: number, scope: Scope): void {
  const { phase } = outer.scope.frame;
  if (phase.kind === 'parallel') phase.branches = phase.branches.with(index, { scope });
  else (phase as Iterating).active = { ...(phase as Iterating).active, [index]: scope };
}

export function childStrand(outer: Strand, index: number, scope: Scope): Strand {
  const { frame } = outer.scope;
  const state = stateOf(outer) as CompiledParallel | CompiledMap;
  const region = state.type === 'Parallel' ? state.branches[index] : state.region;
  assert(region !== undefined, `branch ${index} of '${state.name}' exists`);
  return {
    region,
    scope,
    outer,
    index,
    path: innerPath(outer.path, index, frame.phase),
    variables: merged(outer.variables, scope.variables),
    item: frame.phase.kind === 'map' ? mapItem(frame.phase, index) : outer.item,
    source: null,
  };
}

function innerPath(outer: string, index: number | string, phase: Phase): string {
  const step = `${index}v${(phase as Branching | Iterating).visit}`;
  return outer === '' ? step : `${outer}.${step}`;
}

/** `Map.Item` of the context object. */
export function mapItem(
  { items, keys }: { readonly items: readonly Json[]; readonly keys?: readonly string[] | undefined },
  index: number,
  source = 'STATE_DATA',
): JsonObject {
  const key = keys?.[index];
  return { Index: index, Value: items[index] ?? null, ...(key !== undefined && { Key: key }), Source: source };
}

export function stateOf(strand: Strand): CompiledState {
  const { name } = strand.scope.frame;
  const state = strand.region.states.get(name);
  assert(state !== undefined, `state '${name}' exists (transitions are validated first)`);
  return state;
}

/** A sequence about to enter its first state. */
export function newScope(region: Region, input: Json, last: number): Scope {
  return { variables: {}, size: 0, serial: 0, last, frame: newFrame(region.startAt, input, last) };
}

export function newFrame(name: string, input: Json, last: number): Frame {
  return {
    name,
    input,
    previous: last,
    entered: 0,
    enteredTime: 0,
    base: last,
    retryCount: 0,
    phase: { kind: 'ready' },
  };
}

/** Inner variables are laid over the outer ones. */
export function merged(outer: JsonObject, own: JsonObject): JsonObject {
  return Object.keys(own).length === 0 ? outer : { ...outer, ...own };
}

function copyScope(scope: Scope): Scope {
  const { frame } = scope;
  return { ...scope, frame: { ...frame, phase: { ...frame.phase } } };
}

/** Whether a strand that was made ready still belongs to the execution. */
export function isAlive(turn: Turn, strand: Strand): boolean {
  const { outer, index, scope } = strand;
  if (outer === null) return turn.root === scope;
  const { phase } = outer.scope.frame;
  if (phase.kind === 'parallel') return phase.branches[index]?.scope === scope && isAlive(turn, outer);
  return phase.kind === 'map' && phase.active[index] === scope && isAlive(turn, outer);
}

export interface Visited {
  readonly region: Region;
  readonly scope: Scope;
  /** Among the branches or items of what encloses it. */
  readonly index: number;
}

/** The running scopes directly inside one, with their regions. */
export function innerScopes({ region, scope: { frame } }: Pick<Visited, 'region' | 'scope'>): readonly Visited[] {
  const state = region.states.get(frame.name);
  if (frame.phase.kind === 'parallel') return innerBranches(state as CompiledParallel, frame.phase);
  if (frame.phase.kind !== 'map') return [];
  const body = (state as CompiledMap).region;
  return Object.entries(frame.phase.active).map(([index, scope]) => ({ region: body, scope, index: Number(index) }));
}

function innerBranches(state: CompiledParallel, phase: Branching): readonly Visited[] {
  return phase.branches.flatMap(({ scope }, index) =>
    scope === undefined ? [] : [{ region: state.branches[index] as Region, scope, index }],
  );
}
