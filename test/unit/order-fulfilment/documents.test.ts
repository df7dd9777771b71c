import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFraud } from '../../../state-machines/order-fulfilment/systems/fraud.ts';
import { createInventory } from '../../../state-machines/order-fulfilment/systems/inventory.ts';
import { createPayments } from '../../../state-machines/order-fulfilment/systems/payments.ts';
import { createShipping } from '../../../state-machines/order-fulfilment/systems/shipping.ts';
import type { System, SystemName } from '../../../state-machines/order-fulfilment/systems/system.ts';
import { type Demo, type Got, startDemo } from './demo.ts';
import { examplesIn, type Listed, operationsOf, systemNames } from './openapi.ts';
import {
  assessmentBody,
  authorisationBody,
  captureBody,
  notificationBody,
  ratesTarget,
  refundBody,
  reservationBody,
  shipmentBody,
} from './orders.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

function faultsOf(schema: object, value: unknown): readonly string[] {
  ajv.validate(schema, value);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Where a system meets its document; every operation is called once, in an order that makes each succeed. */
const script: readonly (readonly [SystemName, string, string, object?])[] = [
  ['inventory', 'getInventoryHealth', 'GET /health'],
  ['inventory', 'listItems', 'GET /items?sku=CHR-1001&sku=LMP-2040'],
  ['inventory', 'getItem', 'GET /items/CHR-1001'],
  ['inventory', 'reserveStock', 'POST /reservations', reservationBody],
  ['inventory', 'listReservations', 'GET /reservations?orderId=ORD-1&status=held'],
  ['inventory', 'getReservation', 'GET /reservations/rsv_000001'],
  ['payments', 'getPaymentsHealth', 'GET /health'],
  ['payments', 'authorisePayment', 'POST /authorisations', authorisationBody],
  ['payments', 'findAuthorisations', 'GET /authorisations?orderReference=ORD-1'],
  ['payments', 'getAuthorisation', 'GET /authorisations/aut_000001'],
  ['fraud', 'getFraudHealth', 'GET /health'],
  ['fraud', 'assessOrder', 'POST /assessments', assessmentBody],
  ['fraud', 'listAssessments', 'GET /assessments?orderId=ORD-1'],
  ['fraud', 'getAssessment', 'GET /assessments/asm_000001'],
  ['shipping', 'getShippingHealth', 'GET /health'],
  ['shipping', 'listRates', ratesTarget],
  ['payments', 'capturePayment', 'POST /authorisations/aut_000001/captures', captureBody],
  ['payments', 'findCaptures', 'GET /captures?orderReference=ORD-1'],
  ['payments', 'getCapture', 'GET /captures/cap_000001'],
  ['shipping', 'createShipment', 'POST /shipments', shipmentBody],
  ['shipping', 'listShipments', 'GET /shipments?orderId=ORD-1'],
  ['shipping', 'getShipment', 'GET /shipments/shp_000001'],
  ['shipping', 'notifyRecipient', 'POST /shipments/shp_000001/notifications', notificationBody],
  ['shipping', 'listNotifications', 'GET /shipments/shp_000001/notifications'],
  ['shipping', 'cancelShipment', 'POST /shipments/shp_000001/cancellation'],
  ['payments', 'refundCapture', 'POST /captures/cap_000001/refunds', refundBody],
  ['payments', 'voidAuthorisation', 'POST /authorisations/aut_000001/void'],
  ['inventory', 'releaseReservation', 'DELETE /reservations/rsv_000001'],
];

describe.each(systemNames)('the document of %s', (name) => {
  const operations = operationsOf(name);
  const contents = operations.flatMap(({ operationId: id, requestBody = {}, responses }) => [
    [`${id} request`, requestBody] as const,
    ...Object.entries(responses).map(([status, response]) => [`${id} ${status}`, response] as const),
  ]);

  it('describes exactly the operations that the server has', () => {
    const documented = operations.map(({ operationId, method, path }) => `${operationId}: ${method} ${path}`);
    expect(documented.toSorted()).toEqual(routesOf(name).toSorted());
  });

  it('gives an example for every request and every success with a body', () => {
    const wanted = contents.filter(([what]) => /request$| 2..$/.test(what));
    const bare = wanted.filter(([, { content = {} }]) =>
      Object.values(content).some((mediaType) => examplesIn(mediaType).length === 0),
    );
    expect(bare.map(([what]) => what)).toEqual([]);
  });

  it('gives examples that satisfy its own schemas', () => {
    const faults = contents.flatMap(([what, { content = {} }]) =>
      Object.values(content).flatMap((mediaType) =>
        examplesIn(mediaType).flatMap((example) => faultsOf(mediaType.schema, example).map((fault) => what + fault)),
      ),
    );
    expect(faults).toEqual([]);
  });

  it('admits what goes wrong: 401, 429 and 503 everywhere, 500 and a key wherever something is changed', () => {
    for (const { operationId: id, method, parameters = [], responses } of operations.filter(
      ({ path }) => path !== '/health',
    )) {
      const expected = method === 'GET' ? ['401', '429', '503'] : ['401', '429', '500', '503'];
      expect(Object.keys(responses), id).toEqual(expect.arrayContaining(expected));
      const keys = parameters.filter((parameter) => parameter.name === 'Idempotency-Key');
      expect(keys, id).toHaveLength(method === 'GET' ? 0 : 1);
    }
  });
});

describe('the servers', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo[Symbol.asyncDispose]());

  it('know every path and method of their documents', async () => {
    for (const name of systemNames) {
      for (const { operationId: id, method, path } of operationsOf(name)) {
        const got = await demo.send(name, `${method} ${path.replaceAll(/\{\w+\}/g, 'nobody')}`);
        expect([405, 501], id).not.toContain(got.status);
        expect(got.body.type, id).not.toBe('https://problems.example.com/unknown-route');
      }
    }
  });

  it('answer every operation as documented', async () => {
    for (const [name, id, target, body] of script) {
      const got = await demo.send(name, target, body === undefined ? {} : { body });
      expect([id, got.status, undocumented(operationNamed(name, id), got)]).toEqual([id, got.status, []]);
      expect(got.status, id).toBeLessThan(300);
    }
  });

  it('are shown in full by that script', () => {
    const called = script.map(([, id]) => id);
    const all = systemNames.flatMap((name) => operationsOf(name).map(({ operationId }) => operationId));
    expect(called.toSorted()).toEqual(all.toSorted());
  });

  it.each([
    ['reserveStock', 'POST /reservations', { orderId: 'ORD-1', lines: [{ sku: 'VAS-4100', quantity: 1 }] }, 409],
    ['reserveStock', 'POST /reservations', {}, 422],
    ['listReservations', 'GET /reservations', undefined, 400],
    ['getReservation', 'GET /reservations/rsv_999999', undefined, 404],
  ])('refuse as documented: %s, %s', async (id, target, body, status) => {
    const got = await demo.send('inventory', target, body === undefined ? {} : { body });
    expect([got.status, undocumented(operationNamed('inventory', id), got)]).toEqual([status, []]);
  });
});

function routesOf(name: SystemName): readonly string[] {
  const clock = { now: () => 0, after: () => ({ cancel: () => undefined }) };
  const systems: Readonly<Record<SystemName, System>> = {
    inventory: createInventory({ clock, apiKey: 'k' }),
    payments: createPayments({ clock, client: { clientId: 'i', clientSecret: 's' } }),
    fraud: createFraud({ clock, token: 't' }),
    shipping: createShipping({ clock, login: { username: 'u', password: 'p' } }),
  };
  const documented = systems[name].routes.filter(({ operation }) => operation !== 'issueToken'); // tokenUrl names it.
  return documented.map(({ operation, method, path }) => `${operation}: ${method} ${path}`);
}

function operationNamed(name: SystemName, id: string): Listed {
  const found = operationsOf(name).find(({ operationId }) => operationId === id);
  if (found === undefined) throw new Error(`${name} does not document ${id}`);
  return found;
}

/** What of an answer its document does not say. */
function undocumented({ responses }: Listed, { status, headers, body }: Got): readonly string[] {
  const response = responses[status];
  const type = headers.get('content-type');
  if (response === undefined) return [`status ${status}`];
  if (type === null) return response.content === undefined ? [] : ['no body'];
  const mediaType = response.content?.[type];
  return mediaType === undefined ? [`content type ${type}`] : faultsOf(mediaType.schema, body);
}
