import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from './demo.ts';
import {
  assessmentBody,
  authorisationBody,
  captureBody,
  notificationBody,
  refundBody,
  reservationBody,
  shipmentBody,
  standing,
} from './orders.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
beforeEach(async () => {
  for (const name of ['inventory', 'payments', 'fraud', 'shipping'] as const) await demo.send(name, 'POST /__reset');
});
afterAll(() => demo[Symbol.asyncDispose]());

async function wholeOrder(): Promise<void> {
  await demo.send('inventory', 'POST /reservations', { body: reservationBody });
  await demo.send('payments', 'POST /authorisations', { body: authorisationBody });
  await demo.send('fraud', 'POST /assessments', { body: assessmentBody });
  await demo.send('payments', 'POST /authorisations/aut_000001/captures', { body: captureBody });
  await demo.send('shipping', 'POST /shipments', { body: shipmentBody });
  await demo.send('shipping', 'POST /shipments/shp_000001/notifications', { body: notificationBody });
}

describe('the effects that stand', () => {
  it('are those of the whole order', async () => {
    await wholeOrder();
    expect(await standing(demo)).toEqual([
      'reservation rsv_000001',
      'authorisation aut_000001',
      'capture cap_000001',
      'assessment asm_000001',
      'shipment shp_000001',
      'notification ntf_000001',
    ]);
  });

  it('are gone after the undo, but for the opinion and the message that nobody can take back', async () => {
    await wholeOrder();
    await demo.send('shipping', 'POST /shipments/shp_000001/cancellation');
    await demo.send('payments', 'POST /captures/cap_000001/refunds', { body: refundBody });
    await demo.send('payments', 'POST /authorisations/aut_000001/void');
    await demo.send('inventory', 'DELETE /reservations/rsv_000001');
    expect(await standing(demo)).toEqual(['assessment asm_000001', 'notification ntf_000001']);
  });

  it('come with the history that led to them', async () => {
    const headers = { 'Idempotency-Key': 'k1' };
    await demo.send('inventory', 'POST /reservations', { body: reservationBody, headers });
    const at = new Date(demo.clock.now()).toISOString();
    await demo.send('inventory', 'DELETE /reservations/rsv_000001');
    const effect = { kind: 'reservation', id: 'rsv_000001', order: 'ORD-1', at };
    const { body } = await demo.send('inventory', 'GET /__state');
    expect(body).toMatchObject({
      system: 'inventory',
      standing: [],
      calls: { reserveStock: 1, releaseReservation: 1 },
      ledger: [
        { ...effect, change: 'applied', operation: 'reserveStock', idempotencyKey: 'k1' },
        { ...effect, change: 'undone', operation: 'releaseReservation', idempotencyKey: null },
      ],
      records: { reservations: [{ reservationId: 'rsv_000001', status: 'released' }] },
    });
  });
});

describe('inventory', () => {
  it('moves goods between available and reserved', async () => {
    await demo.send('inventory', 'POST /reservations', { body: reservationBody });
    const held = await demo.send('inventory', 'GET /items/CHR-1001');
    await demo.send('inventory', 'DELETE /reservations/rsv_000001');
    await demo.send('inventory', 'DELETE /reservations/rsv_000001');
    const released = await demo.send('inventory', 'GET /items/CHR-1001');
    expect([held.body, released.body]).toMatchObject([
      { available: 9998, reserved: 2 },
      { available: 10_000, reserved: 0 },
    ]);
  });

  it('fails with 409 and the shortages when goods run out, and reserves none of the lines', async () => {
    const lines = [
      { sku: 'CHR-1001', quantity: 1 },
      { sku: 'TBL-3007', quantity: 2 },
      { sku: 'TBL-3007', quantity: 2 },
    ];
    const refused = await demo.send('inventory', 'POST /reservations', { body: { orderId: 'ORD-1', lines } });
    expect([refused.status, refused.body.shortages]).toEqual([409, [{ sku: 'TBL-3007', requested: 4, available: 3 }]]);
    expect(await standing(demo)).toEqual([]);
  });

  it('fails with 422 and every fault of a request at once', async () => {
    const body = { orderId: '', lines: [{ sku: 'chair', quantity: 0, colour: 'red' }] };
    const refused = await demo.send('inventory', 'POST /reservations', { body });
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [
        { pointer: '/orderId', detail: 'must have 1 to 200 characters' },
        { pointer: '/lines/0/colour', detail: 'is not known here' },
        { pointer: '/lines/0/sku', detail: 'must match ^[A-Z]{3}-[0-9]{4}$' },
        { pointer: '/lines/0/quantity', detail: 'must be an integer from 1 to 999' },
      ],
    ]);
  });

  it('fails with 422 for a hostile member name', async () => {
    const refused = await demo.send('inventory', 'POST /reservations', { body: '{"__proto__":{"orderId":"x"}}' });
    expect(refused.body.errors).toContainEqual({ pointer: '/__proto__', detail: 'is not known here' });
  });
});

describe('payments', () => {
  it('declines a card with 402 and holds nothing', async () => {
    const body = { ...authorisationBody, paymentMethod: { type: 'card', token: 'tok_declined' } };
    const refused = await demo.send('payments', 'POST /authorisations', { body });
    expect([refused.status, refused.body.declineCode]).toEqual([402, 'insufficient_funds']);
    expect(await standing(demo)).toEqual([]);
  });

  it('captures no more than is held, and once', async () => {
    await demo.send('payments', 'POST /authorisations', { body: authorisationBody });
    const target = 'POST /authorisations/aut_000001/captures';
    const lines = [{ kind: 'goods', amount: { currency: 'EUR', value: 49_701 } }];
    const dollars = [{ kind: 'goods', amount: { currency: 'USD', value: 1 } }];
    const answers = [
      await demo.send('payments', target, { body: { lines } }),
      await demo.send('payments', target, { body: { lines: dollars } }),
      await demo.send('payments', target, { body: captureBody }),
      await demo.send('payments', target, { body: captureBody }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 201, 409]);
  });

  it('voids no hold whose captured money was not given back', async () => {
    await demo.send('payments', 'POST /authorisations', { body: authorisationBody });
    await demo.send('payments', 'POST /authorisations/aut_000001/captures', { body: captureBody });
    const half = { amount: { currency: 'EUR', value: 20_000 }, reason: 'order_cancelled' };
    const rest = { amount: { currency: 'EUR', value: 28_395 }, reason: 'order_cancelled' };
    await demo.send('payments', 'POST /captures/cap_000001/refunds', { body: half });
    const early = await demo.send('payments', 'POST /authorisations/aut_000001/void');
    await demo.send('payments', 'POST /captures/cap_000001/refunds', { body: rest });
    const tooMuch = await demo.send('payments', 'POST /captures/cap_000001/refunds', { body: half });
    const voided = await demo.send('payments', 'POST /authorisations/aut_000001/void');
    const again = await demo.send('payments', 'POST /authorisations/aut_000001/void');
    expect([early.status, tooMuch.status, voided.status, again.status]).toEqual([409, 409, 200, 200]);
    expect(voided.body).toMatchObject({ status: 'voided', captured: { value: 48_395 }, refunded: { value: 48_395 } });
    expect(await standing(demo)).toEqual([]);
  });

  it('tells whoever lost an answer what became of a request, by its key or its order', async () => {
    const headers = { 'Idempotency-Key': 'k1' };
    await demo.send('payments', 'POST /authorisations', { body: authorisationBody, headers });
    await demo.send('payments', 'POST /authorisations', { body: authorisationBody });
    const byKey = await demo.send('payments', 'GET /authorisations?idempotencyKey=k1');
    const byOrder = await demo.send('payments', 'GET /authorisations?orderReference=ORD-1');
    const byBoth = await demo.send('payments', 'GET /authorisations?orderReference=ORD-2&idempotencyKey=k1');
    const byNeither = await demo.send('payments', 'GET /authorisations');
    expect(byKey.body.authorisations).toMatchObject([{ authorisationId: 'aut_000001', idempotencyKey: 'k1' }]);
    expect(byOrder.body.authorisations).toHaveLength(2);
    expect(byBoth.body.authorisations).toEqual([]);
    expect(byNeither.status).toBe(400);
  });
});

describe('fraud', () => {
  it.each([
    ['approves what looks harmless', {}, 'approve', null],
    ['declines a known address', { customer: { id: 'C', email: 'eve@fraud.example' } }, 'decline', null],
    [
      'leaves large amounts to a person',
      { amount: { currency: 'EUR', value: 500_000 } },
      'review',
      'https://fraud.example.com/reviews/asm_000001',
    ],
  ])('%s', async (_what, change, decision, reviewUrl) => {
    const { status, body } = await demo.send('fraud', 'POST /assessments', { body: { ...assessmentBody, ...change } });
    expect([status, body.decision, body.reviewUrl]).toEqual([201, decision, reviewUrl]);
  });
});

describe('shipping', () => {
  it('quotes the cheapest rate first', async () => {
    const target = 'GET /rates?warehouse=RTM-1&country=DE&postalCode=10405&weightGrams=17000';
    const { body } = await demo.send('shipping', target);
    expect(body.rates).toEqual([
      {
        rateId: 'rate_standard_DE_17000',
        carrier: 'Lowland Post',
        service: 'standard',
        price: { currency: 'EUR', value: 2695 },
        deliveryDays: 3,
      },
      {
        rateId: 'rate_express_DE_17000',
        carrier: 'Swift Courier',
        service: 'express',
        price: { currency: 'EUR', value: 5390 },
        deliveryDays: 1,
      },
    ]);
  });

  it('fails with 400 and every fault of a query at once', async () => {
    const refused = await demo.send('shipping', 'GET /rates?warehouse=RTM-1&country=DE&weightGrams=many');
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [
        { pointer: '/postalCode', detail: 'is required' },
        { pointer: '/weightGrams', detail: 'must be an integer from 1 to 500000' },
      ],
    ]);
  });

  it.each([
    ['an address that no carrier reaches', { postalCode: '00000' }, 'address-undeliverable'],
    ['a rate of another country', { country: 'FR' }, 'rate-mismatch'],
  ])('refuses to book %s', async (_what, change, slug) => {
    const { recipient } = shipmentBody as { recipient: { address: object } }; // The literal in orders.ts.
    const body = { ...shipmentBody, recipient: { ...recipient, address: { ...recipient.address, ...change } } };
    const refused = await demo.send('shipping', 'POST /shipments', { body });
    expect([refused.status, refused.body.type]).toEqual([422, `https://problems.example.com/${slug}`]);
    expect(await standing(demo)).toEqual([]);
  });

  it('cancels until the carrier has the parcel, and writes to nobody about a cancelled one', async () => {
    await demo.send('shipping', 'POST /shipments', { body: shipmentBody });
    await demo.send('shipping', 'POST /shipments', { body: shipmentBody });
    const cancelled = await demo.send('shipping', 'POST /shipments/shp_000001/cancellation');
    const again = await demo.send('shipping', 'POST /shipments/shp_000001/cancellation');
    const silent = await demo.send('shipping', 'POST /shipments/shp_000001/notifications', { body: notificationBody });
    demo.clock.advance(2 * 3_600_000);
    const late = await demo.send('shipping', 'POST /shipments/shp_000002/cancellation');
    expect([cancelled.status, again.status, silent.status, late.status]).toEqual([200, 200, 409, 409]);
  });
});

describe('any system', () => {
  it('fails with 404 for an unknown path and 405 for an unknown method', async () => {
    const path = await demo.send('fraud', 'GET /assessment');
    const method = await demo.send('fraud', 'DELETE /assessments');
    expect([path.status, path.body.type]).toEqual([404, 'https://problems.example.com/unknown-route']);
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST, GET']);
  });

  it.each([
    ['a body that is not JSON', '{', 'application/json', 400],
    ['a body of another type', '<order/>', 'application/xml', 415],
    ['a body over 64 KiB', `"${'x'.repeat(65_536)}"`, 'application/json', 413],
  ])('fails for %s', async (_what, body, type, status) => {
    const refused = await demo.send('fraud', 'POST /assessments', { body, headers: { 'Content-Type': type } });
    expect(refused.status).toBe(status);
  });
});
