/** Who follows the runs of this process hears their events, and their notes as events: there is no other log on one machine. */
import type { RunEvent } from '../model/run.ts';
import type { Clock } from '../model/time.ts';
import type { Events } from '../runtime/ports/events.ts';
import type { Telemetry } from '../runtime/ports/telemetry.ts';

export type Listener = (event: RunEvent) => void;

export class RunListeners implements Events, Telemetry {
  private readonly listeners = new Set<Listener>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Gives what ends it. */
  add(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  isHeard(): boolean {
    return this.listeners.size > 0;
  }

  emit(event: RunEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  log({ run: runId, step, message }: Parameters<Telemetry['log']>[0]): void {
    const at = new Date(this.clock.now()).toISOString();
    this.emit({ type: 'noted', runId, at, message, ...(step !== undefined && { step }) });
  }
}
