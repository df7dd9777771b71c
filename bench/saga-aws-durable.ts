/**
 * AWS Lambda durable functions, by their SDK on the test runner that AWS publishes with it: in memory and in real time.
 * Durable they are in the cloud only; here they show what the programming model itself costs.
 */
import { Answered, post } from './saga-http.ts';
import { peer, VERSIONS } from './saga-peers.ts';
import type { Open, Order } from './saga-subject.ts';
import { type Durably, type Ended, order } from './saga-undo-list.ts';

interface Context {
  step(name: string, work: () => Promise<unknown>, options: object): Promise<unknown>;
  parallel(
    name: string,
    branches: readonly ((inner: Context) => Promise<unknown>)[],
  ): Promise<{ throwIfError(): void }>;
}

interface Sdk {
  readonly withDurableExecution: (handler: (asked: Order, context: Context) => Promise<unknown>) => unknown;
}

interface Runner {
  run(options: { readonly payload: Order }): Promise<{ getResult(): unknown }>;
}

interface Testing {
  readonly LocalDurableTestRunner: (new (options: {
    readonly handlerFunction: unknown;
  }) => Runner) & {
    setupTestEnvironment(options: { readonly skipTime: boolean }): Promise<void>;
    teardownTestEnvironment(): Promise<void>;
  };
}

const REFUSED = 'refused: ';
const MOST_TRIES = 3;

export const open: Open = async (mock, peers) => {
  const { withDurableExecution } = peer<Sdk>(peers, '@aws/durable-execution-sdk-js');
  const { LocalDurableTestRunner } = peer<Testing>(peers, '@aws/durable-execution-sdk-js-testing');
  const handlerFunction = withDurableExecution((asked, context) => order(asked, durably(mock, context)));
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  return {
    version: `SDK ${VERSIONS.awsDurable}, testing ${VERSIONS.awsDurableTesting}`,
    durable: 'no (test runner)',
    processes: [],
    run: async ({ orderId, fail }) => {
      const runner = new LocalDurableTestRunner({ handlerFunction });
      const result = (await runner.run({ payload: { orderId, fail } })).getResult();
      return ((typeof result === 'string' ? JSON.parse(result) : result) as Ended).status;
    },
    close: () => LocalDurableTestRunner.teardownTestEnvironment(),
  };
};

function durably(mock: number, context: Context): Durably {
  const callIn = (inner: Context, step: string, path: string, value: object): Promise<unknown> =>
    inner.step(step, () => send(mock, path, value), { retryStrategy });
  return {
    call: (step, path, value) => callIn(context, step, path, value),
    together: async (steps, value) => {
      const branches = steps.map(
        ([step, path]) =>
          (inner: Context) =>
            callIn(inner, step, path, value),
      );
      (await context.parallel('together', branches)).throwIfError();
    },
    isFailure: () => true,
  };
}

function retryStrategy({ message }: Error, tries: number): object {
  return { shouldRetry: tries < MOST_TRIES && !message.startsWith(REFUSED), delay: { seconds: 1 } };
}

/** Errors come back as their messages. */
async function send(mock: number, path: string, value: object): Promise<unknown> {
  try {
    return await post({ port: mock, path, value });
  } catch (error) {
    const refused = error instanceof Answered && error.status < 500;
    throw new Error(`${refused ? REFUSED : ''}${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
