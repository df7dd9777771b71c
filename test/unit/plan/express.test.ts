/** What becomes of `mode: express` in a plan and its machine: the deadline, what is refused, and what is left alone. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import type { Plan } from '../../../lib/model/plan.ts';
import type { StateMachineDefinition } from '../../../lib/model/asl.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const OPENAPI = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.test' }],
  paths: {
    '/orders': {
      get: { operationId: 'list', responses: { '200': { description: 'Orders.' } } },
      post: { operationId: 'place', responses: { '201': { description: 'Placed.' } } },
      delete: { operationId: 'drop', responses: { '204': { description: 'Gone.' } } },
    },
  },
};

interface Compiled {
  readonly plan?: Plan;
  readonly machine?: StateMachineDefinition;
  readonly errors: readonly string[];
}

async function compiled(workflows: readonly JsonObject[]): Promise<Compiled> {
  const arazzo = {
    arazzo: '1.1.0',
    info: { title: 'Quick', version: '1' },
    sourceDescriptions: [{ name: 'shop', url: './shop.json', type: 'openapi' }],
    workflows: workflows as readonly Json[],
  };
  const files = memoryFiles({ 'flow.arazzo.json': JSON.stringify(arazzo), 'shop.json': JSON.stringify(OPENAPI) });
  const { diagnostics, workflows: all } = await compileDescription({ entry: 'flow.arazzo.json', files });
  const errors = diagnostics.flatMap(({ severity, code, headline }) =>
    severity === 'error' ? [`${code} ${headline}`] : [],
  );
  const [first] = all;
  return { errors, ...(first && { plan: first.plan, machine: first.machine }) };
}

const LIST: JsonObject = { stepId: 'list', operationId: 'list' };

function quick(policy: JsonObject, ...steps: readonly JsonObject[]): JsonObject {
  return { workflowId: 'quick', 'x-interlock': { mode: 'express', ...policy }, steps: [...steps] };
}

describe('an express workflow', () => {
  it('has four minutes and a machine of five, whatever undoing it may take', async () => {
    const place = { stepId: 'place', operationId: 'place', 'x-interlock': { compensate: { operationId: 'drop' } } };
    const { plan, machine, errors } = await compiled([quick({}, LIST, place)]);
    expect(errors).toEqual([]);
    expect(plan).toMatchObject({ mode: 'express', deadlineMs: 240_000 });
    expect(machine?.TimeoutSeconds).toBe(300);
    const text = JSON.stringify(machine);
    for (const resource of ['waitForTaskToken', '.sync', 'sqs:sendMessage']) expect(text).not.toContain(resource);
  });

  it('has less where its longest step needs more of the five minutes', async () => {
    const slow = { ...LIST, 'x-interlock': { timeouts: ['100s'], retry: { attempts: 1 } } };
    const { plan, errors } = await compiled([quick({}, slow)]);
    expect(errors).toEqual([]);
    // A hundred seconds and the lease's margin, and ten for the end.
    expect(plan?.deadlineMs).toBe(300_000 - 102_000 - 10_000);
  });

  it('may say as much as fits, and not a second more', async () => {
    const once = { ...LIST, 'x-interlock': { timeouts: ['20s'], retry: { attempts: 1 } } };
    expect(await compiled([quick({ deadline: '268s' }, once)])).toMatchObject({
      errors: [],
      plan: { deadlineMs: 268_000 },
    });
    expect((await compiled([quick({ deadline: '269s' }, once)])).errors).toEqual([
      'PLN014 Deadline 269s of express workflow "quick" leaves too little of five minutes',
    ]);
  });

  it('is refused what waits, also in workflows that it calls or leads to', async () => {
    const allowed = { stepId: 'allowed', operationId: 'place', 'x-interlock': { interaction: { type: 'approval' } } };
    const call = { stepId: 'call', workflowId: 'asking' };
    const failing = { ...LIST, onFailure: [{ name: 'ask', type: 'goto', workflowId: 'asking' }] };
    const asking = { workflowId: 'asking', steps: [allowed] };
    const refusal = 'PLN013 Step "allowed" waits for a person, and workflow "quick" is express';
    expect((await compiled([quick({}, LIST, call), asking])).errors).toEqual([refusal]);
    expect((await compiled([quick({}, failing), asking])).errors).toEqual([refusal]);
    expect((await compiled([quick({ lock: { key: 'one' } }, LIST)])).errors).toEqual([
      'PLN013 A run waits for its lock, and workflow "quick" is express',
    ]);
  });

  it('does not make express what it is called by, nor what undoes its steps', async () => {
    const allowed = { stepId: 'allowed', operationId: 'place', 'x-interlock': { interaction: { type: 'approval' } } };
    const standard = { workflowId: 'slow', steps: [allowed, { stepId: 'call', workflowId: 'quick' }] };
    expect(await compiled([standard, quick({}, LIST)])).toMatchObject({ errors: [], plan: { mode: 'standard' } });
    const undo = { operationId: 'drop', timeouts: ['10m'], retry: { attempts: 20, budget: '2d' } };
    const place = { stepId: 'place', operationId: 'place', 'x-interlock': { compensate: undo } };
    expect((await compiled([quick({}, place)])).errors).toEqual([]);
  });

  it('may have lists, questions and pauses that fit', async () => {
    const each = { ...LIST, 'x-interlock': { forEach: { items: [1, 2] } } };
    const asks = {
      stepId: 'begin',
      operationId: 'place',
      onFailure: [{ name: 'again', type: 'retry', retryAfter: 20, retryLimit: 3 }],
      'x-interlock': {
        poll: { operationId: 'list', until: [{ condition: '$statusCode == 200' }], every: '2s', deadline: '1m' },
      },
    };
    expect((await compiled([quick({}, each, asks)])).errors).toEqual([]);
  });
});
