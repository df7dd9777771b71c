/**
 * The lines of a run's events as they come, with long lists told in sum: the first items of a step are shown one by one,
 * what goes well after them by the hundred, and what does not go well always.
 */
import { itemOfPath, stepOfPath } from '../model/item-path.ts';
import type { RunEvent } from '../model/run.ts';
import { renderEvent, sinceText } from './render-run.ts';
import type { Ink } from './terminal.ts';

/** Of one list, shown one by one; a list that is not done in batches is no longer. */
const SHOWN = 40;
/** A line for so many more. */
const TOLD = 100;

export class EventLines {
  private readonly ink: Ink;
  /** How many items have begun, gone well or been undone, by what is said of them. */
  private readonly counts = new Map<string, number>();

  constructor(ink: Ink) {
    this.ink = ink;
  }

  /** Undefined: nothing that anybody has to be told now. */
  line(event: RunEvent, startedAt: number): string | undefined {
    const well = wellOfItem(event);
    if (well === undefined) return renderEvent(event, startedAt, this.ink);
    const count = (this.counts.get(well) ?? 0) + 1;
    this.counts.set(well, count);
    if (count <= SHOWN) return renderEvent(event, startedAt, this.ink);
    return count % TOLD === 0 ? `${sinceText(event, startedAt, this.ink)}  ${well}: ${count} items` : undefined;
  }
}

/** What is said of many such events together; undefined where it is of no item, or worth a line in any case. */
function wellOfItem(event: RunEvent): string | undefined {
  if (!('step' in event) || event.step === undefined || itemOfPath(event.step) === undefined) return undefined;
  const step = stepOfPath(event.step);
  if (event.type === 'step-started') return `${step} -> ${event.operation}`;
  if (event.type === 'step-ended' && event.status === 'applied') return `${step} applied`;
  if (event.type === 'undo-started') return `undo of ${step}`;
  return event.type === 'undo-ended' && event.status === 'done' ? `undo of ${step} done` : undefined;
}
