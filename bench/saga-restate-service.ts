/** The order as a service of Restate, in a process of its own that the server calls: `node FILE PORT MOCK PEERS`. */
import { Answered, post } from './saga-http.ts';
import { peer } from './saga-peers.ts';
import type { Order } from './saga-subject.ts';
import { type Durably, order } from './saga-undo-list.ts';

interface Context {
  run(step: string, work: () => Promise<unknown>): Promise<unknown>;
}

interface Sdk {
  readonly TerminalError: new (message: string, options: { readonly errorCode: number }) => Error;
  readonly RestatePromise: { all(promises: readonly Promise<unknown>[]): Promise<unknown> };
  readonly service: (definition: {
    readonly name: string;
    readonly handlers: { readonly run: (context: Context, asked: Order) => Promise<unknown> };
  }) => unknown;
  readonly serve: (options: { readonly services: readonly unknown[]; readonly port: number }) => Promise<unknown>;
}

const [port, mock, peers = ''] = process.argv.slice(2);
const { TerminalError, RestatePromise, service, serve } = peer<Sdk>(peers, '@restatedev/restate-sdk');

async function send(path: string, value: object): Promise<unknown> {
  try {
    return await post({ port: Number(mock), path, value });
  } catch (error) {
    const refused = error instanceof Answered && error.status < 500;
    throw refused ? new TerminalError(error.message, { errorCode: error.status }) : error;
  }
}

function durably(context: Context): Durably {
  const call: Durably['call'] = (step, path, value) => context.run(step, () => send(path, value));
  return {
    call,
    together: async (steps, value) => {
      await RestatePromise.all(steps.map(([step, path]) => call(step, path, value)));
    },
    isFailure: (error) => error instanceof TerminalError,
  };
}

const run = (context: Context, asked: Order): Promise<unknown> => order(asked, durably(context));
await serve({ services: [service({ name: 'order', handlers: { run } })], port: Number(port) });
