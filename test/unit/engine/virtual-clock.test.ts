/** Time that jumps. */
import { describe, expect, test } from 'vitest';
import { START, newClock } from '../../support/engine-harness.ts';

const YEAR_MS = 365 * 24 * 3600 * 1000;

describe('the virtual clock', () => {
  test('jumps to the next timer and nowhere else', async () => {
    const clock = newClock();
    const times: number[] = [];
    const done = new Promise<void>((resolve) => {
      clock.after(5000, () => times.push(clock.now() - START));
      clock.after(1000, () => times.push(clock.now() - START));
      clock.after(YEAR_MS, resolve);
    });
    await clock.runUntil(done);
    expect(times).toEqual([1000, 5000]);
    expect(clock.now()).toBe(START + YEAR_MS);
  });

  test('fires what is due at once in the order in which it was asked for', async () => {
    const clock = newClock();
    const order: number[] = [];
    for (let index = 0; index < 50; index += 1) clock.after(index % 2 === 0 ? 10 : 5, () => order.push(index));
    await clock.advance(10);
    expect(order).toEqual([...order.filter((index) => index % 2 === 1), ...order.filter((index) => index % 2 === 0)]);
    expect(order.slice(0, 3)).toEqual([1, 3, 5]);
    expect(order).toHaveLength(50);
  });

  test('never fires a cancelled timer, also when it is cancelled by another of the same instant', async () => {
    const clock = newClock();
    const fired: string[] = [];
    clock.after(10, () => other.cancel());
    const other = clock.after(10, () => fired.push('other'));
    const cancelled = clock.after(5, () => fired.push('cancelled'));
    cancelled.cancel();
    cancelled.cancel();
    await clock.advance(20);
    expect(fired).toEqual([]);
  });

  test('does not call back before its caller has gone on', async () => {
    const clock = newClock();
    let called = false;
    clock.after(0, () => {
      called = true;
    });
    expect(called).toBe(false);
    await clock.advance(0);
    expect(called).toBe(true);
  });

  test('stands still while it is held', async () => {
    const clock = newClock();
    const release = clock.hold();
    const waited = clock.runUntil(new Promise<void>((resolve) => clock.after(1000, resolve)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(START);
    release();
    release();
    await waited;
    expect(clock.now()).toBe(START + 1000);
  });

  test('advances no further than it is told', async () => {
    const clock = newClock();
    const fired: number[] = [];
    clock.after(10, () => clock.after(10, () => fired.push(clock.now() - START)));
    await clock.advance(15);
    expect([clock.now() - START, fired]).toEqual([15, []]);
    await clock.advance(5);
    expect(fired).toEqual([20]);
  });

  test('says when nothing could ever settle what is waited for', async () => {
    await expect(newClock().runUntil(new Promise(() => undefined))).rejects.toThrow('no timer left');
  });

  test('hands on a rejection', async () => {
    await expect(newClock().runUntil(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
