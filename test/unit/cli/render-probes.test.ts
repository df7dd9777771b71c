/** What a probe has said stands beside its step, in the view, in the trail and on the screen, whoever asked it. */
import { describe, expect, it, test } from 'vitest';
import { renderView } from '../../../lib/cli/render-run.ts';
import { inkFor } from '../../../lib/cli/terminal.ts';
import { trailOf } from '../../../lib/runtime/trail.ts';
import type { HttpAnswer } from '../../../lib/runtime/ports/http.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { probeOf, undoOf } from '../../support/plan-fixture.ts';
import { lost, passing, running, viewOf } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const PROBED = { probe: probeOf('pay'), undo: undoOf('pay', { whenInDoubt: 'probe' }) } as const;
/** With time enough to ask before the lease is over; else settle asks. */
const LONG = { leaseMs: 60_000, graceMs: 10_000 } as const;
const SHORT = { leaseMs: 15_000, graceMs: 10_000 } as const;

async function shown(harness: CallHarness): Promise<readonly string[]> {
  const text = renderView(await viewOf(harness), inkFor(false));
  return text.split('\n').filter((line) => line.includes('pay '));
}

describe('what a probe has said is shown', () => {
  it('where the step asked it, and it happened', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, ...LONG } } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answered(200, { id: 'pay-7' }));
    await harness.call('pay');
    const { steps } = await viewOf(harness);
    expect(steps.find(({ path }) => path === 'pay')?.probe).toMatchObject({ status: 'happened', attempts: 1 });
    expect((await shown(harness)).join()).toMatch(/its probe says that it happened at [\d.]+ m?s$/);
    const record = await harness.journal.record(RUN);
    const probes = record ? trailOf(record, []).filter(({ of }) => of === 'probe') : [];
    expect(probes.map(({ step, attempt }) => [step, attempt?.status])).toEqual([['pay', 200]]);
  });

  it('where the step asked it, it did not happen, and the request was made once more', async () => {
    const harness = await running({ steps: { pay: { ...PROBED, ...LONG } } });
    harness.http.on('/v1/pay', lost, answered(200, { id: 'pay-8' })).on('/v1/pay-probe', answered(404));
    await harness.call('pay');
    expect((await shown(harness)).join()).toContain('its probe says that it did not happen at');
  });

  test.each<[string, HttpAnswer, string, string]>([
    ['it happened', answered(200, { id: 'pay-7' }), 'happened', 'its probe says that it happened'],
    ['it did not', answered(404), 'did-not-happen', 'its probe says that it did not happen'],
    ['it could not tell', answered(403), 'unknown', 'its probe could not tell'],
  ])('where it was asked when the run was undone: %s', async (_, answer, status, words) => {
    const harness = await running({ steps: { pay: { ...PROBED, ...SHORT } } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answer).on('/v1/pay/pay-7', answered(204));
    await harness.failing('pay');
    await harness.settled();
    const { steps } = await viewOf(harness);
    expect(steps.find(({ path }) => path === 'pay')?.probe).toMatchObject({ status });
    expect((await shown(harness)).join()).toContain(words);
  });

  it('nowhere where none was asked', async () => {
    const harness = await running({ steps: { pay: PROBED } });
    harness.http.on('/v1/pay', answered(200, { id: 'pay-1' }));
    await harness.call('pay');
    expect((await viewOf(harness)).steps.map(({ probe }) => probe)).toEqual([undefined]);
  });
});
