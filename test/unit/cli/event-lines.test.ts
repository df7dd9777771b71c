/** Lines of a run with a long list: one by one at first, then by the hundred, and always what does not go well. */
import { expect, it } from 'vitest';
import { EventLines } from '../../../lib/cli/event-lines.ts';
import { inkFor } from '../../../lib/cli/terminal.ts';
import type { RunEvent } from '../../../lib/model/run.ts';

const AT = '2026-01-01T00:00:00.000Z';
const OF = { at: AT, runId: 'r1', workflowId: 'w' } as const;

function ended(step: string, status: 'applied' | 'refused'): RunEvent {
  return { ...OF, type: 'step-ended', step, visit: 1, status, attempts: 1, ms: 5 };
}

function said(events: readonly RunEvent[]): readonly string[] {
  const lines = new EventLines(inkFor(false));
  return events.flatMap((event) => lines.line(event, Date.parse(AT))?.trim() ?? []);
}

it('tells of 250 items in 42 lines', () => {
  const lines = said(Array.from({ length: 250 }, (_, index) => ended(`ship[${index}]`, 'applied')));
  expect(lines).toHaveLength(42);
  expect(lines.slice(39)).toEqual([
    '0 ms  ship[39] applied in 5 ms',
    '0 ms  ship applied: 100 items',
    '0 ms  ship applied: 200 items',
  ]);
});

it('tells of every item that failed, and of every step that is no item', () => {
  const many = Array.from({ length: 100 }, (_, index) => [
    ended(`ship[${index}]`, 'refused'),
    ended(`step-${index}`, 'applied'),
  ]);
  expect(said(many.flat())).toHaveLength(200);
});

it('counts each list, and what is undone of it, for itself', () => {
  const many = Array.from({ length: 50 }, (_, index): readonly RunEvent[] => [
    ended(`ship[${index}]`, 'applied'),
    ended(`tell[${index}]`, 'applied'),
    { ...OF, type: 'undo-ended', step: `ship[${index}]`, visit: 1, status: 'done', ms: 5 },
  ]);
  expect(said(many.flat())).toHaveLength(120);
});
