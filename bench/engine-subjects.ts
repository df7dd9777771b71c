/** The engines that are benched, each behind the same two calls: run a machine once, say how many commits were made. */
import { StateMachine } from 'aws-local-stepfunctions';
import { realClock, realRandom } from '../lib/embedded/real-clock.ts';
import { Engine } from '../lib/engine/driver.ts';
import type { StateMachineDefinition } from '../lib/model/asl.ts';
import type { Json, JsonObject } from '../lib/model/json.ts';
import type { OpenLog } from './engine-logs.ts';
import { PASSES, PASSES_JSONPATH, SAGA, SAGA_JSONPATH } from './engine-machines.ts';

export interface Subject {
  readonly name: string;
  readonly run: (machine: string) => Promise<void>;
  /** Durable commits so far. */
  readonly commits: () => number;
  readonly close: () => void;
}

export const MACHINES: { readonly [name: string]: { readonly states: number; readonly input: Json } } = {
  passes: { states: 10, input: { run: 'r-1', amount: 100 } },
  saga: { states: 7, input: { run: 'r-1', order: { id: 'o-1', items: [{ sku: 'a', quantity: 2 }] } } },
};

export function inputOf(machine: string): Json {
  return (MACHINES[machine] as { readonly input: Json }).input;
}

export function benchedEngine(opened: OpenLog | null): Engine {
  const tasks = { run: async (call: { readonly arguments: Json }) => ({ output: answer(call.arguments) }) };
  const engine = new Engine({
    clock: realClock,
    random: realRandom,
    tasks,
    ...(opened !== null && { log: opened.log }),
  });
  engine.register('passes', PASSES);
  engine.register('saga', SAGA);
  return engine;
}

export function ourEngine(name: string, opened: OpenLog | null): Subject {
  const engine = benchedEngine(opened);
  return {
    name,
    run: async (machine) => {
      const { executionId } = await engine.start({ machine, input: inputOf(machine) });
      const { status, cause } = await engine.result(executionId);
      if (status !== 'SUCCEEDED') throw new Error(`${machine} ended ${status}: ${cause}`);
    },
    commits: () => opened?.commits() ?? 0,
    close: () => engine.close(),
  };
}

const SAGA_TASKS = ['Reserve', 'Charge', 'Check', 'Notify', 'Ship', 'Close'];

export function otherEngine(name: string): Subject {
  const definitions: { readonly [name: string]: StateMachineDefinition } = {
    passes: PASSES_JSONPATH,
    saga: SAGA_JSONPATH,
  };
  const machines = new Map(
    Object.entries(definitions).map(([machine, definition]) => [
      machine,
      new StateMachine(definition as never, { validationOptions: { checkArn: false } }),
    ]),
  );
  const handlers = Object.fromEntries(SAGA_TASKS.map((task) => [task, async (input: Json) => answer(input)]));
  return {
    name,
    run: async (machine) => {
      const options = { overrides: { taskResourceLocalHandlers: handlers as never } };
      await machines.get(machine)?.run(inputOf(machine) as never, options).result;
    },
    commits: () => 0,
    close: () => undefined,
  };
}

/** As lambda:invoke answers. */
function answer(input: Json): Json {
  const { Payload = input } = input as JsonObject;
  return { StatusCode: 200, Payload: { out: { id: 'x-1', of: (Payload as JsonObject)['step'] ?? null } } };
}
