/** One question after a system's health: what the answer means, what the breaker is told, whose turn it is. */
import { describe, expect, it } from 'vitest';
import type { PlanSystem } from '../../../lib/model/plan.ts';
import type { HttpAnswer } from '../../../lib/runtime/ports/http.ts';
import type { CallReport } from '../../../lib/runtime/ports/protection.ts';
import { checkSystems, dueNow } from '../../../lib/runtime/upkeep/check-systems.ts';
import { Tokens } from '../../../lib/runtime/auth/tokens.ts';
import { MemorySharedValues } from '../../../lib/rehearse/memory-protection.ts';
import type { SystemEnvironment } from '../../../lib/model/environment.ts';
import { Failure } from '../../../lib/model/failure.ts';
import { askHealth, type HealthPorts } from '../../../lib/runtime/upkeep/health.ts';
import { checkHealth, healthRecord, type RecordingPorts } from '../../../lib/runtime/upkeep/health-record.ts';
import { answered, ScriptedHttp } from '../../support/scripted-http.ts';
import { SteppingClock } from '../../support/stepping-clock.ts';

const SHOP: PlanSystem = {
  name: 'shop',
  title: 'Shop',
  servers: [{ url: 'https://shop.test/v1', variables: {} }],
  securitySchemes: {},
  health: { path: '/health', everyMs: 300_000, timeoutMs: 2_000 },
};

const SECRETS: HealthPorts['secrets'] = {
  resolve: (ref) =>
    'env' in ref && ref.env === 'K1'
      ? Promise.resolve('k-1')
      : Promise.reject(new Failure('secret-missing', 'The variable KEY is not set')),
  awsKeys: () => Promise.reject(new Error('none')),
};

interface Asked {
  readonly ports: HealthPorts;
  readonly urls: string[];
  readonly told: (CallReport | 'refused')[];
}

function asking(
  answer: (url: string) => HttpAnswer,
  { servers, open = false }: { servers?: string[]; open?: boolean } = {},
): Asked {
  const urls: string[] = [];
  const told: (CallReport | 'refused')[] = [];
  const clock = new SteppingClock();
  const http: HealthPorts['http'] = {
    send: ({ url, headers }) => {
      expect(headers.map(([name]) => name)).toEqual(['accept']);
      urls.push(url);
      return Promise.resolve(answer(url));
    },
  };
  const ports: HealthPorts = {
    clock,
    http,
    secrets: SECRETS,
    tokens: new Tokens({ http, clock }),
    environments: { system: () => (servers ? { servers } : {}) },
    protection: {
      health: () => Promise.resolve([]),
      admit: () =>
        Promise.resolve(
          open
            ? { ok: false, why: 'open', againAt: 1 }
            : { ok: true, done: (report) => Promise.resolve(void told.push(report)) },
        ),
    },
  };
  return { ports, urls, told };
}

describe('the health of a system', () => {
  it('is well by any 2xx of its path, asked without credentials, and its breaker hears of it', async () => {
    const { ports, urls, told } = asking(() => answered(204));
    expect(await askHealth(SHOP, ports)).toMatchObject({ state: 'well', why: 'shop answered with 204' });
    expect(urls).toEqual(['https://shop.test/v1/health']);
    expect(told).toMatchObject([{ kind: 'answered' }]);
  });

  it.each([
    [answered(503), 'shop answered with 503', 'failed'],
    [answered(404), 'shop answered with 404', 'answered'],
    [{ kind: 'no-answer', why: 'timeout' } as const, 'shop did not answer: timeout', 'failed'],
    [{ kind: 'not-sent', why: 'connection-refused' } as const, 'shop did not answer: connection-refused', 'failed'],
  ])(
    'is unwell by anything else, and only what its breaker would count is a failure there',
    async (answer, why, kind) => {
      const { ports, told } = asking(() => answer);
      expect(await askHealth(SHOP, ports)).toMatchObject({ state: 'unwell', why });
      expect(told).toMatchObject([{ kind }]);
    },
  );

  it('is asked also while the breaker is open, which then hears nothing', async () => {
    const { ports, urls, told } = asking(() => answered(200), { open: true });
    expect(await askHealth(SHOP, ports)).toMatchObject({ state: 'well' });
    expect([urls.length, told.length]).toEqual([1, 0]);
  });

  it('is that of the worst of several servers', async () => {
    const servers = ['https://one.test', 'https://two.test'];
    const { ports, urls } = asking((url) => answered(url.includes('two') ? 500 : 200), { servers });
    expect(await askHealth(SHOP, ports)).toMatchObject({ state: 'unwell' });
    expect(urls).toEqual(['https://one.test/health', 'https://two.test/health']);
  });

  it('is unknown where nothing says how to ask, or nobody could be asked', async () => {
    const { ports } = asking(() => answered(200));
    const { health: _, ...silent } = SHOP;
    expect(await askHealth(silent, ports)).toMatchObject({ state: 'unknown' });
    const broken = { health: () => Promise.reject(new Error('no such function')) };
    expect(await checkSystems(['shop'], broken)).toEqual([
      { system: 'shop', state: 'unknown', why: 'no such function' },
    ]);
  });

  it('is due in the minutes that its interval divides', () => {
    const minutes = Array.from({ length: 10 }, (_, minute) => dueNow([SHOP], minute * 60_000 + 2_000).length);
    expect(minutes).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });
});

const BY_CALL: PlanSystem = {
  ...SHOP,
  securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
  health: {
    everyMs: 60_000,
    timeoutMs: 2_000,
    criteria: [{ type: 'simple', condition: "$response.body#/status == 'up'" }],
    call: {
      operation: {
        key: 'health',
        system: 'shop',
        operationId: 'getStatus',
        method: 'get',
        path: '/status/{part}',
        parameters: [
          { name: 'part', in: 'path', required: true, style: 'simple', explode: false, allowReserved: false },
          { name: 'depth', in: 'query', required: false, style: 'form', explode: true, allowReserved: false },
        ],
        responses: [],
        security: [{ key: [] }],
      },
      parameters: [
        { in: 'path', name: 'part', value: { kind: 'literal', value: 'all' } },
        { in: 'query', name: 'depth', value: { kind: 'literal', value: 2 } },
      ],
    },
  },
};

function calling(http: ScriptedHttp, auth: NonNullable<SystemEnvironment['auth']>): Asked {
  const { ports, urls, told } = asking(() => answered(200));
  const { clock } = ports;
  const more = {
    http,
    tokens: new Tokens({ http, clock }),
    environments: { system: () => ({ auth }) },
  };
  return { ports: { ...ports, ...more }, urls, told };
}

describe('the health of a system, by an operation of its document', () => {
  const up = answered(200, { status: 'up' });

  it('is asked with its parameters and credentials, and judged by its criteria', async () => {
    const http = new ScriptedHttp().on('*', up, answered(200, { status: 'down' }));
    const { ports, told } = calling(http, { key: { env: 'K1' } });
    expect(await askHealth(BY_CALL, ports)).toMatchObject({ state: 'well', why: 'shop answered with 200' });
    expect(http.request(0)).toMatchObject({ method: 'GET', url: 'https://shop.test/v1/status/all?depth=2' });
    expect(http.header(0, 'X-Key')).toBe('k-1');
    expect(await askHealth(BY_CALL, ports)).toMatchObject({
      state: 'unwell',
      why: expect.stringMatching(/^shop answered with 200, and /),
    });
    expect(told.map((one) => (one === 'refused' ? one : one.kind))).toEqual(['answered', 'failed']);
  });

  it('is unknown, and nothing is sent, where its credential is missing', async () => {
    const http = new ScriptedHttp().on('*', up);
    const { ports } = calling(http, { key: { env: 'KEY' } });
    const answer = await askHealth(BY_CALL, ports);
    expect(answer.state).toBe('unknown');
    expect(answer.why).toContain('KEY');
    expect(http.requests).toEqual([]);
  });

  it('is unwell by an answer that cannot be read', async () => {
    const broken = { ...up, body: new TextEncoder().encode('{') };
    const { ports } = calling(new ScriptedHttp().on('*', broken), { key: { env: 'K1' } });
    expect(await askHealth(BY_CALL, ports)).toMatchObject({ state: 'unwell' });
  });
});

function recording(http: ScriptedHttp): RecordingPorts {
  return { ...calling(http, {}).ports, healths: new MemorySharedValues() };
}

const PATIENT: PlanSystem = {
  ...SHOP,
  health: { path: '/health', everyMs: 60_000, timeoutMs: 2_000, unhealthyAfter: 3, healthyAfter: 2 },
};

describe('answers in a row', () => {
  it('make a system unwell, and well again, when there are as many as are asked for', async () => {
    const [good, bad] = [answered(200), answered(503)];
    const http = new ScriptedHttp().on('*', bad, bad, good, bad, bad, bad, good, bad, good, good);
    const ports = recording(http);
    const states: string[] = [];
    for (let asked = 0; asked < 10; asked += 1) states.push((await checkHealth(PATIENT, ports)).state);
    const firstSix = ['well', 'well', 'well', 'well', 'well', 'unwell'];
    expect(states).toEqual([...firstSix, 'unwell', 'unwell', 'unwell', 'well']);
  });

  it('are told by their number until they count', async () => {
    const ports = recording(new ScriptedHttp().on('*', answered(503)));
    expect(await checkHealth(PATIENT, ports)).toMatchObject({
      state: 'well',
      why: 'shop answered with 503: 1 of 3 such answers in a row, so it still counts as well',
    });
    const once = recording(new ScriptedHttp().on('*', answered(503)));
    expect(await checkHealth(SHOP, once)).toMatchObject({ state: 'unwell', why: 'shop answered with 503' });
  });

  it('are kept under the identity of the system, with the time since when it is so', async () => {
    const ports = recording(new ScriptedHttp().on('*', answered(503)));
    const system = { ...SHOP, identity: 'shop.eu' };
    const at = ports.clock.now();
    await checkHealth(system, ports);
    expect(await healthRecord('shop.eu', at, ports.healths)).toMatchObject({ state: 'unwell', since: at, at });
    expect(await healthRecord('shop.eu', at + 86_400_000, ports.healths)).toBeUndefined();
  });

  it('stand for themselves where the store fails', async () => {
    const broken = {
      get: () => Promise.reject(new Failure('store', 'the store is away')),
      put: () => Promise.resolve(true),
      remove: () => Promise.resolve(),
    };
    const ports = { ...recording(new ScriptedHttp().on('*', answered(503))), healths: broken };
    expect(await checkHealth(PATIENT, ports)).toMatchObject({ state: 'unwell' });
  });
});

describe('systems that depend on each other', () => {
  const states = new Map([
    ['shop', 'unwell'],
    ['bank', 'unwell'],
    ['vault', 'unwell'],
    ['mail', 'well'],
  ] as const);
  const asked: string[] = [];
  const asking = {
    health: (name: string) => {
      asked.push(name);
      const state = states.get(name as 'shop') ?? 'unknown';
      return Promise.resolve({ state, why: `${name} is ${state}` } as const);
    },
  };
  const dependsOn = (name: string): readonly string[] => ({ shop: ['bank', 'mail'], bank: ['vault'] })[name] ?? [];

  it('are asked beside one that is unwell, and the one behind which all is well is the likely cause', async () => {
    const answers = await checkSystems(['shop'], asking, dependsOn);
    expect(asked).toEqual(['shop', 'bank', 'mail', 'vault']);
    expect(answers.map(({ system, likelyCauses }) => [system, likelyCauses])).toEqual([
      ['shop', ['vault']],
      ['bank', ['vault']],
      ['mail', undefined],
      ['vault', undefined],
    ]);
    expect(answers[0]?.why).toBe('shop is unwell; vault, which it depends on, is unwell: look there first');
  });

  it('are not asked beside one that is well', async () => {
    asked.length = 0;
    await checkSystems(['mail'], asking, dependsOn);
    expect(asked).toEqual(['mail']);
  });
});
