/** What races are run over: random sagas with plain systems, and the order example with its own. */
import { fileURLToPath } from 'node:url';
import { type CompiledWorkflow, compileDescription } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import { assert } from '../../lib/model/assert.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import type { Plan } from '../../lib/model/plan.ts';
import type { Beside, RehearsalOptions } from '../../lib/rehearse/rehearsal.ts';
import { Protector } from '../../lib/runtime/protect/protector.ts';
import { ExampleSystems, exampleServer } from './example-systems.ts';
import { memoryFiles } from './memory-files.ts';
import { MemoryCallbacks } from '../../lib/rehearse/memory-callbacks.ts';
import { MemoryMailboxes } from '../../lib/rehearse/memory-mailboxes.ts';
import { MemoryBreakers, MemoryLocks, MemoryPermits, MemoryRates } from '../../lib/rehearse/memory-protection.ts';
import { randomSaga } from './random-sagas.ts';
import { SagaSystems, SECRET } from './saga-systems.ts';
import { fixedRandom } from './stepping-clock.ts';

export interface Subject extends Pick<RehearsalOptions, 'beside' | 'systems'> {
  readonly workflow: CompiledWorkflow;
  /** The first is what a run begins with, all of them what it may be tried again with. */
  readonly inputs: readonly [JsonObject, ...JsonObject[]];
  /** Effects can be undone by hand, in any order. */
  readonly isByHand: boolean;
}

function besideOf(environments: Beside['environments']): RehearsalOptions['beside'] {
  return (clock) => {
    const stores = { breakers: new MemoryBreakers(), rates: new MemoryRates(), permits: new MemoryPermits() };
    return {
      environments,
      secrets: { resolve: () => Promise.resolve(SECRET), awsKeys: () => Promise.reject(new Error('nobody signs')) },
      blobs: new MemoryBlobs(),
      protection: new Protector({ ...stores, clock, random: fixedRandom(), telemetry: { log: () => undefined } }),
      locks: new MemoryLocks(),
      callbacks: new MemoryCallbacks(),
      mailboxes: new MemoryMailboxes(),
    };
  };
}

export async function sagaSubject(
  number: number,
  { lists = false, express = false, batches = false }: SagaKind = {},
): Promise<Subject> {
  const { files, retentionMs } = randomSaga(number, { lists });
  const workflow = await compiled(memoryFiles(express ? expressFiles(files) : files), 'main');
  return {
    workflow: batches ? { ...workflow, plan: inBatches(workflow.plan, number) } : workflow,
    inputs: [
      { ref: 'order-1', amount: 5, ...(lists && { lines: ['l1', 'l2', 'l3'] }) },
      { ref: 'order-1', amount: 6, ...(lists && { lines: ['l3', 'l1', 'l2', 'l4'] }) },
      ...(lists ? [{ ref: 'order-1', amount: 5, lines: ['l2'] }] : []),
    ],
    beside: besideOf({ system: () => ({ auth: { key: { env: 'KEY' } } }) }),
    systems: (now, chance) => new SagaSystems(now, chance, retentionMs),
    isByHand: true,
  };
}

export interface SagaKind {
  readonly lists?: boolean;
  /** Its lists are so long that they are done in batches: how long that is, is made short. */
  readonly batches?: boolean;
  readonly express?: boolean;
}

function inBatches(plan: Plan, number: number): Plan {
  const group = 1 + (number % 2);
  const batches = {
    over: 0,
    size: 2 + (number % 3),
    group,
    atOnce: 1 + (number % 2),
    forMs: number % 4 === 0 ? 0 : 60_000,
  };
  const steps = Object.values(plan.steps).map(
    (step) => [step.path, step.forEach ? { ...step, forEach: { ...step.forEach, batches } } : step] as const,
  );
  return { ...plan, steps: Object.fromEntries(steps) };
}

/** The same saga, with a deadline that five minutes have room for. */
function expressFiles(files: { readonly [path: string]: string }): { readonly [path: string]: string } {
  const described = JSON.parse(files['workflow.arazzo.yaml'] ?? '') as JsonObject;
  const workflows = (described['workflows'] as readonly JsonObject[]).map((workflow) =>
    workflow['workflowId'] === 'main'
      ? { ...workflow, 'x-interlock': { ...(workflow['x-interlock'] as JsonObject), mode: 'express', deadline: '90s' } }
      : workflow,
  );
  return { ...files, 'workflow.arazzo.yaml': JSON.stringify({ ...described, workflows }) };
}

const EXAMPLE = fileURLToPath(new URL('../../state-machines/order-fulfilment/', import.meta.url));

/** Each variant is an order that fails in its own way, or in none. */
export async function exampleSubject(variant: number): Promise<Subject> {
  const workflow = await compiled(folderFiles({ root: EXAMPLE }), 'place-order');
  const changes = VARIANTS[variant % VARIANTS.length] ?? {};
  return {
    workflow: { ...workflow, plan: unguarded(workflow.plan) },
    inputs: [{ ...ORDER, ...changes }, ORDER, { ...ORDER, goodsTotal: { currency: 'EUR', value: 45_800 } }],
    beside: besideOf({ system: (name) => ({ server: exampleServer(name) }) }),
    systems: (now) => new ExampleSystems(now),
    isByHand: false,
  };
}

const ADDRESS = { street: 'Kollwitzstrasse 12', postalCode: '10405', city: 'Berlin', country: 'DE' };

const ORDER: JsonObject = {
  orderId: 'ORD-1',
  customer: { id: 'CUS-1', name: 'Mara Lindqvist', email: 'mara@example.org' },
  items: [{ sku: 'CHR-1001', quantity: 2 }],
  goodsTotal: { currency: 'EUR', value: 45_700 },
  shippingLimit: { currency: 'EUR', value: 4_000 },
  address: ADDRESS,
  service: 'standard',
  cardToken: 'tok_visa_4242',
};

const VARIANTS: readonly JsonObject[] = [
  {},
  { address: { ...ADDRESS, postalCode: '00000' } },
  { cardToken: 'tok_declined' },
  { customer: { id: 'CUS-1', name: 'Mara Lindqvist', email: 'mara@fraud.example' } },
  { items: [{ sku: 'VAS-4100', quantity: 1 }] },
];

/** Nobody asks for credentials here (example-systems.ts). */
function unguarded(plan: Plan): Plan {
  const operations = Object.entries(plan.operations).map(([key, one]) => [key, { ...one, security: [] }] as const);
  return { ...plan, operations: Object.fromEntries(operations) };
}

async function compiled(files: ReturnType<typeof folderFiles>, workflowId: string): Promise<CompiledWorkflow> {
  const { workflows, diagnostics } = await compileDescription({ entry: 'workflow.arazzo.yaml', files, workflowId });
  const [workflow] = workflows;
  assert(workflow, `${workflowId} compiles: ${JSON.stringify(diagnostics.map(({ headline }) => headline))}`);
  return workflow;
}
