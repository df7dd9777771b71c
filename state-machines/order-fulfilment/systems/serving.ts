/** Systems on loopback, all or none: one that cannot start takes the others along. */
import type { Clock } from '../../../lib/model/time.ts';
import { startServer } from './server.ts';
import type { System } from './system.ts';

export interface ServingOptions {
  readonly clock: Clock;
  /** The port of the first; the others take the next ones. 0 takes free ones. */
  readonly portBase: number;
  readonly latencyMs: number;
}

export interface Serving {
  /** URLs by name. */
  readonly servers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startServers(
  systems: readonly System[],
  { clock, portBase, latencyMs }: ServingOptions,
): Promise<Serving> {
  const portOf = (i: number): number => (portBase === 0 ? 0 : portBase + i);
  const starting = systems.map((system, i) => startServer(system, { port: portOf(i), clock, latencyMs }));
  const started = await Promise.allSettled(starting);
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((system) => system.stop()));
  };
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return { servers: Object.fromEntries(running.map(({ name, url }) => [name, url])), stop };
  await stop();
  throw failed.reason;
}
