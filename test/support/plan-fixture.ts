/** Plans for handler tests: a few lines name what matters, the rest is what a plan of one system holds. */
import type { Json } from '../../lib/model/json.ts';
import type { Plan, PlanCall, PlanOperation, PlanProbe, PlanScope, PlanStep, PlanUndo } from '../../lib/model/plan.ts';
import type { Criterion, Value } from '../../lib/model/value.ts';
import { parseCriterion, parseValue } from '../../lib/expressions/values.ts';

export const PLAN_HASH = 'plan-1';

export interface StepFixture extends Partial<Omit<PlanStep, 'outputs'>> {
  readonly path: string;
  readonly outputs?: { readonly [name: string]: Json };
}

export interface CallFixture extends Partial<Omit<PlanCall, 'outputs'>> {
  readonly path: string;
  readonly outputs?: { readonly [name: string]: Json };
}

/** Of an undo or a probe. Its operation is `<path>` with `-` for `#`, a POST, or a GET where it is safe. */
export function callOf({ path, outputs = {}, ...rest }: CallFixture): PlanCall {
  return {
    path,
    stepId: path,
    scope: '',
    origin: { document: 'workflow.arazzo.yaml', pointer: `/${path}` },
    operation: path.replaceAll('#', '-'),
    effect: 'unsafe',
    parameters: [],
    criteria: [],
    outputs: valuesOf(outputs),
    timeoutsMs: [10_000],
    retry: { attempts: 1, intervalMs: 500, backoff: 2, capMs: 300_000, jitter: 'none' },
    leaseMs: 20_000,
    graceMs: 10_000,
    sensitive: [],
    reads: [],
    readsInputs: false,
    ...rest,
  };
}

export function undoOf(path: string, rest: Partial<Extract<PlanUndo, { kind: 'calls' }>> = {}): PlanUndo {
  const calls = [`${path}#undo`];
  return { kind: 'calls', calls, whenInDoubt: 'ask', independent: false, attempts: 8, budgetMs: 86_400_000, ...rest };
}

export function probeOf(path: string, rest: Partial<PlanProbe> = {}): PlanProbe {
  return {
    call: `${path}#probe`,
    applied: criteriaOf('$statusCode == 200'),
    absent: criteriaOf('$statusCode == 404'),
    ...rest,
  };
}

export function criteriaOf(...conditions: readonly string[]): readonly Criterion[] {
  return conditions.map((condition) => {
    const parsed = parseCriterion({ condition });
    if (!parsed.ok) throw new Error(`the condition ${condition} is no criterion`);
    return parsed.criterion;
  });
}

/** Its operation is `<path>`, a POST to /<path> unless `operations` says otherwise. */
export function stepOf({ path, outputs = {}, ...rest }: StepFixture): PlanStep {
  return {
    path,
    stepId: path.split('/').at(-1) ?? path,
    scope: path.split('/').slice(0, -1).join('/'),
    origin: { document: 'workflow.arazzo.yaml', pointer: `/workflows/0/steps/${path}` },
    operation: path,
    effect: 'unsafe',
    parameters: [],
    criteria: [],
    outputs: valuesOf(outputs),
    onSuccess: [],
    onFailure: [],
    onChange: 'refuse',
    timeoutsMs: [10_000],
    retry: { attempts: 3, intervalMs: 500, backoff: 2, capMs: 20_000, jitter: 'full' },
    leaseMs: 60_000,
    graceMs: 10_000,
    sensitive: [],
    reads: [],
    readsInputs: true,
    repeats: false,
    closes: [],
    exits: ['next'],
    ...rest,
  };
}

export function operationOf(key: string, rest: Partial<PlanOperation> = {}): PlanOperation {
  return {
    key,
    system: 'shop',
    operationId: key,
    method: 'post',
    path: `/${key}`,
    parameters: [],
    responses: [{ status: '2XX', content: [{ contentType: 'application/json' }] }],
    security: [],
    ...rest,
  };
}

export function scopeOf(path: string, rest: Partial<PlanScope> = {}): PlanScope {
  return {
    path,
    workflowId: path === '' ? 'order' : path,
    via: path === '' ? 'root' : 'step',
    outputs: {},
    members: {},
    workflows: {},
    reads: [],
    ...rest,
  };
}

export interface PlanFixture {
  readonly steps: readonly PlanStep[];
  readonly calls?: readonly PlanCall[];
  readonly operations?: readonly PlanOperation[];
  readonly scopes?: readonly PlanScope[];
  readonly rest?: Partial<Plan>;
}

export function planOf({ steps, calls = [], operations = [], scopes = [], rest = {} }: PlanFixture): Plan {
  const given = new Set(operations.map(({ key }) => key));
  const assumed = [...steps, ...calls].filter(({ operation }) => !given.has(operation)).map(assumedOperation);
  const root = scopeOf('', { members: membersOf(steps) });
  return {
    planFormat: 1,
    integration: 'shop',
    title: 'Shop',
    version: '1.0.0',
    workflowId: 'order',
    mode: 'standard',
    deadlineMs: 3_600_000,
    stepBudget: 500,
    onFailure: 'compensate',
    systems: {
      shop: {
        name: 'shop',
        title: 'Shop',
        servers: [{ url: 'https://shop.test/v1', variables: {} }],
        securitySchemes: {},
      },
    },
    operations: Object.fromEntries([...operations, ...assumed].map((operation) => [operation.key, operation])),
    schemas: {},
    scopes: Object.fromEntries([root, ...scopes].map((scope) => [scope.path, scope])),
    steps: Object.fromEntries(steps.map((step) => [step.path, step])),
    calls: Object.fromEntries(calls.map((call) => [call.path, call])),
    flow: [],
    tails: {},
    edges: [],
    ...rest,
  };
}

function assumedOperation(step: PlanCall): PlanOperation {
  return operationOf(step.operation, step.effect === 'safe' ? { method: 'get' } : {});
}

function membersOf(steps: readonly PlanStep[]): PlanScope['members'] {
  const own = steps.filter(({ scope }) => scope === '');
  return Object.fromEntries(own.map(({ stepId, path }) => [stepId, { step: path }]));
}

export function valuesOf(values: { readonly [name: string]: Json }): { readonly [name: string]: Value } {
  return Object.fromEntries(Object.entries(values).map(([name, json]) => [name, parseValue(json)]));
}
