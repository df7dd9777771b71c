/** One order, as the requests that the workflow's steps make of it. */
import type { Effect } from '../../../state-machines/order-fulfilment/systems/ledger.ts';
import type { Demo } from './demo.ts';

export const reservationBody: object = {
  orderId: 'ORD-1',
  lines: [
    { sku: 'CHR-1001', quantity: 2 },
    { sku: 'LMP-2040', quantity: 1 },
  ],
};

export const authorisationBody: object = {
  orderReference: 'ORD-1',
  lines: [
    { kind: 'goods', amount: { currency: 'EUR', value: 45_700 } },
    { kind: 'shipping', amount: { currency: 'EUR', value: 4000 } },
  ],
  paymentMethod: { type: 'card', token: 'tok_visa_4242' },
};

export const captureBody: object = {
  lines: [
    { kind: 'goods', amount: { currency: 'EUR', value: 45_700 } },
    { kind: 'shipping', amount: { currency: 'EUR', value: 2695 } },
  ],
  riskAssessmentId: 'asm_000001',
};

export const refundBody: object = { amount: { currency: 'EUR', value: 48_395 }, reason: 'order_cancelled' };

export const assessmentBody: object = {
  orderId: 'ORD-1',
  customer: { id: 'CUS-1', email: 'mara@example.org' },
  amount: { currency: 'EUR', value: 45_700 },
  destination: { country: 'DE', postalCode: '10405' },
};

export const ratesTarget = 'GET /rates?warehouse=RTM-1&country=DE&postalCode=10405&weightGrams=17000&service=standard';

export const shipmentBody: object = {
  orderId: 'ORD-1',
  reservationId: 'rsv_000001',
  rateId: 'rate_standard_DE_17000',
  recipient: {
    name: 'Mara Lindqvist',
    email: 'mara@example.org',
    address: { street: 'Kollwitzstrasse 12', postalCode: '10405', city: 'Berlin', country: 'DE' },
  },
};

export const notificationBody: object = { channel: 'email', template: 'order_confirmed', language: 'en' };

/** The effects that stand in all four systems, as `kind id`. */
export async function standing(demo: Demo): Promise<readonly string[]> {
  const names = ['inventory', 'payments', 'fraud', 'shipping'] as const;
  const states = await Promise.all(names.map((name) => demo.send(name, 'GET /__state')));
  const effects = states.flatMap(({ body }) => body.standing as readonly Effect[]); // What admin.ts puts there.
  return effects.map(({ kind, id }) => `${kind} ${id}`);
}
