/**
 * States per second of the engine: ten Pass states, and a saga of six Tasks with a Parallel of three, with handlers that
 * answer at once; one run at a time and 50 in flight; without a log and with the durable one; and aws-local-stepfunctions
 * with the same machines in JSONPath, in the same process and the same run.
 */
import { StateMachine } from 'aws-local-stepfunctions';
import { Engine } from '../lib/engine/driver.ts';
import type { StateMachineDefinition } from '../lib/model/asl.ts';
import type { Json, JsonObject } from '../lib/model/json.ts';
import type { Clock, Random } from '../lib/model/time.ts';
import type { BenchOptions } from './main.ts';
import { type OpenLog, openSqlite } from './engine-logs.ts';
import { PASSES, PASSES_JSONPATH, SAGA, SAGA_JSONPATH } from './engine-machines.ts';

interface Subject {
  readonly name: string;
  /** Runs a machine so many times, with so many at once. */
  readonly run: (machine: string, runs: number, inFlight: number) => Promise<void>;
  /** Durable commits so far. */
  readonly commits: () => number;
  readonly close: () => Promise<void>;
}

interface Measured {
  readonly subject: string;
  readonly machine: string;
  readonly inFlight: number;
  readonly statesPerSecond: number;
  readonly commitsPerRun: number;
}

const MACHINES: { readonly [name: string]: { readonly states: number; readonly input: Json } } = {
  passes: { states: 10, input: { run: 'r-1', amount: 100 } },
  saga: { states: 7, input: { run: 'r-1', order: { id: 'o-1', items: [{ sku: 'a', quantity: 2 }] } } },
};

const IN_FLIGHT = [1, 50];
const ROUNDS = 3;
const BASELINE = 'aws-local-stepfunctions';
const OURS = 'interlock';
const DURABLE = 'interlock, durable';

/** Real time: nothing here waits on it. */
const clock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const random: Random = { next: () => Math.random(), uuid: () => crypto.randomUUID() };

export async function bench({ flags }: BenchOptions): Promise<string> {
  const runs = Number(flags.get('runs') ?? 3000);
  const log = await openSqlite();
  const commitMs = await bareCommitMs(log);
  const results: Measured[] = [];
  for (const make of [otherEngine, () => ourEngine(null), () => ourEngine(log)]) {
    const subject = await make();
    for (const machine of Object.keys(MACHINES)) {
      for (const inFlight of IN_FLIGHT) results.push(await measure(subject, { machine, runs, inFlight }));
    }
    await subject.close();
  }
  return [table(results), ...bounds(results, commitMs)].join('\n');
}

/** What one commit of one small record costs here, with nothing around it, once the file is warm. */
async function bareCommitMs({ log }: OpenLog): Promise<number> {
  const count = 300;
  let begun = 0;
  for (let index = -count; index < count; index += 1) {
    if (index === 0) begun = performance.now();
    await log.append([{ kind: 'definition', hash: `bare ${index}`, definition: { StartAt: 'A', States: {} } }]);
  }
  return (performance.now() - begun) / count;
}

/** What durability costs: at 50 in flight against our own speed without, one at a time against its commits. */
function bounds(results: readonly Measured[], commitMs: number): readonly string[] {
  const of = (subject: string, inFlight: number): Measured | undefined =>
    results.find((one) => one.subject === subject && one.machine === 'saga' && one.inFlight === inFlight);
  const [free, durable, single] = [of(OURS, 50), of(DURABLE, 50), of(DURABLE, 1)];
  if (free === undefined || durable === undefined || single === undefined) return [];
  const runMs = (1000 * (MACHINES['saga']?.states ?? 0)) / single.statesPerSecond;
  return [
    `  saga, 50 in flight: durable at ${(durable.statesPerSecond / free.statesPerSecond).toFixed(2)} of the speed without`,
    `  saga, one at a time: ${runMs.toFixed(2)} ms a run, ${(runMs / (single.commitsPerRun * commitMs)).toFixed(2)} x ` +
      `(${single.commitsPerRun.toFixed(0)} commits x ${commitMs.toFixed(2)} ms for a bare commit)`,
  ];
}

interface Load {
  readonly machine: string;
  readonly runs: number;
  readonly inFlight: number;
}

/** The best of three, after a warm-up: noise of a shared machine only ever slows. */
async function measure(subject: Subject, { machine, runs, inFlight }: Load): Promise<Measured> {
  await subject.run(machine, Math.ceil(runs / 5), inFlight);
  let best = Number.POSITIVE_INFINITY;
  const commits = subject.commits();
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    await subject.run(machine, runs, inFlight);
    best = Math.min(best, performance.now() - begun);
  }
  const { states } = MACHINES[machine] as { readonly states: number };
  const commitsPerRun = (subject.commits() - commits) / (ROUNDS * runs);
  return { subject: subject.name, machine, inFlight, statesPerSecond: (1000 * states * runs) / best, commitsPerRun };
}

async function ourEngine(opened: OpenLog | null): Promise<Subject> {
  const tasks = { run: async (call: { readonly arguments: Json }) => ({ output: answer(call.arguments) }) };
  const engine = new Engine({ clock, random, tasks, ...(opened !== null && { log: opened.log }) });
  engine.register('passes', PASSES);
  engine.register('saga', SAGA);
  const one = async (machine: string): Promise<void> => {
    const { executionId } = await engine.start({
      machine,
      input: (MACHINES[machine] as { readonly input: Json }).input,
    });
    const { status, cause } = await engine.result(executionId);
    if (status !== 'SUCCEEDED') throw new Error(`${machine} ended ${status}: ${cause}`);
  };
  return {
    name: opened === null ? OURS : DURABLE,
    run: (machine, runs, inFlight) => many(() => one(machine), runs, inFlight),
    commits: () => opened?.commits() ?? 0,
    close: async () => {
      engine.close();
      await opened?.close();
    },
  };
}

async function otherEngine(): Promise<Subject> {
  const definitions: { readonly [name: string]: StateMachineDefinition } = {
    passes: PASSES_JSONPATH,
    saga: SAGA_JSONPATH,
  };
  const machines = new Map(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      new StateMachine(definition as never, { validationOptions: { checkArn: false } }),
    ]),
  );
  const handlers = Object.fromEntries(SAGA_TASKS.map((name) => [name, async (input: Json) => answer(input)]));
  const one = async (machine: string): Promise<void> => {
    const { input } = MACHINES[machine] as { readonly input: Json };
    await machines.get(machine)?.run(input as never, { overrides: { taskResourceLocalHandlers: handlers as never } })
      .result;
  };
  const run: Subject['run'] = (machine, runs, inFlight) => many(() => one(machine), runs, inFlight);
  return { name: BASELINE, run, commits: () => 0, close: async () => undefined };
}

const SAGA_TASKS = ['Reserve', 'Charge', 'Check', 'Notify', 'Ship', 'Close'];

/** As lambda:invoke answers. */
function answer(input: Json): Json {
  const { Payload = input } = input as JsonObject;
  return { StatusCode: 200, Payload: { out: { id: 'x-1', of: (Payload as JsonObject)['step'] ?? null } } };
}

async function many(one: () => Promise<void>, runs: number, inFlight: number): Promise<void> {
  let left = runs;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

function table(results: readonly Measured[]): string {
  const rows = results.map(({ subject, machine, inFlight, statesPerSecond, commitsPerRun }) => {
    const baseline = results.find(
      (other) => other.subject === BASELINE && other.machine === machine && other.inFlight === inFlight,
    );
    const ratio = statesPerSecond / (baseline?.statesPerSecond ?? Number.NaN);
    const commits = commitsPerRun === 0 ? '' : `  ${commitsPerRun.toFixed(2)} commits a run`;
    const figure = Math.round(statesPerSecond).toLocaleString('en');
    return `  ${machine.padEnd(8)}${String(inFlight).padStart(3)} in flight  ${subject.padEnd(28)}${figure.padStart(12)} states/s${ratio.toFixed(2).padStart(8)} x${commits}`;
  });
  return rows.join('\n');
}
