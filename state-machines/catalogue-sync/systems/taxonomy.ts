/** Taxonomy: categories that everybody may read, and may keep for an hour (taxonomy.openapi.yaml). */
import { createLedger } from '../../order-fulfilment/systems/ledger.ts';
import type { Answer, Call } from '../../order-fulfilment/systems/router.ts';
import { readQuery, record, text } from '../../order-fulfilment/systems/shape.ts';
import type { System } from '../../order-fulfilment/systems/system.ts';
import type { Clock } from '../../../lib/model/time.ts';

export const CATEGORIES: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'chairs', name: 'Chairs' },
  { id: 'lamps', name: 'Lamps' },
  { id: 'tables', name: 'Tables' },
];

const query = record<{ locale: string }>({ locale: text({ pattern: /^[a-z]{2}-[A-Z]{2}$/ }) });
const HEADERS = { 'Cache-Control': 'public, max-age=3600', ETag: '"2026-04"' };

export function createTaxonomy({ clock }: { readonly clock: Clock }): System {
  const list = (call: Call): Answer => {
    readQuery(query, call.query);
    return { status: 200, headers: HEADERS, body: { version: '2026-04', categories: CATEGORIES } };
  };
  return {
    name: 'taxonomy',
    guard: { admit: () => undefined },
    ledger: createLedger(clock),
    routes: [
      { method: 'GET', path: '/health', operation: 'getTaxonomyHealth', open: true, handle: () => ({ status: 200 }) },
      { method: 'GET', path: '/categories', operation: 'listCategories', handle: list },
    ],
    snapshot: () => ({ categories: CATEGORIES }),
    reset: () => undefined,
  };
}
