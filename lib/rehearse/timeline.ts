/** A rehearsed run as people read it: one line for each thing that happened, by virtual milliseconds since its start. */
import type { RunEvent } from '../model/run.ts';
import type { Evidence } from './evidence.ts';
import { answerWords, type Hide, hiding, outputWords, requestWords } from './shown-exchange.ts';
import type { Written } from './watched-journal.ts';

/** `secrets`: what is not to be seen besides the run's own sensitive values. */
export async function timelineOf(evidence: Evidence, secrets: readonly string[]): Promise<readonly string[]> {
  const { startedAt } = evidence.record.header;
  return linesOf(evidence, hiding([...secrets, ...(await evidence.hidden())]))
    .toSorted((left, right) => left.at - right.at)
    .map(({ at, what }) => `${String(Math.round(at - startedAt)).padStart(9)}  ${what}`);
}

interface Line {
  readonly at: number;
  readonly what: string;
}

function linesOf({ fired, written, sent, effects, events }: Evidence, hide: Hide): readonly Line[] {
  return [
    ...fired.map(({ at, place }) => ({ at, what: `fault: ${place}` })),
    ...written.map((one) => ({ at: one.at, what: writtenWords(one, hide) })),
    ...sent.map(({ at, operation, fault, request }) => ({
      at,
      what: `sent: ${operation}${fault ? ` (${fault})` : ''}: ${requestWords(request, hide)}`,
    })),
    ...sent.flatMap(({ operation, answered }) =>
      answered ? [{ at: answered.at, what: `answer: ${operation}: ${answerWords(answered.answer)}` }] : [],
    ),
    ...effects.flatMap(({ at, id, undone }) => [
      { at, what: `landed: ${id}` },
      ...undone.map((mark) => ({ at: mark.at, what: `undone: ${id} by ${mark.operation}` })),
    ]),
    ...events.map((event) => ({ at: Date.parse(event.at), what: wordsOf(event) })),
  ];
}

/** With the outputs that were taken. */
function writtenWords({ what, step, detail, epoch, outputs }: Written, hide: Hide): string {
  const words = ['journal:', what, step, detail, `(epoch ${epoch})`].filter((word) => word !== undefined).join(' ');
  const taken = outputs === undefined ? '' : outputWords(outputs, hide);
  return taken === '' ? words : `${words}: ${taken}`;
}

function wordsOf(event: RunEvent): string {
  const step = 'step' in event && event.step !== undefined ? ` ${event.step}` : '';
  const status = 'status' in event ? ` ${event.status}` : 'outcome' in event ? ` ${event.outcome}` : '';
  const message = 'message' in event && event.message !== undefined ? `: ${event.message}` : '';
  return `event: ${event.type}${step}${status}${message}`;
}
