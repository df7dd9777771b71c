/** A run with a step that is done for each line of its input, `ship`, and one after it that reads what the items gave, `tell`. */
import { parseValue } from '../../lib/expressions/values.ts';
import type { Json } from '../../lib/model/json.ts';
import type { Plan, PlanBatches, PlanForEach, PlanStep } from '../../lib/model/plan.ts';
import type { CallAnswer, EachAnswer } from '../../lib/model/task.ts';
import { CallHarness } from './call-harness.ts';
import { callOf, operationOf, planOf, stepOf, undoOf } from './plan-fixture.ts';
import { NO_RETRY } from './saga-fixture.ts';
import { answered, type Scripted } from './scripted-http.ts';

export const LINES: Json = [{ sku: 'a' }, { sku: 'b' }, { sku: 'c' }];

/** No list of a test is so long that it is done in batches, unless the test says so. */
export const NO_BATCHES: PlanBatches = { over: 10_000, size: 100, group: 10, atOnce: 1, forMs: 60_000 };

function forEach(more: Partial<PlanForEach>): PlanForEach {
  return { items: parseValue('$inputs.lines'), concurrency: 10, tolerate: 0, batches: NO_BATCHES, ...more };
}

export function listPlan(
  more: Partial<PlanForEach> = {},
  ship: Partial<Pick<PlanStep, 'onChange' | 'effect' | 'undo' | 'idempotency' | 'probe'>> = {},
): ReturnType<typeof planOf> {
  const shipping = stepOf({
    path: 'ship',
    retry: NO_RETRY,
    body: { payload: parseValue({ sku: '$item.sku' }), replacements: [] },
    outputs: { id: '$response.body#/id', sku: '$item.sku' },
    undo: undoOf('ship'),
    forEach: forEach(more),
    ...ship,
  });
  const tell = stepOf({
    path: 'tell',
    retry: NO_RETRY,
    reads: ['ship'],
    body: { payload: parseValue({ parcels: '$steps.ship.outputs.id' }), replacements: [] },
    undo: { kind: 'none', reason: 'A message stays.' },
  });
  const undoing = callOf({
    path: 'ship#undo',
    effect: 'idempotent',
    readsInputs: true,
    parameters: [
      { in: 'path', name: 'id', value: parseValue('$steps.ship.outputs.id') },
      { in: 'query', name: 'sku', value: parseValue('$item.sku') },
    ],
  });
  const probing = callOf({
    path: 'ship#probe',
    effect: 'safe',
    readsInputs: true,
    parameters: [{ in: 'query', name: 'sku', value: parseValue('$item.sku') }],
    outputs: { id: '$response.body#/id' },
  });
  const json = { required: true, content: [{ contentType: 'application/json' }] };
  const operations = [
    operationOf('ship-undo', { method: 'delete', path: '/ship/{id}' }),
    operationOf('ship-probe', { method: 'get', path: '/ship-probe' }),
    operationOf('ship', { body: json }),
    operationOf('tell', { body: json }),
  ];
  return planOf({
    steps: [shipping, tell],
    calls: [undoing, probing],
    operations,
    rest: { edges: [{ from: 'ship', to: 'tell', why: 'output' }] },
  });
}

/** Each item's parcel is known by its sku. */
export const shipping: Scripted = ({ body }) => {
  const { sku } = JSON.parse(new TextDecoder().decode(body)) as { sku: string };
  return answered(201, { id: `parcel-${sku}` });
};

export async function runningList(plan: Plan = listPlan(), lines: Json = LINES): Promise<CallHarness> {
  const harness = await new CallHarness(plan).start({ lines });
  harness.http.on('/v1/ship', shipping).on('/v1/tell', answered(201));
  for (const sku of ['a', 'b', 'c', 'd', 'e', 'f']) harness.http.on(`/v1/ship/parcel-${sku}`, answered(204));
  return harness;
}

export async function listed(harness: CallHarness, epoch = 1): Promise<EachAnswer> {
  return (await harness.core({ op: 'each', step: 'ship', epoch })) as unknown as EachAnswer;
}

export async function gathered(harness: CallHarness, epoch = 1): Promise<CallAnswer> {
  return (await harness.core({ op: 'gather', step: 'ship', epoch })) as unknown as CallAnswer;
}

/** As the Map does, one after another. */
export async function shipped(harness: CallHarness, epoch = 1): Promise<void> {
  for (const item of (await listed(harness, epoch)).items) {
    harness.clock.pass(10);
    await harness.call('ship', { item, epoch });
  }
}

export function shippingRequests(harness: CallHarness): readonly { readonly sku: string; readonly key: string }[] {
  return harness.http.requests
    .filter(({ method, url }) => method === 'POST' && url.endsWith('/ship'))
    .map(({ headers, body }) => {
      const { sku } = JSON.parse(new TextDecoder().decode(body)) as { sku: string };
      return { sku, key: headers.find(([name]) => name === 'Idempotency-Key')?.[1] ?? '' };
    });
}
