/** Our engine as it is benched: behind two calls, run a machine once and say how many commits were made. */
import { realClock, realRandom } from '../lib/embedded/real-clock.ts';
import { Engine } from '../lib/engine/driver.ts';
import type { Json, JsonObject } from '../lib/model/json.ts';
import type { OpenLog } from './engine-logs.ts';
import { PASSES, SAGA } from './engine-machines.ts';

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

export interface TaskAnswer {
  readonly output: Json;
}

export function benchedEngine(
  opened: OpenLog | null,
  wait: (answer: TaskAnswer) => Promise<TaskAnswer> = async (answer) => answer,
): Engine {
  const tasks = { run: (call: { readonly arguments: Json }) => wait({ output: answer(call.arguments) }) };
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

/** As lambda:invoke answers. */
export function answer(input: Json): Json {
  const { Payload = input } = input as JsonObject;
  return { StatusCode: 200, Payload: { out: { id: 'x-1', of: (Payload as JsonObject)['step'] ?? null } } };
}
