/**
 * A plain interpreter of a plan, written from what lib/model/plan.ts says about labels and knowing nothing of machines:
 * which steps are passed in which order, and as which visit. Branches are walked one after the other and kept apart in
 * the trace, since only their own order is a promise. The emitter's simulation holds the engine to it.
 */
import { assert } from '../../lib/model/assert.ts';
import type { Plan, PlanAction, PlanNode, PlanSeries, PlanStep } from '../../lib/model/plan.ts';

/** A visit as `<step>.<visit>.<generation>`, or the branches of a Parallel. */
export type Trace = readonly (string | readonly Trace[])[];

export interface Walk {
  readonly trace: Trace;
  /** The scope that closed the run. */
  readonly closed: string;
}

/** Which label a step answers at its n-th passage, from 0. */
export type Oracle = (step: PlanStep, passage: number) => string;

const MAX_PASSAGES = 20_000;

export function walkPlan(plan: Plan, oracle: Oracle): Walk {
  return new Walker(plan, oracle).run();
}

interface Spot {
  readonly series: PlanSeries;
  readonly index: number;
}

type Exit = { readonly closes: string } | { readonly again: string } | { readonly branch: true };

class Walker {
  readonly #plan: Plan;
  readonly #oracle: Oracle;
  readonly #spots = new Map<string, Spot>();
  readonly #exits = new Map<PlanSeries, Exit>();
  readonly #retries: ReadonlyMap<string, PlanAction>;
  readonly #passed = new Map<string, { passages: number; visit: number; gen: number }>();
  #passages = 0;
  #closed = '';

  constructor(plan: Plan, oracle: Oracle) {
    this.#plan = plan;
    this.#oracle = oracle;
    this.#retries = retriesOf(plan);
    this.#index(plan.flow, { closes: '' });
    for (const [scope, series] of Object.entries(plan.tails)) {
      const repaired = [...this.#retries.values()].find(
        ({ retry }) => retry?.repair?.kind === 'workflow' && retry.repair.scope === scope,
      );
      this.#index(series, repaired?.retry ? { again: repaired.retry.again } : { closes: scope });
    }
  }

  run(): Walk {
    const trace = this.#from({ series: this.#plan.flow, index: 0 });
    return { trace, closed: this.#closed };
  }

  #index(series: PlanSeries, exit: Exit): void {
    this.#exits.set(series, exit);
    series.forEach((node, index) => {
      this.#spots.set(node.kind === 'step' ? node.step : node.name, { series, index });
      if (node.kind === 'parallel') for (const branch of node.branches) this.#index(branch, { branch: true });
    });
  }

  #from(start: Spot): Trace {
    const trace: (string | readonly Trace[])[] = [];
    for (let at: Spot | undefined = start; at !== undefined; ) {
      const node: PlanNode | undefined = at.series[at.index];
      assert(node, 'a spot is within its series');
      if (node.kind === 'parallel') {
        trace.push(node.branches.map((series) => this.#from({ series, index: 0 })));
        at = this.#after(at);
      } else {
        const step = this.#step(node.step);
        const label = this.#oracle(step, this.#passed.get(step.path)?.passages ?? 0);
        trace.push(this.#visit(step, label));
        at = this.#follow(at, label, trace);
      }
    }
    return trace;
  }

  #follow(at: Spot, label: string, trace: (string | readonly Trace[])[]): Spot | undefined {
    if (label === 'next') return this.#after(at);
    if (label === 'end') return this.#exit(at.series);
    if (label.startsWith('goto ')) return this.#spot(label.slice('goto '.length));
    const retry = this.#retries.get(label)?.retry;
    assert(retry, `the label ${label} is a retry`);
    if (retry.repair?.kind === 'workflow') return { series: this.#plan.tails[retry.repair.scope] ?? [], index: 0 };
    if (retry.repair) trace.push(`${this.#visit(this.#step(retry.repair.step), 'next')} repair`);
    return this.#spot(retry.again);
  }

  #after({ series, index }: Spot): Spot | undefined {
    return index + 1 < series.length ? { series, index: index + 1 } : this.#exit(series);
  }

  #exit(series: PlanSeries): Spot | undefined {
    const exit = this.#exits.get(series);
    assert(exit, 'every series has an exit');
    if ('again' in exit) return this.#spot(exit.again);
    if ('closes' in exit) this.#closed = exit.closes;
    return undefined;
  }

  /** A visit ends with every label but the step's own retries, which are new generations of it. */
  #visit(step: PlanStep, label: string): string {
    this.#passages += 1;
    assert(this.#passages < MAX_PASSAGES, 'a walk ends');
    const count = this.#passed.get(step.path) ?? { passages: 0, visit: 1, gen: 0 };
    const text = `${step.path}.${count.visit}.${count.gen}`;
    const isOwn = step.onFailure.some((action) => action.type === 'retry' && action.label === label);
    const next = isOwn ? { visit: count.visit, gen: count.gen + 1 } : { visit: count.visit + 1, gen: 0 };
    this.#passed.set(step.path, { passages: count.passages + 1, ...next });
    return text;
  }

  #spot(node: string): Spot {
    const spot = this.#spots.get(node);
    assert(spot, `the label leads to a node of the plan (${node})`);
    return spot;
  }

  #step(path: string): PlanStep {
    const step = this.#plan.steps[path];
    assert(step, `the flow names steps of the plan (${path})`);
    return step;
  }
}

function retriesOf(plan: Plan): ReadonlyMap<string, PlanAction> {
  const callers = Object.values(plan.scopes).flatMap(({ caller }) => caller?.onFailure ?? []);
  const actions = [...Object.values(plan.steps).flatMap(({ onFailure }) => onFailure), ...callers];
  return new Map(actions.flatMap((action) => (action.label === undefined ? [] : [[action.label, action] as const])));
}

/**
 * What a run did in another order than its trace allows: the first visit that is out of place, or nothing. Visits of
 * branches may come in any interleaving, but nothing of what follows a join before it.
 */
export function misplaced(trace: Trace, visits: readonly string[]): string | undefined {
  let at = 0;
  for (const part of trace) {
    const { length } = visitsOfTrace([part]);
    const taken = visits.slice(at, at + length);
    const wrong = typeof part === 'string' ? differing(part, taken[0]) : misplacedInBranches(part, taken);
    if (wrong !== undefined) return wrong;
    at += length;
  }
  return at === visits.length ? undefined : `${visits[at]} comes behind the end`;
}

function misplacedInBranches(branches: readonly Trace[], taken: readonly string[]): string | undefined {
  const known = branches.map((branch) => new Set(visitsOfTrace(branch)));
  const stray = taken.find((visit) => !known.some((branch) => branch.has(visit)));
  if (stray !== undefined) return `${stray} is in none of the branches`;
  return branches
    .map((branch, index) =>
      misplaced(
        branch,
        taken.filter((visit) => known[index]?.has(visit)),
      ),
    )
    .find((wrong) => wrong !== undefined);
}

function differing(expected: string, actual: string | undefined): string | undefined {
  return expected === actual ? undefined : `${actual} comes in the place of ${expected}`;
}

/** All visits of a trace, branches one behind the other. */
export function visitsOfTrace(trace: Trace): readonly string[] {
  return trace.flatMap((part) => (typeof part === 'string' ? [part] : part.flatMap(visitsOfTrace)));
}
