/** The run events that handlers emit, in one place: how a step's end is called, and what every event carries. */
import { unreachable } from '../model/assert.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Effect } from '../model/plan.ts';
import type { RunEvent, StepStatus } from '../model/run.ts';
import type { Clock } from '../model/time.ts';
import type { Events } from './ports/events.ts';

export interface EventSource {
  readonly runId: string;
  readonly workflowId: string;
}

type Detail<E> = E extends RunEvent ? Omit<E, 'runId' | 'workflowId' | 'at'> : never;

export function emit(
  ports: { readonly clock: Clock; readonly events: Events },
  source: EventSource,
  detail: Detail<RunEvent>,
): void {
  if (ports.events.isHeard?.() === false) return;
  ports.events.emit({ ...source, at: isoTime(ports.clock.now()), ...detail });
}

let latest = { milliseconds: 0, text: '1970-01-01T00:00:00.000Z' };

/** Remembers the latest: much happens within one millisecond. */
export function isoTime(milliseconds: number): string {
  if (milliseconds !== latest.milliseconds) latest = { milliseconds, text: new Date(milliseconds).toISOString() };
  return latest.text;
}

/** An effect that nobody wants and nobody has undone is unresolved; a safe step leaves nothing to resolve. */
export function stepStatus(effect: Effect, outcome: Outcome): StepStatus {
  switch (outcome) {
    case 'applied':
      return 'applied';
    case 'unwanted':
      return effect === 'safe' ? 'refused' : 'unresolved';
    case 'in-doubt':
      return effect === 'safe' ? 'refused' : 'in-doubt';
    case 'refused':
    case 'throttled':
    case 'not-sent':
      return 'refused';
    default:
      return unreachable(outcome, 'outcome');
  }
}
