/** aws-local-stepfunctions, benched beside ours. */
import { StateMachine } from 'aws-local-stepfunctions';
import type { StateMachineDefinition } from '../lib/model/asl.ts';
import type { Json } from '../lib/model/json.ts';
import { PASSES_JSONPATH, SAGA_JSONPATH } from './engine-machines.ts';
import { answer, inputOf, type Subject } from './engine-subjects.ts';

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
