/** The servers of the catalogue example against its documents, and their own rules, over real HTTP on loopback. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startSystems } from '../../../state-machines/catalogue-sync/systems/start.ts';
import type { Serving } from '../../../state-machines/order-fulfilment/systems/serving.ts';

const FOLDER = new URL('../../../state-machines/catalogue-sync/', import.meta.url);
const HEADERS: { readonly [system: string]: { readonly [name: string]: string } } = {
  supplier: { 'X-Supplier-Key': 'k' },
  shop: { Authorization: 'Bearer t' },
  taxonomy: {},
};

interface Operation {
  readonly operationId: string;
  readonly responses: {
    readonly [status: string]: { readonly content?: { readonly 'application/json'?: { readonly schema: object } } };
  };
}

let now = 1_800_000_000_000;
let systems: Serving;
const seen = new Set<string>();

beforeAll(async () => {
  const clock = { now: () => now, after: () => ({ cancel: () => undefined }) };
  systems = await startSystems({ clock, portBase: 0, latencyMs: 0, supplierKey: 'k', shopToken: 't' });
});
afterAll(() => systems.stop());

/** Its `$ref`s followed, so that a schema can be looked at by itself. */
function documentOf(system: string): {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
} {
  const root: Record<string, unknown> = parse(readFileSync(new URL(`${system}.openapi.yaml`, FOLDER), 'utf8'));
  const at = (pointer: string): unknown =>
    pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], root);
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow);
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value) return follow(at(String(value.$ref)));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, follow(member)]));
  };
  return follow(root) as ReturnType<typeof documentOf>;
}

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);

async function call(
  system: string,
  operationId: string,
  target: string,
  body?: object,
  key?: string,
): Promise<{ status: number; body: unknown }> {
  const [method = '', path = ''] = target.split(' ');
  const response = await fetch(`${systems.servers[system]}${path}`, {
    method,
    headers: {
      ...HEADERS[system],
      ...(body && { 'Content-Type': 'application/json' }),
      ...(key !== undefined && { 'Idempotency-Key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  const operation = Object.values(documentOf(system).paths)
    .flatMap((methods) => Object.values(methods))
    .find((one) => one.operationId === operationId);
  seen.add(operationId);
  const documented = operation?.responses[String(response.status)] ?? operation?.responses['default'];
  expect(documented, `${operationId} ${response.status} is documented`).toBeDefined();
  const schema = response.status < 300 ? documented?.content?.['application/json']?.schema : undefined;
  if (schema) {
    ajv.validate(schema, answer);
    expect(ajv.errors, `${operationId} ${response.status}`).toBeNull();
  }
  return { status: response.status, body: answer };
}

const PRODUCT = { sku: 'CHR-1001', name: 'Chair', category: 'chairs', price: { currency: 'EUR', value: 4900 } };

describe('the catalogue systems', () => {
  it('answer as their documents say, each operation once, and an export takes its time', async () => {
    await call('taxonomy', 'listCategories', 'GET /categories?locale=de-DE');
    const begin = { catalogue: 'furniture', locale: 'de-DE', taxonomy: '2026-04' };
    const begun = await call('supplier', 'startExport', 'POST /exports', begin, 'key-1');
    expect(begun).toMatchObject({ status: 202, body: { exportId: 'exp_000001', state: 'running' } });
    expect(await call('supplier', 'startExport', 'POST /exports', begin, 'key-1')).toMatchObject({ body: begun.body });
    expect((await call('supplier', 'getPage', 'GET /exports/exp_000001/pages/p-1')).status).toBe(409);
    now += 2_000;
    const done = await call('supplier', 'getExport', 'GET /exports/exp_000001');
    expect(done.body).toMatchObject({ state: 'done', pages: [{ page: 'p-1', products: 4 }, {}, {}] });
    const page = await call('supplier', 'getPage', 'GET /exports/exp_000001/pages/p-1');
    const found = await call('supplier', 'listExports', 'GET /exports?idempotencyKey=key-1');
    expect(found.body).toMatchObject({ exports: [{ exportId: 'exp_000001' }] });
    const batch = { catalogue: 'furniture', ...(page.body as object) };
    await call('shop', 'createBatch', 'POST /batches', batch, 'key-2');
    await call('shop', 'listBatches', 'GET /batches?idempotencyKey=key-2');
    const publish = { catalogue: 'furniture', batches: ['bat_000001', null] };
    const live = await call('shop', 'createPublication', 'POST /publications', publish, 'key-3');
    expect(live.body).toMatchObject({ state: 'live', products: 4 });
    await call('shop', 'listPublications', 'GET /publications?idempotencyKey=key-3');
    await call('shop', 'withdrawPublication', 'POST /publications/pub_000001/withdrawal', undefined, 'key-4');
    await call('shop', 'revertBatch', 'POST /batches/bat_000001/revert', undefined, 'key-5');
    expect((await call('supplier', 'deleteExport', 'DELETE /exports/exp_000001', undefined, 'key-6')).status).toBe(204);
    expect((await call('supplier', 'getExport', 'GET /exports/exp_000001')).status).toBe(404);
    const documented = ['supplier', 'taxonomy', 'shop'].flatMap((system) =>
      Object.values(documentOf(system).paths).flatMap((methods) =>
        Object.values(methods).flatMap(({ operationId }) => (operationId ? [operationId] : [])),
      ),
    );
    expect(documented.filter((operationId) => !seen.has(operationId))).toEqual([]);
  });

  it('refuse a page with a category that the taxonomy does not have, as a whole', async () => {
    const batch = { catalogue: 'x', page: 'p-1', products: [PRODUCT, { ...PRODUCT, category: 'curiosities' }] };
    expect(await call('shop', 'createBatch', 'POST /batches', batch, 'key-7')).toMatchObject({ status: 422 });
    expect(await call('shop', 'listBatches', 'GET /batches?idempotencyKey=key-7')).toMatchObject({
      body: { batches: [] },
    });
  });

  it('publish nothing of a batch that was reverted', async () => {
    const batch = { catalogue: 'x', page: 'p-1', products: [PRODUCT] };
    const staged = await call('shop', 'createBatch', 'POST /batches', batch, 'key-8');
    const { batchId } = staged.body as { batchId: string };
    await call('shop', 'revertBatch', `POST /batches/${batchId}/revert`, undefined, 'key-9');
    const publish = { catalogue: 'x', batches: [batchId] };
    expect((await call('shop', 'createPublication', 'POST /publications', publish, 'key-10')).status).toBe(409);
  });

  it('let nobody in who does not say who it is', async () => {
    for (const [system, path] of [
      ['supplier', '/exports?idempotencyKey=k'],
      ['shop', '/batches?idempotencyKey=k'],
    ] as const) {
      const response = await fetch(`${systems.servers[system]}${path}`);
      expect(response.status).toBe(401);
      await response.body?.cancel();
    }
    expect((await fetch(`${systems.servers['taxonomy']}/categories`)).status).toBe(400);
  });
});
