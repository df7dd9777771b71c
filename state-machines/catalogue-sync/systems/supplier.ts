/**
 * Supplier: exports of a catalogue as jobs (supplier.openapi.yaml). A job is done so many milliseconds after it has begun,
 * by the clock of the process, so that whoever asks early is told that it is running.
 */
import { apiKeyGuard } from '../../order-fulfilment/systems/auth.ts';
import { createLedger } from '../../order-fulfilment/systems/ledger.ts';
import { Problem } from '../../order-fulfilment/systems/problem.ts';
import { createRecords, type Records } from '../../order-fulfilment/systems/records.ts';
import { type Answer, type Call, param, type Route } from '../../order-fulfilment/systems/router.ts';
import { readBody, readQuery, record, text } from '../../order-fulfilment/systems/shape.ts';
import type { System } from '../../order-fulfilment/systems/system.ts';
import type { Clock } from '../../../lib/model/time.ts';
import { type Page, pagesOf } from './products.ts';

const EXPORT_MS = 1_500;

interface Export {
  readonly exportId: string;
  readonly catalogue: string;
  readonly idempotencyKey: string | null;
  readonly doneAt: number;
  readonly deleted: boolean;
}

const exportRequest = record<{ catalogue: string; locale: string; taxonomy: string }>({
  catalogue: text({ max: 40 }),
  locale: text({ pattern: /^[a-z]{2}-[A-Z]{2}$/ }),
  taxonomy: text({ max: 20 }),
});
const byKey = record<{ idempotencyKey: string }>({ idempotencyKey: text({ max: 255 }) });

export function createSupplier({ clock, key }: { readonly clock: Clock; readonly key: string }): System {
  const exports: Records<Export> = createRecords('exp');
  const ledger = createLedger(clock);
  const standing = (call: Call): Export => {
    const found = exports.get(param(call, 'exportId'));
    if (found.deleted) throw new Problem(404, 'not-found', `The export ${found.exportId} is gone.`);
    return found;
  };
  const start = (call: Call): Answer => {
    const { catalogue } = readBody(exportRequest, call.body);
    const doneAt = clock.now() + EXPORT_MS;
    const idempotencyKey = call.idempotencyKey ?? null;
    const begun = exports.add((exportId) => ({ exportId, catalogue, idempotencyKey, doneAt, deleted: false }));
    ledger.applied(call, effectOf(begun));
    return { status: 202, body: shown(begun, clock.now()) };
  };
  const list = (call: Call): Answer => {
    const { idempotencyKey } = readQuery(byKey, call.query);
    const found = exports.list().filter((one) => one.idempotencyKey === idempotencyKey && !one.deleted);
    return { status: 200, body: { exports: found.map((one) => shown(one, clock.now())) } };
  };
  const remove = (call: Call): Answer => {
    const found = standing(call);
    exports.replace(found.exportId, { ...found, deleted: true });
    ledger.undone(call, effectOf(found));
    return { status: 204 };
  };
  const page = (call: Call): Answer => {
    const found = standing(call);
    if (found.doneAt > clock.now()) throw new Problem(409, 'not-done', 'The export is not done yet.');
    return { status: 200, body: pageOf(found, param(call, 'page')) };
  };
  const one = '/exports/{exportId}';
  const routes: readonly Route[] = [
    { method: 'GET', path: '/health', operation: 'getSupplierHealth', open: true, handle: () => ({ status: 200 }) },
    { method: 'POST', path: '/exports', operation: 'startExport', handle: start },
    { method: 'GET', path: '/exports', operation: 'listExports', handle: list },
    {
      method: 'GET',
      path: one,
      operation: 'getExport',
      handle: (call) => ({ status: 200, body: shown(standing(call), clock.now()) }),
    },
    { method: 'DELETE', path: one, operation: 'deleteExport', handle: remove },
    { method: 'GET', path: `${one}/pages/{page}`, operation: 'getPage', handle: page },
  ];
  return {
    name: 'supplier',
    guard: apiKeyGuard('X-Supplier-Key', key),
    ledger,
    routes,
    snapshot: () => ({ exports: exports.list() }),
    reset: () => exports.clear(),
  };
}

function shown({ exportId, catalogue, doneAt }: Export, now: number): object {
  if (doneAt > now) return { exportId, state: 'running', catalogue };
  const pages = pagesOf(catalogue).map(({ page, products }) => ({ page, products: products.length }));
  return { exportId, state: 'done', catalogue, pages };
}

function pageOf({ catalogue }: Export, name: string): Page {
  const found = pagesOf(catalogue).find(({ page }) => page === name);
  if (!found) throw new Problem(404, 'not-found', `There is no page ${name} in it.`);
  return found;
}

function effectOf({ exportId, catalogue }: Export): { kind: string; id: string; order: string } {
  return { kind: 'export', id: exportId, order: catalogue };
}
