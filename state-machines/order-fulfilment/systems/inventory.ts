/**
 * Inventory: stock levels and reservations (inventory.openapi.yaml). A reservation takes all lines of an order or none.
 * It does not look for duplicates but by Idempotency-Key, so that a caller's mistakes show.
 */
import type { Clock } from '../../../lib/model/time.ts';
import { apiKeyGuard } from './auth.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { madeFor, type MadeQuery, madeQuery } from './made.ts';
import { Problem } from './problem.ts';
import { createRecords, type Records } from './records.ts';
import { type Answer, type Call, param, type Route } from './router.ts';
import { integer, listOf, oneOf, optional, readBody, readQuery, record, text } from './shape.ts';
import type { System } from './system.ts';

interface Item {
  readonly sku: string;
  readonly name: string;
  readonly available: number;
  readonly reserved: number;
  readonly weightGrams: number;
}

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

interface Reservation {
  readonly reservationId: string;
  readonly orderId: string;
  readonly status: 'held' | 'released';
  readonly warehouse: { readonly id: string; readonly country: string };
  readonly lines: readonly Line[];
  readonly weightGrams: number;
  readonly idempotencyKey: string | null;
  readonly createdAt: string;
}

interface State {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly items: Map<string, Item>;
  readonly reservations: Records<Reservation>;
}

const firstItems: readonly Item[] = [
  { sku: 'CHR-1001', name: 'Oak chair', available: 10_000, reserved: 0, weightGrams: 7000 },
  { sku: 'LMP-2040', name: 'Brass lamp', available: 10_000, reserved: 0, weightGrams: 3000 },
  { sku: 'TBL-3007', name: 'Ash table', available: 3, reserved: 0, weightGrams: 24_000 },
  { sku: 'VAS-4100', name: 'Blue vase', available: 0, reserved: 0, weightGrams: 1200 },
];
const cacheable = { 'Cache-Control': 'private, max-age=5' };

const orderId = text({ pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/ });
const line = record<Line>({
  sku: text({ pattern: /^[A-Z]{3}-[0-9]{4}$/ }),
  quantity: integer({ min: 1, max: 999 }),
});
const reservationRequest = record<{ orderId: string; lines: readonly Line[] }>({
  orderId,
  lines: listOf(line, { min: 1, max: 50 }),
});
interface ReservationQuery extends MadeQuery {
  readonly status: Reservation['status'] | undefined;
}

const reservationQuery = record<ReservationQuery>({ ...madeQuery, status: optional(oneOf('held', 'released')) });

export function createInventory({ clock, apiKey }: { clock: Clock; apiKey: string }): System {
  const state: State = { clock, ledger: createLedger(clock), items: new Map(), reservations: createRecords('rsv') };
  const reset = (): void => {
    state.reservations.clear();
    for (const item of firstItems) state.items.set(item.sku, item);
  };
  reset();
  return {
    name: 'inventory',
    guard: apiKeyGuard('X-Api-Key', apiKey),
    ledger: state.ledger,
    routes: routesOver(state),
    snapshot: () => ({ items: [...state.items.values()], reservations: state.reservations.list() }),
    reset,
  };
}

function routesOver(state: State): readonly Route[] {
  const item = '/items/{sku}';
  const reservation = '/reservations/{reservationId}';
  return [
    { method: 'GET', path: '/health', operation: 'getInventoryHealth', open: true, handle: health },
    { method: 'GET', path: '/items', operation: 'listItems', handle: (call) => listItems(state, call) },
    { method: 'GET', path: item, operation: 'getItem', handle: (call) => getItem(state, call) },
    { method: 'POST', path: '/reservations', operation: 'reserveStock', handle: (call) => reserve(state, call) },
    { method: 'GET', path: '/reservations', operation: 'listReservations', handle: (call) => list(state, call) },
    { method: 'GET', path: reservation, operation: 'getReservation', handle: (call) => get(state, call) },
    { method: 'DELETE', path: reservation, operation: 'releaseReservation', handle: (call) => release(state, call) },
  ];
}

function health(): Answer {
  return { status: 200, body: { status: 'up', version: '2.4.0' } };
}

function listItems({ items }: State, call: Call): Answer {
  const named = call.query.getAll('sku');
  const found = [...items.values()].filter((item) => named.length === 0 || named.includes(item.sku));
  return { status: 200, headers: cacheable, body: { items: found } };
}

function getItem({ items }: State, call: Call): Answer {
  const found = items.get(param(call, 'sku'));
  if (found === undefined) throw new Problem(404, 'not-found', `There is no item ${param(call, 'sku')}.`);
  return { status: 200, headers: cacheable, body: found };
}

function reserve(state: State, call: Call): Answer {
  const request = readBody(reservationRequest, call.body);
  const wanted = Map.groupBy(request.lines, ({ sku }) => sku);
  const quantities = [...wanted].map(([sku, lines]) => ({ sku, quantity: lines.reduce((n, l) => n + l.quantity, 0) }));
  refuseShortages(state, quantities);
  const reservation = state.reservations.add((reservationId) => ({
    reservationId,
    orderId: request.orderId,
    status: 'held',
    warehouse: { id: 'RTM-1', country: 'NL' },
    lines: request.lines,
    weightGrams: quantities.reduce((sum, { sku, quantity }) => sum + known(state, sku).weightGrams * quantity, 0),
    idempotencyKey: call.idempotencyKey ?? null,
    createdAt: new Date(state.clock.now()).toISOString(),
  }));
  for (const { sku, quantity } of quantities) move(state, sku, quantity);
  state.ledger.applied(call, effectOf(reservation));
  return { status: 201, body: reservation };
}

function list({ reservations }: State, call: Call): Answer {
  const query = readQuery(reservationQuery, call.query);
  const found = madeFor(reservations.list(), query).filter(({ status }) => (query.status ?? status) === status);
  return { status: 200, body: { reservations: found } };
}

function get({ reservations }: State, call: Call): Answer {
  return { status: 200, body: reservations.get(param(call, 'reservationId')) };
}

function release(state: State, call: Call): Answer {
  const reservation = state.reservations.get(param(call, 'reservationId'));
  if (reservation.status === 'held') {
    state.reservations.replace(reservation.reservationId, { ...reservation, status: 'released' });
    for (const { sku, quantity } of reservation.lines) move(state, sku, -quantity);
    state.ledger.undone(call, effectOf(reservation));
  }
  return { status: 204 };
}

function refuseShortages(state: State, wanted: readonly Line[]): void {
  const shortages = wanted
    .map(({ sku, quantity }) => ({ sku, requested: quantity, available: known(state, sku).available }))
    .filter(({ requested, available }) => requested > available);
  if (shortages.length === 0) return;
  const detail = `${shortages.length} of ${wanted.length} items cannot be reserved.`;
  throw new Problem(409, 'out-of-stock', detail, { extra: { shortages } });
}

function known({ items }: State, sku: string): Item {
  const found = items.get(sku);
  if (found === undefined) throw new Problem(422, 'unknown-sku', `There is no item ${sku}.`);
  return found;
}

/** Moves goods from available to reserved; a negative quantity gives them back. */
function move(state: State, sku: string, quantity: number): void {
  const item = known(state, sku);
  state.items.set(sku, { ...item, available: item.available - quantity, reserved: item.reserved + quantity });
}

function effectOf({ reservationId, orderId }: Reservation): { kind: string; id: string; order: string } {
  return { kind: 'reservation', id: reservationId, order: orderId };
}
