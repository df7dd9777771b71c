/**
 * What a run costs on AWS: for the path on which all goes well, and for the dearest plain failure, in which the last step is
 * refused and everything before it is undone. Counted from machine and plan, by the write budget of run-contract section 9;
 * tests hold the counts against histories of the engine. Without logs, traces, alarms, storage and free tiers.
 */
import type { State, StateMachineDefinition, SubMachine } from '../model/asl.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import { mainSteps, passedBefore } from './flow-order.ts';
import type { Prices } from './prices.ts';
import { undoWaves } from './undo-waves.ts';

export interface PathCost {
  /** States entered, the last one included. */
  readonly transitions: number;
  readonly invocations: number;
  readonly lambdaGbSeconds: number;
  /** Items of the run table that are written, its indexes apart. */
  readonly journalWrites: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly messages: number;
  readonly usdPerMillion: {
    readonly transitions: number;
    readonly lambda: number;
    readonly dynamoDb: number;
    readonly sqs: number;
    readonly total: number;
  };
}

export interface Cost {
  readonly region: string;
  readonly asOf: string;
  readonly memoryMb: number;
  readonly happy: PathCost;
  /** The last step is refused, and what stands before it is undone. */
  readonly failing: PathCost & { readonly step: string };
  readonly express: ExpressCost;
}

/** The same as an express workflow, by million runs. What undoes is a standard machine there, too. */
export interface ExpressCost {
  /** In place of the transitions of the happy path. */
  readonly workflow: number;
  /** The happy path, all told. */
  readonly total: number;
  /** The failing path, all told: transitions of the undo machine are its own. */
  readonly failing: number;
  /** States that the undo machine enters; 0 where nothing has to be undone, and it is not begun. */
  readonly undoTransitions: number;
}

/** Of every handler (lib/constructs/handler-function.ts). */
const MEMORY_MB = 512;
/** What a handler takes beside its call: its own code and the run table. */
const HANDLER_MS = 25;
/** An express workflow is billed by the 64 MB and the 100 ms; these machines fit into the first chunk. */
const EXPRESS_MB = 64;

interface Counted {
  readonly transitions: number;
  /** Handlers that call a system, and those that only look at the run. */
  readonly calls: number;
  readonly cores: number;
  readonly journalWrites: number;
  readonly indexWrites: number;
  readonly reads: number;
  readonly messages: number;
}

export function costOf(
  { plan, machine }: { readonly plan: Plan; readonly machine: StateMachineDefinition },
  {
    latencyMs,
    expectedMs,
    prices,
  }: { readonly latencyMs: number; readonly expectedMs: number; readonly prices: Prices },
): Cost {
  const counted = happyPath(plan, machine);
  const happy = priced(counted, latencyMs, prices);
  const failing = failingPath(plan, machine);
  const workflow = expressUsd(expectedMs + HANDLER_MS * happy.transitions, prices);
  return {
    region: prices.region,
    asOf: prices.asOf,
    memoryMb: MEMORY_MB,
    happy,
    failing: { ...priced(failing.counted, latencyMs, prices), step: failing.step },
    express: expressCost({ plan, counted, failing }, workflow, (one) => priced(one, latencyMs, prices)),
  };
}

function expressCost(
  { plan, counted, failing }: { readonly plan: Plan; readonly counted: Counted; readonly failing: Failing },
  workflow: number,
  price: (counted: Counted) => PathCost,
): ExpressCost {
  // A safe step first looks whether another try of the execution has passed it.
  const again = mainSteps(plan).filter(({ effect }) => effect === 'safe').length;
  const well = price({ ...counted, transitions: 0, reads: counted.reads + again });
  // It asks settle itself before it hands over.
  const { undoTransitions, counted: bad } = failing;
  const asked = undoTransitions > 0 ? 1 : 0;
  const badly = price({
    ...bad,
    transitions: undoTransitions,
    cores: bad.cores + asked,
    reads: bad.reads + again + 2 * asked,
  });
  return {
    workflow,
    total: cents(well.usdPerMillion.total + workflow),
    failing: cents(badly.usdPerMillion.total + workflow),
    undoTransitions,
  };
}

/** By million executions. */
function expressUsd(ms: number, { perMillionExpressRequests, perExpressGbSecond }: Prices): number {
  const seconds = Math.ceil(ms / 100) / 10;
  return cents(perMillionExpressRequests + 1_000_000 * seconds * (EXPRESS_MB / 1024) * perExpressGbSecond);
}

function priced(counted: Counted, latencyMs: number, prices: Prices): PathCost {
  const { transitions, calls, cores, messages, reads } = counted;
  const invocations = calls + cores;
  const gbSeconds = ((calls * (latencyMs + HANDLER_MS) + cores * HANDLER_MS) / 1000) * (MEMORY_MB / 1024);
  const writeUnits = counted.journalWrites + counted.indexWrites;
  const usd = {
    transitions: cents(transitions * prices.perMillionTransitions),
    lambda: cents(invocations * prices.perMillionInvocations + 1_000_000 * gbSeconds * prices.perLambdaGbSecond),
    dynamoDb: cents(writeUnits * prices.perMillionWriteUnits + reads * prices.perMillionReadUnits),
    sqs: cents(messages * prices.perMillionMessages),
  };
  return {
    transitions,
    invocations,
    lambdaGbSeconds: Math.round(gbSeconds * 10_000) / 10_000,
    journalWrites: counted.journalWrites,
    writeUnits,
    readUnits: reads,
    messages,
    usdPerMillion: { ...usd, total: cents(usd.transitions + usd.lambda + usd.dynamoDb + usd.sqs) },
  };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}

function happyPath(plan: Plan, machine: StateMachineDefinition): Counted {
  const steps = mainSteps(plan);
  return {
    transitions: statesEntered(machine, LIST_ITEMS),
    calls: steps.reduce((sum, step) => sum + timesOf(step), 0),
    // To begin a list and to gather what it gave.
    cores: (plan.lock ? 2 : 1) + 2 * steps.filter(({ forEach }) => forEach).length,
    // Header, steps, close; and the input, which is an item of its own.
    journalWrites: 1 + writesOf(steps) + 1 + (plan.lock ? 2 : 0),
    // Both indexes see a run begin and end, and the input is written beside the header.
    indexWrites: 5,
    reads: readsOf(steps) + 1,
    messages: 0,
  };
}

/** No description says how long its lists are. */
export const LIST_ITEMS = 10;

function timesOf({ forEach }: PlanStep): number {
  return forEach ? LIST_ITEMS : 1;
}

/** An intent and an outcome for what changes something, one outcome for what reads. */
function writesOf(steps: readonly PlanStep[]): number {
  return steps.reduce((sum, step) => sum + timesOf(step) * (step.effect === 'safe' ? 1 : 2), 0);
}

function readsOf(steps: readonly PlanStep[]): number {
  return steps.reduce((sum, { effect, readsInputs }) => sum + (readsInputs ? 1 : 0) + (effect === 'safe' ? 1 : 0), 0);
}

/** States that are entered where every Choice takes its default, which is to go on, and every list has `items` items. */
export function statesEntered(machine: Pick<SubMachine, 'StartAt' | 'States'>, items: number): number {
  let count = 0;
  const entered = new Set<string>();
  let name: string | undefined = machine.StartAt;
  while (name !== undefined && !entered.has(name)) {
    entered.add(name);
    const state: State | undefined = machine.States[name];
    if (!state) return count;
    count += 1 + enteredInside(state, items);
    name = state.Type === 'Choice' ? state.Default : 'Next' in state ? state.Next : undefined;
  }
  return count;
}

function enteredInside(state: State, items: number): number {
  if (state.Type === 'Map') return items * statesEntered(state.ItemProcessor, items);
  return state.Type === 'Parallel' ? state.Branches.reduce((sum, one) => sum + statesEntered(one, items), 0) : 0;
}

interface Failing {
  readonly step: string;
  readonly counted: Counted;
  /** Of those, from settle on, where anything is left to do. */
  readonly undoTransitions: number;
}

/** Settle and its Choice at each look; a Map and its undos for each wave; the Fail at the end. */
function failingPath(plan: Plan, machine: StateMachineDefinition): Failing {
  const happy = happyPath(plan, machine);
  const last = mainSteps(plan).at(-1);
  if (!last) return { step: '', counted: happy, undoTransitions: 0 };
  const passed = passedBefore(plan, last.path).flatMap((path) => plan.steps[path] ?? []);
  const standing = passed.filter(({ effect }) => effect !== 'safe').map(({ path }) => path);
  const waves = undoWaves(plan, standing);
  const undone = waves.flat();
  const undoCalls = undone.reduce((sum, path) => sum + callsOf(plan, path), 0);
  const looks = roundsOf(plan, waves) + 1;
  const open = standing.filter((path) => plan.steps[path]?.undo === undefined).length;
  const parked = open > 0 ? 1 : 0;
  const settling = looks * 2 + roundsOf(plan, waves) + undoCalls + parked + 1;
  return {
    step: last.path,
    undoTransitions: undone.length + open > 0 ? settling : 0,
    counted: {
      transitions: happy.transitions - 1 + settling,
      calls: happy.calls + undoCalls,
      cores: looks + (plan.lock ? 1 : 0),
      // The failure takes the place of the outcome, finish that of the close; a claim, and two for each undo.
      journalWrites: happy.journalWrites + 1 + undoCalls * 2,
      indexWrites: happy.indexWrites + 2,
      reads: readsOf(passed) + readsOf([last]) + looks * 2 + undoCalls,
      messages: parked,
    },
  };
}

function callsOf(plan: Plan, path: string): number {
  const undo = plan.steps[path]?.undo;
  return undo?.kind === 'calls' ? undo.calls.length : 0;
}

/** An undo of several calls makes one of them in each wave. */
function roundsOf(plan: Plan, waves: readonly (readonly string[])[]): number {
  return waves.reduce((sum, wave) => sum + Math.max(...wave.map((path) => callsOf(plan, path))), 0);
}
