import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../../lib/api/message.ts';
import type { CallbackMessage, InteractionAnswer } from '../../../lib/api/ports.ts';
import { Failure } from '../../../lib/model/failure.ts';
import type { JsonObject } from '../../../lib/model/json.ts';
import { apiWorld } from '../../support/api-world.ts';
import { RUN } from '../../support/call-harness.ts';
import { planOf, stepOf } from '../../support/plan-fixture.ts';

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
    const world = apiWorld(plan(), { callbacks: { receive: () => Promise.reject(down) } });
    const response = await world.ask('POST', CALLBACK, { actor: null });
    expect([response.status, String(response.body).includes('arn:')]).toEqual([503, false]);
  });
});

describe('an approval', () => {
  it('reaches the step by its path or its id, with who gave it and why', async () => {
    const given: InteractionAnswer[] = [];
    const acted: string[] = [];
    const world = apiWorld(plan(), {
      acting: { ready: () => Promise.resolve(), acted: (run) => void acted.push(run) },
      interactions: {
        give: (answer) => {
          given.push(answer);
          return Promise.resolve({ kind: 'given' });
        },
      },
    });
    await world.harness.start();
    const body = JSON.stringify({ note: 'seen' });
    for (const step of ['b', 'outer%2Fb', 'outer/b']) {
      expect((await world.ask('POST', `/runs/${RUN}/steps/${step}/approve`, { body })).status).toBe(202);
    }
    expect(given).toEqual(
      [1, 2, 3].map(() => ({ run: RUN, step: 'outer/b', answer: 'approve', actor: 'ann', note: 'seen' })),
    );
    expect(acted).toEqual([RUN, RUN, RUN]);
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
});
