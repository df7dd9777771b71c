/** State transitions as the service's bill counts them: each state that is entered, and each further try of a task. */
import type { HistoryEvent } from '../engine/history.ts';

/** Of one execution. */
export class Transitions {
  private entered = 0;
  private tasks = 0;
  private tries = 0;

  add({ type }: Pick<HistoryEvent, 'type'>): void {
    if (type.endsWith('StateEntered')) this.entered += 1;
    if (type === 'TaskStateEntered') this.tasks += 1;
    if (type.endsWith('Scheduled')) this.tries += 1;
  }

  /** A task that was entered and is not scheduled yet has had no try. */
  get count(): number {
    return this.entered + Math.max(0, this.tries - this.tasks);
  }
}

export function transitionsIn(events: readonly Pick<HistoryEvent, 'type'>[]): number {
  const transitions = new Transitions();
  for (const event of events) transitions.add(event);
  return transitions.count;
}
