import { describe, expect, it } from 'vitest';
import type { Method } from '../../../lib/model/openapi.ts';
import type { Effect, PlanOperation } from '../../../lib/model/plan.ts';
import type { HttpRequest } from '../../../lib/runtime/ports/http.ts';
import { MAX_REDIRECTS } from '../../../lib/runtime/request/redirects.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { CallHarness } from '../../support/call-harness.ts';
import { criteriaOf, operationOf, planOf, type StepFixture, stepOf } from '../../support/plan-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const TOKEN = { env: 'TOKEN' };

interface Asked {
  readonly method?: Method;
  readonly effect?: Effect;
  readonly server?: string;
  readonly operation?: Partial<PlanOperation>;
  readonly step?: Omit<StepFixture, 'path'>;
}

async function harnessFor({
  method = 'get',
  effect = 'safe',
  server = 'https://shop.test',
  operation = {},
  step = {},
}: Asked): Promise<CallHarness> {
  const parameters = [{ in: 'header', name: 'X-Tenant', value: parseValue('t1') }] as const;
  const once = { attempts: 1, intervalMs: 1, backoff: 1, capMs: 1, jitter: 'none' } as const;
  const plan = planOf({
    steps: [
      stepOf({ path: 'look', effect, parameters, retry: once, outputs: { said: '$response.body#/said' }, ...step }),
    ],
    operations: [operationOf('look', { method, security: [{ it: [] }], ...operation })],
    rest: {
      systems: {
        shop: { name: 'shop', title: 'Shop', servers: [], securitySchemes: { it: { type: 'http', scheme: 'bearer' } } },
      },
    },
  });
  const harness = await new CallHarness(plan, { server, auth: { it: TOKEN } }).start({});
  harness.secrets.set(JSON.stringify(TOKEN), 'secret');
  harness.http.on('/there', answered(200, { said: 'here' }));
  return harness;
}

function to(location: string, status = 302): ReturnType<typeof answered> {
  return answered(status, undefined, { location });
}

function names({ headers }: HttpRequest): readonly string[] {
  return headers.map(([name]) => name.toLowerCase());
}

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%s of a read is followed at the same origin, with everything', async (status) => {
    const harness = await harnessFor({});
    harness.http.on('/look', to('/there?x=1#part', status));
    expect(await harness.call('look')).toMatchObject({ out: { said: 'here' } });
    const last = harness.http.request(-1);
    expect(last.url).toBe('https://shop.test/there?x=1');
    expect(names(last)).toEqual(expect.arrayContaining(['authorization', 'x-tenant']));
  });

  it('to another origin takes neither credentials nor headers along', async () => {
    const harness = await harnessFor({});
    harness.http.on('/look', to('https://files.other.test/there'));
    expect(await harness.call('look')).toMatchObject({ out: { said: 'here' } });
    expect(names(harness.http.request(-1)).toSorted()).toEqual(['accept', 'traceparent']);
  });

  it('gets no credential back at the origin that it came from', async () => {
    const harness = await harnessFor({});
    harness.http.on('/look', to('https://files.other.test/back')).on('/back', to('https://shop.test/there'));
    await harness.call('look');
    expect(names(harness.http.request(-1))).not.toContain('authorization');
  });

  it.each([
    ['without TLS', 'http://files.other.test/there'],
    ['at an address', 'https://169.254.169.254/there'],
    ['at an address of version 6', 'https://[::1]/there'],
    ['at this machine', 'https://localhost/there'],
    ['inside a network', 'https://vault.internal/there'],
    ['with a password', 'https://a:b@shop.test/there'],
    ['of another scheme', 'file:///etc/passwd'],
    ['that is no URL', 'https://'],
  ])('to another place %s is not followed', async (_, location) => {
    const harness = await harnessFor({});
    harness.http.on('/look', to(location));
    expect((await harness.failing('look')).cause).toContain('shop answered 302');
    expect(harness.http.requests).toHaveLength(1);
  });

  it.each([
    ['a POST, which may have had its effect', 'post', 'unsafe', 303],
    ['a PUT, which would be done at another place', 'put', 'idempotent', 307],
    ['a DELETE', 'delete', 'idempotent', 308],
  ] as const)('of %s is not followed', async (_, method, effect, status) => {
    const harness = await harnessFor({ method, effect });
    harness.http.on('/look', to('/there', status));
    expect((await harness.failing('look')).error).toBe('Interlock.InDoubt');
    expect(harness.http.requests).toHaveLength(1);
  });

  it('that the operation documents, or the step asks for, is the answer', async () => {
    const documented = await harnessFor({ operation: { responses: [{ status: '302', content: [] }] } });
    const asked = await harnessFor({
      step: { criteria: criteriaOf('$statusCode == 302'), outputs: { said: '$response.header.Location' } },
    });
    for (const harness of [documented, asked]) harness.http.on('/look', to('/there'));
    await documented.failing('look');
    expect(await asked.call('look')).toMatchObject({ out: { said: '/there' } });
    for (const { http } of [documented, asked]) expect(http.requests).toHaveLength(1);
  });

  it('is followed a few times, and within the time of the attempt', async () => {
    const harness = await harnessFor({});
    const timeouts: number[] = [];
    harness.http.on('/look', (_, limits) => {
      timeouts.push(limits.timeoutMs);
      harness.clock.pass(100);
      return to('/look');
    });
    expect((await harness.failing('look')).cause).toContain('shop answered 302');
    expect(timeouts).toEqual(Array.from({ length: MAX_REDIRECTS + 1 }, (_, hops) => 10_000 - 100 * hops));
  });
});
