import { describe, expect, it } from 'vitest';
import { RandomSource } from '../../../lib/engine/random-source.ts';
import { choiceOf, pickServer, serverOf } from '../../../lib/runtime/protect/servers.ts';

const SERVERS = ['one', 'two', 'three'];

describe('the choice among several servers', () => {
  it('is free for a call that nobody has made yet', () => {
    expect(choiceOf(SERVERS, { effect: 'unsafe', made: [], earlier: [] })).toEqual({ kind: 'among', servers: SERVERS });
  });

  it('leaves those out that could not be reached, until all were tried', () => {
    const made = SERVERS.map((server) => ({ outcome: 'not-sent', server }) as const);
    const call = { effect: 'unsafe', earlier: [] } as const;
    expect(choiceOf(SERVERS, { ...call, made: made.slice(0, 2) })).toEqual({ kind: 'among', servers: ['three'] });
    expect(choiceOf(SERVERS, { ...call, made })).toEqual({ kind: 'among', servers: SERVERS });
  });

  it('is bound by doubt, also when a later request was not sent', () => {
    const made = [
      { outcome: 'in-doubt', server: 'two' },
      { outcome: 'not-sent', server: 'two' },
    ] as const;
    expect(choiceOf(SERVERS, { effect: 'idempotent', made, earlier: [] })).toEqual({ kind: 'bound', server: 'two' });
  });

  it('is bound by the requests of earlier generations under the same key', () => {
    const generation = {
      outcome: 'in-doubt',
      startedAt: 0,
      attempts: [
        { outcome: 'not-sent', server: 'one' },
        { outcome: 'in-doubt', server: 'three' },
      ],
    } as const;
    expect(choiceOf(SERVERS, { effect: 'idempotent', made: [], earlier: [generation] })).toEqual({
      kind: 'bound',
      server: 'three',
    });
  });

  it('is lost where something may have been done at nobody knows which', () => {
    const lost = { outcome: 'in-doubt', startedAt: 0 } as const;
    expect(choiceOf(SERVERS, { effect: 'idempotent', made: [], earlier: [lost] })).toEqual({ kind: 'lost' });
    expect(choiceOf(SERVERS, { effect: 'safe', made: [], earlier: [lost] })).toMatchObject({ kind: 'among' });
  });

  it('names the server that has an effect', () => {
    expect(
      serverOf([
        { outcome: 'not-sent', server: 'one' },
        { outcome: 'applied', server: 'two' },
      ]),
    ).toBe('two');
    expect(serverOf([{ outcome: 'refused', server: 'one' }])).toBeUndefined();
  });
});

describe('the pick of a server', () => {
  const shares = (health: readonly number[]): readonly number[] => {
    const random = new RandomSource(3);
    const picked = Array.from({ length: 3_000 }, () => pickServer(SERVERS, health, random));
    return SERVERS.map((server) => Math.round((picked.filter((one) => one === server).length / 3_000) * 20) / 20);
  };

  it('is even among the healthy', () => {
    const [one = 0, two = 0, three = 0] = shares([1, 1, 1]);
    for (const share of [one, two, three]) expect(share).toBeCloseTo(0.33, 1);
  });

  it('follows health', () => {
    expect(shares([1, 0.5, 0.5])).toEqual([0.5, 0.25, 0.25]);
  });

  it('never falls on one whose breaker is open, and now and then on one that fails', () => {
    const random = new RandomSource(5);
    const picked = Array.from({ length: 3_000 }, () => pickServer(SERVERS, [1, 0, 0.0001], random));
    expect(picked).not.toContain('two');
    expect(picked.filter((one) => one === 'three').length).toBeGreaterThan(10);
  });

  it('falls on the first where all are open', () => {
    expect(pickServer(SERVERS, [0, 0, 0], new RandomSource(1))).toBe('one');
  });
});
