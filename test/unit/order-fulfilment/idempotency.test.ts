import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from './demo.ts';
import { reservationBody, standing } from './orders.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
beforeEach(() => demo.send('inventory', 'POST /__reset'));
afterAll(() => demo[Symbol.asyncDispose]());

const reserve = (key: string | undefined, body: object = reservationBody) =>
  demo.send('inventory', 'POST /reservations', { body, headers: key === undefined ? {} : { 'Idempotency-Key': key } });

describe('an Idempotency-Key', () => {
  it('makes a repeat harmless: one effect, the same answer', async () => {
    const first = await reserve('k1');
    const again = await reserve('k1');
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
  });

  it('is refused with another request', async () => {
    await reserve('k1');
    const refused = await reserve('k1', { ...reservationBody, orderId: 'ORD-2' });
    expect([refused.status, refused.body.type]).toEqual([422, 'https://problems.example.com/idempotency-key-reused']);
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
  });

  it('is refused for another operation on the same path', async () => {
    await reserve('k1');
    const refused = await demo.send('inventory', 'DELETE /reservations/rsv_000001', {
      headers: { 'Idempotency-Key': 'k1' },
    });
    expect(refused.status).toBe(422);
  });

  it('replays a refusal, so that a corrected world needs a new key', async () => {
    const tables = { orderId: 'ORD-1', lines: [{ sku: 'TBL-3007', quantity: 3 }] };
    await reserve('k1', tables);
    const refused = await reserve('k2', tables);
    await demo.send('inventory', 'DELETE /reservations/rsv_000001');
    const replayed = await reserve('k2', tables);
    const renewed = await reserve('k3', tables);
    expect([refused.status, replayed.status, renewed.status]).toEqual([409, 409, 201]);
  });

  it('is forgotten after 24 hours, and then a repeat is a second effect', async () => {
    await reserve('k1');
    demo.clock.advance(24 * 3_600_000);
    const late = await reserve('k1');
    expect(late.headers.get('idempotent-replayed')).toBeNull();
    expect(await standing(demo)).toEqual(['reservation rsv_000001', 'reservation rsv_000002']);
  });

  it('counts once for two attempts of which the first lands last', async () => {
    await demo.send('inventory', 'POST /__faults', { body: { operation: 'reserveStock', effectAfterMs: 5000 } });
    const slow = reserve('k1');
    await demo.clock.awaited();
    const quick = await reserve('k1');
    demo.clock.advance(5000);
    expect((await slow).body).toEqual(quick.body);
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
  });

  it('may be missing, and then each request is an effect of its own', async () => {
    await reserve(undefined);
    await reserve(undefined);
    expect(await standing(demo)).toEqual(['reservation rsv_000001', 'reservation rsv_000002']);
  });

  it('fails with 400 when it is longer than 255 characters', async () => {
    const refused = await reserve('k'.repeat(256));
    expect([refused.status, refused.body.type]).toEqual([400, 'https://problems.example.com/invalid-idempotency-key']);
  });
});
