import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../../lib/api/message.ts';
import type { ApiPorts, CallbackMessage } from '../../../lib/api/ports.ts';
import { Failure } from '../../../lib/model/failure.ts';
import type { JsonObject } from '../../../lib/model/json.ts';
import type { PlanInteraction } from '../../../lib/model/plan.ts';
import { apiWorld, type ApiWorld, type Asking } from '../../support/api-world.ts';
import { RUN } from '../../support/call-harness.ts';
import { planOf, scopeOf, stepOf } from '../../support/plan-fixture.ts';

const CALLBACK = '/callbacks/mVfXbN3s1k2Yd0aQe8rTzg';

function plan(): ReturnType<typeof planOf> {
  return planOf({ steps: [stepOf({ path: 'a' }), stepOf({ path: 'outer/b', stepId: 'b' })] });
}

function said({ status, body }: ApiResponse): JsonObject {
  return { status, ...(JSON.parse(String(body)) as JsonObject) };
}

describe('a request', () => {
  it('of nobody is answered with 401, but for a callback, which proves itself', async () => {
    const world = apiWorld(plan());
    for (const path of ['/runs', '/health', '/openapi.json', '/systems']) {
      expect(said(await world.ask('GET', path, { actor: null }))).toMatchObject({ status: 401, code: 'API020' });
    }
    expect(said(await world.ask('POST', CALLBACK, { actor: null }))).toMatchObject({ status: 404, code: 'API011' });
  });

  it('is told what stands in its way, and nothing of our mistakes but that there was one', async () => {
    const missing = new Failure('secret-missing', 'TOKEN is not set', { remedy: 'Set it.', cause: new Error('inner') });
    const unready = apiWorld(plan(), { acting: { ready: () => Promise.reject(missing), acted: () => undefined } });
    await unready.harness.start();
    const response = await unready.ask('POST', `/runs/${RUN}/cancel`);
    expect(said(response)).toMatchObject({ status: 503, code: 'API021', detail: 'TOKEN is not set. Set it.' });
    expect([response.headers['retry-after'], unready.failures]).toEqual(['5', [missing]]);

    const bug = new TypeError('x is not a function: s3cret');
    const broken = apiWorld(plan(), {
      letters: { ...unready.ports.letters, list: () => Promise.reject(bug) },
    });
    const failed = await broken.ask('GET', '/dead-letters');
    expect(said(failed)).toMatchObject({ status: 500, code: 'API023' });
    expect(String(failed.body)).not.toMatch(/s3cret|TypeError| {4}at /);
    expect(broken.failures).toEqual([bug]);
  });

  it('has its problem in one form: type, title, status, code and detail', async () => {
    const { headers, body } = await apiWorld(plan()).ask('GET', '/runs/nobody');
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(String(body))).toEqual({
      type: 'urn:interlock:problem:API008:run-not-found',
      title: 'There is no such run',
      status: 404,
      code: 'API008',
      detail: 'There is no run nobody',
    });
  });
});

describe('a callback', () => {
  it.each([
    ['received', 202, undefined],
    ['unknown', 404, 'API011'],
    ['refused', 403, 'API024'],
    ['over', 410, 'API025'],
  ] as const)('that is %s answers %i', async (kind, status, code) => {
    const heard: CallbackMessage[] = [];
    const world = apiWorld(plan(), {
      callbacks: {
        receive: (message) => {
          heard.push(message);
          return Promise.resolve({ kind });
        },
        deliver: () => Promise.resolve({ kind }),
      },
    });
    const headers = { 'content-type': 'text/xml', 'x-signature': 'abc' };
    const response = await world.ask('POST', CALLBACK, { body: '<paid  />', headers, actor: null });
    expect([response.status, said(response)['code']]).toEqual([status, code]);
    expect(heard.map(({ id, body, headers: given }) => [id, body, given.get('x-signature')])).toEqual([
      ['mVfXbN3s1k2Yd0aQe8rTzg', '<paid  />', 'abc'],
    ]);
  });

  it('tells a stranger nothing of what is in the way', async () => {
    const down = new Failure('store-failed', 'arn:aws:dynamodb:eu-central-1:1:table/x is throttled');
    const world = apiWorld(plan(), {
      callbacks: { receive: () => Promise.reject(down), deliver: () => Promise.reject(down) },
    });
    const response = await world.ask('POST', CALLBACK, { actor: null });
    expect([response.status, String(response.body).includes('arn:')]).toEqual([503, false]);
  });
});

function waitingPlan(more: Partial<PlanInteraction> = {}): ReturnType<typeof planOf> {
  const interaction = { type: 'approval', deadlineMs: 600_000, onTimeout: 'fail', sensitive: [], ...more } as const;
  const b = stepOf({ path: 'outer/b', stepId: 'b', interaction, repeats: true });
  return planOf({ steps: [stepOf({ path: 'a' }), b], scopes: [scopeOf(''), scopeOf('outer')] });
}

/** The run has come to the step that waits. */
async function asking(more: Partial<PlanInteraction> = {}, ports: Partial<ApiPorts> = {}): Promise<ApiWorld> {
  const world = apiWorld(waitingPlan(more), ports);
  await world.harness.start();
  await comesTo(world, 1);
  return world;
}

async function comesTo({ harness }: ApiWorld, visit: number): Promise<void> {
  const at = { visit, tries: {} };
  await harness.core({ op: 'invite', step: 'outer/b', at });
  await harness.core({ op: 'await', step: 'outer/b', token: `token-${visit}`, at });
}

const FORM = {
  type: 'form',
  schema: {
    type: 'object',
    required: ['limit'],
    properties: { limit: { type: 'integer' }, pin: { type: 'string', format: 'password' } },
  },
  sensitive: ['pin'],
} as const;

async function answers(
  world: ApiWorld,
  word: 'approve' | 'reject',
  body: JsonObject = {},
  more: Asking = {},
): Promise<JsonObject> {
  const response = await world.ask('POST', `/runs/${RUN}/steps/b/${word}`, { body: JSON.stringify(body), ...more });
  return { ...said(response), http: response.status };
}

async function answersOf({ harness }: ApiWorld): Promise<readonly unknown[]> {
  return (await harness.callbacks.ofRun(RUN)).map(({ answer }) => answer);
}

describe('an answer of a person', () => {
  it.each(['b', 'outer%2Fb', 'outer/b'])('reaches the step that waits as %s, and wakes it', async (step) => {
    const acted: string[] = [];
    const acting = { ready: () => Promise.resolve(), acted: (run: string) => void acted.push(run) };
    const world = await asking({}, { acting });
    const body = JSON.stringify({ note: 'seen' });
    const { status } = await world.ask('POST', `/runs/${RUN}/steps/${step}/approve`, { body });
    expect(status).toBe(202);
    expect(await answersOf(world)).toMatchObject([{ kind: 'approved', actor: 'ann', note: 'seen' }]);
    expect([world.harness.waking.woken, acted]).toEqual([[{ token: 'token-1' }], [RUN]]);
    expect(await world.harness.journal.audits(RUN)).toMatchObject([
      { action: 'approved', actor: 'ann', note: 'seen', step: 'outer/b', visit: 1 },
    ]);
  });

  it('is seen in the view: who is waited for and until when, and nobody any more', async () => {
    const world = await asking({ title: 'May it go?' });
    expect(said(await world.ask('GET', `/runs/${RUN}`))).toMatchObject({
      status: 'waiting',
      waitsFor: [{ step: 'outer/b', visit: 1, type: 'approval', title: 'May it go?', until: expect.any(String) }],
    });
    const view = await answers(world, 'reject', { note: 'over the limit' });
    expect([view['http'], view['status'], view['waitsFor']]).toEqual([202, 'running', undefined]);
    expect(await answersOf(world)).toMatchObject([{ kind: 'rejected', note: 'over the limit' }]);
  });

  it('that comes before the run is at the step is kept', async () => {
    const world = apiWorld(waitingPlan());
    await world.harness.start();
    expect(await answers(world, 'approve')).toMatchObject({ http: 202 });
    await comesTo(world, 1);
    expect(world.harness.waking.woken).toEqual([{ token: 'token-1' }]);
  });

  it('counts once: the next one is told who was first', async () => {
    const world = await asking();
    await answers(world, 'approve');
    expect(await answers(world, 'reject', {}, { actor: 'bob' })).toMatchObject({
      status: 409,
      code: 'API016',
      detail: expect.stringContaining('outer/b was approved by ann at'),
    });
  });

  it('to a step that waits for nobody, to none and to a run that is over says which it is', async () => {
    const world = await asking();
    const codeOf = async (path: string): Promise<unknown> => said(await world.ask('POST', path))['code'];
    expect(await codeOf(`/runs/${RUN}/steps/a/approve`)).toBe('API017');
    expect(await codeOf(`/runs/${RUN}/steps/c/reject`)).toBe('API009');
    expect(await codeOf(`/runs/${RUN}x/steps/b/approve`)).toBe('API008');
    expect(await answers(world, 'approve', { visit: 100_000 })).toMatchObject({ status: 404, code: 'API009' });
    world.harness.clock.pass(600_000);
    expect(await answers(world, 'approve')).toMatchObject({ status: 409, code: 'API014' });
    await world.harness.core({ op: 'raise', step: 'a', error: 'E' });
    expect(await answers(world, 'approve')).toMatchObject({ status: 409, code: 'API014' });
    expect(await answersOf(world)).toEqual([undefined]);
  });

  it('gives along what the step asks for, which is judged by its schema; nothing sensitive is told or kept', async () => {
    const world = await asking(FORM);
    const unfit = await answers(world, 'approve', { input: { limit: 'much', pin: 7_716 } });
    expect(unfit).toMatchObject({
      status: 422,
      code: 'API012',
      problems: [
        { pointer: '/body/input/limit', value: 'much' },
        { pointer: '/body/input/pin', message: expect.any(String) },
      ],
    });
    expect(JSON.stringify(unfit)).not.toContain('7716');
    expect(await answers(world, 'approve')).toMatchObject({ status: 422, problems: [{ pointer: '/body/input' }] });
    const deep = `{"input":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    const tooDeep = said(await world.ask('POST', `/runs/${RUN}/steps/b/approve`, { body: deep }));
    expect(tooDeep).toMatchObject({ status: 422, problems: [{ message: expect.stringContaining('nested deeper') }] });
    expect(await answersOf(world)).toEqual([undefined]);
    const headers = { 'idempotency-key': 'k' };
    const input = { limit: 5, pin: 'canary-7716' };
    expect(await answers(world, 'approve', { input }, { headers })).toMatchObject({ http: 202 });
    const { journal, callbacks } = world.harness;
    const kept = JSON.stringify([await journal.audits(RUN), await callbacks.ofRun(RUN)]);
    expect(kept).toContain('"limit":5');
    expect(kept).not.toContain('canary-7716');
  });

  it('under a key is the same answer, however often and whoever asks again, and no answer to a later visit', async () => {
    const world = await asking(FORM);
    const headers = { 'idempotency-key': 'k-1' };
    const body = { input: { limit: 5 }, note: 'fine' };
    await answers(world, 'approve', body, { headers });
    await comesTo(world, 2);
    for (const actor of ['ann', 'bob']) {
      expect(await answers(world, 'approve', body, { headers, actor })).toMatchObject({
        http: 202,
        waitsFor: [{ visit: 2 }],
      });
    }
    expect(await world.harness.journal.audits(RUN)).toMatchObject([{ action: 'approved', actor: 'ann', visit: 1 }]);
    const other = await answers(world, 'approve', { input: { limit: 6 } }, { headers });
    expect(other).toMatchObject({ status: 409, code: 'API013' });
    expect(await answers(world, 'reject', {}, { headers })).toMatchObject({ status: 409, code: 'API013' });
    expect(await answers(world, 'approve', { input: { limit: 6 } })).toMatchObject({ http: 202 });
    expect(await answersOf(world)).toMatchObject([{ data: { limit: 5 } }, { data: { limit: 6 } }]);
  });

  it('under a key given before a retry is none to what is asked then', async () => {
    const world = await asking();
    const headers = { 'idempotency-key': 'k-1' };
    await answers(world, 'reject', {}, { headers });
    await world.harness.failing('outer/b');
    await world.harness.settled();
    expect(said(await world.ask('POST', `/runs/${RUN}/retry`))).toMatchObject({ epoch: 2 });
    await world.harness.core({ op: 'invite', step: 'outer/b', epoch: 2 });
    await world.harness.core({ op: 'await', step: 'outer/b', token: 'token-2', epoch: 2 });
    const again = await answers(world, 'reject', {}, { headers });
    expect(again).toMatchObject({ http: 202, waitsFor: [{ step: 'outer/b' }] });
    expect(world.harness.waking.woken.map(({ token }) => token)).not.toContain('token-2');
  });
});

describe('following a run', () => {
  it('where no answer stays open gives the view and when to ask again', async () => {
    const world = apiWorld(plan());
    await world.harness.start();
    const { body, headers } = await world.ask('GET', `/runs/${RUN}/events`);
    expect(headers['content-type']).toBe('text/event-stream');
    expect(String(body)).toMatch(/^retry: 2000\nevent: run\ndata: \{"runId":"run-1".*\}\n\n$/);
  });

  it('hears what happens after the view that it was told, and misses nothing that happened meanwhile', async () => {
    let say: (event: JsonObject) => void = () => undefined;
    let left = 0;
    const world = apiWorld(plan(), {
      following: {
        kind: 'live',
        subscribe: (_run, listener) => {
          // An event is plain JSON; the listener passes on what it is given.
          say = (event) => listener(event as never);
          return () => void (left += 1);
        },
      },
    });
    await world.harness.start();
    const { body } = await world.ask('GET', `/runs/${RUN}/events`);
    if (typeof body === 'string') throw new Error('it is no stream');
    const heard: string[] = [];
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const stop = body.open(
      (text) => {
        heard.push(/^event: (\S+)/m.exec(text)?.[1] ?? text);
        if (heard.length === 2) resolve();
      },
      () => undefined,
    );
    say({ type: 'step-started', step: 'a' });
    await first;
    say({ type: 'step-ended', step: 'a' });
    expect(heard).toEqual(['run', 'step-started', 'step-ended']);
    stop();
    say({ type: 'step-started', step: 'c' });
    expect([heard.length, left]).toEqual([3, 1]);
  });
});

describe('the systems', () => {
  it('show their breaker where one is declared, and the strictest limits', async () => {
    const breaker = { failureRate: 0.5, windowMs: 60_000, minimumCalls: 20, openForMs: 30_000, trialCalls: 3 };
    const declared = planOf({ steps: [stepOf({ path: 'a' })] });
    const [first] = Object.entries(declared.systems);
    if (!first) throw new Error('the plan has a system');
    const [name, system] = first;
    const rateLimit = { requests: 10, perMs: 1000, burst: 5 };
    const limited = { ...system, identity: 'bank', breaker, rateLimit, concurrency: 4 };
    const world = apiWorld({ ...declared, systems: { [name]: limited } });
    const open = { phase: 'open', until: 5_000, trials: 0 } as const;
    await world.harness.breakers.change('bank', 0, open);
    expect(said(await world.ask('GET', '/systems'))['systems']).toEqual([
      {
        key: 'bank',
        names: [name],
        workflows: [declared.workflowId],
        breaker: { phase: 'open', until: '1970-01-01T00:00:05.000Z', calls: 0, failed: 0, slow: 0 },
        limits: { ...rateLimit, concurrency: 4 },
      },
    ]);
  });

  it('show how they are, what they depend on, and where to look first', async () => {
    const declared = planOf({ steps: [stepOf({ path: 'a' })] });
    const [system] = Object.values(declared.systems);
    if (!system) throw new Error('the plan has a system');
    const health = { path: '/health', everyMs: 60_000, timeoutMs: 1_000 };
    const systems = {
      [system.name]: { ...system, identity: 'shop', dependsOn: ['bank'], health },
      bank: { ...system, name: 'bank', identity: 'bank.eu', health },
      quiet: { ...system, name: 'quiet', identity: 'quiet' },
    };
    const record = { state: 'unwell', against: 0, since: 1_000, at: 5_000, why: 'it answered with 503' } as const;
    const world = apiWorld(
      { ...declared, systems },
      {
        systems: {
          where: () => Promise.resolve({ system: () => ({}) }),
          breaker: () => Promise.reject(new Error('none is declared')),
          health: (key) => Promise.resolve(key === 'quiet' ? undefined : record),
        },
      },
    );
    const shown = {
      state: 'unwell',
      since: '1970-01-01T00:00:01.000Z',
      askedAt: '1970-01-01T00:00:05.000Z',
      why: 'it answered with 503',
    };
    const workflows = [declared.workflowId];
    expect(said(await world.ask('GET', '/systems'))['systems']).toEqual([
      { key: 'bank.eu', names: ['bank'], workflows, health: shown, limits: {} },
      { key: 'quiet', names: ['quiet'], workflows, limits: {} },
      {
        key: 'shop',
        names: [system.name],
        workflows,
        dependsOn: ['bank'],
        health: { ...shown, likelyCauses: ['bank'] },
        limits: {},
      },
    ]);
  });
});
