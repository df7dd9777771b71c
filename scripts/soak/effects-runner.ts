/**
 * The process of the kill test that is killed: it opens a data folder, goes on with whatever is there, and runs the orders
 * that it is told, so many at once. What a run ended as, it says to its parent; nobody asks its journal.
 */
import { openSession, type RunAsked } from '../../lib/embedded/session.ts';
import type { RunEvent, RunView } from '../../lib/model/run.ts';
import { type Order, orderOf } from './effects-orders.ts';

export interface Running {
  readonly data: string;
  readonly example: string;
  readonly servers: { readonly [system: string]: string };
  readonly variables: { readonly [name: string]: string };
  /** Numbers of the orders that have not been heard of. */
  readonly orders: readonly number[];
  readonly atOnce: number;
}

export type Said =
  /** The first of its runs has made a step. */
  | { readonly kind: 'at-work' }
  | { readonly kind: 'ended'; readonly order: string; readonly view: RunView }
  | { readonly kind: 'broke'; readonly why: string };

process.once('message', (running: Running) => {
  run(running).then(
    () => process.disconnect(),
    (error: unknown) => say({ kind: 'broke', why: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});

async function run(running: Running): Promise<void> {
  const { data, variables, orders, atOnce } = running;
  const session = await openSession({ folder: data, variables, recover: true });
  const left = orders.map(orderOf);
  let isAtWork = false;
  const onEvent = ({ type }: RunEvent): void => {
    if (!isAtWork && type !== 'run-started') say({ kind: 'at-work' });
    isAtWork ||= type !== 'run-started';
  };
  const worker = async (): Promise<void> => {
    for (let order = left.shift(); order !== undefined; order = left.shift()) {
      const ended = await session.run(askedFor(order, running), onEvent);
      if (ended.kind !== 'ended') throw new Error(`the input of ${order.id} is refused`);
      say({ kind: 'ended', order: order.id, view: ended.view });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await session.close();
}

function askedFor({ id, input }: Order, { example, servers, variables }: Running): RunAsked {
  const placement = {
    folder: example,
    entry: 'workflow.arazzo.yaml',
    workflowId: 'place-order',
    environment: 'local',
    servers,
    simulate: false,
    allowOutside: false,
    allowNetwork: false,
  };
  return { placement, input, actor: 'soak', runId: id, variables };
}

function say(said: Said): void {
  process.send?.(said);
}
