/**
 * A machine as a graph of its states. A Parallel or Map is a frame with the states of its branches between a fork and a
 * join. Where a failed state goes is written into its box: as arrows, the way to the settlement would hide all others.
 */
import type { State, StateMachineDefinition, SubMachine } from '../../model/asl.ts';
import { type Graph, type GraphEdge, type GraphGroup, type GraphNode, linesOf, type Look } from '../picture.ts';

/** The state of an express machine (lib/emit/hand-over.ts). */
const HAND_OVER = 'Hand over';

/** More than anybody reads, and than a layout takes less than seconds for. */
const MOST_STATES = 150;

interface Parts {
  readonly nodes: GraphNode[];
  readonly edges: GraphEdge[];
  readonly groups: GraphGroup[];
}

/** Undefined where there are too many to be drawn. */
export function statesOf(machine: StateMachineDefinition, title: string): Graph | undefined {
  const parts: Parts = { nodes: [], edges: [], groups: [] };
  const start = { id: 'start', lines: [], look: 'point', tone: 'strong' } as const;
  const ended = { id: 'ended', lines: [], look: 'point', tone: 'good' } as const;
  parts.nodes.push(start);
  parts.edges.push({ from: start.id, to: `/${machine.StartAt}`, lines: [], tone: 'plain' });
  collect(machine, '', { parts, group: undefined, after: ended.id });
  if (parts.edges.some(({ to }) => to === ended.id)) parts.nodes.push(ended);
  if (parts.nodes.length > MOST_STATES) return undefined;
  return {
    kind: 'graph',
    title,
    says: `${title}: ${parts.nodes.length - 2} states, from ${machine.StartAt} on.`,
    direction: 'down',
    ...parts,
  };
}

interface Around {
  readonly parts: Parts;
  readonly group: string | undefined;
  /** What follows the last state of these. */
  readonly after: string;
}

function collect({ States, StartAt }: SubMachine, prefix: string, around: Around): void {
  const caught = commonCatch(States);
  if (caught !== undefined) around.parts.nodes.push(failing(prefix, around.group));
  if (caught !== undefined)
    around.parts.edges.push({ from: `${prefix}!`, to: `${prefix}/${caught}`, lines: [], tone: 'bad', dashed: true });
  const shown = caught === undefined ? undefined : reached({ States, StartAt }, caught);
  for (const [name, state] of Object.entries(States)) {
    if (shown && !shown.has(name)) continue;
    if (name === caught && prefix === '') {
      around.parts.nodes.push(settlement(name, Object.hasOwn(States, HAND_OVER)));
      continue;
    }
    if (around.parts.nodes.length > MOST_STATES) return;
    const id = `${prefix}/${name}`;
    if (state.Type === 'Parallel') frame(state.Branches, { id, name, state, prefix, around, caught });
    else if (state.Type === 'Map') frame([state.ItemProcessor], { id, name, state, prefix, around, caught });
    else {
      around.parts.nodes.push(nodeOf(id, name, state, { around, caught }));
      around.parts.edges.push(...edgesFrom(id, state, { prefix, after: around.after, caught }));
    }
  }
}

/** Stands for all states that say where they go when they fail. */
function failing(prefix: string, group: string | undefined): GraphNode {
  const lines = ['a state that fails'];
  return { id: `${prefix}!`, lines, look: 'round', tone: 'quiet', ...(group !== undefined && { group }) };
}

/** What comes after it is the same in every machine, and is the whole of the undo machine, which is drawn by itself. */
function settlement(name: string, handsOver: boolean): GraphNode {
  const lines = handsOver
    ? [name, 'ends the run, or hands it over', 'to the undo machine']
    : [name, 'undoes what stands', 'as in the undo machine'];
  return { id: `/${name}`, lines, look: 'box', tone: 'bad' };
}

/** States that are come to without failing, and where failures go. */
function reached({ States, StartAt }: SubMachine, caught: string): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [StartAt];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const state = Object.hasOwn(States, name) ? States[name] : undefined;
    if (!state || found.has(name)) continue;
    found.add(name);
    if (name !== caught) left.push(...followers(state));
  }
  return found.add(caught);
}

function followers(state: State): readonly string[] {
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  const catches = 'Catch' in state ? (state.Catch ?? []).map(({ Next }) => Next) : [];
  if (state.Type !== 'Choice') return [...next, ...catches];
  return [...state.Choices.map(({ Next }) => Next), ...(state.Default === undefined ? [] : [state.Default])];
}

interface Framed {
  readonly id: string;
  readonly name: string;
  readonly state: State;
  readonly prefix: string;
  readonly around: Around;
  readonly caught: string | undefined;
}

function frame(branches: readonly SubMachine[], { id, name, state, prefix, around, caught }: Framed): void {
  const { parts, group, after } = around;
  const [title, join] = [state.Type === 'Map' ? 'for each' : 'side by side', `${id}>`];
  const within = group === undefined ? {} : { within: group };
  parts.groups.push({ id, title: '', ...within });
  parts.nodes.push({
    id,
    lines: linesOf([name, title, ...failsTo(state, caught)]),
    look: 'box',
    tone: 'strong',
    group: id,
  });
  parts.nodes.push({ id: join, lines: [], look: 'point', tone: 'plain', group: id });
  for (const [index, branch] of branches.entries()) {
    const inside = `${id}/${index}`;
    parts.edges.push({ from: id, to: `${inside}/${branch.StartAt}`, lines: [], tone: 'plain' });
    collect(branch, inside, { parts, group: id, after: join });
  }
  parts.edges.push(...edgesFrom(join, state, { prefix, after, caught }));
}

const LOOKS: { readonly [T in State['Type']]: Look } = {
  Task: 'box',
  Pass: 'round',
  Choice: 'diamond',
  Wait: 'round',
  Succeed: 'round',
  Fail: 'round',
  Parallel: 'box',
  Map: 'box',
};

function nodeOf(
  id: string,
  name: string,
  state: State,
  { around: { group }, caught }: { readonly around: Around; readonly caught: string | undefined },
): GraphNode {
  const kind = state.Type === 'Task' ? [] : [state.Type.toLowerCase()];
  const tone = state.Type === 'Fail' ? 'bad' : state.Type === 'Succeed' ? 'good' : 'plain';
  return {
    id,
    lines: linesOf([name, ...kind, ...failsTo(state, caught)]),
    look: LOOKS[state.Type],
    tone,
    ...(group !== undefined && { group }),
  };
}

/** Said once for each state; arrows to where nearly all failures go would say nothing. */
function failsTo(state: State, caught: string | undefined): readonly string[] {
  const catchers = 'Catch' in state ? (state.Catch ?? []) : [];
  return catchers.some(({ Next }) => Next === caught) ? [`fails: ${caught}`] : [];
}

/** Where most failures of these states go. */
function commonCatch(states: SubMachine['States']): string | undefined {
  const counts = new Map<string, number>();
  for (const state of Object.values(states))
    for (const { Next } of 'Catch' in state ? (state.Catch ?? []) : []) counts.set(Next, (counts.get(Next) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most && most[1] > 1 ? most[0] : undefined;
}

interface Going {
  readonly prefix: string;
  readonly after: string;
  readonly caught: string | undefined;
}

function edgesFrom(from: string, state: State, { prefix, after, caught }: Going): readonly GraphEdge[] {
  const to = (name: string): string => `${prefix}/${name}`;
  const next: readonly GraphEdge[] =
    'Next' in state && state.Next !== undefined ? [{ from, to: to(state.Next), lines: [], tone: 'plain' }] : [];
  const end: readonly GraphEdge[] =
    ('End' in state && state.End) || state.Type === 'Succeed' ? [{ from, to: after, lines: [], tone: 'plain' }] : [];
  const failures = ('Catch' in state ? (state.Catch ?? []) : [])
    .filter(({ Next }) => Next !== caught)
    .map(({ Next }): GraphEdge => ({ from, to: to(Next), lines: ['fails'], tone: 'bad', dashed: true }));
  return [...next, ...end, ...choices(from, state, to), ...failures];
}

function choices(from: string, state: State, to: (name: string) => string): readonly GraphEdge[] {
  if (state.Type !== 'Choice') return [];
  const rules = state.Choices.map(
    ({ Condition, Next }): GraphEdge => ({
      from,
      to: to(Next),
      lines: linesOf([conditionWords(Condition)]),
      tone: 'plain',
    }),
  );
  const other =
    state.Default === undefined ? [] : [{ from, to: to(state.Default), lines: ['else'], tone: 'quiet' } as const];
  return [...rules, ...other];
}

/** `{% $states.input.next = 'undo' %}` -> `next = 'undo'`. */
function conditionWords(condition: string | boolean): string {
  return String(condition)
    .replace(/^\{%\s*|\s*%\}$/g, '')
    .replace(/\$states\.(input|result)\.?(Payload\.)?/g, '');
}
