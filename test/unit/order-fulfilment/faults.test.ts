import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from './demo.ts';
import { authorisationBody, reservationBody, standing } from './orders.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
beforeEach(() => demo.send('inventory', 'POST /__reset'));
afterAll(() => demo[Symbol.asyncDispose]());

const fault = (body: object) => demo.send('inventory', 'POST /__faults', { body });
const reserve = () => demo.send('inventory', 'POST /reservations', { body: reservationBody });

describe('a fault', () => {
  it('answers with a status and does nothing, as often as it was asked to', async () => {
    await fault({ operation: 'reserveStock', answer: 503, retryAfterSeconds: 2, times: 2 });
    const answers = [await reserve(), await reserve(), await reserve()];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 201]);
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['2', '2', null]);
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
  });

  it('answers with a status after the effect', async () => {
    await fault({ operation: 'reserveStock', answer: 500, effect: 'lands' });
    expect((await reserve()).status).toBe(500);
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
  });

  it('loses the answer: the effect stands and the connection is closed', async () => {
    await fault({ operation: 'reserveStock', answer: 'drop' });
    await expect(reserve()).rejects.toThrow('fetch failed');
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
  });

  it('refuses: the connection is closed and nothing was done', async () => {
    await fault({ operation: 'reserveStock', answer: 'drop', effect: 'none' });
    await expect(reserve()).rejects.toThrow('fetch failed');
    expect(await standing(demo)).toEqual([]);
  });

  it('delays the answer, not the effect', async () => {
    await fault({ operation: 'reserveStock', answerAfterMs: 3000 });
    const slow = reserve();
    await demo.clock.awaited();
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
    demo.clock.advance(3000);
    expect((await slow).status).toBe(201);
  });

  it('lets the effect land after the caller gave up', async () => {
    await fault({ operation: 'reserveStock', effectAfterMs: 5000, answer: 'drop' });
    await expect(reserve()).rejects.toThrow('fetch failed');
    expect(await standing(demo)).toEqual([]);
    demo.clock.advance(5000);
    expect(await standing(demo)).toEqual(['reservation rsv_000001']);
  });

  it('is forgotten by a reset, also when its effect is on the way', async () => {
    await fault({ operation: 'reserveStock', effectAfterMs: 5000 });
    const late = reserve();
    await demo.clock.awaited();
    await demo.send('inventory', 'POST /__reset');
    demo.clock.advance(5000);
    expect((await late).body.type).toBe('https://problems.example.com/reset-meanwhile');
    expect(await standing(demo)).toEqual([]);
  });

  it('is for one operation, or for all with *, in the order of asking', async () => {
    await fault({ operation: 'listItems', answer: 429 });
    await fault({ operation: '*', answer: 500 });
    const reserved = await reserve();
    const listed = await demo.send('inventory', 'GET /items');
    expect([reserved.status, listed.status]).toEqual([500, 429]);
  });

  it('comes after the credentials were checked, so it is not used up by strangers', async () => {
    await fault({ operation: 'listItems', answer: 500 });
    const stranger = await demo.send('inventory', 'GET /items', { anonymous: true });
    const known = await demo.send('inventory', 'GET /items');
    expect([stranger.status, known.status]).toEqual([401, 500]);
  });

  it('can be looked at and taken back', async () => {
    const added = await fault({ operation: 'reserveStock', answer: 503, times: 2 });
    expect(added.body).toEqual({
      latencyMs: 0,
      faults: [
        { operation: 'reserveStock', times: 2, effect: 'none', effectAfterMs: 0, answer: 503, answerAfterMs: 0 },
      ],
    });
    const cleared = await demo.send('inventory', 'DELETE /__faults');
    expect(cleared.body).toEqual({ latencyMs: 0, faults: [] });
    expect((await reserve()).status).toBe(201);
  });
});

describe('latency', () => {
  it('delays every guarded answer, but neither health nor tokens', async () => {
    await demo.send('payments', 'POST /__faults', { body: { latencyMs: 200 } });
    await demo.send('payments', 'GET /health');
    await demo.send('payments', 'POST /oauth/token');
    const slow = demo.send('payments', 'POST /authorisations', { body: authorisationBody });
    await demo.clock.awaited();
    demo.clock.advance(200);
    expect((await slow).status).toBe(201);
    await demo.send('payments', 'POST /__reset');
  });
});

describe('a request for a fault', () => {
  it.each([
    ['an unknown operation', { operation: 'reserve', answer: 500 }, 'inventory has no operation reserve; it has'],
    ['a success without an effect', { operation: 'listItems', effect: 'none' }, 'Without an effect the answer must be'],
    ['nothing to do', {}, 'Name an operation, or give latencyMs for all.'],
    ['an unknown member', { operation: 'listItems', status: 500 }, 'The request has 1 invalid value.'],
    ['a status that is no failure', { operation: 'listItems', answer: 200 }, 'The request has 1 invalid value.'],
  ])('fails for %s', async (_what, body, detail) => {
    const refused = await fault(body);
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toContain(detail);
  });

  it('fails when a web page sends it', async () => {
    const headers = { Origin: 'https://attacker.example' };
    const refused = await demo.send('inventory', 'POST /__faults', { body: { latencyMs: 1 }, headers });
    expect([refused.status, refused.body.type]).toEqual([403, 'https://problems.example.com/loopback-only']);
  });
});
