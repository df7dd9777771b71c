/** One question after a system's health: what the answer means, what the breaker is told, whose turn it is. */
import { describe, expect, it } from 'vitest';
import type { PlanSystem } from '../../../lib/model/plan.ts';
import type { HttpAnswer } from '../../../lib/runtime/ports/http.ts';
import type { CallReport } from '../../../lib/runtime/ports/protection.ts';
import { checkSystems, dueNow } from '../../../lib/runtime/upkeep/check-systems.ts';
import { checkHealth, type HealthPorts } from '../../../lib/runtime/upkeep/health.ts';
import { answered } from '../../support/scripted-http.ts';
import { SteppingClock } from '../../support/stepping-clock.ts';

const SHOP: PlanSystem = {
  name: 'shop',
  title: 'Shop',
  servers: [{ url: 'https://shop.test/v1', variables: {} }],
  securitySchemes: {},
  health: { path: '/health', everyMs: 300_000, timeoutMs: 2_000 },
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
  const ports: HealthPorts = {
    clock: new SteppingClock(),
    environments: { system: () => (servers ? { servers } : {}) },
    http: {
      send: ({ url, headers }) => {
        expect(headers.map(([name]) => name)).toEqual(['accept']);
        urls.push(url);
        return Promise.resolve(answer(url));
      },
    },
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
    expect(await checkHealth(SHOP, ports)).toMatchObject({ state: 'well', why: 'shop answered with 204' });
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
      expect(await checkHealth(SHOP, ports)).toMatchObject({ state: 'unwell', why });
      expect(told).toMatchObject([{ kind }]);
    },
  );

  it('is asked also while the breaker is open, which then hears nothing', async () => {
    const { ports, urls, told } = asking(() => answered(200), { open: true });
    expect(await checkHealth(SHOP, ports)).toMatchObject({ state: 'well' });
    expect([urls.length, told.length]).toEqual([1, 0]);
  });

  it('is that of the worst of several servers', async () => {
    const servers = ['https://one.test', 'https://two.test'];
    const { ports, urls } = asking((url) => answered(url.includes('two') ? 500 : 200), { servers });
    expect(await checkHealth(SHOP, ports)).toMatchObject({ state: 'unwell' });
    expect(urls).toEqual(['https://one.test/health', 'https://two.test/health']);
  });

  it('is unknown where nothing says how to ask, or nobody could be asked', async () => {
    const { ports } = asking(() => answered(200));
    const { health: _, ...silent } = SHOP;
    expect(await checkHealth(silent, ports)).toMatchObject({ state: 'unknown' });
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
