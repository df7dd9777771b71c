import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { Plan } from '../../../lib/model/plan.ts';
import { newRunId, startRun, type StartAnswer, type StartRequest } from '../../../lib/runtime/run.ts';
import { CallHarness } from '../../support/call-harness.ts';
import { PLAN_HASH, planOf, scopeOf } from '../../support/plan-fixture.ts';

function planWith(inputSchema: Json): Plan {
  return planOf({ steps: [], scopes: [scopeOf('', { inputSchema })] });
}

const SCHEMA: Json = {
  type: 'object',
  required: ['amount'],
  additionalProperties: false,
  properties: {
    amount: { type: 'integer', minimum: 1 },
    currency: { enum: ['EUR', 'USD'], default: 'EUR' },
    card: { type: 'string', format: 'password', maxLength: 4 },
    to: { $ref: '#/$defs/address' },
  },
  $defs: { address: { type: 'object', properties: { country: { type: 'string', default: 'DE' } } } },
};

async function starting(
  request: Partial<StartRequest>,
  harness = new CallHarness(planWith(SCHEMA)),
): Promise<StartAnswer> {
  const plan = planWith(SCHEMA);
  return await startRun({ plan, planHash: PLAN_HASH, input: {}, actor: 'ann', ...request }, harness.ports);
}

describe('starting a run', () => {
  it('writes the record first and names the execution', async () => {
    const harness = new CallHarness(planWith(SCHEMA));
    const answer = await starting({ runId: 'r1', input: { amount: 5, to: {} } }, harness);
    const execution = { name: 'r1-1', input: { run: 'r1', epoch: 1, plan: PLAN_HASH } };
    expect(answer).toEqual({ kind: 'started', runId: 'r1', execution });
    expect(harness.journal.writes).toEqual(['start']);
    expect(await harness.journal.input('r1')).toEqual({ amount: 5, currency: 'EUR', to: { country: 'DE' } });
    const header = await harness.journal.header('r1');
    expect(header).toMatchObject({ phase: 'forward', epoch: 1, actor: 'ann', planHash: PLAN_HASH });
    expect((header?.deadline ?? 0) - (header?.startedAt ?? 0)).toBe(3_600_000);
    expect(harness.events).toMatchObject([{ type: 'run-started', runId: 'r1', epoch: 1, actor: 'ann' }]);
  });

  it('makes a run id where none is given', async () => {
    expect(await starting({ input: { amount: 5 } })).toMatchObject({
      kind: 'started',
      runId: '00000000-0000-4000-8000-000000000001',
    });
  });

  it('is the same run for the same id and input, and a conflict for another input', async () => {
    const harness = new CallHarness(planWith(SCHEMA));
    await starting({ runId: 'r1', input: { amount: 5 } }, harness);
    const again = await starting({ runId: 'r1', input: { currency: 'EUR', amount: 5 }, planHash: 'newer' }, harness);
    expect(again).toEqual({
      kind: 'exists',
      runId: 'r1',
      execution: { name: 'r1-1', input: { run: 'r1', epoch: 1, plan: PLAN_HASH } },
    });
    expect(await starting({ runId: 'r1', input: { amount: 6 } }, harness)).toEqual({ kind: 'conflict', runId: 'r1' });
    expect(harness.events.length).toBe(1);
  });

  it('is the same run for the input that it began with, also after a retry has corrected it', async () => {
    const harness = new CallHarness(planWith(SCHEMA));
    const { journal } = harness;
    await starting({ runId: 'r1', input: { amount: 5 } }, harness);
    await journal.fence('r1', 1, { error: 'Interlock.Refused', message: 'no' });
    await journal.compensate('r1', { epoch: 1, owner: 'x', at: 1, leaseUntil: 2 });
    await journal.finish('r1', { epoch: 1, owner: 'x', at: 1, phase: 'failed' });
    const input = { value: { amount: 6, currency: 'EUR' }, digest: 'another' };
    await journal.reopen('r1', { epoch: 2, deadline: 9, planHash: PLAN_HASH, input });
    expect(await starting({ runId: 'r1', input: { amount: 5 } }, harness)).toMatchObject({ kind: 'exists' });
    expect(await starting({ runId: 'r1', input: { amount: 7 } }, harness)).toMatchObject({ kind: 'conflict' });
  });

  it('keeps the same input of two runs apart in the journal', async () => {
    const harness = new CallHarness(planWith(SCHEMA));
    await starting({ runId: 'r1', input: { amount: 5 } }, harness);
    await starting({ runId: 'r2', input: { amount: 5 } }, harness);
    const digests = await Promise.all(
      ['r1', 'r2'].map(async (runId) => (await harness.journal.header(runId))?.inputDigest),
    );
    expect(digests[0]).not.toBe(digests[1]);
  });

  it.each(['', 'a b', 'a/b', 'x'.repeat(77), 'ä'])(
    'fails for a run id that an execution cannot be named by: %j',
    async (runId) => {
      expect(await starting({ runId, input: { amount: 5 } })).toMatchObject({ kind: 'invalid' });
    },
  );
});

describe('an input against its schema', () => {
  it('is refused where it is nested too deeply to be kept', async () => {
    const input = JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`) as Json;
    expect(await starting({ input })).toEqual({
      kind: 'invalid',
      problems: [{ pointer: '', message: 'The input is nested deeper than 500 levels' }],
    });
  });

  it('gives every problem with its place and the wrong value, and nothing is started', async () => {
    const harness = new CallHarness(planWith(SCHEMA));
    const answer = await starting(
      { runId: 'r1', input: { amount: 0, currency: 'GBP', extra: 1, card: '4111111111111111' } },
      harness,
    );
    expect(answer).toEqual({
      kind: 'invalid',
      problems: [
        { pointer: '', message: 'must not have the member `extra`' },
        { pointer: '/amount', message: 'must be >= 1', value: 0 },
        { pointer: '/currency', message: 'must be one of ["EUR","USD"]', value: 'GBP' },
        { pointer: '/card', message: 'must NOT have more than 4 characters' },
      ],
    });
    expect(harness.journal.writes).toEqual([]);
  });

  it('is refused as a whole where it is of another type', async () => {
    expect(await starting({ input: 'text' })).toEqual({
      kind: 'invalid',
      problems: [{ pointer: '', message: 'must be object', value: 'text' }],
    });
  });

  it('cannot be checked by a schema that cannot be used, and that is said', async () => {
    const plan = planWith({ type: 'object', properties: { a: { $ref: '#/nowhere' } } });
    const answer = await starting({ plan });
    expect(answer).toMatchObject({
      kind: 'invalid',
      problems: [{ pointer: '', message: expect.stringMatching(/^The inputs schema cannot be used: /) }],
    });
  });
});

describe('the id of a new run', () => {
  it('is readable first and can be started, whatever the workflow is called and however long what tells it apart', async () => {
    for (const workflowId of ['place-order', 'a workflow/with odd & marks', 'long'.repeat(100)]) {
      for (const unique of ['0123456789ab', '00000000-0000-4000-8000-000000000001']) {
        const runId = newRunId(workflowId, unique);
        expect(runId.endsWith(`-${unique}`)).toBe(true);
        expect(runId.startsWith(workflowId.slice(0, 1))).toBe(true);
        expect(await starting({ runId, input: { amount: 1 } })).toMatchObject({ kind: 'started', runId });
      }
    }
  });
});
