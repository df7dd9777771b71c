/**
 * Shop: batches of products that are staged, and publications that show them (shop.openapi.yaml). A batch with a category
 * that the taxonomy does not have is refused as a whole. A publication passes over what is null.
 */
import { bearerGuard } from '../../order-fulfilment/systems/auth.ts';
import { createLedger, type Ledger } from '../../order-fulfilment/systems/ledger.ts';
import { Problem } from '../../order-fulfilment/systems/problem.ts';
import { createRecords, type Records } from '../../order-fulfilment/systems/records.ts';
import { type Answer, type Call, param, type Route } from '../../order-fulfilment/systems/router.ts';
import { listOf, readBody, readQuery, record, type Shape, text } from '../../order-fulfilment/systems/shape.ts';
import type { System } from '../../order-fulfilment/systems/system.ts';
import type { Clock } from '../../../lib/model/time.ts';
import { type Product, product } from './products.ts';
import { CATEGORIES } from './taxonomy.ts';

interface Batch {
  readonly batchId: string;
  readonly state: 'staged' | 'reverted';
  readonly catalogue: string;
  readonly page: string;
  readonly products: readonly Product[];
  readonly idempotencyKey: string | null;
}

interface Publication {
  readonly publicationId: string;
  readonly state: 'live' | 'withdrawn';
  readonly catalogue: string;
  readonly products: number;
  readonly idempotencyKey: string | null;
}

interface State {
  readonly ledger: Ledger;
  readonly batches: Records<Batch>;
  readonly publications: Records<Publication>;
}

const id = text({ max: 40 });
const orNull: Shape<string | null> = (value, pointer, report) => (value === null ? null : id(value, pointer, report));
const batchRequest = record<{ catalogue: string; page: string; products: readonly Product[] }>({
  catalogue: id,
  page: text({ max: 20 }),
  products: listOf(product, { min: 0, max: 200 }),
});
const publicationRequest = record<{ catalogue: string; batches: readonly (string | null)[] }>({
  catalogue: id,
  batches: listOf(orNull, { min: 0, max: 250 }),
});
const byKey = record<{ idempotencyKey: string }>({ idempotencyKey: text({ max: 255 }) });

export function createShop({ clock, token }: { readonly clock: Clock; readonly token: string }): System {
  const state: State = {
    ledger: createLedger(clock),
    batches: createRecords('bat'),
    publications: createRecords('pub'),
  };
  return {
    name: 'shop',
    guard: bearerGuard('shop', token),
    ledger: state.ledger,
    routes: routesOver(state),
    snapshot: () => ({ batches: state.batches.list(), publications: state.publications.list() }),
    reset: () => {
      state.batches.clear();
      state.publications.clear();
    },
  };
}

function routesOver(state: State): readonly Route[] {
  const by = (handle: (state: State, call: Call) => Answer) => (call: Call) => handle(state, call);
  const withdrawal = '/publications/{publicationId}/withdrawal';
  return [
    { method: 'GET', path: '/health', operation: 'getShopHealth', open: true, handle: () => ({ status: 200 }) },
    { method: 'POST', path: '/batches', operation: 'createBatch', handle: by(stage) },
    { method: 'GET', path: '/batches', operation: 'listBatches', handle: by(listBatches) },
    { method: 'POST', path: '/batches/{batchId}/revert', operation: 'revertBatch', handle: by(revert) },
    { method: 'POST', path: '/publications', operation: 'createPublication', handle: by(publish) },
    { method: 'GET', path: '/publications', operation: 'listPublications', handle: by(listPublications) },
    { method: 'POST', path: withdrawal, operation: 'withdrawPublication', handle: by(withdraw) },
  ];
}

function stage({ batches, ledger }: State, call: Call): Answer {
  const request = readBody(batchRequest, call.body);
  const known = new Set(CATEGORIES.map((category) => category.id));
  const strange = request.products.find(({ category }) => !known.has(category));
  if (strange) throw new Problem(422, 'unknown-category', `There is no category ${strange.category}.`);
  const idempotencyKey = call.idempotencyKey ?? null;
  const batch = batches.add((batchId) => ({ batchId, state: 'staged', ...request, idempotencyKey }));
  ledger.applied(call, { kind: 'batch', id: batch.batchId, order: batch.catalogue });
  return { status: 201, body: shownBatch(batch) };
}

function listBatches({ batches }: State, call: Call): Answer {
  const { idempotencyKey } = readQuery(byKey, call.query);
  const found = batches.list().filter((one) => one.idempotencyKey === idempotencyKey && one.state === 'staged');
  return { status: 200, body: { batches: found.map(shownBatch) } };
}

function revert({ batches, ledger }: State, call: Call): Answer {
  const batch = batches.get(param(call, 'batchId'));
  if (batch.state === 'staged') ledger.undone(call, { kind: 'batch', id: batch.batchId, order: batch.catalogue });
  return { status: 200, body: shownBatch(batches.replace(batch.batchId, { ...batch, state: 'reverted' })) };
}

function publish({ batches, publications, ledger }: State, call: Call): Answer {
  const { catalogue, batches: named } = readBody(publicationRequest, call.body);
  const staged = named.flatMap((batchId) => (batchId === null ? [] : [batches.get(batchId)]));
  const reverted = staged.find(({ state }) => state !== 'staged');
  if (reverted) throw new Problem(409, 'not-staged', `The batch ${reverted.batchId} was reverted.`);
  const products = staged.reduce((sum, batch) => sum + batch.products.length, 0);
  const idempotencyKey = call.idempotencyKey ?? null;
  const made = publications.add((publicationId) => ({
    publicationId,
    state: 'live',
    catalogue,
    products,
    idempotencyKey,
  }));
  ledger.applied(call, { kind: 'publication', id: made.publicationId, order: catalogue });
  return { status: 201, body: shownPublication(made) };
}

function listPublications({ publications }: State, call: Call): Answer {
  const { idempotencyKey } = readQuery(byKey, call.query);
  const found = publications.list().filter((one) => one.idempotencyKey === idempotencyKey && one.state === 'live');
  return { status: 200, body: { publications: found.map(shownPublication) } };
}

function withdraw({ publications, ledger }: State, call: Call): Answer {
  const found = publications.get(param(call, 'publicationId'));
  if (found.state === 'live')
    ledger.undone(call, { kind: 'publication', id: found.publicationId, order: found.catalogue });
  return {
    status: 200,
    body: shownPublication(publications.replace(found.publicationId, { ...found, state: 'withdrawn' })),
  };
}

function shownBatch({ batchId, state, page, products }: Batch): object {
  return { batchId, state, page, products: products.length };
}

function shownPublication({ publicationId, state, products }: Publication): object {
  return { publicationId, state, products };
}
