/** A rehearsed run as people read it: one line for each thing that happened, by virtual milliseconds since its start. */
import type { RunEvent } from '../model/run.ts';
import type { Evidence } from './evidence.ts';

export function timelineOf(evidence: Evidence): readonly string[] {
  const { startedAt } = evidence.record.header;
  return linesOf(evidence)
    .toSorted((left, right) => left.at - right.at)
    .map(({ at, what }) => `${String(Math.round(at - startedAt)).padStart(9)}  ${what}`);
}

interface Line {
  readonly at: number;
  readonly what: string;
}

function linesOf({ fired, written, sent, effects, events }: Evidence): readonly Line[] {
  return [
    ...fired.map(({ at, place }) => ({ at, what: `fault: ${place}` })),
    ...written.map(({ at, what, step, detail, epoch }) => ({
      at,
      what: ['journal:', what, step, detail, `(epoch ${epoch})`].filter((word) => word !== undefined).join(' '),
    })),
    ...sent.map(({ at, operation, fault }) => ({ at, what: `sent: ${operation}${fault ? ` (${fault})` : ''}` })),
    ...effects.flatMap(({ at, id, undone }) => [
      { at, what: `landed: ${id}` },
      ...undone.map((mark) => ({ at: mark.at, what: `undone: ${id} by ${mark.operation}` })),
    ]),
    ...events.map((event) => ({ at: Date.parse(event.at), what: wordsOf(event) })),
  ];
}

function wordsOf(event: RunEvent): string {
  const step = 'step' in event && event.step !== undefined ? ` ${event.step}` : '';
  const status = 'status' in event ? ` ${event.status}` : 'outcome' in event ? ` ${event.outcome}` : '';
  const message = 'message' in event && event.message !== undefined ? `: ${event.message}` : '';
  return `event: ${event.type}${step}${status}${message}`;
}
