/** The shipped example in virtual time: what runs side by side costs the time of the slowest, and nothing else. */
import { describe, expect, it } from 'vitest';
import { orderExample, orderPlaced } from '../support/order-in-virtual-time.ts';

const ANSWER_MS = 200;

describe('the order example with answers after 200 ms', () => {
  it('takes exactly 1,000 ms, with its three calls in flight at one instant', async () => {
    const order = await orderExample(ANSWER_MS);
    const { flights, events } = order;
    const run = await orderPlaced(order);
    expect(run.status).toBe('succeeded');
    expect(Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt)).toBe(5 * ANSWER_MS);
    expect(flights.most).toBe(3);
    const began = (step: string): string | undefined =>
      events.find((event) => event.type === 'step-started' && event.step === step)?.at;
    expect(new Set(['authorise-payment', 'check-fraud', 'quote-shipping'].map(began)).size).toBe(1);
  });

  it('ends each of its seven steps once', async () => {
    const order = await orderExample(ANSWER_MS);
    const { events } = order;
    await orderPlaced(order);
    expect(
      events.filter(({ type }) => type === 'step-ended').map((event) => ('step' in event ? event.step : '')),
    ).toHaveLength(7);
  });
});
