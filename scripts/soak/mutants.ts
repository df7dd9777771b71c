/**
 * A workflow with one thing dropped, for each thing: every Catch, Retry, Choice rule and Assign of both machines, at any
 * depth; every undo, probe and edge of the plan, with the reads that say the same. The product is not touched: these are
 * other machines and plans.
 */
import type { CompiledWorkflow } from '../../lib/compile/compile.ts';
import type { StateMachineDefinition } from '../../lib/model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import type { Plan } from '../../lib/model/plan.ts';
import { pathsOf } from '../../lib/runtime/precedence.ts';

export interface Mutant {
  readonly kind: 'catch' | 'retry' | 'choice' | 'assign' | 'undo' | 'probe' | 'edge';
  readonly name: string;
  readonly workflow: CompiledWorkflow;
  /** Of a scenario, by what it covers (lib/rehearse/coverage.ts): elsewhere the mutant does what the original does. */
  readonly differs: (covered: ReadonlySet<string>) => boolean;
}

export function mutantsOf(workflow: CompiledWorkflow): readonly Mutant[] {
  return [
    ...machineMutants('machine', workflow),
    ...machineMutants('undoMachine', workflow),
    ...planMutants(workflow.plan).map(({ plan, ...mutant }) => ({
      ...mutant,
      workflow: { ...workflow, plan },
      differs: () => true,
    })),
  ];
}

function isRecovery(covered: string, state: string): boolean {
  return covered.startsWith(`catch ${state} `) || covered.startsWith(`retry ${state} `);
}

interface Cut {
  readonly kind: Mutant['kind'];
  readonly name: string;
  readonly state: string;
  /** Only where a task of the state has failed. */
  readonly afterFailure: boolean;
  /** Where in the machine. */
  readonly way: readonly string[];
}

function machineMutants(which: 'machine' | 'undoMachine', workflow: CompiledWorkflow): readonly Mutant[] {
  // A definition is plain JSON; its type only lacks the index signature.
  const machine = workflow[which] as unknown as Json;
  const prefix = which === 'machine' ? 'run' : 'undo';
  return cutsIn(machine, []).map(({ kind, name, state, afterFailure, way }) => ({
    kind,
    name: `${prefix} ${name}`,
    differs: (covered) =>
      afterFailure
        ? [...covered].some((one) => isRecovery(one, `${prefix}/${state}`))
        : covered.has(`state ${prefix}/${state}`),
    workflow: { ...workflow, [which]: without(machine, way) as unknown as StateMachineDefinition },
  }));
}

/** States by name, wherever they stand. */
function cutsIn(value: Json, way: readonly string[]): readonly Cut[] {
  if (Array.isArray(value)) return value.flatMap((one: Json, index) => cutsIn(one, [...way, String(index)]));
  if (!isObject(value)) return [];
  const states = value['States'];
  const own = isObject(states)
    ? Object.entries(states).flatMap(([name, state]) =>
        isObject(state) ? cutsOfState(state, name, [...way, 'States', name]) : [],
      )
    : [];
  return [...own, ...Object.entries(value).flatMap(([name, member]) => cutsIn(member, [...way, name]))];
}

const LISTS = [
  ['Catch', 'catch'],
  ['Retry', 'retry'],
  ['Choices', 'choice'],
] as const;

function cutsOfState(state: JsonObject, name: string, way: readonly string[]): readonly Cut[] {
  const cuts: Cut[] = [];
  // What fails inside of a Map or a Parallel is told of the inner state.
  const afterFailure = state['Type'] === 'Task';
  for (const [member, kind] of LISTS) {
    const list = state[member];
    if (!Array.isArray(list)) continue;
    for (const [index, entry] of list.entries()) {
      const what = isObject(entry) ? `${String(entry['ErrorEquals'] ?? '')}${String(entry['Next'] ?? '')}` : '';
      const of = { state: name, afterFailure: afterFailure && kind !== 'choice', way: [...way, member, String(index)] };
      cuts.push({ ...of, kind, name: `${name}: ${member} ${index} ${what}` });
      const inside = isObject(entry) ? entry['Assign'] : undefined;
      cuts.push(...assigns(inside, `${name}: ${member} ${index}`, { ...of, way: [...of.way, 'Assign'] }));
    }
  }
  return [...cuts, ...assigns(state['Assign'], name, { state: name, afterFailure: false, way: [...way, 'Assign'] })];
}

type Place = Pick<Cut, 'state' | 'afterFailure' | 'way'>;

function assigns(assign: Json | undefined, name: string, { way, ...place }: Place): readonly Cut[] {
  if (!isObject(assign)) return [];
  return Object.keys(assign).map((variable) => ({
    ...place,
    kind: 'assign',
    name: `${name}: Assign ${variable}`,
    way: [...way, variable],
  }));
}

/** Lists and objects that are empty then go, too: a definition may not have them. */
function without(value: Json, way: readonly string[]): Json {
  const [first, ...rest] = way;
  if (first === undefined) return value;
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    return list.flatMap((one, index) => (String(index) === first ? kept(one, rest) : [one]));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, member]) =>
    name === first ? kept(member, rest).map((one) => [name, one] as const) : [[name, member] as const],
  );
  return Object.fromEntries(entries);
}

function kept(value: Json, rest: readonly string[]): readonly Json[] {
  if (rest.length === 0) return [];
  const made = without(value, rest);
  const isEmpty = typeof made === 'object' && made !== null && Object.keys(made).length === 0;
  return isEmpty ? [] : [made];
}

type PlanMutant = Omit<Mutant, 'workflow' | 'differs'> & { readonly plan: Plan };

function planMutants(plan: Plan): readonly PlanMutant[] {
  const steps = Object.values(plan.steps);
  const withStep = (path: string, change: object): Plan => {
    const step = plan.steps[path];
    return step ? { ...plan, steps: { ...plan.steps, [path]: { ...step, ...change } } } : plan;
  };
  return [
    ...steps.flatMap(({ path, undo }): readonly PlanMutant[] => {
      if (undo?.kind !== 'calls') return [];
      const none = { kind: 'none', reason: 'A mutant.' } as const;
      return [{ kind: 'undo', name: `plan ${path}: not undone`, plan: withStep(path, { undo: none }) }];
    }),
    ...steps.flatMap(({ path, probe, undo }): readonly PlanMutant[] => {
      if (!probe) return [];
      const blind = undo?.kind === 'calls' ? { undo: { ...undo, whenInDoubt: 'ask' } } : {};
      return [{ kind: 'probe', name: `plan ${path}: no probe`, plan: withStep(path, { probe: undefined, ...blind }) }];
    }),
    ...plan.edges.flatMap(({ from, to, why }): readonly PlanMutant[] => {
      const edges = plan.edges.filter((edge) => edge.from !== from || edge.to !== to);
      const mutant = { ...plan, edges };
      // What other edges say too, or is said of steps that change nothing or may stay, is no other plan.
      if (effectsInOrder(mutant) === effectsInOrder(plan)) return [];
      return [{ kind: 'edge', name: `plan ${from} -> ${to} (${why})`, plan: mutant }];
    }),
  ];
}

/** Which effect was built on which, by the plan. */
function effectsInOrder(plan: Plan): string {
  const leadsTo = pathsOf(plan);
  // What may stay is neither undone nor waited for: no order is asked of it.
  const effects = Object.values(plan.steps).filter(({ effect, undo }) => effect !== 'safe' && undo?.kind === 'calls');
  return effects
    .flatMap(({ path: from }) => effects.filter(({ path: to }) => leadsTo(from, to)).map(({ path: to }) => [from, to]))
    .join('\n');
}
