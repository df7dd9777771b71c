/** The same executions in an engine that nobody kills, in virtual time: what the disturbed ones are held against. */
import { Engine } from '../../lib/engine/driver.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import type { Json } from '../../lib/model/json.ts';
import { answerTo, answerToToken, MACHINES } from './killed-machines.ts';

export interface Ended {
  readonly output: Json;
  /** Of the history's events, as `comparable` gives them. */
  readonly types: readonly string[];
}

export async function undisturbed(machine: string, input: Json): Promise<Ended> {
  const clock = new VirtualClock({ start: 0, idle: () => new Promise((resolve) => setImmediate(resolve)) });
  const engine: Engine = new Engine({
    clock,
    random: new RandomSource(1),
    tasks: {
      run: async (call) => {
        const { taskToken: token } = call;
        if (token !== undefined)
          clock.after(10, () => void engine.sendTaskSuccess(token, answerToToken(call.arguments)));
        return answerTo(call);
      },
    },
  });
  for (const [name, definition] of Object.entries(MACHINES)) engine.register(name, definition);
  const { executionId } = await engine.start({ machine, name: 'undisturbed', input });
  const { status, output, cause } = await clock.runUntil(engine.result(executionId));
  if (status !== 'SUCCEEDED' || output === undefined) throw new Error(`${machine} ended ${status}: ${cause}`);
  const history = await engine.history(executionId);
  return { output, types: comparable(history.map(({ type }) => type)) };
}

/**
 * What must be the same however often the engine dies: not the order, for branches may take turns otherwise, and not that
 * a submission was seen, for its token may be answered before the submission is recorded.
 */
export function comparable(types: readonly string[]): readonly string[] {
  return types.filter((type) => type !== 'TaskSubmitted').toSorted();
}
