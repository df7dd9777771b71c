/**
 * Shipping: rates, shipments and messages to recipients (shipping.openapi.yaml). A shipment can be cancelled until the
 * carrier has it, two hours after the booking. An address that no carrier reaches is quoted like any other and refused
 * only at the booking, as it is with real carriers.
 */
import type { Clock } from '../../../lib/model/time.ts';
import { basicGuard, type Login } from './auth.ts';
import { createLedger, type Effect, type Ledger } from './ledger.ts';
import { madeFor } from './made.ts';
import { Problem } from './problem.ts';
import { type RateQuery, rateQuery, ratesFor, serviceOf } from './rates.ts';
import { createRecords, type Records } from './records.ts';
import { type Answer, type Call, param, type Route } from './router.ts';
import { readBody, readQuery } from './shape.ts';
import { type NotificationRequest, notificationRequest, shipmentQuery, shipmentRequest } from './shipping-requests.ts';
import type { System } from './system.ts';

interface Shipment {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly reservationId: string;
  readonly status: 'booked' | 'handed_over' | 'cancelled';
  readonly carrier: string;
  readonly service: 'standard' | 'express';
  readonly trackingNumber: string;
  readonly labelUrl: string;
  readonly idempotencyKey: string | null;
  readonly createdAt: string;
}

interface Notification extends NotificationRequest {
  readonly notificationId: string;
  readonly shipmentId: string;
  readonly status: 'queued';
  readonly createdAt: string;
}

interface State {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly shipments: Records<Shipment>;
  readonly notifications: Records<Notification>;
}

const handOverAfterMs = 2 * 3_600_000;
const unreachablePostalCode = '00000';

export function createShipping({ clock, login }: { clock: Clock; login: Login }): System {
  const shipments = createRecords<Shipment>('shp');
  const notifications = createRecords<Notification>('ntf');
  const state: State = { clock, ledger: createLedger(clock), shipments, notifications };
  return {
    name: 'shipping',
    guard: basicGuard('shipping', login),
    ledger: state.ledger,
    routes: routesOver(state),
    snapshot: () => ({ shipments: shipments.list(), notifications: notifications.list() }),
    reset: () => {
      shipments.clear();
      notifications.clear();
    },
  };
}

function routesOver(state: State): readonly Route[] {
  const shipment = '/shipments/{shipmentId}';
  const messages = `${shipment}/notifications`;
  return [
    { method: 'GET', path: '/health', operation: 'getShippingHealth', open: true, handle: health },
    { method: 'GET', path: '/rates', operation: 'listRates', handle: listRates },
    { method: 'POST', path: '/shipments', operation: 'createShipment', handle: (call) => book(state, call) },
    { method: 'GET', path: '/shipments', operation: 'listShipments', handle: (call) => list(state, call) },
    { method: 'GET', path: shipment, operation: 'getShipment', handle: (call) => get(state, call) },
    {
      method: 'POST',
      path: `${shipment}/cancellation`,
      operation: 'cancelShipment',
      handle: (call) => cancel(state, call),
    },
    { method: 'POST', path: messages, operation: 'notifyRecipient', handle: (call) => notify(state, call) },
    { method: 'GET', path: messages, operation: 'listNotifications', handle: (call) => listMessages(state, call) },
  ];
}

function health(): Answer {
  return { status: 200, body: { status: 'up', version: '3.0.5' } };
}

function listRates(call: Call): Answer {
  const rates = ratesFor(readQuery<RateQuery>(rateQuery, call.query));
  return { status: 200, headers: { 'Cache-Control': 'private, max-age=300' }, body: { rates } };
}

function book(state: State, call: Call): Answer {
  const request = readBody(shipmentRequest, call.body);
  const { address } = request.recipient;
  const { service, carrier } = serviceOf(request.rateId, address.country);
  if (address.postalCode === unreachablePostalCode) {
    const detail = `No carrier delivers to ${address.postalCode} ${address.city}.`;
    throw new Problem(422, 'address-undeliverable', detail);
  }
  const shipment = state.shipments.add((shipmentId) => ({
    shipmentId,
    orderId: request.orderId,
    reservationId: request.reservationId,
    status: 'booked',
    carrier,
    service,
    trackingNumber: `LP${shipmentId.slice('shp_'.length)}${address.country}`,
    labelUrl: `https://shipping.example.com/labels/${shipmentId}.pdf`,
    idempotencyKey: call.idempotencyKey ?? null,
    createdAt: new Date(state.clock.now()).toISOString(),
  }));
  state.ledger.applied(call, effectOf(shipment));
  return { status: 201, body: shipment };
}

function list(state: State, call: Call): Answer {
  const found = madeFor(state.shipments.list(), readQuery(shipmentQuery, call.query));
  return { status: 200, body: { shipments: found.map((shipment) => asOfNow(state, shipment)) } };
}

function get(state: State, call: Call): Answer {
  return { status: 200, body: shipmentOf(state, call) };
}

function cancel(state: State, call: Call): Answer {
  const shipment = shipmentOf(state, call);
  if (shipment.status === 'cancelled') return { status: 200, body: shipment };
  if (shipment.status === 'handed_over') {
    throw new Problem(409, 'wrong-state', `The carrier has ${shipment.shipmentId} already.`);
  }
  state.ledger.undone(call, effectOf(shipment));
  const cancelled: Shipment = { ...shipment, status: 'cancelled' };
  return { status: 200, body: state.shipments.replace(shipment.shipmentId, cancelled) };
}

function notify(state: State, call: Call): Answer {
  const request = readBody(notificationRequest, call.body);
  const { shipmentId, orderId, status } = shipmentOf(state, call);
  if (status === 'cancelled') throw new Problem(409, 'wrong-state', `${shipmentId} is cancelled.`);
  const notification = state.notifications.add((notificationId) => ({
    notificationId,
    shipmentId,
    status: 'queued',
    ...request,
    language: request.language ?? 'en',
    createdAt: new Date(state.clock.now()).toISOString(),
  }));
  state.ledger.applied(call, { kind: 'notification', id: notification.notificationId, order: orderId });
  return { status: 202, body: notification };
}

function listMessages(state: State, call: Call): Answer {
  const { shipmentId } = shipmentOf(state, call);
  const found = state.notifications.list().filter((notification) => notification.shipmentId === shipmentId);
  return { status: 200, body: { notifications: found } };
}

function shipmentOf(state: State, call: Call): Shipment {
  return asOfNow(state, state.shipments.get(param(call, 'shipmentId')));
}

function asOfNow({ clock }: State, shipment: Shipment): Shipment {
  const collected = clock.now() >= Date.parse(shipment.createdAt) + handOverAfterMs;
  return shipment.status === 'booked' && collected ? { ...shipment, status: 'handed_over' } : shipment;
}

function effectOf({ shipmentId, orderId }: Shipment): Effect {
  return { kind: 'shipment', id: shipmentId, order: orderId };
}
