/** Who is asked after its health while `dev` serves, when, and what is told of it. */
import { describe, expect, it } from 'vitest';
import { HealthRounds } from '../../../lib/embedded/health-rounds.ts';
import type { PlanSystem } from '../../../lib/model/plan.ts';
import type { Clock } from '../../../lib/model/time.ts';
import { MemorySharedValues } from '../../../lib/rehearse/memory-protection.ts';
import { Tokens } from '../../../lib/runtime/auth/tokens.ts';
import type { RecordingPorts } from '../../../lib/runtime/upkeep/health-record.ts';
import { answered, ScriptedHttp } from '../../support/scripted-http.ts';

const MINUTE_MS = 60_000;

/** It stands still until the next timer is rung by hand. */
class RungClock implements Clock {
  private time = 0;
  private waiting: { readonly delayMs: number; readonly ring: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(delayMs: number, ring: () => void): { cancel(): void } {
    const one = { delayMs, ring };
    this.waiting.push(one);
    return { cancel: () => void (this.waiting = this.waiting.filter((other) => other !== one)) };
  }

  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  ring(): void {
    const [next] = this.waiting.splice(0, 1);
    if (!next) throw new Error('somebody waits');
    this.time += next.delayMs;
    next.ring();
  }
}

function systemOf(name: string, everyMs: number, dependsOn: readonly string[] = []): PlanSystem {
  return {
    name,
    title: name,
    servers: [{ url: `https://${name}.test`, variables: {} }],
    securitySchemes: {},
    dependsOn,
    health: { path: `/${name}`, everyMs, timeoutMs: 1_000 },
  };
}

interface World {
  readonly clock: RungClock;
  readonly http: ScriptedHttp;
  readonly rounds: HealthRounds;
  readonly told: string[];
  readonly failures: unknown[];
  /** Waits for the next timer, rings it, and waits until its round is over. */
  readonly minute: () => Promise<void>;
}

function world(systems: readonly PlanSystem[], served?: () => Promise<never>): World {
  const clock = new RungClock();
  const http = new ScriptedHttp().on('*', answered(200));
  const ports: RecordingPorts = {
    clock,
    http,
    environments: { system: () => ({}) },
    secrets: { resolve: () => Promise.resolve(''), awsKeys: () => Promise.reject(new Error('none')) },
    tokens: new Tokens({ http, clock }),
    protection: {
      health: () => Promise.resolve([]),
      admit: () => Promise.resolve({ ok: true, done: () => Promise.resolve() }),
    },
    healths: new MemorySharedValues(),
  };
  const told: string[] = [];
  const failures: unknown[] = [];
  const rounds = new HealthRounds({
    clock,
    served: served ?? (() => Promise.resolve([{ systems, ports: new Map(systems.map(({ name }) => [name, ports])) }])),
    told: ({ system, state, why }) => void told.push(`${system} is ${state}: ${why}`),
    failed: (error) => void failures.push(error),
  });
  const turned = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const minute = async (): Promise<void> => {
    clock.ring();
    for (let turns = 0; turns < 50 && !clock.isWaiting; turns += 1) await turned();
    expect(clock.isWaiting).toBe(true);
  };
  return { clock, http, rounds, told, failures, minute };
}

describe('rounds after the health of systems', () => {
  it('ask all when they begin, then each in its minute', async () => {
    const { http, rounds, minute } = world([systemOf('quick', MINUTE_MS), systemOf('slow', 3 * MINUTE_MS)]);
    await rounds.start();
    expect(http.requests.map(({ url }) => url)).toEqual(['https://quick.test/quick', 'https://slow.test/slow']);
    for (let minutes = 0; minutes < 3; minutes += 1) await minute();
    expect(http.requests.slice(2).map(({ url }) => new URL(url).hostname)).toEqual([
      'quick.test',
      'quick.test',
      'quick.test',
      'slow.test',
    ]);
    await rounds.stop();
  });

  it('tell changes, and where to look first', async () => {
    const systems = [systemOf('shop', MINUTE_MS, ['bank']), systemOf('bank', 60 * MINUTE_MS)];
    const { http, rounds, told, minute } = world(systems);
    http.on('/shop', answered(200), answered(503), answered(503), answered(200));
    http.on('/bank', answered(200), answered(503), answered(503), answered(200));
    await rounds.start();
    expect(told).toEqual([]);
    await minute();
    expect(told).toEqual([
      'shop is unwell: shop answered with 503; bank, which it depends on, is unwell: look there first',
      'bank is unwell: bank answered with 503',
    ]);
    await minute();
    expect(told).toHaveLength(2);
    await minute();
    expect(told.slice(2)).toEqual(['shop is well: shop answered with 200']);
    await rounds.stop();
  });

  it('go on after one that failed, and end when they are stopped', async () => {
    const broken = new Error('the description has come to have errors');
    const { clock, rounds, failures, minute } = world([], () => Promise.reject(broken));
    await rounds.start();
    await minute();
    expect(failures).toEqual([broken, broken]);
    await rounds.stop();
    expect(clock.isWaiting).toBe(false);
  });
});
