/** Where a bulk run stands, in a line, and what became of it. */
import { describe, expect, it } from 'vitest';
import { type BulkState, renderProgress, renderSummary } from '../../../lib/cli/render-bulk.ts';
import { inkFor } from '../../../lib/cli/terminal.ts';
import type { BulkSummary } from '../../../lib/model/bulk.ts';

const STATE: BulkState = { total: 5000, ended: 0, running: 0, failed: 0, earlier: 0 };

describe('the progress of a bulk run', () => {
  it.each<[Partial<BulkState>, number, string]>([
    [{ running: 10 }, 0, '0 of 5000 ended (0 %), 10 under way'],
    [
      { ended: 1000, running: 10, failed: 3 },
      20_000,
      '1000 of 5000 ended (20 %), 10 under way, 3 not succeeded, 50 a second, about 1 min 20 s left',
    ],
    [{ ended: 4, running: 1, total: 8 }, 2000, '4 of 8 ended (50 %), 1 under way, 2.0 a second, about 2.00 s left'],
    // What ended in an earlier command says nothing of the speed of this one.
    [{ ended: 4000, earlier: 4000 }, 1000, '4000 of 5000 ended (80 %), 0 under way'],
    [{ ended: 5000, failed: 1 }, 10_000, '5000 of 5000 ended (100 %), 0 under way, 1 not succeeded, 500 a second'],
    [{ total: 0 }, 10, '0 of 0 ended (100 %), 0 under way'],
  ])('%j after %i ms', (state, ms, line) => {
    expect(renderProgress({ ...STATE, ...state }, ms)).toBe(line);
  });
});

describe('the summary of a bulk run', () => {
  const summary: BulkSummary = {
    workflowId: 'place-order',
    inputs: 12,
    succeeded: 12,
    statuses: { succeeded: 12 },
    earlier: 0,
    results: 'orders.results.jsonl',
    ms: 1500,
  };

  it('counts by status and names the result file', () => {
    expect(renderSummary(summary, inkFor(false))).toBe(
      [
        'place-order: 12 inputs in 1.50 s',
        '  12 succeeded',
        'Results: orders.results.jsonl',
        'Next: interlock runs lists the latest of them.',
        '',
      ].join('\n'),
    );
  });

  it('says what to do about what did not succeed', () => {
    const mixed = { ...summary, succeeded: 10, statuses: { failed: 2, succeeded: 10 }, earlier: 5 };
    expect(renderSummary(mixed, inkFor(false))).toContain('12 inputs in 1.50 s, 5 of them before\n   2 failed\n');
    expect(renderSummary(mixed, inkFor(false))).toContain('Next: interlock runs RUN shows one whole');
    const invalid = { ...summary, succeeded: 11, statuses: { invalid: 1, succeeded: 11 } };
    expect(renderSummary(invalid, inkFor(false))).toContain('Next: correct the inputs that orders.results.jsonl calls');
  });
});
