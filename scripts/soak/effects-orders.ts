/**
 * The orders of the kill test, and the example's description in a hurry: half of the orders fail, each kind in its own
 * way, and timeouts and graces are a second, so that what a killed process left in doubt is settled while one waits.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../lib/model/json.ts';

const EXAMPLE = fileURLToPath(new URL('../../state-machines/order-fulfilment/', import.meta.url));

export interface Order {
  /** Also the run's id. */
  readonly id: string;
  readonly input: JsonObject;
}

const ADDRESS = { street: 'Kollwitzstrasse 12', postalCode: '10405', city: 'Berlin', country: 'DE' };

/** As customers make them fail: see the example's README. */
const FAILING: readonly JsonObject[] = [
  { address: { ...ADDRESS, postalCode: '00000' } },
  { cardToken: 'tok_declined' },
  { address: { ...ADDRESS, postalCode: '00000' } },
  { customer: { id: 'CUS-1', name: 'Mara Lindqvist', email: 'mara@fraud.example' } },
  { address: { ...ADDRESS, postalCode: '00000' } },
  { items: [{ sku: 'VAS-4100', quantity: 1 }] },
];

export function orderOf(number: number): Order {
  const id = `ORD-${number}`;
  const change = number % 2 === 0 ? {} : FAILING[((number - 1) / 2) % FAILING.length];
  return {
    id,
    input: {
      orderId: id,
      customer: { id: 'CUS-1', name: 'Mara Lindqvist', email: 'mara@example.org' },
      items: [{ sku: 'CHR-1001', quantity: 2 }],
      goodsTotal: { currency: 'EUR', value: 45_700 },
      shippingLimit: { currency: 'EUR', value: 4_000 },
      address: ADDRESS,
      service: 'standard',
      cardToken: 'tok_visa_4242',
      ...change,
    },
  };
}

/** How long one attempt may take, and its effect after that. */
export const TIMEOUT_MS = 1_000;
export const GRACE_MS = 1_000;

/** A copy of the example's folder with its policies in a hurry. */
export function hurriedExample(folder: string): void {
  cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !path.includes('systems') });
  const file = join(folder, 'workflow.arazzo.yaml');
  const hurry = `timeouts: ${TIMEOUT_MS}ms\n      grace: ${GRACE_MS}ms\n      retry: { interval: 100ms, cap: 400ms }\n`;
  const text = readFileSync(file, 'utf8')
    .replace('      grace: 5s\n', '')
    .replaceAll(/^ {4}type: openapi\n {4}x-interlock:\n/gm, `    type: openapi\n    x-interlock:\n      ${hurry}`)
    .replaceAll(/^ {4}type: openapi\n(?! {4}x-interlock)/gm, `    type: openapi\n    x-interlock:\n      ${hurry}`)
    .replace('        timeout: 15000\n', '');
  if (text.split('timeouts: ').length !== 5) throw new Error('the example has other systems than this test knows');
  writeFileSync(file, text);
}
