/**
 * A saga of three steps for handler tests: `reserve`, `pay` and `ship` follow each other, each built on the one before,
 * each undone by a DELETE of the id it gave, each with a probe that only some tests use.
 */
import type { PlanCall, PlanEdge, PlanStep } from '../../lib/model/plan.ts';
import type { RunView } from '../../lib/model/run.ts';
import type { Value } from '../../lib/model/value.ts';
import { plansOf } from '../../lib/runtime/effects.ts';
import { viewFromRecord } from '../../lib/runtime/view.ts';
import { CallHarness, RUN } from './call-harness.ts';
import { callOf, operationOf, planOf, scopeOf, stepOf, undoOf, valuesOf } from './plan-fixture.ts';
import { answered, type Scripted } from './scripted-http.ts';

export const NO_RETRY = { attempts: 1, intervalMs: 0, backoff: 1, capMs: 0, jitter: 'none' } as const;
export const lost: Scripted = { kind: 'no-answer', why: 'timeout' };

const ORDER = ['reserve', 'pay', 'ship'] as const;

type Change = Partial<Omit<PlanStep, 'outputs'>>;

export interface Wanted {
  readonly steps?: { readonly [path: string]: Change };
  readonly calls?: { readonly [path: string]: Partial<Omit<PlanCall, 'outputs'>> };
  readonly edges?: readonly (readonly [string, string, PlanEdge['why']?])[];
  readonly onFailure?: 'compensate' | 'hold';
  readonly mode?: 'standard' | 'express';
}

export function planWith({
  steps = {},
  calls = {},
  edges,
  onFailure = 'compensate',
  mode = 'standard',
}: Wanted = {}): ReturnType<typeof planOf> {
  const built = ORDER.map((path) =>
    stepOf({ path, retry: NO_RETRY, outputs: { id: '$response.body#/id' }, undo: undoOf(path), ...steps[path] }),
  );
  const undoing = ORDER.map((path) =>
    callOf({
      path: `${path}#undo`,
      effect: 'idempotent',
      parameters: [{ in: 'path', name: 'id', value: valueOf(`$steps.${path}.outputs.id`) }],
      ...calls[`${path}#undo`],
    }),
  );
  const probing = ORDER.map((path) =>
    callOf({ path: `${path}#probe`, effect: 'safe', outputs: { id: '$response.body#/id' } }),
  );
  return planOf({
    steps: built,
    calls: [...undoing, ...probing],
    operations: [
      ...ORDER.map((path) => operationOf(`${path}-undo`, { method: 'delete', path: `/${path}/{id}` })),
      ...ORDER.map((path) => operationOf(`${path}-probe`, { method: 'get', path: `/${path}-probe` })),
    ],
    scopes: [scopeOf('', { members: Object.fromEntries(ORDER.map((path) => [path, { step: path }])) })],
    rest: {
      onFailure,
      mode,
      ...(mode === 'express' && { deadlineMs: 240_000 }),
      edges: (
        edges ?? [
          ['reserve', 'pay'],
          ['pay', 'ship'],
        ]
      ).map(([from, to, why = 'sequence']) => ({ from, to, why })),
    },
  });
}

function valueOf(text: string): Value {
  const { value } = valuesOf({ value: text });
  if (!value) throw new Error('a value was expected');
  return value;
}

export async function running(wanted: Wanted = {}): Promise<CallHarness> {
  const harness = await new CallHarness(planWith(wanted)).start({ amount: 5 });
  for (const path of ORDER) {
    harness.http.on(`/v1/${path}`, answered(200, { id: `${path}-1` }));
    harness.http.on(`/v1/${path}/${path}-1`, answered(204));
  }
  return harness;
}

export async function passing(harness: CallHarness, ...steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    harness.clock.pass(10);
    await harness.call(step);
    harness.clock.pass(10);
  }
}

export async function refusing(harness: CallHarness, step: string): Promise<void> {
  harness.http.on(`/v1/${step}`, answered(422));
  await harness.failing(step);
}

export function undone(harness: CallHarness): readonly string[] {
  return harness.http.requests.filter(({ method }) => method === 'DELETE').map(({ url }) => new URL(url).pathname);
}

export async function viewOf(harness: CallHarness): Promise<RunView> {
  const record = await harness.journal.record(RUN);
  if (!record) throw new Error('the run is there');
  return viewFromRecord(record, await plansOf(record.header, harness.ports.plans), harness.clock.now());
}

export async function statuses(harness: CallHarness): Promise<{ readonly [step: string]: string }> {
  return Object.fromEntries((await viewOf(harness)).steps.map(({ path, status }) => [path, status]));
}
